/**
 * The fast book and the reference book side by side: every command goes to both, and both must
 * answer alike, tell their listeners the same and show the same depth. Beside them stands a book
 * that only hears of displayed orders, and must come to have the same ones in the same order.
 */
import { Side } from "../../../protocols/order-terms.ts";
import { unboundedBuy, unboundedSell } from "../book-terms.ts";
import type {
  BookEntry,
  Fill,
  IncomingOrder,
  MatchingRule,
  OrderBookInterface,
  OrderBookListener,
  PreventedTrade,
} from "../book-terms.ts";
import { assertInvariants } from "../order-book.invariants.ts";
import { ReferenceOrderBook } from "../order-book.reference.ts";
import { OrderBook } from "../order-book.ts";
import { EntryBook } from "./entry-book.ts";
import type { KeptEntry } from "./entry-book.ts";
import { emptyOrder } from "./story.ts";

/** What the book's contract forbids at this point is left out, or done in a way it allows. */
export type Command =
  /** In a call phase the order is gathered, if it is one that may be. */
  | { readonly kind: "place"; readonly order: Readonly<IncomingOrder> }
  /** From here to the next `uncross` is a call phase. */
  | { readonly kind: "collect"; readonly order: Readonly<IncomingOrder> }
  | { readonly kind: "cancel"; readonly orderId: number }
  /** Down to `1 + share % remaining`: a share of any size is within what the book allows. */
  | { readonly kind: "reduce"; readonly orderId: number; readonly share: number }
  | {
      readonly kind: "replace";
      readonly order: Readonly<IncomingOrder>;
      /** Whether the order keeps its price, and what it shows and its minimum. */
      readonly keepsPrice: boolean;
      readonly keepsTerms: boolean;
    }
  /** Ends a call phase, and takes out what was gathered as market orders and is still there. */
  | {
      readonly kind: "uncross";
      readonly reference: number | undefined;
      readonly priceMax: number;
    }
  /** The fast book goes on as a new one, restored from what the old one visited. */
  | { readonly kind: "restore" };

type Answer = readonly unknown[];

export class TwoBooks {
  readonly #rule: MatchingRule;
  readonly #fastTape = new Tape();
  readonly #slowTape = new Tape();
  readonly #slow: OrderBookInterface;
  #fast: OrderBook;
  #isCallPhase = false;

  constructor(rule: MatchingRule) {
    this.#rule = rule;
    this.#slow = new ReferenceOrderBook(this.#slowTape, rule);
    this.#fast = new OrderBook(this.#fastTape, rule);
  }

  has(orderId: number): boolean {
    return this.#fast.has(orderId);
  }

