/**
 * A small market that a seed makes up, recorded as LOBSTER records one: a message file and an
 * order-book file of a limited depth. What happens behind that depth is not recorded, and orders
 * rest from before the recording begins.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface SyntheticOptions {
  readonly seed: number;
  readonly rows: number;
  /** Levels of each side in the order-book file. */
  readonly depth: number;
}

export interface SyntheticFiles {
  readonly messages: string;
  readonly orderbook: string;
}

interface Order {
  readonly id: number;
  readonly side: 1 | -1;
  readonly price: number;
  size: number;
}

/** Writes both files into a folder. */
export async function writeSyntheticMarket(
  folder: string,
  options: SyntheticOptions,
): Promise<SyntheticFiles> {
  const market = new SyntheticMarket(options);
  const { messages, books } = market.record(options.rows);
  const files = {
    messages: join(folder, `MSFT_message_${options.depth}.csv`),
    orderbook: join(folder, `MSFT_orderbook_${options.depth}.csv`),
  };
  await writeFile(files.messages, messages.map((line) => `${line}\n`).join(""));
  await writeFile(files.orderbook, books.map((line) => `${line}\n`).join(""));
  return files;
}

const tick = 100;

class SyntheticMarket {
  readonly #depth: number;
  readonly #random: () => number;
  /** In order of arrival. */
  #orders: Order[] = [];
  #nextId = 1000;
  /** Drifts, so that levels move in and out of view. */
  #middle = 300_000;

  constructor({ seed, depth }: SyntheticOptions) {
    this.#depth = depth;
    this.#random = seededRandom(seed);
    for (let count = 0; count < 120; count++) this.#add();
  }

  record(rows: number): { messages: string[]; books: string[] } {
    const messages: string[] = [];
    const books: string[] = [];
    let time = 34_200;
    while (messages.length < rows) {
      time += this.#random() / 10;
      const before = this.#bookLine();
      for (const [type, order, size] of this.#happen()) {
        const after = this.#bookLine();
        if (type < 5 && before === after) continue;
        const { id, price, side } = order;
        messages.push(`${time.toFixed(9)},${type},${id},${size},${price},${side}`);
        books.push(after);
        if (messages.length === rows) break;
      }
    }
    return { messages, books };
  }

  /** Something happens; each thing is done when it is given out. */
  *#happen(): Generator<[type: number, order: Order, size: number], void> {
    const chance = this.#random();
    if (chance < 0.5) {
      const order = this.#add();
      yield [1, order, order.size];
    } else if (chance < 0.6) {
      const order = this.#pick();
      if (order.size < 2) return;
      const size = 1 + this.#below(order.size - 1);
      order.size -= size;
      yield [2, order, size];
    } else if (chance < 0.85) {
      const order = this.#pick();
      this.#orders = this.#orders.filter((other) => other !== order);
      yield [3, order, order.size];
    } else if (chance < 0.96) {
      yield* this.#sweep();
    } else if (chance < 0.985) {
      yield [5, { id: 0, side: 1, price: this.#middle, size: 0 }, 10];
    } else {
      yield [7, { id: 0, side: -1, price: -1, size: 0 }, 0];
    }
    if (this.#orders.length < 60) for (let count = 0; count < 40; count++) this.#add();
  }

  /** An aggressive order: one message for each resting order that it meets. */
  *#sweep(): Generator<[type: number, order: Order, size: number], void> {
    const side = this.#random() < 0.5 ? 1 : -1;
    let wanted = 1 + this.#below(400);
    while (wanted > 0) {
      const price = this.#best(side);
      const order = this.#orders.find((other) => other.side === side && other.price === price);
      if (order === undefined) return;
      const size = Math.min(wanted, order.size);
      wanted -= size;
      order.size -= size;
      if (order.size === 0) this.#orders = this.#orders.filter((other) => other !== order);
      yield [4, order, size];
    }
    this.#middle += side === 1 ? -tick : tick;
  }

  #add(): Order {
    const side = this.#random() < 0.5 ? 1 : -1;
    const distance = tick * (1 + this.#below(30));
    let price = this.#middle - side * distance;
    const opposite = this.#best(side === 1 ? -1 : 1);
    if (opposite !== undefined && (opposite - price) * side <= 0) price = opposite - side * tick;
    const order: Order = { id: this.#nextId, side, price, size: 1 + this.#below(300) };
    this.#nextId += 1;
    this.#orders.push(order);
    return order;
  }

  #pick(): Order {
    return this.#orders[this.#below(this.#orders.length)]!;
  }

  #best(side: 1 | -1): number | undefined {
    const prices = this.#orders.filter((order) => order.side === side).map(({ price }) => price);
    if (prices.length === 0) return undefined;
    return side === 1 ? Math.max(...prices) : Math.min(...prices);
  }

  #bookLine(): string {
    const asks = this.#levels(-1);
    const bids = this.#levels(1);
    return Array.from({ length: this.#depth }, (_, level) => {
      const [askPrice, askSize] = asks[level] ?? [9_999_999_999, 0];
      const [bidPrice, bidSize] = bids[level] ?? [-9_999_999_999, 0];
      return `${askPrice},${askSize},${bidPrice},${bidSize}`;
    }).join(",");
  }

  #levels(side: 1 | -1): [price: number, size: number][] {
    const sizes = new Map<number, number>();
    for (const order of this.#orders) {
      if (order.side === side) sizes.set(order.price, (sizes.get(order.price) ?? 0) + order.size);
    }
    return [...sizes].sort(([a], [b]) => (b - a) * side);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

/** Mulberry32: small, and the same everywhere. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
