/**
 * Goal: the fast order book does what the obvious one does, whatever comes.
 *
 * Method: both get the same random commands. After each, the answers and all that the listeners
 * were told must be equal; every so often the whole books are compared and the fast book's
 * invariants checked. First short stories, which fast-check shrinks to the few commands that
 * matter; then long streams from seeds, in which orders pile up and the market wanders. Half of
 * both go to books that share levels out in proportion.
 *
 * A longer run: OUTCRY_FUZZ_COMMANDS=20000000 OUTCRY_FUZZ_SEED=1000, the latter the first seed.
 * Shorter streams, and so more seeds: OUTCRY_FUZZ_STREAM=2000.
 * One seed again: OUTCRY_FUZZ_COMMANDS=1 OUTCRY_FUZZ_SEED=7.
 */
import fc from "fast-check";
import { describe, it } from "vitest";
import { PostOnly, SelfTradePrevention, Side } from "../../protocols/order-terms.ts";
import type { TickSize } from "../../protocols/trading-terms.ts";
import {
  allDisplayed,
  priceTime,
  unboundedBuy,
  unboundedSell,
  unlimitedBudget,
} from "./book-terms.ts";
import type { IncomingOrder, MatchingRule } from "./book-terms.ts";
import { RandomCommands } from "./testing/random-commands.ts";
import type { Market } from "./testing/random-commands.ts";
import { SmallRandom } from "./testing/small-random.ts";
import { TwoBooks } from "./testing/two-books.ts";
import type { Command } from "./testing/two-books.ts";

const commandsWanted = Number(process.env["OUTCRY_FUZZ_COMMANDS"] ?? 1_000_000);
const seedFirst = Number(process.env["OUTCRY_FUZZ_SEED"] ?? 1);
/** Of one seed in one market. */
const streamLength = Number(process.env["OUTCRY_FUZZ_STREAM"] ?? 20_000);
/** Only against a book that never ends a command. */
const timeoutMs = 600_000;

describe("a short story", () => {
  it.each([
    { what: "of continuous trading", arbitrary: commands(oddPrices()) },
    { what: "with call phases", arbitrary: fc.oneof(commands(nearPrices), callPhaseCommands()) },
  ])(
    "$what ends the same in both books",
    ({ arbitrary }) => {
      fc.assert(
        fc.property(rules(), fc.array(arbitrary, { maxLength: 60 }), (rule, story) => {
          const books = new TwoBooks(rule);
          for (const command of story) {
            books.perform(command);
            books.compare();
          }
        }),
        { numRuns: Math.ceil(commandsWanted / 1000), seed: seedFirst },
      );
    },
    timeoutMs,
  );
});

const markets: readonly Market[] = [
  { name: "a busy market", prices: busyPrices, idCount: 40, priceMax: 200 },
  { name: "a narrow market", prices: narrowPrices, idCount: 25, priceMax: 1_000_000 },
  { name: "a penny market", prices: pennyPrices, idCount: 25, priceMax: 4 },
  { name: "a wandering market", prices: wanderingPrices, idCount: 60 },
  { name: "a market of far prices", prices: farPrices, idCount: 60 },
  { name: "a deep market", prices: deepPrices, idCount: 4_000, priceMax: 1000, slowness: 4 },
];

describe.each(markets)("$name", (market) => {
  const commandCount = streamLength / (market.slowness ?? 1);
  it.each(seeds())(
    "goes the same way in both books (seed %i)",
    (seed) => {
      const random = new SmallRandom(seed);
      const source = new RandomCommands(market, random);
      const books = new TwoBooks(ruleOf(seed));
      const compareEvery = Math.ceil(market.idCount / 3);
      for (let number = 1; number <= commandCount; number += 1) {
        const command = source.next(books);
        try {
          books.perform(command);
          if (number % compareEvery === 0) books.compare();
        } catch (cause) {
          const where = `${market.name}, seed ${seed}, command ${number}`;
          throw new Error(`${where}: ${JSON.stringify(command)}`, { cause });
        }
      }
    },
    timeoutMs,
  );
});

