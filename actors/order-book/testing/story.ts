/**
 * Plays a story to an order book and tells what happened, both in words a trader can read.
 *
 *     A buy 10 @ 101            D buy 5 market              cancel A
 *     B sell 4 @ 100 ioc        E buy 5 market spend 300    reduce A to 3
 *     C buy 5 @ 101 spend 300   F buy 9 @ 101 show 3        replace A 5 @ 102 hidden
 *     gather A buy 10 market    equilibrium near 100        uncross
 *
 * Orders have letters for names. Terms come last, in any order: ioc, fok, post-only, slide, hidden,
 * show 3, min 2, spend 300, bound 105, owner 7, group 1, and the modes of self-trade prevention:
 * cancel-newest, cancel-oldest, cancel-both, decrement, transfer. A fast book's invariants are
 * checked after every line.
 */
import { nameIn, PostOnly, SelfTradePrevention, Side } from "../../../protocols/order-terms.ts";
import {
  allDisplayed,
  Ending,
  unboundedBuy,
  unboundedSell,
  unlimitedBudget,
} from "../book-terms.ts";
import type {
  IncomingOrder,
  MatchingRule,
  OrderBookInterface,
  OrderBookListener,
  RestingOrder,
} from "../book-terms.ts";
import { assertInvariants } from "../order-book.invariants.ts";
import { OrderBook } from "../order-book.ts";

export type OrderBookClass = new (
  listener: OrderBookListener,
  rule?: MatchingRule,
) => OrderBookInterface;

/** What is dearer is a market order of a call phase, as is what costs less than 1. */
const priceMax = 1_000_000;

export class Story {
  readonly book: OrderBookInterface;
  readonly #told: string[] = [];

