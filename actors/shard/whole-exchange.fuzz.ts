/**
 * Goal: whatever happens to a whole exchange, no money is lost, made or owed to nobody.
 *
 * Method: a million commands of everything that a venue does, in days that each follow from a seed,
 * on one shard to five whose frames arrive in any order. Every entry is held to the invariants
 * that shards have of themselves. Every few moves all comes to rest: then each asset is conserved,
 * nobody has less than nothing, what is owed adds up to nothing; and now and then every shard goes
 * on from its snapshot. In the end all that was told is consistent, and each log is replayed.
 *
 * `FUZZ_SCALE=10` looks for longer; `FUZZ_SEED=17` at just that day.
 */
import { describe, expect, it } from "vitest";
import { pack } from "../../protocols/index.ts";
import { ExchangeDay } from "../testing/exchange-day.ts";
import { assertSettled } from "../testing/invariants.ts";
import { Shard } from "./shard.ts";
import type { Step } from "./step.ts";

const commandsPerDay = 10_000;
const daysPerPart = 2;
const parts = 50 * Number(process.env["FUZZ_SCALE"] ?? 1);
const movesPerRest = 80;
const movesPerSum = 8;

/** What happened, so that days are worth the while. */
const seen = {
  ...{ commands: 0, entries: 0, trades: 0, settled: 0, withdrawn: 0, deposited: 0 },
  ...{ positions: 0, funded: 0, expired: 0, fails: 0 },
};

function count(day: ExchangeDay): void {
  seen.commands += day.commandCount;
  for (const log of day.venue.logs) seen.entries += log.length;
  for (const { kind } of day.venue.events) {
    if (kind === "traded") seen.trades += 1;
    if (kind === "account-settled") seen.settled += 1;
    if (kind === "withdrawal-changed") seen.withdrawn += 1;
    if (kind === "deposit-changed") seen.deposited += 1;
    if (kind === "position-changed") seen.positions += 1;
    if (kind === "funding-paid") seen.funded += 1;
    if (kind === "contract-expired") seen.expired += 1;
    if (kind === "delivery-failed") seen.fails += 1;
  }
}

/** Whether two steps told everybody the same. */
function isSame(a: Step, b: Step): boolean {
  const [one, other] = [toldBy(a), toldBy(b)];
  return (
    a.verdict === b.verdict &&
    a.timeUs === b.timeUs &&
    one.length === other.length &&
    one.every((bytes, index) => Buffer.compare(bytes, other[index]!) === 0)
  );
}

function toldBy({ events, replies, outbound }: Step): readonly Uint8Array[] {
  return [events, ...replies.map(({ records }) => records), ...outbound.map(({ bytes }) => bytes)];
}

/** The same again from the log, by shards that never were in a snapshot. */
function replay({ venue }: ExchangeDay): void {
  venue.logs.forEach((log, number) => {
    const replica = new Shard(number, venue.shards.length);
    log.forEach((entry, index) => {
      if (isSame(replica.apply(entry), venue.steps[number]![index]!)) return;
      throw new Error(`entry ${String(entry.sequence)} of ${String(number)} told something else`);
    });
    const [again, lived] = [replica, venue.shards[number]!].map((shard) => pack(shard.snapshot()));
    expect(Buffer.compare(again!, lived!)).toBe(0);
  });
}

function liveThrough(seed: number): void {
  const day = new ExchangeDay(seed, 1 + (seed % 4));
  for (let move = 1; day.commandCount < commandsPerDay; move++) {
    day.move();
    if (move % movesPerSum === 0) day.sumUp();
    if (move % movesPerRest === 0) day.goOnFromSnapshots();
  }
  day.goOnFromSnapshots();
  assertSettled(day.venue);
  replay(day);
  count(day);
}

/** Says which day it was. */
function tryDay(seed: number): void {
  try {
    liveThrough(seed);
  } catch (fault) {
    throw new Error(`seed ${String(seed)}: FUZZ_SEED=${String(seed)} tries it again`, {
      cause: fault,
    });
  }
}

const only = process.env["FUZZ_SEED"];

describe("a whole exchange", () => {
  if (only !== undefined) {
    it(`keeps all money on the day of seed ${only}`, () => {
      tryDay(Number(only));
    });
    return;
  }

  const first = Math.floor(Math.random() * 2 ** 30);
  it.each(Array.from({ length: parts }, (_, part) => part))(
    `keeps all money, in days from seed ${String(first)} on: part %i of ${String(parts)}`,
    (part) => {
      for (let day = 0; day < daysPerPart; day++) tryDay(first + part * daysPerPart + day);
    },
  );

  it("did a million things, and enough of every kind", () => {
    expect(seen.commands).toBeGreaterThanOrEqual(parts * daysPerPart * commandsPerDay);
    const often = [seen.trades, seen.settled, seen.withdrawn, seen.deposited];
    for (const what of [...often, seen.positions, seen.funded, seen.fails]) {
      expect(what).toBeGreaterThan(8 * parts);
    }
    // One future a day at most.
    expect(seen.expired).toBeGreaterThan(parts / 2);
  });
});
