/**
 * Where the logs are archived: a folder, or a bucket of something that speaks S3.
 *
 * Who may write there stands in the environment, under the names that AWS's own tools have, or in
 * files that it names, and in no file of ours.
 */
import { readFileSync } from "node:fs";
import type { ArchiveStore } from "../../cluster/archive/archive-store.ts";
import { DirectoryArchiveStore } from "../../cluster/archive/directory-archive-store.ts";
import { S3ArchiveStore } from "../../cluster/archive/s3-archive-store.ts";
import { ConfigFault } from "./config-fault.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const regionDefault = "us-east-1";

/** @param place a folder, or `s3://bucket/prefix` */
export function openArchiveStore(
  place: string,
  environment: Environment = process.env,
): ArchiveStore {
  if (!place.startsWith("s3:")) return new DirectoryArchiveStore(place);
  const parts =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9._/-]*[A-Za-z0-9._-]))?\/?$/.exec(
      place,
    );
  if (parts === null) {
    throw new ConfigFault("settings-invalid", `${place} is not such as s3://bucket/prefix`);
  }
  const region = environment["AWS_REGION"] ?? regionDefault;
  const endpoint = environment["AWS_ENDPOINT_URL_S3"] ?? `https://s3.${region}.amazonaws.com`;
  if (!URL.canParse(endpoint)) {
    throw new ConfigFault("settings-invalid", `AWS_ENDPOINT_URL_S3 is no address: ${endpoint}`);
  }
  return new S3ArchiveStore({
    ...{ bucket: parts[1] ?? "", prefix: parts[2] ?? "", region },
    endpoint: endpoint.replace(/\/+$/, ""),
    accessKeyId: required(environment, "AWS_ACCESS_KEY_ID"),
    secretAccessKey: required(environment, "AWS_SECRET_ACCESS_KEY"),
  });
}

function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (value !== undefined && value !== "") return value;
  const file = environment[`${name}_FILE`];
  if (file !== undefined && file !== "") return readFileSync(file, "utf8").trim();
  throw new ConfigFault(
    "settings-invalid",
    `an archive with S3 needs ${name}, or the file that holds it as ${name}_FILE, in the environment`,
  );
}