/** As many as it takes to give as many commands as are wanted. */
function seeds(): number[] {
  const perSeed = markets.reduce((sum, { slowness = 1 }) => sum + streamLength / slowness, 0);
  const count = Math.ceil(commandsWanted / perSeed);
  return Array.from({ length: count }, (_, index) => seedFirst + index);
}

/** Every second book goes by price and time alone; half of both have prices that are no ticks. */
function ruleOf(seed: number): MatchingRule {
  const tickSizes = (seed >> 1) % 2 === 1 ? coarseAbove : [];
  if (seed % 2 === 1) return { ...priceTime, tickSizes };
  return { isProRata: true, minimumAllocation: 1 + ((seed >> 1) % 5), tickSizes };
}

const coarseAbove: readonly TickSize[] = [
  { from: 0, size: 1 },
  { from: 98, size: 2 },
  { from: 100, size: 5 },
];

function busyPrices(random: SmallRandom): (side: Side) => number {
  return (side) => (side === Side.buy ? random.between(94, 102) : random.between(98, 106));
}

/** Every level has many orders, and most orders do not reach the other side. */
function narrowPrices(random: SmallRandom): (side: Side) => number {
  return (side) => {
    const isReaching = random.oneIn(5);
    return (side === Side.buy) === isReaching ? random.between(100, 101) : random.between(98, 99);
  };
}

/** At the lowest prices that a market may have. */
function pennyPrices(random: SmallRandom): (side: Side) => number {
  return (side) => (side === Side.buy ? random.between(1, 3) : random.between(2, 4));
}

/** The middle moves a little with every price, and now and then out of sight of the old one. */
function wanderingPrices(random: SmallRandom): () => number {
  let middle = 0;
  return () => {
    if (random.oneIn(500)) middle += random.between(-300_000, 300_000);
    else middle += random.between(-40, 40);
    return middle + random.between(-200, 200);
  };
}

/** Every order of magnitude that a price can have, either sign, almost to the ends. */
function farPrices(random: SmallRandom): () => number {
  return () => {
    // One tick short of the ends, so that there is a price to slide to.
    const magnitude = 2 ** random.between(0, 53) - 2;
    const price = Math.max(magnitude - random.below(3), 0);
    return random.oneIn(2) ? price : 0 - price;
  };
}

/** Sides that hardly meet: most orders rest, and queues grow long. */
function deepPrices(random: SmallRandom): (side: Side) => number {
  return (side) => (side === Side.buy ? random.between(1, 510) : random.between(490, 1000));
}

function rules(): fc.Arbitrary<MatchingRule> {
  const shared = fc.integer({ min: 1, max: 5 }).map((minimumAllocation) => ({
    isProRata: true,
    minimumAllocation,
  }));
  return fc.oneof(fc.constant(priceTime), shared);
}

const nearPrices = fc.integer({ min: 98, max: 102 });

function oddPrices(): fc.Arbitrary<number> {
  const max = Number.MAX_SAFE_INTEGER - 1;
  return fc.oneof(
    { weight: 8, arbitrary: nearPrices },
    { weight: 1, arbitrary: fc.integer({ min: -1, max: 2 }) },
    { weight: 1, arbitrary: fc.integer({ min: -max, max }) },
  );
}

const orderIds = fc.integer({ min: 1, max: 25 });

function commands(price: fc.Arbitrary<number>): fc.Arbitrary<Command> {
  const place = fc.oneof(restingOrders(price), fleetingOrders(price));
  const share = fc.nat();
  const replacement = {
    kind: fc.constant("replace" as const),
    order: restingOrders(price),
    keepsPrice: fc.boolean(),
    keepsTerms: fc.boolean(),
  };
  return fc.oneof(
    { weight: 8, arbitrary: place.map((order): Command => ({ kind: "place", order })) },
    { weight: 2, arbitrary: orderIds.map((orderId): Command => ({ kind: "cancel", orderId })) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("reduce" as const), orderId: orderIds, share }),
    },
    { weight: 3, arbitrary: fc.record(replacement) },
    { weight: 1, arbitrary: fc.constant<Command>({ kind: "restore" }) },
  );
}

