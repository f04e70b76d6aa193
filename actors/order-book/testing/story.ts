/**
 * Plays a story to an order book and tells what happened, both in words a trader can read.
 *
 *     A buy 10 @ 101            D buy 5 market              cancel A
 *     B sell 4 @ 100 ioc        E buy 5 market spend 300    reduce A to 3
 *     C buy 5 @ 101 spend 300                               replace A 5 @ 102
 *
 * Orders have letters for names. A fast book's invariants are checked after every line.
 */
import { Side } from "../../../protocols/order-terms.ts";
import { assertInvariants } from "../order-book.invariants.ts";
import type { OrderBookInterface } from "../order-book.reference.ts";
import { OrderBook, unlimitedBudget } from "../order-book.ts";
import type { OrderBookListener } from "../order-book.ts";

export type OrderBookClass = new (listener: OrderBookListener) => OrderBookInterface;

export class Story {
  readonly book: OrderBookInterface;
  readonly #told: string[] = [];

  constructor(Book: OrderBookClass) {
    const told = this.#told;
    this.book = new Book({
      traded(fill) {
        const incoming = nameOf(fill.incomingOrderId);
        const resting = nameOf(fill.restingOrderId);
        const trade = `${fill.quantity} @ ${fill.price}`;
        const remain = `${fill.incomingRemaining} and ${fill.restingRemaining} remain`;
        told.push(
          fill.incomingSide === Side.buy
            ? `${incoming} buys ${trade} from ${resting}, ${remain}`
            : `${incoming} sells ${trade} to ${resting}, ${remain}`,
        );
      },
      levelChanged(side, price, quantity) {
        const name = side === Side.buy ? "bid" : "ask";
        told.push(`${name} ${price}: ${quantity === 0 ? "gone" : quantity}`);
      },
    });
  }

  /** Plays some lines and returns what was told meanwhile. */
  play(...lines: readonly string[]): string[] {
    for (const line of lines) {
      const outcome = this.#perform(line);
      if (outcome !== undefined) this.#told.push(outcome);
      if (this.book instanceof OrderBook) assertInvariants(this.book);
    }
    return this.#told.splice(0);
  }

  /** Both sides, best first: `quantity @ price (orders)`. */
  depth(): { bids: string[]; asks: string[] } {
    const read = (side: Side) =>
      this.book
        .depth(side, Infinity)
        .map(([price, quantity, orderCount]) => `${quantity} @ ${price} (${orderCount})`);
    return { bids: read(Side.buy), asks: read(Side.sell) };
  }

  #perform(line: string): string | undefined {
    const words = line.split(" ");
    const [verb, name] = words;
    switch (verb) {
      case "cancel": {
        const canceled = this.book.cancel(idOf(name));
        return canceled === 0 ? `${name} unknown` : `${name} canceled: ${canceled}`;
      }
      case "reduce":
        return this.book.reduce(idOf(name), Number(words[3]))
          ? `${name} reduced`
          : `${name} unknown`;
      case "replace":
        return `${name} ${this.book.replace(idOf(name), Number(words[4]), Number(words[2]))}`;
      default:
        return this.#place(line);
    }
  }

  #place(line: string): string | undefined {
    const order = placement.exec(line)?.groups;
    if (order === undefined) throw new Error(`not a line of a story: ${line}`);
    const leftOver = this.book.place({
      orderId: idOf(order["name"]),
      owner: 0,
      side: order["side"] === "buy" ? Side.buy : Side.sell,
      price: Number(order["price"] ?? 0),
      quantity: Number(order["quantity"]),
      isMarket: order["price"] === undefined,
      isImmediate: order["ioc"] !== undefined,
      budget: Number(order["budget"] ?? unlimitedBudget),
    });
    return leftOver === 0 ? undefined : `${leftOver} of ${order["name"]} left over`;
  }
}

const placement = new RegExp(
  "^(?<name>[A-Z]) (?<side>buy|sell) (?<quantity>\\d+) (market|@ (?<price>-?\\d+))" +
    "(?<ioc> ioc)?( spend (?<budget>\\d+))?$",
);

function idOf(name = ""): number {
  return name.charCodeAt(0);
}

function nameOf(orderId: number): string {
  return String.fromCharCode(orderId);
}
