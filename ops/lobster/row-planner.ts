/**
 * From rows of a LOBSTER file to what must be done at the exchange so that its book is the one that
 * the row shows.
 *
 * The book is seeded from the first row: one order for what rests at each price, since the file
 * does not tell the orders apart. What a message does to an order that no message has placed is
 * done to that liquidity.
 *
 * A file shows a limited number of levels. What happens behind the last of them is not told, so
 * when levels move up into view, the row is the only source of what rests there: such levels, and
 * only they, are made to agree with the row. Inside of what was in view before, nothing is ever
 * adjusted: there the book is what the messages made of it, or the row differs.
 */
import { assert, oppositeOf, Side } from "../../protocols/index.ts";
import type { BookRow } from "./book-row.ts";
import { ExpectedBook, isWorse, worstPrice } from "./expected-book.ts";
import type { ExpectedOrder } from "./expected-book.ts";
import type { LobsterRow } from "./lobster-files.ts";
import { changesBook, MessageType } from "./lobster-message.ts";
import type { LobsterMessage } from "./lobster-message.ts";

/** One command. Each makes exactly one change of one price level. */
export type Action =
  | {
      readonly kind: "place";
      readonly clientOrderId: string;
      readonly side: Side;
      readonly price: number;
      readonly quantity: number;
    }
  | { readonly kind: "cancel"; readonly clientOrderId: string }
  | {
      readonly kind: "reduce";
      readonly clientOrderId: string;
      readonly price: number;
      /** What has been executed included. */
      readonly quantity: number;
      readonly revision: number;
    }
  /** Trades with what rests at a price: side is that of the incoming order. */
  | {
      readonly kind: "trade";
      readonly clientOrderId: string;
      readonly side: Side;
      readonly price: number;
      readonly quantity: number;
    };

/** What was done other than message by message. */
export interface PlanCounts {
  /** Levels made to agree with the row that first showed them. */
  levelsEntered: number;
  /** Messages about orders that no message had placed, done to the seeded liquidity. */
  ordersUnseen: number;
  /** Executions that met another order than the one named. */
  executionsOutOfTurn: number;
  /** Executions behind better prices, done as cancels so that the book is right. */
  executionsOutOfReach: number;
  /** Levels withdrawn because an order came to rest where it would have traded with them. */
  levelsCrossed: number;
  /** Messages for which nothing rested where they say. */
  messagesWithoutEffect: number;
}

export class RowPlanner {
  readonly book: ExpectedBook;
  readonly counts: PlanCounts;
  /** The worst price in view on each side; beyond it the file has not told what there is. */
  #horizons: readonly [number, number] = [0, 0];
  #actions: Action[] = [];
  #row = 0;

  readonly #prefix: string;

  /** @param prefix begins the name of every order that is planned. */
  constructor(prefix = "", book = new ExpectedBook()) {
    this.#prefix = prefix;
    this.book = book;
    this.counts = {
      levelsEntered: 0,
      ordersUnseen: 0,
      executionsOutOfTurn: 0,
      executionsOutOfReach: 0,
      levelsCrossed: 0,
      messagesWithoutEffect: 0,
    };
  }

  /** A planner for another exchange book that begins with what rests in this one. */
  placedAnew(prefix: string): RowPlanner {
    const book = this.book.placedAnew((index) => `${prefix}seed-${index}`);
    const planner = new RowPlanner(prefix, book);
    planner.#horizons = this.#horizons;
    Object.assign(planner.counts, this.counts);
    return planner;
  }

  /** What fills an empty book with all that rests, in order of priority. */
  seeding(): readonly Action[] {
    return [...this.book.orders()].map(({ clientOrderId, side, price, remaining }) => {
      return { kind: "place", clientOrderId, side, price, quantity: remaining };
    });
  }

  /** Takes the first row for what was there before the others. */
  seed({ row, message, book }: LobsterRow): void {
    this.#begin(row);
    for (const side of [Side.buy, Side.sell]) {
      for (let level = 0; level < book.count(side); level++) {
        const price = book.price(side, level);
        let unnamed = book.size(side, level);
        const isPlacedHere = message.side === side && message.price === price;
        if (message.type === MessageType.newOrder && isPlacedHere && message.size <= unnamed) {
          unnamed -= message.size;
          if (unnamed > 0) this.#place(0, { side, price, size: unnamed });
          this.#place(message.orderId, message);
        } else this.#place(0, { side, price, size: unnamed });
      }
    }
    this.#horizons = horizonsOf(book);
    this.#actions = [];
  }

  /** What must be done for a row. The expected book has it done already. */
  plan({ row, message, book }: LobsterRow): readonly Action[] {
    this.#begin(row);
    if (changesBook(message.type)) this.#carryOut(message);
    const horizons = horizonsOf(book);
    for (const side of [Side.buy, Side.sell]) this.#adoptEntered(side, book, horizons[side]);
    this.#horizons = horizons;
    return this.#actions;
  }

