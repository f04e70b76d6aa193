import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { InvariantBroken } from "../../cluster/replica-faults.ts";
import { InvariantViolation } from "../../protocols/index.ts";
import { keepEvidence } from "./evidence.ts";

const directory = mkdtempSync(join(tmpdir(), "outcry-evidence-"));
afterEach(() => rmSync(directory, { recursive: true }));

it("keeps the entry, what it left in memory and what was wrong", () => {
  const violation = new InvariantViolation("book-not-crossed: crossed", "book-not-crossed");
  const fault = new InvariantBroken("e1", { shard: 1, sequence: 42, violation });
  const payload = Uint8Array.of(1, 2, 3);
  const entry = { sequence: 42, timeUs: 7, producer: "gw-1", payload };
  const state = Uint8Array.of(4, 5);
  const folder = keepEvidence(directory, { kind: "violated", shard: 1, fault, entry, state });
  expect(folder).toBe(join(directory, "shard-1-entry-42"));
  expect(JSON.parse(readFileSync(join(folder, "violation.json"), "utf8"))).toMatchObject({
    ...{ invariant: "book-not-crossed", shard: 1, sequence: 42, producer: "gw-1", timeUs: 7 },
  });
  expect([...readFileSync(join(folder, "entry.bin"))]).toEqual([1, 2, 3]);
  expect([...readFileSync(join(folder, "state.msgpack"))]).toEqual([4, 5]);
  keepEvidence(directory, { kind: "violated", shard: 2, fault, entry, state: undefined });
  expect(readdirSync(directory)).toEqual(["shard-1-entry-42"]);
});
