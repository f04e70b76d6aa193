import { describe, expect, it } from "vitest";
import { S3ArchiveStore } from "../../cluster/archive/s3-archive-store.ts";
import { openArchiveStore } from "./archive-place.ts";

const keys = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };

describe("where the logs are archived", () => {
  it("is a folder unless it says s3", () => {
    expect(openArchiveStore("/data/archive", {}).place).toBe("/data/archive");
  });

  it.each(["s3://venue/logs/a", "s3://venue/logs/a/", "s3://venue"])("is a bucket: %s", (place) => {
    const store = openArchiveStore(place, keys);
    expect(store).toBeInstanceOf(S3ArchiveStore);
    expect(store.place).toBe(place.replace(/\/$/, ""));
  });

  it.each(["s3:venue", "s3://", "s3://V", "s3://venue//", "s3://venue/a b"])(
    "is refused when it is no bucket: %s",
    (place) => expect(() => openArchiveStore(place, keys)).toThrow("is not such as s3://"),
  );

  it("is refused without keys, and with an address that is none", () => {
    expect(() => openArchiveStore("s3://venue", {})).toThrow("AWS_ACCESS_KEY_ID");
    expect(() =>
      openArchiveStore("s3://venue", { ...keys, AWS_ENDPOINT_URL_S3: "nowhere" }),
    ).toThrow("AWS_ENDPOINT_URL_S3");
  });
});
