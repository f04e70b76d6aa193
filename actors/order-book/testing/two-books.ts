/**
 * The fast book and the reference book side by side: every command goes to both, and both must
 * answer alike, tell their listeners the same and show the same depth.
 */
import { Side } from "../../../protocols/order-terms.ts";
import { assertInvariants } from "../order-book.invariants.ts";
import { ReferenceOrderBook } from "../order-book.reference.ts";
import type { OrderBookInterface } from "../order-book.reference.ts";
import { OrderBook } from "../order-book.ts";
import type { Fill, IncomingOrder, OrderBookListener, RestingOrder } from "../order-book.ts";

export type Command =
  | { readonly kind: "place"; readonly order: Readonly<IncomingOrder> }
  | { readonly kind: "cancel"; readonly orderId: number }
  /** Down to `1 + share % remaining`: a share of any size is within what the book allows. */
  | { readonly kind: "reduce"; readonly orderId: number; readonly share: number }
  | {
      readonly kind: "replace";
      readonly orderId: number;
      readonly price: number;
      readonly quantity: number;
    }
  /** The fast book goes on as a new one, restored from what the old one visited. */
  | { readonly kind: "restore" };

export class TwoBooks {
  readonly #fastTape = new Tape();
  readonly #slowTape = new Tape();
  readonly #slow = new ReferenceOrderBook(this.#slowTape);
  #fast = new OrderBook(this.#fastTape);

  has(orderId: number): boolean {
    return this.#fast.has(orderId);
  }

  /** Throws, saying what differs, when the books disagree about the command. */
  perform(command: Command): void {
    if (command.kind === "restore") return this.#restore();
    const fastAnswer = answerOf(this.#fast, command);
    const slowAnswer = answerOf(this.#slow, command);
    if (fastAnswer !== slowAnswer) {
      throw new Error(`the book answers ${fastAnswer}, the reference ${slowAnswer}`);
    }
    this.#fastTape.compareAndClear(this.#slowTape);
  }

  /** Compares all that can be read of the two books; costs more than a command. */
  compare(): void {
    assertInvariants(this.#fast);
    const fast = JSON.stringify(readingOf(this.#fast));
    const slow = JSON.stringify(readingOf(this.#slow));
    if (fast !== slow) throw new Error(`the book is ${fast}, the reference is ${slow}`);
  }

  #restore(): void {
    const restored = new OrderBook(this.#fastTape);
    this.#fast.visitResting((order) => restored.restoreResting(order));
    this.#fast = restored;
  }
}

/** Everything a listener was told, as numbers. */
class Tape implements OrderBookListener {
  readonly #told: number[] = [];

  traded(fill: Fill): void {
    this.#told.push(fill.restingOrderId, fill.restingOwner, fill.restingRemaining);
    this.#told.push(fill.incomingOrderId, fill.incomingOwner, fill.incomingRemaining);
    this.#told.push(fill.incomingSide, fill.price, fill.quantity);
  }

  levelChanged(side: Side, price: number, quantity: number): void {
    this.#told.push(-1, side, price, quantity);
  }

  compareAndClear(other: Tape): void {
    const mine = this.#told.splice(0).join(" ");
    const others = other.#told.splice(0).join(" ");
    if (mine !== others) throw new Error(`the book tells ${mine}, the reference ${others}`);
  }
}

const scratch: RestingOrder = { orderId: 0, owner: 0, side: Side.buy, price: 0, remaining: 0 };

/** What a book answers. A command that the book's contract forbids at this point is left out. */
function answerOf(
  book: OrderBookInterface,
  command: Exclude<Command, { kind: "restore" }>,
): number | string | boolean {
  switch (command.kind) {
    case "place":
      return book.has(command.order.orderId) ? "rests already" : book.place(command.order);
    case "cancel":
      return book.cancel(command.orderId);
    case "reduce": {
      const { orderId, share } = command;
      const newRemaining = book.resting(orderId, scratch) ? 1 + (share % scratch.remaining) : 1;
      return book.reduce(orderId, newRemaining);
    }
    case "replace":
      return book.replace(command.orderId, command.price, command.quantity);
  }
}

function readingOf(book: OrderBookInterface) {
  const orders: RestingOrder[] = [];
  book.visitResting((order) => orders.push({ ...order }));
  return {
    bestBid: book.bestBid,
    bestAsk: book.bestAsk,
    bestQuantities: [book.bestQuantity(Side.buy), book.bestQuantity(Side.sell)],
    orderCount: book.orderCount,
    levelCount: book.levelCount,
    bids: book.depth(Side.buy, Infinity),
    asks: book.depth(Side.sell, Infinity),
    orders: orders.map(({ orderId, owner, side, price, remaining }) => [
      ...[orderId, owner, side, price, remaining],
    ]),
  };
}