  #begin(row: number): void {
    this.#row = row;
    this.#actions = [];
  }

  #carryOut(message: LobsterMessage): void {
    switch (message.type) {
      case MessageType.newOrder:
        this.#place(message.orderId, message);
        return;
      case MessageType.partialCancel:
      case MessageType.deletion:
        this.#remove(message);
        return;
      case MessageType.execution:
        this.#execute(message);
        return;
      default:
        return;
    }
  }

  #place(
    fileId: number,
    { side, price, size }: Pick<LobsterMessage, "side" | "price" | "size">,
  ): void {
    this.#makeWay(side, price);
    const clientOrderId = this.#name();
    this.#actions.push({ kind: "place", clientOrderId, side, price, quantity: size });
    this.book.add({
      clientOrderId,
      fileId,
      side,
      price,
      remaining: size,
      executed: 0,
      revision: 0,
    });
  }

  /** The file says that the order rests: so nothing it could trade with was there any more. */
  #makeWay(side: Side, price: number): void {
    const opposite = oppositeOf(side);
    for (;;) {
      const best = this.book.best(opposite);
      if (best === undefined || isWorse(side, price, best)) return;
      this.counts.levelsCrossed += 1;
      this.#withdraw({ side: opposite, price: best }, this.book.total(opposite, best));
    }
  }

  /** Partial cancels and deletions: the order named, or the seeded liquidity at its price. */
  #remove(message: LobsterMessage): void {
    const named = this.#named(message);
    const { side, price } = named ?? message;
    const removed = this.#withdraw({ side, price }, message.size, named);
    if (removed < message.size) this.counts.messagesWithoutEffect += 1;
  }

  /** Trades with the front of the queue, which is the order named if time priority is kept. */
  #execute(message: LobsterMessage): void {
    const named = this.#named(message);
    const { side, price } = named ?? message;
    const quantity = Math.min(message.size, this.book.total(side, price));
    if (quantity < message.size) this.counts.messagesWithoutEffect += 1;
    if (quantity === 0) return;
    if (this.book.best(side) !== price) {
      this.counts.executionsOutOfReach += 1;
      this.#withdraw({ side, price }, quantity, named);
      return;
    }
    const clientOrderId = this.#name();
    const incoming = oppositeOf(side);
    this.#actions.push({ kind: "trade", clientOrderId, side: incoming, price, quantity });
    let left = quantity;
    let isInTurn = true;
    for (const order of this.book.at(side, price)) {
      isInTurn &&= named === undefined ? order.fileId === 0 : order === named;
      const traded = Math.min(left, order.remaining);
      this.book.take(order, traded);
      order.executed += traded;
      left -= traded;
      if (left === 0) break;
    }
    assert(left === 0, "a level holds what its orders hold");
    if (!isInTurn) this.counts.executionsOutOfTurn += 1;
  }

  #named({ orderId }: LobsterMessage): ExpectedOrder | undefined {
    const named = this.book.find(orderId);
    if (named === undefined) this.counts.ordersUnseen += 1;
    return named;
  }

  /**
   * Cancels or reduces orders at a price: `first` if given, then those without a name, oldest first,
   * then the others, youngest first. Returns how much was there to be withdrawn.
   */
  #withdraw(
    { side, price }: { readonly side: Side; readonly price: number },
    quantity: number,
    first?: ExpectedOrder,
  ): number {
    const others = [...this.book.at(side, price)].filter((order) => order !== first);
    const unnamed = others.filter(({ fileId }) => fileId === 0);
    const named = others.filter(({ fileId }) => fileId !== 0).reverse();
    let left = quantity;
    for (const order of [...(first === undefined ? [] : [first]), ...unnamed, ...named]) {
      if (left === 0) break;
      const withdrawn = Math.min(left, order.remaining);
      this.#reduce(order, withdrawn);
      left -= withdrawn;
    }
    return quantity - left;
  }

  #reduce(order: ExpectedOrder, quantity: number): void {
    const { clientOrderId, price } = order;
    this.book.take(order, quantity);
    if (order.remaining === 0) {
      this.#actions.push({ kind: "cancel", clientOrderId });
      return;
    }
    order.revision += 1;
    const whole = order.executed + order.remaining;
    const { revision } = order;
    this.#actions.push({ kind: "reduce", clientOrderId, price, quantity: whole, revision });
  }

  /** Makes levels that were out of view agree with the row that shows them. */
  #adoptEntered(side: Side, row: BookRow, horizon: number): void {
    const before = this.#horizons[side];
    const shown = new Set<number>();
    for (let level = row.count(side) - 1; level >= 0; level--) {
      const price = row.price(side, level);
      if (!isWorse(side, price, before)) break;
      shown.add(price);
      const more = row.size(side, level) - this.book.total(side, price);
      if (more === 0) continue;
      this.counts.levelsEntered += 1;
      if (more > 0) this.#place(0, { side, price, size: more });
      else this.#withdraw({ side, price }, -more);
    }
    for (const price of this.book.pricesBeyond(side, before, horizon)) {
      if (shown.has(price)) continue;
      this.counts.levelsEntered += 1;
      this.#withdraw({ side, price }, this.book.total(side, price));
    }
  }

  /** Names a command's order by row and place within it. */
  #name(): string {
    return `${this.#prefix}${this.#row}-${this.#actions.length}`;
  }
}

function horizonsOf(row: BookRow): readonly [number, number] {
  const horizon = (side: Side): number => {
    const count = row.count(side);
    return count < row.depth ? worstPrice(side) : row.price(side, count - 1);
  };
  return [horizon(Side.buy), horizon(Side.sell)];
}
