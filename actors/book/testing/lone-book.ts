/**
 * A book alone, in a market whose phase the test sets, and beside it its twins: after every command
 * it is written down and read back, and whoever came of it has to go on as it does, to the last.
 *
 * So whatever a test does with it, no state of its story may be lost by a snapshot.
 */
import { expect } from "vitest";
import {
  CloseReason,
  OrderType,
  pack,
  plainInstructions,
  Side,
  TimeInForce,
  unpack,
  unrevised,
  plainTradingTerms,
} from "../../../protocols/index.ts";
import type {
  BookMessage,
  OrderId,
  OrderInstructions,
  RevisedInstructions,
  ShardEvent,
  SubmitOrder,
  Ticks,
  TimeUs,
  TradeId,
} from "../../../protocols/index.ts";
import type { TradingRules } from "../../actor.ts";
import { admissionOf } from "../../market/phase-admission.ts";
import type { AdmittedTerms, Admission } from "../../market/phase-admission.ts";
import type { TradingPhaseName } from "../../market/trading-phase.machine.ts";
import { unboundedFor, unlimitedBudget } from "../../order-book/book-terms.ts";
import { eventText, messageText } from "../../testing/plain-words.ts";
import { RecordingContext } from "../../testing/recording-context.ts";
import { Book } from "../book.ts";

export const symbol = "APPLE-COIN";

/** A market that does what the test says. */
export class SetMarket implements TradingRules {
  phase: TradingPhaseName = "continuous";
  readonly hasAuctions = true;
  referencePrice: Ticks | undefined = undefined;
  /** How far buyers and sellers may go; where they reach it, an auction begins. */
  band: { readonly low: Ticks; readonly high: Ticks } | undefined = undefined;
  /** Which limits orders may come with. */
  collar: { readonly low: Ticks; readonly high: Ticks } | undefined = undefined;

  readonly terms = plainTradingTerms;
  readonly isDayOver = false;

  uncrossed(price: Ticks): void {
    this.traded(price);
  }

  admission(order: AdmittedTerms): Admission {
    return admissionOf(order, this);
  }

  boundFor(side: Side): Ticks {
    if (this.band === undefined) return unboundedFor(side);
    return side === Side.buy ? this.band.high : this.band.low;
  }

  isWithinCollar(price: Ticks): boolean {
    return this.collar === undefined || (price >= this.collar.low && price <= this.collar.high);
  }

  advance(): boolean {
    return false;
  }

  dueTimes(): readonly TimeUs[] {
    return [];
  }

  dayEndUs(timeUs: TimeUs): TimeUs {
    return timeUs - (timeUs % 1000) + 1000;
  }

  bandReached(): void {
    this.phase = "volatilityAuction";
  }

  traded(price: Ticks): void {
    this.referencePrice = price;
  }

  copy(): SetMarket {
    return Object.assign(new SetMarket(), this);
  }
}

class BookContext extends RecordingContext {
  tradeCount = 0;

  override nextTradeId(): TradeId {
    return ++this.tradeCount;
  }
}

interface Twin {
  readonly book: Book;
  readonly context: BookContext;
}

const twinsMax = 12;

export class LoneBook {
  /** As it is to be when the next command comes. */
  readonly market = new SetMarket();
  isVenueHalted = false;
  /** Not to be written down and read back: for a test that cannot afford it. */
  hasTwins = true;
  timeUs: TimeUs = 0;
  /** What the market-data feed was told last, but for prices. */
  besidePrices: readonly ShardEvent[] = [];
  #twins: Twin[] = [{ book: new Book(symbol), context: new BookContext() }];

  get book(): Book {
    return this.#twins[0]!.book;
  }

  /** When it is to be called next; undefined when it did not ask. */
  get nextDueUs(): TimeUs | undefined {
    return this.#twins[0]!.context.wakes.firstUs;
  }

