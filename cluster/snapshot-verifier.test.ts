/**
 * Verified snapshots: who finds out that one is good or bad, and what follows from it.
 *
 * Method: a shard's log in memory is applied as replicas do, and snapshots of it are saved: right
 * ones, and ones of a state that the log does not lead to, sealed as if they were right.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { Shard } from "../actors/index.ts";
import type { SavedShard } from "../actors/index.ts";
import { encodeFrame, pack } from "../protocols/index.ts";
import type { Message } from "../protocols/index.ts";
import { systemClock } from "./clock.ts";
import { SnapshotStoreUnavailable } from "./faults.ts";
import type { ClusterFault } from "./faults.ts";
import { HashedShard } from "./hashed-shard.ts";
import { hashOfEntry } from "./log-origin.ts";
import { MemoryLogStorage } from "./memory-log.ts";
import { MemorySnapshotStore } from "./memory-snapshot-store.ts";
import { encodeSnapshot } from "./replica-snapshot.ts";
import {
  decodeCertificate,
  encodeCertificate,
  isCoveredBySnapshots,
  knownSnapshots,
} from "./snapshot-certificate.ts";
import { SnapshotVerifier } from "./snapshot-verifier.ts";
import { Snapshotter } from "./snapshotter.ts";
import { openingCommands, placing } from "./testing/venue.ts";

let storage: MemoryLogStorage;
let store: MemorySnapshotStore;
let faults: ClusterFault[];
let hashed: HashedShard;
let frame: number;

beforeEach(() => {
  storage = new MemoryLogStorage();
  store = new MemorySnapshotStore();
  faults = [];
  hashed = new HashedShard(new Shard(0, 1));
  frame = 0;
  append("node-e1", { kind: "form-shard", cluster: "test", shard: 0, shards: 1 });
  for (const command of openingCommands(["alice"])) append("gw-1", command);
});

function append(producer: string, ...messages: Message[]): void {
  frame += producer === "gw-1" ? 1 : 0;
  const number = producer === "gw-1" ? frame : 1;
  storage.store(producer, encodeFrame({ producer, epoch: 1, frame: number, messages }));
  for (const entry of storage.slice(storage.head, 1)) hashed.apply(entry);
}

/** Orders that rest, and a snapshot after the last of them. */
async function grow(orders: number, alter?: (saved: SavedShard) => SavedShard): Promise<number> {
  for (let number = 0; number < orders; number++) {
    append("gw-1", placing({ clientOrderId: `c-${String(storage.head)}` }));
  }
  const [last] = storage.slice(storage.head, 1);
  if (last === undefined) throw new Error("an empty log");
  const shard = alter ? Shard.restore(alter(hashed.shard.snapshot())) : hashed.shard;
  const { bytes } = encodeSnapshot(shard, {
    entriesHash: hashed.entries.hash,
    outputsHash: hashed.outputs.hash,
    lastEntryHash: hashOfEntry(last),
    owed: [[]],
  });
  await store.save({ shard: 0, sequence: storage.head, bytes });
  return storage.head;
}

/** One more command than there was: a state that no log leads to, and that nobody sees. */
const miscounted = (saved: SavedShard): SavedShard => ({
  ...saved,
  commandCount: saved.commandCount + 1,
});

function verifier(): SnapshotVerifier {
  const log = storage.open();
  const onFault = (fault: ClusterFault): void => void faults.push(fault);
  const of = { node: "e2", shard: 0, shards: 1 };
  return new SnapshotVerifier({ ...of, log, store, clock: systemClock, onFault });
}

function snapshotter(): Snapshotter {
  return new Snapshotter({
    ...{ shard: 0, shards: 1, store, clock: systemClock, everyEntries: 1 },
    onSaved: () => undefined,
    onFault: (fault) => void faults.push(fault),
  });
}

const verdicts = async () =>
  new Map((await knownSnapshots(store, 0)).map((of) => [of.sequence, of.certificate?.verdict]));
const codes = () => faults.map(({ code }) => code);