/** Market orders of a call phase are at 0 and at 201. */
function callPhaseCommands(): fc.Arbitrary<Command> {
  const order = fc
    .record({ order: restingOrders(nearPrices), isMarket: fc.nat({ max: 4 }) })
    .map(({ order, isMarket }) =>
      isMarket === 4 ? { ...order, price: order.side === Side.buy ? 201 : 0 } : order,
    );
  const reference = fc.option(fc.integer({ min: 96, max: 104 }), { nil: undefined });
  const uncross = { kind: fc.constant("uncross" as const), reference, priceMax: fc.constant(200) };
  return fc.oneof(
    { weight: 5, arbitrary: order.map((order): Command => ({ kind: "collect", order })) },
    { weight: 1, arbitrary: fc.record(uncross) },
  );
}

/** Every term on its own; what the contract of the book does not allow together is made fit. */
function anyOrders(price: fc.Arbitrary<number>) {
  return fc.record({
    orderId: orderIds,
    owner: fc.integer({ min: -1, max: 1 }),
    group: fc.nat({ max: 3 }),
    side: fc.constantFrom(Side.buy, Side.sell),
    price,
    quantity: fc.integer({ min: 1, max: 20 }),
    postOnly: fc.oneof(
      { weight: 4, arbitrary: fc.constant(PostOnly.none) },
      { weight: 1, arbitrary: fc.constantFrom(...Object.values(PostOnly)) },
    ),
    selfTradePrevention: fc.constantFrom(...Object.values(SelfTradePrevention)),
    budget: fc.oneof(fc.constant(unlimitedBudget), fc.nat({ max: 3000 })),
    bound: fc.option(price, { nil: undefined }),
    slice: fc.oneof(fc.constant(allDisplayed), fc.integer({ min: 1, max: 5 })),
    minimum: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 8 })),
    isHidden: fc.boolean(),
    kind: fc.constantFrom(...fleetingKinds),
  });
}

/** An order that may rest. */
function restingOrders(price: fc.Arbitrary<number>): fc.Arbitrary<IncomingOrder> {
  return anyOrders(price).map((any) => ({
    ...incomingOrder(any),
    postOnly: any.isHidden ? PostOnly.none : any.postOnly,
    display: any.isHidden ? 0 : displayOf(any),
    minimum: any.isHidden ? any.minimum : 0,
  }));
}

const fleetingKinds = [
  { isMarket: false, isImmediate: true, isFillOrKill: false },
  { isMarket: false, isImmediate: false, isFillOrKill: true },
  { isMarket: true, isImmediate: false, isFillOrKill: false },
  { isMarket: true, isImmediate: true, isFillOrKill: false },
  { isMarket: true, isImmediate: false, isFillOrKill: true },
] as const;

/** An order that never rests. */
function fleetingOrders(price: fc.Arbitrary<number>): fc.Arbitrary<IncomingOrder> {
  return anyOrders(price).map((any) => ({ ...incomingOrder(any), ...any.kind }));
}

type AnyOrder = ReturnType<typeof anyOrders> extends fc.Arbitrary<infer Any> ? Any : never;

function incomingOrder(any: AnyOrder): IncomingOrder {
  const { orderId, owner, group, side, price, quantity } = any;
  const { selfTradePrevention, budget, minimum } = any;
  return {
    ...{ orderId, owner, group, side, price, quantity },
    ...{ isMarket: false, isImmediate: false, isFillOrKill: false, postOnly: PostOnly.none },
    ...{ selfTradePrevention, budget, minimum },
    bound: any.bound ?? (side === Side.buy ? unboundedBuy : unboundedSell),
    display: displayOf(any),
  };
}

function displayOf({ slice, quantity }: AnyOrder): number {
  return slice === allDisplayed ? slice : Math.min(slice, quantity);
}