  /** What accounts are told. */
  hear(message: BookMessage): string[] {
    return this.#do(({ book, context }) => {
      book.receive(message, context);
    }).sent;
  }

  /** What the market-data feed is told of prices. */
  feedOf(message: BookMessage): string[] {
    return this.#do(({ book, context }) => {
      book.receive(message, context);
    }).emitted;
  }

  /** Sets the phase and lets the book follow. */
  enter(phase: TradingPhaseName): string[] {
    this.market.phase = phase;
    return this.#do(({ book, context }) => {
      book.follow(context);
    }).sent;
  }

  /** A kill switch is thrown. */
  purge(): string[] {
    return this.#do(({ book, context }) => {
      book.purge(context);
    }).sent;
  }

  mark(price: Ticks): string[] {
    return this.#do(({ book, context }) => {
      book.setMarkPrice(price, context);
    }).sent;
  }

  /** Time passes: whoever asked to be called is. */
  passTo(timeUs: TimeUs): string[] {
    this.timeUs = timeUs;
    return this.#do((twin) => {
      wake(twin);
    }).sent;
  }

  #do(act: (twin: Twin) => void): { sent: string[]; emitted: string[] } {
    const [first, ...others] = this.#twins.map((twin) => {
      const { book, context } = twin;
      const market = this.market.copy();
      context.market = market;
      context.timeUs = this.timeUs;
      context.venue.isHalted = this.isVenueHalted;
      act(twin);
      const sent = context.takeSent();
      const emitted = context.takeEmitted();
      return { sent, emitted, saved: this.hasTwins ? book.snapshot() : undefined, market };
    });
    // The first has lived through everything; all others were read back at some time.
    for (const other of others) expect(other).toEqual(first);
    const { sent, emitted, saved, market } = first!;
    Object.assign(this.market, market);
    this.besidePrices = emitted.filter((event) => !isOfPrices(event));
    if (this.hasTwins) this.#addTwin(saved);
    return { sent: sent.map(messageText), emitted: emitted.filter(isOfPrices).map(eventText) };
  }

  #addTwin(saved: unknown): void {
    const book = Book.restore(unpack(pack(saved)));
    expect(book.snapshot()).toEqual(saved);
    const context = new BookContext();
    context.tradeCount = this.#twins[0]!.context.tradeCount;
    context.wakes.restore(this.#twins[0]!.context.wakes.snapshot());
    this.#twins.push({ book, context });
    if (this.#twins.length > twinsMax) this.#twins.splice(1, 1);
  }
}

/** Whether an event tells of a level, a trade or the best prices. */
export function isOfPrices({ kind }: ShardEvent): boolean {
  return kind === "level-changed" || kind === "traded" || kind === "best-changed";
}

/** As a shard does it. */
function wake({ book, context }: Twin): void {
  for (let count = 0; context.wakes.takeDue(context.timeUs).length > 0; count++) {
    expect(count).toBeLessThan(100);
    book.follow(context);
  }
}

/** A buy of ten lots by alice, if nothing else is said. */
export function submit(
  orderId: OrderId,
  { asks, ...terms }: Partial<SubmitOrder> & { asks?: Partial<OrderInstructions> } = {},
): SubmitOrder {
  return {
    ...{ kind: "submit-order", symbol, orderId, account: "alice" },
    participant: terms.account ?? "alice",
    ...{ side: Side.buy, orderType: OrderType.limit, timeInForce: TimeInForce.GTC },
    ...{ price: 100, quantity: 10, budget: unlimitedBudget, linkedOrderId: 0 },
    instructions: asks === undefined ? plainInstructions : { ...plainInstructions, ...asks },
    ...terms,
  };
}

export function cancel(orderId: OrderId, account = "alice"): BookMessage {
  return { kind: "submit-cancel", symbol, account, orderId, reason: CloseReason.requested };
}

/** Replaces an order of alice. */
export function replace(
  orderId: OrderId,
  [quantity, price]: readonly [quantity: number, price: Ticks],
  revised: Partial<RevisedInstructions> = {},
): BookMessage {
  return {
    ...{ kind: "submit-replace", symbol, account: "alice", orderId, quantity, price },
    revised: Object.keys(revised).length === 0 ? unrevised : { ...unrevised, ...revised },
  };
}

/** Of somebody else who sells. */
export const sells = { side: Side.sell, account: "bob" } as const;
/** Of somebody else who buys. */
export const buys = { side: Side.buy, account: "bob" } as const;
export const ioc = { timeInForce: TimeInForce.IOC } as const;