  /** Tells of the displayed orders one by one, too, if it is asked to. */
  constructor(Book: OrderBookClass, rule?: MatchingRule, { tellsEntries = false } = {}) {
    this.book = new Book(listenerThatWrites(this.#told, tellsEntries), rule);
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

  /** Every order in the order of the visit: `A buy 3 of 10 @ 101`, the displayed of what remains. */
  orders(): string[] {
    const orders: string[] = [];
    this.book.visitResting(({ orderId, side, displayed, remaining, price }) => {
      const direction = nameIn(Side, side);
      orders.push(`${nameOf(orderId)} ${direction} ${displayed} of ${remaining} @ ${price}`);
    });
    return orders;
  }

  #perform(line: string): string | undefined {
    const words = line.split(" ");
    const [verb = "", name = ""] = words;
    switch (verb) {
      case "cancel": {
        const canceled = this.book.cancel(idOf(name));
        return canceled === 0 ? `${name} unknown` : `${name} canceled: ${canceled}`;
      }
      case "reduce":
        return this.book.reduce(idOf(name), Number(words[3]))
          ? `${name} reduced`
          : `${name} unknown`;
      case "replace": {
        const side = nameIn(Side, this.#sideOf(name));
        const outcome = this.book.replace(orderOf(`${name} ${side} ${words.slice(2).join(" ")}`));
        const { leftOver } = this.book;
        const isAllIn = outcome === "unknown" || leftOver === 0;
        return `${name} ${outcome}${isAllIn ? "" : `, ${this.#leftOverOf(name, leftOver)}`}`;
      }
      case "gather":
        this.book.collect(orderOf(line.slice("gather ".length)));
        return undefined;
      case "equilibrium":
      case "uncross":
        return this.#balance(verb, words[2]);
      default: {
        const leftOver = this.book.place(orderOf(line));
        return leftOver === 0 ? undefined : this.#leftOverOf(verb, leftOver);
      }
    }
  }

  #sideOf(name: string): Side {
    const order = emptyOrder();
    this.book.resting(idOf(name), order);
    return order.side;
  }

  #leftOverOf(name: string, leftOver: number): string {
    return `${leftOver} of ${name} left over: ${nameIn(Ending, this.book.ending)}`;
  }

  #balance(verb: string, near: string | undefined): string | undefined {
    const reference = near === undefined ? undefined : Number(near);
    const equilibrium = this.book.equilibrium(reference, priceMax);
    if (equilibrium === undefined) return "no equilibrium";
    if (verb === "uncross") {
      this.book.uncross(equilibrium);
      return undefined;
    }
    const { volume, price, surplus, surplusSide } = equilibrium;
    const balance = surplus === 0 ? "even" : `${surplus} more to ${nameIn(Side, surplusSide)}`;
    return `${volume} @ ${price}, ${balance}`;
  }
}

function listenerThatWrites(told: string[], tellsEntries: boolean): OrderBookListener {
  return {
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
    prevented(trade) {
      const [incoming, resting] = [nameOf(trade.incomingOrderId), nameOf(trade.restingOrderId)];
      const remain = `${trade.incomingRemaining} and ${trade.restingRemaining} remain`;
      const what = trade.isTransfer ? "transfer" : "drop";
      const { quantity, price } = trade;
      told.push(`${incoming} and ${resting} ${what} ${quantity} @ ${price}, ${remain}`);
    },
    removed(orderId, _owner, remaining) {
      told.push(`${nameOf(orderId)} removed: ${remaining}`);
    },
    levelChanged(side, price, quantity) {
      const name = side === Side.buy ? "bid" : "ask";
      told.push(`${name} ${price}: ${quantity === 0 ? "gone" : quantity}`);
    },
    entryAdded({ entryId, side, price, quantity }) {
      if (tellsEntries) told.push(`#${entryId} ${nameIn(Side, side)} ${quantity} @ ${price}`);
    },
    entryExecuted(entryId, quantity) {
      if (tellsEntries) told.push(`#${entryId} trades, ${quantity} left`);
    },
    entryCanceled(entryId, quantity) {
      if (tellsEntries) told.push(`#${entryId} canceled, ${quantity} left`);
    },
  };
}

const placement =
  /^(?<name>[A-Z]) (?<side>buy|sell) (?<quantity>\d+) (market|@ (?<price>-?\d+))(?<terms>( .+)?)$/;

function orderOf(line: string): IncomingOrder {
  const groups = placement.exec(line)?.groups;
  if (groups === undefined) throw new Error(`not a line of a story: ${line}`);
  const side = groups["side"] === "buy" ? Side.buy : Side.sell;
  const marketPrice = side === Side.buy ? priceMax + 1 : 0;
  const order: IncomingOrder = {
    ...plainOrder,
    orderId: idOf(groups["name"]),
    side,
    price: Number(groups["price"] ?? marketPrice),
    quantity: Number(groups["quantity"]),
    isMarket: groups["price"] === undefined,
    bound: side === Side.buy ? unboundedBuy : unboundedSell,
  };
  const words = (groups["terms"] ?? "").split(" ").filter((word) => word !== "");
  while (words.length > 0) Object.assign(order, termOf(words));
  return order;
}

/** Takes the words of one term away and says what they mean. */
function termOf(words: string[]): Partial<IncomingOrder> {
  const word = words.shift() ?? "";
  const alone = terms.get(word);
  if (alone !== undefined) return alone;
  const name = numberedTerms.get(word);
  const number = Number(words.shift());
  if (name === undefined || Number.isNaN(number)) throw new Error(`not a term: ${word}`);
  return { [name]: number };
}

const terms = new Map<string, Partial<IncomingOrder>>([
  ["ioc", { isImmediate: true }],
  ["fok", { isFillOrKill: true }],
  ["post-only", { postOnly: PostOnly.reject }],
  ["slide", { postOnly: PostOnly.slide }],
  ["hidden", { display: 0 }],
  ["cancel-newest", { selfTradePrevention: SelfTradePrevention.cancelNewest }],
  ["cancel-oldest", { selfTradePrevention: SelfTradePrevention.cancelOldest }],
  ["cancel-both", { selfTradePrevention: SelfTradePrevention.cancelBoth }],
  ["decrement", { selfTradePrevention: SelfTradePrevention.decrement }],
  ["transfer", { selfTradePrevention: SelfTradePrevention.transfer }],
]);

const numberedTerms = new Map<string, keyof IncomingOrder>([
  ["show", "display"],
  ["min", "minimum"],
  ["spend", "budget"],
  ["bound", "bound"],
  ["owner", "owner"],
  ["group", "group"],
]);

/** A buy without any terms: what the orders of stories and tests start from. */
export const plainOrder: Readonly<IncomingOrder> = {
  orderId: 1,
  owner: 0,
  group: 0,
  side: Side.buy,
  price: 100,
  quantity: 1,
  isMarket: false,
  isImmediate: false,
  isFillOrKill: false,
  postOnly: PostOnly.none,
  selfTradePrevention: SelfTradePrevention.none,
  budget: unlimitedBudget,
  bound: unboundedBuy,
  display: allDisplayed,
  minimum: 0,
};

/** Something to read a resting order into. */
export function emptyOrder(): RestingOrder {
  const { orderId, owner, group, side, price, display, minimum } = plainOrder;
  const terms = { orderId, owner, group, side, price, display, minimum };
  return { ...terms, remaining: 0, displayed: 0, entryId: 0 };
}

export function idOf(name = ""): number {
  return name.charCodeAt(0);
}

function nameOf(orderId: number): string {
  return String.fromCharCode(orderId);
}
