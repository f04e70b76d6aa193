/**
 * A day on which marks wander and crash, decided by one seed: accounts with little cash trade two
 * futures on some shards, by orders of which some only reduce; some of what they have is isolated,
 * and gets more or less to itself; what shards say to each other comes late; accounts, the fund and
 * books move meanwhile.
 */
import {
  addressOfAccount,
  addressOfBook,
  MarginMode,
  OrderType,
  plainInstructions,
  Side,
  TimeInForce,
} from "../../protocols/index.ts";
import type { Command, PlaceOrder } from "../../protocols/index.ts";
import { appleFuture } from "./contracts.ts";
import { apples } from "./instruments.ts";
import { Random } from "./random.ts";
import { TestVenue } from "./test-venue.ts";

const why = { author: "ops", reason: "test" };
const future = appleFuture(2e15);
const { contract } = future;
/** One is marked at its index, the other one by its book as well. */
const futures = [
  { ...future, contract: { ...contract, markClampPpm: 0 } },
  { ...future, symbol: "PEAR-COIN-FUT", quoteUnitsPerTickLot: 3 },
];
const accounts = ["alice", "bob", "carol", "dave", "erin"] as const;
const actors = [
  ...[...accounts, "fund"].map(addressOfAccount),
  ...futures.map(({ symbol }) => addressOfBook(symbol)),
];

const onlyReducing = { ...plainInstructions, isReduceOnly: true };

export interface CrashingDay {
  readonly seed: number;
  readonly shards: number;
  readonly moves: number;
}

class Crashes {
  readonly venue: TestVenue;
  readonly #random: Random;
  readonly #prices = new Map(futures.map(({ symbol }) => [symbol, 100]));
  #names = 0;

  constructor({ seed, shards }: CrashingDay) {
    this.#random = new Random(seed);
    this.venue = new TestVenue(shards).list(apples);
    this.venue.open("fund", { COIN: 1 + this.#random.below(4) * 300 });
    for (const account of accounts) this.venue.open(account, { COIN: 1000 });
    this.venue.list(...futures);
    for (const account of accounts) {
      this.venue.do({ kind: "set-margin-account", account, isMargin: true, ...why });
    }
    for (const { symbol } of futures) this.venue.do(this.#publish(symbol, 100));
    for (const account of accounts) {
      for (const { symbol } of futures) {
        if (this.#random.isOneOf(65)) continue;
        const mode = MarginMode.isolated;
        this.venue.do({ kind: "set-margin-mode", account, symbol, mode });
      }
    }
  }

  #publish(symbol: string, price: number): Command {
    this.#prices.set(symbol, price);
    return { kind: "publish-index-price", symbol, price, ...why };
  }

  #wander(): Command {
    const random = this.#random;
    const { symbol } = random.pick(futures);
    const before = this.#prices.get(symbol)!;
    const percent = random.isOneOf(75) ? 97 + random.below(7) : 70 + random.below(66);
    return this.#publish(symbol, Math.max(5, Math.round((before * percent) / 100)));
  }

  #order(): PlaceOrder {
    const random = this.#random;
    const { symbol } = random.pick(futures);
    const middle = this.#prices.get(symbol)!;
    this.#names += 1;
    const isTaken = random.isOneOf(40);
    return {
      ...{ kind: "place-order", account: random.pick(accounts), symbol },
      clientOrderId: `o${String(this.#names)}`,
      side: random.isOneOf(50) ? Side.buy : Side.sell,
      ...{ orderType: OrderType.limit, quantity: 1 + random.below(30) },
      timeInForce: isTaken ? TimeInForce.IOC : TimeInForce.GTC,
      price: Math.max(1, middle - 3 + random.below(7)),
      instructions: random.isOneOf(20) ? onlyReducing : plainInstructions,
    };
  }

  move(): void {
    const { venue } = this;
    const random = this.#random;
    const draw = random.below(100);
    const { underWay } = venue;
    if (underWay.length > 0 && draw < 55) {
      venue.deliver(random.pick(underWay));
      return;
    }
    venue.timeUs += random.below(1_500_000);
    if (draw < 66) venue.send(this.#wander());
    else if (draw < 70) venue.send(this.#relocation());
    else if (draw < 76) venue.send(this.#marginRequest());
    else venue.send(this.#order());
  }

  #marginRequest(): Command {
    const random = this.#random;
    const { symbol } = random.pick(futures);
    const account = random.pick([...accounts, "fund"]);
    if (random.isOneOf(50)) {
      const mode = random.isOneOf(60) ? MarginMode.isolated : MarginMode.cross;
      return { kind: "set-margin-mode", account, symbol, mode };
    }
    const kind = random.isOneOf(50) ? "add-margin" : "remove-margin";
    this.#names += 1;
    const reference = `m${String(this.#names)}`;
    return { kind, account, symbol, amount: 1 + random.below(150), reference };
  }

  #relocation(): Command {
    const shard = this.#random.below(this.venue.shards.length);
    return { kind: "place-actor", actor: this.#random.pick(actors), shard, ...why };
  }

  /** Everything is heard; and what waits is tried again, as marks are told that have not moved. */
  settle(): void {
    this.venue.drain();
    for (let round = 0; round < 3; round++) {
      for (const { symbol } of futures) {
        const price = this.#prices.get(symbol)!;
        this.venue.timeUs += 2_000_000;
        this.venue.ask(
          this.#publish(symbol, price + (round === 0 ? 1 : 0) - (round === 1 ? 1 : 0)),
        );
        this.venue.drain();
      }
    }
  }
}

/** Plays it out, until nothing is under way and all marks are told. */
export function playCrashes(day: CrashingDay, afterMove: (venue: TestVenue) => void): TestVenue {
  const crashing = new Crashes(day);
  for (let move = 0; move < day.moves; move++) {
    crashing.move();
    afterMove(crashing.venue);
  }
  crashing.settle();
  return crashing.venue;
}
