/**
 * Goal: what is said of a place in the past is what there was: with a snapshot or without, by time
 * or by entry, and of whoever moved meanwhile. What cannot be known is not answered.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { Shard } from "../../actors/index.ts";
import { traders } from "../../actors/testing/trading-day.ts";
import { instruments } from "../../actors/testing/instruments.ts";
import type { ClusterFault } from "../../cluster/faults.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import { hashOfEntry } from "../../cluster/log-origin.ts";
import { MemorySnapshotStore } from "../../cluster/memory-snapshot-store.ts";
import { encodeSnapshot } from "../../cluster/replica-snapshot.ts";
import { encodeCertificate } from "../../cluster/snapshot-certificate.ts";
import type { SnapshotVerdict } from "../../cluster/snapshot-certificate.ts";
import type { KnownHashes } from "./known-hashes.ts";
import { hashesOfSnapshots } from "./known-hashes.ts";
import { feeAccountOf } from "../../protocols/index.ts";
import { PastFault } from "./past-fault.ts";
import type { PastPlace } from "./past-place.ts";
import { PastShard } from "./past-shard.ts";
import { PastVenue } from "./past-venue.ts";
import { bookLines, rememberedDay } from "./testing/remembered-day.ts";

const { venue, moments } = rememberedDay({ seed: 21, moves: 600 });
const middle = moments[Math.floor(moments.length / 2)]!;
const lastOf = (shard: number): number => venue.logs[shard]!.length;

let store: MemorySnapshotStore;
let faults: ClusterFault[];
let readFrom: number[];
let known: KnownHashes[];
let first: number;

beforeEach(() => {
  store = new MemorySnapshotStore();
  faults = [];
  readFrom = [];
  known = [];
  first = 1;
});

function pastAt(place: PastPlace): PastVenue {
  return new PastVenue({
    ...{ place, shards: venue.logs.length },
    rebuild: async (shard, placeInLog) => {
      const log = venue.logs[shard]!;
      const whole = {
        name: `LOG_${shard}`,
        first: () => Promise.resolve(first),
        head: () => Promise.resolve(log.length),
        read: (from: number, { entriesMax }: { readonly entriesMax: number }) => {
          if (entriesMax > 1) readFrom.push(from);
          return Promise.resolve(log.slice(from - 1, from - 1 + Math.min(entriesMax, 40)));
        },
      };
      const of = { shard, shards: venue.logs.length, log: whole, snapshots: store };
      const hashes = [...known, ...(await hashesOfSnapshots(store, shard))];
      const report = (fault: ClusterFault): void => void faults.push(fault);
      return await PastShard.at({ ...of, known: hashes, report }, placeInLog);
    },
  });
}

function replayed(shard: number, sequence: number): HashedShard {
  const hashed = new HashedShard(new Shard(shard, venue.logs.length));
  for (const entry of venue.logs[shard]!.slice(0, sequence)) hashed.apply(entry);
  return hashed;
}

async function saveSnapshot(
  shard: number,
  sequence: number,
  verdict?: SnapshotVerdict,
): Promise<void> {
  const { shard: state, entries, outputs } = replayed(shard, sequence);
  const chains = { entriesHash: entries.hash, outputsHash: outputs.hash };
  const lastEntryHash = hashOfEntry(venue.logs[shard]![sequence - 1]!);
  const { bytes, stateHash } = encodeSnapshot(state, { ...chains, lastEntryHash, owed: [] });
  await store.save({ shard, sequence, bytes });
  if (verdict === undefined) return;
  const about = { shard, sequence, verdict, comparedAt: sequence + 1, by: "e2" };
  await store.note(about, encodeCertificate({ ...about, ...chains, stateHash }));
}

async function codeOf(asked: Promise<unknown>): Promise<string> {
  const error: unknown = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof PastFault) return error.code;
  throw new Error("it was answered, or failed in another way", { cause: error });
}

describe("as of an entry", () => {
  it("a shard has the state that it had", async () => {
    for (const { sequences, states } of moments) {
      for (const [shard, sequence] of sequences.entries()) {
        const past = pastAt({ shard, sequence });
        await past.rebuildAll();
        const [report, ...others] = await past.reports();
        expect(others).toEqual([]);
        expect(report).toMatchObject({ shard, sequence, state: states[shard] });
      }
    }
  });

  it("who lived in another shard is not asked for in this one", async () => {
    const { sequences, balances } = middle;
    const outcomes = new Map<string, number>();
    for (const account of traders) {
      for (const [shard, sequence] of sequences.entries()) {
        const asked = pastAt({ shard, sequence }).account(account);
        const lived = replayed(shard, sequence).shard.account(account) !== undefined;
        if (lived) expect((await asked).balances).toEqual(balances.get(account));
        const outcome = lived ? "here" : await codeOf(asked);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }
    expect(outcomes.get("here")).toBe(balances.size);
    expect(outcomes.get("lives-elsewhere")).toBeGreaterThanOrEqual(balances.size);
  });

  it("that the log does not reach to there is no answer", async () => {
    const past = pastAt({ shard: 1, sequence: lastOf(1) + 1 });
    expect(await codeOf(past.rebuildAll())).toBe("no-such-place");
  });
});

describe("as of a time", () => {
  it("accounts, books and orders are as they were, also those that had moved", async () => {
    let moved = 0;
    let onTheirWay = 0;
    for (const { timeUs, balances, books, orders, sequences } of moments) {
      const past = pastAt({ timeUs });
      for (const account of traders) {
        const expected = balances.get(account);
        if (expected === undefined) {
          expect(await codeOf(past.account(account))).toBe("on-its-way");
          onTheirWay += 1;
        } else expect((await past.account(account)).balances).toEqual(expected);
      }
      for (const { symbol } of instruments) {
        const expected = books.get(symbol);
        if (expected === undefined) {
          expect(await codeOf(past.book(symbol, bookLines))).toBe("on-its-way");
          onTheirWay += 1;
        } else expect((await past.book(symbol, bookLines)).depth).toEqual(expected);
      }
      for (const order of orders) {
        const { orderId, clientOrderId, account } = order;
        expect((await past.order({ orderId }, undefined)).order).toEqual(order);
        expect((await past.order({ clientOrderId }, account)).order).toEqual(order);
      }
      await past.rebuildAll();
      const rebuilt = await past.rebuilt();
      expect(rebuilt.map(({ actors }) => actors.sequence)).toEqual(sequences);
      moved += rebuilt[0]?.actors.placement.pins().length ?? 0;
    }
    expect(moved).toBeGreaterThan(20);
    expect(onTheirWay).toBeGreaterThan(0);
  });

  it("every log is as of its last entry not later by log time, which never goes back", async () => {
    const raw = venue.logs.flatMap((log) =>
      log.slice(1).map((entry, at) => entry.timeUs - log[at]!.timeUs),
    );
    expect(raw.filter((passed) => passed < 0).length).toBeGreaterThan(20);
    const log = venue.logs[0]!;
    for (let at = 5; at < log.length; at += 31) {
      const { timeUs } = log[at]!;
      const past = pastAt({ timeUs });
      await past.rebuildAll();
      const expected = venue.steps.map((steps) => steps.filter((step) => step.timeUs <= timeUs));
      const reports = await past.reports();
      expect(reports.map(({ sequence }) => sequence)).toEqual(expected.map((of) => of.length));
    }
  });

  it("fees were with the account of the shard that earned them", async () => {
    const { timeUs } = middle;
    for (const shard of venue.logs.keys()) {
      const account = feeAccountOf(shard);
      const sequence = middle.sequences[shard]!;
      const earned = replayed(shard, sequence).shard.answer("balances", { account });
      expect((await pastAt({ shard, sequence }).account(account)).balances).toEqual(earned);
      expect((await pastAt({ timeUs }).account(account)).balances).toEqual(earned);
      const other = pastAt({ shard: (shard + 1) % venue.logs.length, sequence: 5 });
      expect(await codeOf(other.account(account))).toBe("lives-elsewhere");
    }
  });

  it("an instrument that nobody listed lived nowhere", async () => {
    for (const shard of venue.logs.keys()) {
      const past = pastAt({ shard, sequence: lastOf(shard) });
      for (const symbol of ["NO-SUCH", "NOPE", "ABC-DEF"]) {
        expect(await codeOf(past.book(symbol, 1))).toBe("instrument-unknown");
      }
      expect(await codeOf(past.order({ orderId: 999 }, undefined))).toBe("order-unknown");
    }
  });

  it("before there was anything, there was nothing", async () => {
    const past = pastAt({ timeUs: 1 });
    expect(await codeOf(past.account("alice"))).toBe("account-unknown");
    expect(await codeOf(past.book("PEAR-COIN", 1))).toBe("instrument-unknown");
    expect(await codeOf(past.order({ orderId: 1 }, undefined))).toBe("order-unknown");
    expect((await past.reports()).map(({ sequence }) => sequence)).toEqual([0, 0, 0]);
  });
});

describe("a rebuild", () => {
  const place = { shard: 1, sequence: middle.sequences[1]! };
  const [early, later] = [place.sequence - 30, place.sequence - 10];

  async function reportAt(at: PastPlace = place) {
    const past = pastAt(at);
    await past.rebuildAll();
    const [report] = await past.reports();
    return report;
  }

  it("begins with the newest verified snapshot that is not later", async () => {
    await saveSnapshot(1, early, "verified");
    await saveSnapshot(1, later, "verified");
    await saveSnapshot(1, place.sequence + 5, "verified");
    const report = await reportAt();
    expect(report).toMatchObject({ snapshot: later, replayed: 10, state: middle.states[1] });
    expect(readFrom[0]).toBe(later + 1);
  });

  it("by time, begins with none whose log time is later", async () => {
    for (let sequence = 20; sequence < lastOf(1); sequence += 25) {
      await saveSnapshot(1, sequence, "verified");
    }
    for (const { timeUs, sequences, states } of moments) {
      const past = pastAt({ timeUs });
      await past.rebuildAll();
      const report = (await past.reports())[1];
      expect(report).toMatchObject({ sequence: sequences[1], state: states[1] });
      expect(report?.replayed).toBeLessThan(60);
    }
  });

  it("does without what nobody has verified, what was found wrong, and what is damaged", async () => {
    await saveSnapshot(1, early, "verified");
    await saveSnapshot(1, early + 2, "verified");
    store.damage({ shard: 1, sequence: early + 2 });
    await saveSnapshot(1, later - 1, "refuted");
    await saveSnapshot(1, later);
    expect(await reportAt()).toMatchObject({ snapshot: early, state: middle.states[1] });
    expect(faults.map(({ code }) => code)).toEqual(["snapshot-damaged"]);
  });

  it("does without a snapshot of another log", async () => {
    const { shard, entries, outputs } = replayed(1, early);
    const chains = { entriesHash: entries.hash, outputsHash: outputs.hash };
    const foreign = { ...chains, lastEntryHash: chains.entriesHash, owed: [] };
    const { bytes, stateHash } = encodeSnapshot(shard, foreign);
    const about = { shard: 1, sequence: early, comparedAt: early + 1, by: "e2" };
    await store.save({ ...about, bytes });
    const certificate = { ...about, ...chains, stateHash, verdict: "verified" } as const;
    await store.note(about, encodeCertificate(certificate));
    expect(await reportAt()).toMatchObject({ snapshot: 0, state: middle.states[1] });
    expect(faults.map(({ code }) => code)).toEqual(["snapshot-of-another-log"]);
  });

  it("is refused where nothing that is left leads there", async () => {
    first = 40;
    expect(await codeOf(reportAt())).toBe("no-way-there");
    await saveSnapshot(1, early, "verified");
    expect(await reportAt()).toMatchObject({ snapshot: early });
  });

  it("says where it comes to something else than others did", async () => {
    const { entries, outputs } = replayed(1, place.sequence);
    const of = { sequence: place.sequence, entries: entries.hex, outputs: outputs.hex };
    known = [
      { ...of, by: "e1" },
      { ...of, by: "e3", outputs: entries.hex },
      { by: "e3", sequence: place.sequence + 1, state: entries.hex },
    ];
    const said = (await reportAt())?.comparisons.map(
      ({ by, what, same }) => `${by} ${what} ${same}`,
    );
    expect(said).toEqual([
      ...["e1 entries true", "e1 outputs true"],
      ...["e3 entries true", "e3 outputs false"],
    ]);
  });

  it("goes on to the next entry of which somebody knows the hashes, when told to", async () => {
    await saveSnapshot(1, place.sequence + 7, "verified");
    await saveSnapshot(1, place.sequence + 90, "verified");
    const past = pastAt(place);
    await past.rebuildAll();
    const [shard] = await past.rebuilt();
    expect(shard?.report().comparisons).toEqual([]);
    expect(await shard?.verify()).toBe(true);
    const by = "the snapshot verified by e2";
    const sequence = place.sequence + 7;
    const expected = ["entries", "outputs", "state"].map((what) => ({
      by,
      what,
      sequence,
      same: true,
    }));
    expect(shard?.report()).toMatchObject({ ...place, state: middle.states[1] });
    expect(shard?.report().comparisons).toEqual(expected);
    expect(hexOf(replayed(1, place.sequence).entries.hash)).toBe(shard?.report().entries);
  });

  it("has nothing to go on to where nobody knows of anything later", async () => {
    const past = pastAt(place);
    await past.rebuildAll();
    const [shard] = await past.rebuilt();
    expect(await shard?.verify()).toBe(false);
    expect(shard?.actors.sequence).toBe(place.sequence);
  });
});
