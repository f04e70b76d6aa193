/**
 * A day of random trading on a venue of some shards, decided by one seed: what is sent, in which
 * frames, when the frames between shards arrive, which of them arrive twice, and which commands
 * arrive too late.
 */
import { shardOfMessage } from "../../protocols/index.ts";
import type { AccountId, Amount, AssetId, ParticipantId } from "../../protocols/index.ts";
import { instruments } from "./instruments.ts";
import { Random } from "./random.ts";
import { TestVenue } from "./test-venue.ts";
import { Workload } from "./workload.ts";

export interface TradingDay {
  readonly seed: number;
  readonly shards: number;
  readonly moves: number;
  /** Of a hundred moves, how many deliver a frame when one is under way: few let them pile up. */
  readonly deliveryPercent: number;
  /** Called after every move. */
  readonly afterMove?: (venue: TestVenue) => void;
}

export const traders: readonly AccountId[] = ["alice", "bob", "carol", "dave", "erin"];

/** Two of them belong together. */
const participants: Readonly<Record<AccountId, ParticipantId>> = { alice: "acme", bob: "acme" };

/** Scarce enough to run out of, and in one asset beyond what a number counts. */
const funds: Readonly<Record<AssetId, Amount>> = {
  APPLE: 2n ** 55n,
  PEAR: 40_000,
  GOLD: 2n ** 56n,
  COIN: 9_000,
};

const terms = { instruments, middle: 50, quantityMax: 12, haltPercent: 2 };

export function openVenue(shards: number): TestVenue {
  const venue = new TestVenue(shards).list(...instruments);
  for (const account of traders) venue.open(account, funds, participants[account]);
  return venue;
}

export function workloadOf(random: Random, venue: TestVenue): Workload {
  return new Workload(random, { accounts: traders, ...terms, timeUs: () => venue.timeUs });
}

/** Trades a day out, until nothing is under way. */
export function tradeOut(day: TradingDay): TestVenue {
  const random = new Random(day.seed);
  const venue = openVenue(day.shards);
  const workload = workloadOf(random, venue);
  for (let move = 0; move < day.moves; move++) {
    const underWay = venue.underWay;
    if (underWay.length > 0 && random.isOneOf(day.deliveryPercent)) {
      venue.deliver(random.pick(underWay));
    } else if (random.isOneOf(4)) {
      venue.deliverAgain((count) => random.below(Math.max(count, 1)));
    } else if (random.isOneOf(3)) {
      const command = workload.next();
      venue.appendLate(shardOfMessage(command, day.shards) ?? 0, "gw", [command]);
    } else {
      venue.timeUs += random.below(2_000_000);
      const count = random.isOneOf(80) ? 1 : 1 + random.below(6);
      venue.sendAll(Array.from({ length: count }, () => workload.next()));
    }
    day.afterMove?.(venue);
  }
  venue.drain();
  return venue;
}
