import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ReplicaStatus } from "../../protocols/queries.ts";
import { keepAppliedFile, readAppliedFile } from "./applied-file.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-applied-"));
  path = join(folder, "e1", "applied.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const replica = (shard: number, appliedSequence: number, phase = "following") =>
  ({ shard, phase, appliedSequence, entriesHash: `h${appliedSequence}` }) as ReplicaStatus;

async function note(...replicas: readonly ReplicaStatus[]): Promise<void> {
  await keepAppliedFile(
    path,
    () => ({ replicas }),
    (error) => expect(error).toBeUndefined(),
  )();
}

it("says how far a node had applied each log", async () => {
  await note(replica(0, 12), replica(1, 0));
  expect(readAppliedFile(path)).toEqual([{ shard: 0, sequence: 12, entriesHash: "h12" }]);
});

it("never goes back, as when a node begins anew", async () => {
  await note(replica(0, 12), replica(1, 7));
  await note(replica(0, 3), replica(1, 8));
  expect(readAppliedFile(path).map(({ sequence }) => sequence)).toEqual([12, 8]);
});

it("takes no word of a replica that diverged", async () => {
  await note(replica(0, 12), replica(1, 7));
  await note(replica(0, 20, "diverged"), replica(1, 9, "failed"));
  expect(readAppliedFile(path).map(({ sequence }) => sequence)).toEqual([12, 7]);
});

it("is nothing where there is none, or half of one", async () => {
  expect(readAppliedFile(path)).toEqual([]);
  await note(replica(0, 12));
  writeFileSync(path, '{ "version": 1, "sha');
  expect(readAppliedFile(path)).toEqual([]);
});

it("reports what keeps it from being written, and goes on", async () => {
  const errors: string[] = [];
  // Where it is first written to, before it gets its name.
  mkdirSync(`${path}.${process.pid}`, { recursive: true });
  const status = () => ({ replicas: [replica(0, 1)] });
  await keepAppliedFile(path, status, ({ message }) => errors.push(message))();
  expect(errors).toHaveLength(1);
});
