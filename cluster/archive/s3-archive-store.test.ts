import { describe, expect, it } from "vitest";
import { S3StandIn } from "../testing/s3-stand-in.ts";
import type { S3Habits } from "../testing/s3-stand-in.ts";
import { ArchiveUnavailable } from "./archive-faults.ts";
import { archiveStoreConformance } from "./archive-store.conformance.ts";
import { S3ArchiveStore } from "./s3-archive-store.ts";

const storeAt = (endpoint: string, prefix = "venue/logs"): S3ArchiveStore =>
  new S3ArchiveStore({
    ...{ bucket: "bucket", prefix, endpoint, region: "us-east-1" },
    ...{ accessKeyId: "id", secretAccessKey: "secret" },
  });

describe("archive store in a bucket", () => {
  archiveStoreConformance(async () => {
    const server = await S3StandIn.start();
    return { open: () => storeAt(server.endpoint), stop: () => server.stop() };
  });
});

const name = { log: "LOG_0", first: 1 };
const bytes = new Uint8Array([1, 2, 3]);

async function withServer(
  habits: S3Habits,
  action: (store: S3ArchiveStore) => Promise<void>,
): Promise<void> {
  const server = await S3StandIn.start(habits);
  try {
    await action(storeAt(server.endpoint, ""));
  } finally {
    await server.stop();
  }
}

describe("a bucket", () => {
  it("that would overwrite is refused before anything is put there", () =>
    withServer({ overwrites: true }, async (store) => {
      await expect(store.put(name, bytes)).rejects.toThrow("does not know If-None-Match");
      await expect(store.put(name, bytes)).rejects.toThrow(ArchiveUnavailable);
      expect(await store.list("LOG_0")).toEqual([]);
    }));

  it("that is writing the same name for somebody else is asked again", () =>
    withServer({ conflicts: 2 }, async (store) => {
      expect(await store.put(name, bytes)).toBe(true);
      expect(await store.put(name, new Uint8Array(9))).toBe(false);
      expect(await store.get(name)).toEqual(bytes);
    }));

  it("that refuses us says why, whatever is asked", () =>
    withServer({ refusesWith: 403 }, async (store) => {
      const refused = /s3:\/\/bucket: it answers 403 NotToday/;
      await expect(store.put(name, bytes)).rejects.toThrow(refused);
      await expect(store.list("LOG_0")).rejects.toThrow(refused);
      await expect(store.get(name)).rejects.toThrow(ArchiveUnavailable);
    }));

  it("that nobody serves is unavailable", async () => {
    const server = await S3StandIn.start();
    const store = storeAt(server.endpoint);
    await server.stop();
    await expect(store.list("LOG_0")).rejects.toThrow(ArchiveUnavailable);
  });
});
