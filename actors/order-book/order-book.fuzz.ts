/**
 * Goal: the fast order book does what the obvious one does, whatever comes.
 *
 * Method: both get the same random commands. After each, the answers and all that the listeners
 * were told must be equal; every so often the whole books are compared and the fast book's
 * invariants checked. First short stories, which fast-check shrinks to the few commands that
 * matter; then long streams from fixed seeds, in which orders pile up and the market wanders.
 */
import fc from "fast-check";
import { describe, it } from "vitest";
import { Side } from "../../protocols/order-terms.ts";
import { unlimitedBudget } from "./order-book.ts";
import { SmallRandom } from "./testing/small-random.ts";
import { TwoBooks } from "./testing/two-books.ts";
import type { Command } from "./testing/two-books.ts";

describe("a short story", () => {
  it("ends the same in both books", () => {
    fc.assert(
      fc.property(fc.array(commands(), { maxLength: 60 }), (story) => {
        const books = new TwoBooks();
        for (const command of story) {
          books.perform(command);
          books.compare();
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe.each<Stream>([
  { market: "a busy market", prices: busyPrices, idCount: 60, commandCount: 20_000 },
  { market: "a wandering market", prices: wanderingPrices, idCount: 60, commandCount: 20_000 },
  { market: "a market of far prices", prices: farPrices, idCount: 60, commandCount: 20_000 },
  { market: "a deep market", prices: deepPrices, idCount: 4_000, commandCount: 5_000 },
])("$market", (stream) => {
  it.each([1, 2, 3, 4])("goes the same way in both books (seed %i)", (seed) => {
    const random = new SmallRandom(seed);
    const nextPrice = stream.prices(random);
    const books = new TwoBooks();
    const compareEvery = Math.ceil(stream.idCount / 3);
    for (let number = 1; number <= stream.commandCount; number += 1) {
      const command = nextCommand({ random, nextPrice, books, idCount: stream.idCount });
      try {
        books.perform(command);
        if (number % compareEvery === 0) books.compare();
      } catch (cause) {
        const where = `${stream.market}, seed ${seed}, command ${number}`;
        throw new Error(`${where}: ${JSON.stringify(command)}`, { cause });
      }
    }
  });
});

/** Makes the source of a market's prices. */
type Prices = (random: SmallRandom) => (side: Side) => number;

interface Stream {
  readonly market: string;
  readonly prices: Prices;
  readonly idCount: number;
  readonly commandCount: number;
}

function busyPrices(random: SmallRandom): () => number {
  return () => random.between(95, 105);
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

/** Every order of magnitude that a price can have, either sign, and the very ends. */
function farPrices(random: SmallRandom): () => number {
  return () => {
    const magnitude = 2 ** random.between(0, 53) - 1;
    const price = Math.max(magnitude - random.below(3), 0);
    return random.oneIn(2) ? price : 0 - price;
  };
}

/** Sides that hardly meet: most orders rest, and queues grow long. */
function deepPrices(random: SmallRandom): (side: Side) => number {
  return (side) => (side === Side.buy ? random.between(0, 510) : random.between(490, 1000));
}

interface Source {
  readonly random: SmallRandom;
  readonly nextPrice: (side: Side) => number;
  readonly books: TwoBooks;
  readonly idCount: number;
}

/** Something to do with one of the ids: a new order, or a change to the one that has it. */
function nextCommand({ random, nextPrice, books, idCount }: Source): Command {
  if (random.oneIn(1000)) return { kind: "restore" };
  // Ids as shards assign them: some differ only above 2^32.
  const number = random.below(idCount);
  const orderId = (number % 3) * 2 ** 44 + number;
  const quantity = random.between(1, 30);
  const side = random.oneIn(2) ? Side.buy : Side.sell;
  const isUnknownWanted = random.oneIn(20);
  if (books.has(orderId) !== isUnknownWanted) {
    switch (random.below(4)) {
      case 0:
        return { kind: "reduce", orderId, share: random.below(1000) };
      case 1:
        return { kind: "replace", orderId, price: nextPrice(side), quantity };
      default:
        return { kind: "cancel", orderId };
    }
  }
  const order = {
    orderId,
    owner: random.below(100) - 50,
    side,
    price: nextPrice(side),
    quantity,
    isMarket: random.oneIn(15),
    isImmediate: random.oneIn(8),
    budget: random.oneIn(8) ? random.below(4000) : unlimitedBudget,
  };
  return { kind: "place", order };
}

function commands(): fc.Arbitrary<Command> {
  const price = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 95, max: 105 }) },
    { weight: 1, arbitrary: fc.integer({ min: -1, max: 2 }) },
    { weight: 1, arbitrary: fc.maxSafeInteger() },
  );
  const quantity = fc.integer({ min: 1, max: 20 });
  const orderId = fc.integer({ min: 1, max: 25 });
  const order = fc.record({
    orderId,
    owner: fc.integer(),
    side: fc.constantFrom(Side.buy, Side.sell),
    price,
    quantity,
    isMarket: fc.nat({ max: 5 }).map((number) => number === 5),
    isImmediate: fc.nat({ max: 5 }).map((number) => number === 5),
    budget: fc.oneof(fc.constant(unlimitedBudget), fc.nat({ max: 3000 })),
  });
  const share = fc.nat();
  return fc.oneof(
    { weight: 8, arbitrary: order.map((order): Command => ({ kind: "place", order })) },
    { weight: 2, arbitrary: orderId.map((orderId): Command => ({ kind: "cancel", orderId })) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("reduce" as const), orderId, share }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("replace" as const), orderId, price, quantity }),
    },
    { weight: 1, arbitrary: fc.constant<Command>({ kind: "restore" }) },
  );
}
