/**
 * A dump held against a rebuild: what it says of a step that was computed with another order than
 * the log has, and of the state after it.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { Shard } from "../../actors/index.ts";
import { dumpedStep } from "../../cluster/divergence-dump.ts";
import type { DivergenceDump } from "../../cluster/divergence-dump.ts";
import { accountOf } from "../../cluster/feed-comparison.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { MemoryLogStorage } from "../../cluster/memory-log.ts";
import type { LogEntry } from "../../cluster/replicated-log.ts";
import type { HashedStep } from "../../cluster/step-history.ts";
import { openingCommands, placing } from "../../cluster/testing/venue.ts";
import { encodeFrame, pack } from "../../protocols/index.ts";
import type { Message } from "../../protocols/index.ts";
import { explainDump, renderExplanation } from "./dump-explanation.ts";

let storage: MemoryLogStorage;
let frame: number;
const at = 1_770_000_000_000;

beforeEach(() => {
  storage = new MemoryLogStorage();
  frame = 0;
  storage.store(
    "node-e1",
    framed("node-e1", { kind: "form-shard", cluster: "c", shard: 0, shards: 1 }),
  );
  for (const command of openingCommands(["alice"])) append(command);
  append(placing({ clientOrderId: "c-1", quantity: 5 }));
});

function append(message: Message): void {
  storage.store("gw-1", framed("gw-1", message));
}

function framed(producer: string, message: Message): Uint8Array {
  frame += producer === "gw-1" ? 1 : 0;
  return encodeFrame({ producer, epoch: 1, frame: Math.max(frame, 1), messages: [message] });
}

/** A replica that reads, or computes, the last entry as if it were another. */
function dumpOf(cause: "entry" | "computation"): DivergenceDump {
  const own = new HashedShard(new Shard(0, 1));
  const other = new HashedShard(new Shard(0, 1));
  const entries = storage.slice(1, 1000);
  frame -= 1;
  const payload = framed("gw-1", placing({ clientOrderId: "c-1", quantity: 6 }));
  const lastOf = (entry: LogEntry): LogEntry =>
    entry === entries.at(-1) ? { ...entry, payload } : entry;
  const read = entries.map(lastOf);
  const steps = read.map((entry) => own.apply(entry));
  const right = entries.map((entry) => other.apply(entry)).at(-1);
  const last = steps.at(-1);
  if (last === undefined || right === undefined) throw new Error("an empty log");
  const computed = cause === "entry" ? last : { ...last, entriesHash: right.entriesHash };
  return {
    ...{ cluster: "c", node: "e2", version: "0.1.0", shard: 0, shards: 1, writtenAtMs: at },
    ...{ sequence: storage.head, by: "e1", cause },
    expected: hexOf(accountOf(right)),
    computed: hexOf(accountOf(computed)),
    entries: cause === "entry" ? read : entries,
    steps: [...steps.slice(0, -1), computed].map((step: HashedStep) => dumpedStep(step)),
    state: { sequence: storage.head, bytes: pack(own.shard.snapshot()) },
  };
}

describe("an explanation of a dump", () => {
  it("shows what of the entry was read otherwise", async () => {
    const explained = await explainDump(dumpOf("entry"), storage.open());
    expect(explained.entryDifferences).toEqual([
      { path: "frame › messages › 0 › quantity", here: "6", there: "5" },
    ]);
    expect(explained.right).toBe("others");
    expect(renderExplanation(explained)).toContain("it read another entry than the others");
  });

  it("shows what was told and kept otherwise when the entry is the same", async () => {
    const explained = await explainDump(dumpOf("computation"), storage.open());
    expect(explained.entryDifferences).toEqual([]);
    const outputs = explained.outputDifferences ?? [];
    expect(outputs.some(({ path, here }) => path.includes("quantity") && here === "6")).toBe(true);
    expect(explained.stateDifferences.length).toBeGreaterThan(0);
    const text = renderExplanation(explained);
    expect(text).toContain("the entry: the same as in the rebuild");
    expect(text).toContain("it computed something else");
    expect(text).toContain("agrees with the others");
  });

  it("says so when the rebuild sides with the replica that stopped", async () => {
    const dump = dumpOf("entry");
    const turned = { ...dump, expected: dump.computed, computed: dump.expected };
    expect((await explainDump(turned, storage.open())).right).toBe("this replica");
    const strange = { ...dump, expected: "00", computed: "11", steps: [] };
    const explained = await explainDump(strange, storage.open());
    expect(explained.right).toBe("neither");
    expect(renderExplanation(explained)).toContain("its outputs: no longer at hand");
  });

  it("needs the whole log", async () => {
    const dump = dumpOf("entry");
    storage.truncateBefore(3);
    await expect(explainDump(dump, storage.open())).rejects.toThrow("beginning is gone");
    await expect(explainDump(dump, new MemoryLogStorage().open())).rejects.toThrow("ends before");
  });
});
