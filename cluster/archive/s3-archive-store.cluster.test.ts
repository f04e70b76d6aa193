/**
 * The archive store on a real server that speaks S3: versitygw, which keeps objects as files. Where
 * there is none, `s3-archive-store.test.ts` has held the store to the same against a stand-in.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { findOnPath } from "../../ops/setup/command.mjs";
import { eventually } from "../testing/eventually.ts";
import { freePorts } from "../testing/free-ports.ts";
import { ProcessGuard } from "../testing/process-guard.ts";
import { archiveStoreConformance } from "./archive-store.conformance.ts";
import { S3ArchiveStore } from "./s3-archive-store.ts";

const binary = process.env["VERSITYGW"] ?? findOnPath("versitygw", process.env);

describe.runIf(binary !== undefined)("archive store on a server that speaks S3", () => {
  const folder = mkdtempSync(join(tmpdir(), "outcry-s3-"));
  const guard = new ProcessGuard(folder);
  let server: ChildProcess;
  let endpoint = "";

  beforeAll(async () => {
    mkdirSync(join(folder, "objects", "bucket"), { recursive: true });
    const [port] = await freePorts(1);
    endpoint = `http://127.0.0.1:${port}`;
    const words = ["--port", `127.0.0.1:${port}`, "posix", join(folder, "objects")];
    const environment = { ROOT_ACCESS_KEY: "access", ROOT_SECRET_KEY: "secretsecret" };
    const env = { ...process.env, ...environment };
    server = spawn(binary ?? "", words, { stdio: "ignore", env });
    guard.watch(server.pid ?? 0);
    const answers = (): Promise<boolean> =>
      fetch(endpoint).then(
        () => true,
        () => false,
      );
    await eventually(answers, { what: "the server answers", deadlineMs: 20_000, everyMs: 50 });
  });
  afterAll(() => guard.release());

  archiveStoreConformance(async () => {
    const prefix = randomUUID();
    return {
      open: () =>
        new S3ArchiveStore({
          ...{ bucket: "bucket", prefix, endpoint, region: "us-east-1" },
          ...{ accessKeyId: "access", secretAccessKey: "secretsecret" },
        }),
      stop: async () => undefined,
    };
  });
});

it("is tested on a real server", ({ skip }) => {
  skip(binary === undefined, "there is no versitygw on the PATH or in $VERSITYGW");
});