describe("a snapshot", () => {
  it("is verified as soon as there is a later one that it leads to", async () => {
    const [first, second, third] = [await grow(5), await grow(150), await grow(5)];
    const certified = await verifier().verify();
    expect(certified.map(({ sequence }) => sequence)).toEqual([first, second]);
    expect(certified[0]?.certificate).toMatchObject({ by: "e2", comparedAt: second });
    const expected = [
      [third, undefined],
      [second, "verified"],
      [first, "verified"],
    ];
    expect([...(await verdicts())]).toEqual(expected);
    expect(await verifier().verify()).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("is refuted when the log leads to another state, be it the older or the newer one", async () => {
    const first = await grow(5);
    const wrong = await grow(5, miscounted);
    const third = await grow(5);
    const fourth = await grow(5);
    await verifier().verify();
    expect([...(await verdicts())]).toEqual([
      [fourth, undefined],
      [third, "verified"],
      [wrong, "refuted"],
      [first, undefined],
    ]);
    expect(codes()).toContain("snapshot-refuted");
    // With the wrong one known, the one before it is held against the next.
    await verifier().verify();
    expect((await verdicts()).get(first)).toBe("verified");
  });

  it("is neither when nothing older is left to tell which of two is wrong", async () => {
    const first = await grow(5);
    await grow(5, miscounted);
    storage.truncateBefore(first);
    await verifier().verify();
    expect([...(await verdicts()).values()]).toEqual([undefined, undefined]);
    expect(codes()).toEqual(["snapshots-disagree"]);
  });

  it("is judged by an older verified one when the log's beginning is gone", async () => {
    const first = await grow(5);
    const second = await grow(5);
    await verifier().verify();
    storage.truncateBefore(first);
    const wrong = await grow(5, miscounted);
    await verifier().verify();
    expect([...(await verdicts())]).toEqual([
      [wrong, "refuted"],
      [second, undefined],
      [first, "verified"],
    ]);
  });

  it("is passed over when it is damaged, and that is told", async () => {
    const [first, second, third] = [await grow(5), await grow(5), await grow(5)];
    store.damage({ shard: 0, sequence: second });
    await verifier().verify();
    expect((await verdicts()).get(first)).toBeUndefined();
    expect((await verdicts()).get(third)).toBeUndefined();
    expect(new Set(codes())).toEqual(new Set(["snapshot-damaged"]));
  });

  it("is left for another time when its entries are gone or the store is away", async () => {
    await grow(5);
    const second = await grow(5);
    storage.truncateBefore(second);
    expect(await verifier().verify()).toEqual([]);
    expect(faults).toEqual([]);
    store.list = () => Promise.reject(new SnapshotStoreUnavailable("gone"));
    expect(await verifier().verify()).toEqual([]);
    expect(codes()).toEqual(["snapshot-store-unavailable"]);
  });

  it("is refused by the verifier when it is of another log", async () => {
    await grow(5);
    await grow(5);
    const other = new MemoryLogStorage();
    for (let number = 0; number < 40; number++) other.store("gw-1", new Uint8Array([number]));
    storage = other;
    await verifier().verify();
    expect(codes()).toEqual(["snapshot-of-another-log", "snapshot-of-another-log"]);
  });
});

describe("a replica that starts", () => {
  it("takes the newest verified snapshot, and an unverified one only when there is no other", async () => {
    const first = await grow(5);
    expect((await snapshotter().best())?.shard.sequence).toBe(first);
    expect(await snapshotter().best("verified")).toBeUndefined();
    const second = await grow(5);
    await grow(5);
    await verifier().verify();
    expect((await snapshotter().best())?.shard.sequence).toBe(second);
    store.damage({ shard: 0, sequence: second });
    expect((await snapshotter().best())?.shard.sequence).toBe(first);
    expect(codes()).toEqual(["snapshot-damaged"]);
  });

  it("passes over one that was refuted, and says so", async () => {
    const first = await grow(5);
    await grow(5, miscounted);
    await verifier().verify();
    expect((await snapshotter().best())?.shard.sequence).toBe(first);
    expect(codes()).toEqual(["snapshot-refuted", "snapshot-refuted"]);
    await grow(5);
    await verifier().verify();
    expect((await snapshotter().best())?.shard.sequence).toBe(first);
  });

  it("passes over what a replica diverged with, until somebody has verified it", async () => {
    const first = await grow(5);
    const second = await grow(5);
    const hash = new Uint8Array(32);
    const at = { sequence: second + 1, by: "e2", expected: hash, computed: hash };
    await snapshotter().distrust(second, at);
    expect([...(await verdicts())]).toEqual([
      [second, "suspect"],
      [first, undefined],
    ]);
    expect((await snapshotter().best())?.shard.sequence).toBe(first);
    expect(codes()).toEqual(["snapshot-refuted"]);
    await grow(5);
    await verifier().verify();
    expect((await snapshotter().best())?.shard.sequence).toBe(second);
    expect((await verdicts()).get(second)).toBe("verified");
  });

  it("does not take another state for the verified one because it has its name", async () => {
    const first = await grow(5);
    const second = await grow(5);
    await grow(5);
    await verifier().verify();
    const note = await store.noteOf({ shard: 0, sequence: second });
    const saved = hashed.shard.snapshot();
    const { bytes } = encodeSnapshot(Shard.restore({ ...saved, sequence: second }), {
      entriesHash: hashed.entries.hash,
      outputsHash: hashed.outputs.hash,
      lastEntryHash: hashed.outputs.hash,
      owed: [[]],
    });
    await store.save({ shard: 0, sequence: second, bytes });
    await store.note({ shard: 0, sequence: second }, note ?? new Uint8Array());
    expect((await snapshotter().best())?.shard.sequence).toBe(first);
    expect(codes()).toEqual(["snapshot-damaged"]);
  });

  it("passes over a sealed state that no shard can be restored from", async () => {
    const first = await grow(5);
    const second = await grow(5);
    const unusable = {
      shard: 0,
      sequence: second,
      audit: () => undefined,
      snapshot: () => ({ ...hashed.shard.snapshot(), accounts: [["alice"]] }),
    } as unknown as Shard;
    const { bytes } = encodeSnapshot(unusable, {
      entriesHash: hashed.entries.hash,
      outputsHash: hashed.outputs.hash,
      lastEntryHash: hashed.outputs.hash,
      owed: [[]],
    });
    await store.save({ shard: 0, sequence: second, bytes });
    expect((await snapshotter().best())?.shard.sequence).toBe(first);
    expect(codes()).toEqual(["snapshot-damaged"]);
  });
});

describe("what is kept", () => {
  it("is the latest three, and the latest two verified ones however old they are", async () => {
    const kept = [await grow(5), await grow(5), await grow(5)];
    await verifier().verify();
    for (let round = 0; round < 4; round++) await grow(5);
    const saving = snapshotter();
    append("gw-1", placing({ clientOrderId: "last" }));
    const saved = new Promise<void>((resolve) => {
      const remove = store.remove.bind(store);
      store.remove = async (name) => {
        await remove(name);
        resolve();
      };
    });
    saving.take(hashed.shard, {
      entriesHash: hashed.entries.hash,
      outputsHash: hashed.outputs.hash,
      lastEntryHash: hashed.outputs.hash,
      owed: [[]],
    });
    await saved;
    const sequences = (await store.list(0)).map(({ sequence }) => sequence);
    expect(sequences.length).toBe(5);
    expect(sequences.slice(-2)).toEqual([kept[1], kept[0]]);
  });

  it("covers the log up to an entry when two verified ones lie beyond it", async () => {
    const [first, second] = [await grow(5), await grow(5)];
    await grow(5);
    expect(await isCoveredBySnapshots(store, { shard: 0, sequence: first })).toBe(false);
    await verifier().verify();
    expect(await isCoveredBySnapshots(store, { shard: 0, sequence: first })).toBe(true);
    expect(await isCoveredBySnapshots(store, { shard: 0, sequence: first + 1 })).toBe(false);
    expect(await isCoveredBySnapshots(store, { shard: 0, sequence: second })).toBe(false);
  });
});

describe("a certificate", () => {
  const hash = (value: number) => new Uint8Array(32).fill(value);
  const name = { shard: 0, sequence: 7 };
  const certificate = {
    ...({ ...name, verdict: "verified", comparedAt: 9, by: "e1" } as const),
    ...{ stateHash: hash(1), entriesHash: hash(2), outputsHash: hash(3) },
  };

  it("reads back as it was written, for the snapshot it speaks of", () => {
    const bytes = encodeCertificate(certificate);
    expect(decodeCertificate(name, bytes)).toMatchObject({ verdict: "verified", comparedAt: 9 });
    expect(decodeCertificate({ shard: 0, sequence: 8 }, bytes)).toBeUndefined();
    expect(decodeCertificate({ shard: 1, sequence: 7 }, bytes)).toBeUndefined();
  });

  it("counts for nothing when any of its bytes was altered, or it is something else", () => {
    const bytes = encodeCertificate(certificate);
    for (let at = 0; at < bytes.length; at++) {
      const altered = bytes.slice();
      altered[at] = (altered[at] ?? 0) ^ 0x11;
      expect(decodeCertificate(name, altered), `byte ${String(at)}`).toBeUndefined();
    }
    for (const other of [new Uint8Array(), pack("text"), pack([1, 2]), new Uint8Array([0xc1])]) {
      expect(decodeCertificate(name, other)).toBeUndefined();
    }
  });
});