  /** Throws, saying what differs, when the books disagree about the command. */
  perform(command: Command): void {
    if (command.kind === "restore") return this.#restore();
    const permitted = this.#permitted(command);
    if (permitted === undefined) return;
    const fastAnswer = answerOf(this.#fast, permitted);
    const slowAnswer = answerOf(this.#slow, permitted);
    if (!areEqual(fastAnswer, slowAnswer)) {
      const answers = `the book answers ${show(fastAnswer)}, the reference ${show(slowAnswer)}`;
      throw new Error(`${answers}; told ${this.#fastTape.text} and ${this.#slowTape.text}`);
    }
    this.#fastTape.compareAndClear(this.#slowTape);
  }

  /** Compares all that can be read of the two books; costs more than a command. */
  compare(): void {
    assertInvariants(this.#fast);
    const fast = JSON.stringify(readingOf(this.#fast));
    const slow = JSON.stringify(readingOf(this.#slow));
    if (fast !== slow) throw new Error(`the book is ${fast}, the reference is ${slow}`);
    const kept = JSON.stringify(entriesOf(this.#fast));
    const heard = JSON.stringify(this.#fastTape.entries.entries());
    if (kept !== heard) throw new Error(`the book displays ${kept}, and told of ${heard}`);
    for (const side of [Side.buy, Side.sell]) {
      const depth = JSON.stringify(this.#fast.depth(side, Infinity));
      const sums = JSON.stringify(this.#fastTape.entries.levels(side));
      if (depth !== sums) throw new Error(`the depth is ${depth}, entries sum up to ${sums}`);
    }
  }

  #restore(): void {
    const restored = new OrderBook(this.#fastTape, this.#rule);
    this.#fast.visitResting((order) => restored.restoreResting(order));
    restored.lastEntryId = this.#fast.lastEntryId;
    this.#fast = restored;
  }

  /** The command as the contract of the book allows it now, if it does. */
  #permitted(command: Performed): Performed | undefined {
    switch (command.kind) {
      case "place":
      case "collect": {
        if (this.has(command.order.orderId)) return undefined;
        if (command.kind === "collect") this.#isCallPhase = true;
        if (!this.#isCallPhase) return command;
        const { isMarket, isImmediate, isFillOrKill } = command.order;
        const isGathered = !isMarket && !isImmediate && !isFillOrKill;
        return isGathered ? { kind: "collect", order: command.order } : undefined;
      }
      case "replace":
        // A replacement that comes in again would trade in the middle of a call phase.
        if (!this.#isCallPhase) return command;
        return { ...command, keepsPrice: true, keepsTerms: true };
      case "uncross":
        this.#isCallPhase = false;
        return command;
      case "cancel":
      case "reduce":
        return command;
    }
  }
}

type Performed = Exclude<Command, { kind: "restore" }>;

const scratch = emptyOrder();

function answerOf(book: OrderBookInterface, command: Performed): Answer {
  switch (command.kind) {
    case "place": {
      const { side, price } = command.order;
      const wouldTake = book.wouldTake(side, price);
      const passivePrice = book.passivePrice(command.order);
      return [wouldTake, passivePrice, book.place(command.order), book.ending];
    }
    case "collect":
      book.collect(command.order);
      return [];
    case "cancel":
      return [book.cancel(command.orderId)];
    case "reduce": {
      const { orderId, share } = command;
      const newRemaining = book.resting(orderId, scratch) ? 1 + (share % scratch.remaining) : 1;
      return [book.reduce(orderId, newRemaining)];
    }
    case "replace": {
      const order = { ...command.order };
      if (book.resting(order.orderId, scratch)) {
        const { side, price, display, minimum } = scratch;
        // The order was made for either side; who has no bound has none on this side, too.
        const isUnbounded = order.bound === unboundedBuy || order.bound === unboundedSell;
        if (isUnbounded) order.bound = side === Side.buy ? unboundedBuy : unboundedSell;
        if (command.keepsPrice) order.price = price;
        if (command.keepsTerms) Object.assign(order, { display, minimum });
      }
      const outcome = book.replace(order);
      return outcome === "unknown" ? [outcome] : [outcome, book.leftOver, book.ending];
    }
    case "uncross": {
      const equilibrium = book.equilibrium(command.reference, command.priceMax);
      if (equilibrium !== undefined) book.uncross(equilibrium);
      const marketOrderIds: number[] = [];
      book.visitResting(({ orderId, price }) => {
        if (price < 1 || price > command.priceMax) marketOrderIds.push(orderId);
      });
      for (const orderId of marketOrderIds) book.cancel(orderId);
      const { price, volume, surplusSide, surplus } = equilibrium ?? {};
      return [price, volume, surplusSide, surplus, ...marketOrderIds];
    }
  }
}

function readingOf(book: OrderBookInterface) {
  const orders: (readonly number[])[] = [];
  book.visitResting((order) => {
    const { orderId, owner, group, side, price, remaining, displayed, display, minimum } = order;
    const shown = [orderId, owner, group, side, price, remaining, displayed, display, minimum];
    orders.push([...shown, order.entryId]);
  });
  return {
    bestBid: book.bestBid,
    bestAsk: book.bestAsk,
    bestQuantities: [book.bestQuantity(Side.buy), book.bestQuantity(Side.sell)],
    orderCount: book.orderCount,
    lastEntryId: book.lastEntryId,
    levelCount: book.levelCount,
    bids: book.depth(Side.buy, Infinity),
    asks: book.depth(Side.sell, Infinity),
    displayed: [book.displayedOrders(Side.buy, 7), book.displayedOrders(Side.sell, Infinity)],
    orders,
  };
}

/** The displayed orders in the order of the visit. */
function entriesOf(book: OrderBookInterface): KeptEntry[] {
  const entries: KeptEntry[] = [];
  book.visitResting(({ entryId, side, price, displayed, display }) => {
    if (display > 0) entries.push([entryId, side, price, displayed]);
  });
  return entries;
}

/** Everything a listener was told, as numbers; a word begins what is not a fill. */
class Tape implements OrderBookListener {
  readonly #told: (number | string | boolean)[] = [];
  readonly entries = new EntryBook();

  traded(fill: Fill): void {
    this.#told.push(fill.restingOrderId, fill.restingOwner, fill.restingRemaining);
    this.#told.push(fill.incomingOrderId, fill.incomingOwner, fill.incomingRemaining);
    this.#told.push(fill.incomingSide, fill.price, fill.quantity);
  }

  prevented(trade: PreventedTrade): void {
    this.#told.push("prevented", trade.isTransfer);
    this.traded(trade);
  }

  removed(orderId: number, owner: number, remaining: number): void {
    this.#told.push("removed", orderId, owner, remaining);
  }

  levelChanged(side: Side, price: number, quantity: number): void {
    this.#told.push("level", side, price, quantity);
  }

  entryAdded(entry: BookEntry): void {
    const { entryId, side, price, quantity } = entry;
    this.entries.add(entry);
    this.#told.push("added", entryId, side, price, quantity);
  }

  entryExecuted(entryId: number, quantity: number): void {
    this.entries.change(entryId, quantity);
    this.#told.push("executed", entryId, quantity);
  }

  entryCanceled(entryId: number, quantity: number): void {
    this.entries.change(entryId, quantity);
    this.#told.push("canceled", entryId, quantity);
  }

  get text(): string {
    return show(this.#told);
  }

  compareAndClear(other: Tape): void {
    if (!areEqual(this.#told, other.#told)) {
      throw new Error(`the book tells ${show(this.#told)}, the reference ${show(other.#told)}`);
    }
    this.#told.length = 0;
    other.#told.length = 0;
  }
}

function areEqual(a: Answer, b: Answer): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}

function show(answer: Answer): string {
  return answer.map(String).join(" ");
}
