/**
 * What the order book reported during one run, as binary records in a buffer made beforehand: the
 * form in which a matching engine hands its reports on. Text is made of them later, elsewhere.
 *
 * A record has 40 bytes: two 32-bit integers, type and side in one and the message in the other;
 * then order id, price, quantity and the resting order's id as 64-bit floats, exact below 2^53.
 */
import type { Fill } from "../../actors/order-book/book-terms.ts";
import { assert } from "../../protocols/assert.ts";
import type { Side } from "../../protocols/order-terms.ts";

/** The numbers of the published format, docs/METHODOLOGY.md, "Correctness". */
export const ReportType = {
  orderAck: 0,
  trade: 1,
  cancelAck: 2,
  modifyAck: 3,
  cancelReject: 4,
  modifyReject: 5,
} as const;
export type ReportType = (typeof ReportType)[keyof typeof ReportType];

/** What a report other than a trade is about. A reject means the id and nothing else. */
export interface ReportedOrder {
  readonly side: Side;
  readonly orderId: number;
  readonly price: number;
  readonly quantity: number;
}

/**
 * The most reports one message can cause: its answer; one trade that ends it and leaves the resting
 * order something, or else a report that it does not rest; and one trade that ends it at rest.
 */
const reportsPerMessageMax = 3;
const recordBytes = 40;
const recordInts = recordBytes / 4;
const recordNumbers = recordBytes / 8;

export class ReportLog {
  count = 0;
  readonly #ints: Int32Array;
  readonly #numbers: Float64Array;

  constructor(messageCount: number) {
    const buffer = new ArrayBuffer(messageCount * reportsPerMessageMax * recordBytes);
    this.#ints = new Int32Array(buffer);
    this.#numbers = new Float64Array(buffer);
  }

  add(type: ReportType, message: number, order: ReportedOrder): void {
    const int = this.count * recordInts;
    this.#ints[int] = (type << 1) | order.side;
    this.#ints[int + 1] = message;
    const number = this.count * recordNumbers;
    this.#numbers[number + 1] = order.orderId;
    this.#numbers[number + 2] = order.price;
    this.#numbers[number + 3] = order.quantity;
    this.count += 1;
  }

  addTrade(message: number, fill: Fill): void {
    const int = this.count * recordInts;
    this.#ints[int] = (ReportType.trade << 1) | fill.incomingSide;
    this.#ints[int + 1] = message;
    const number = this.count * recordNumbers;
    this.#numbers[number + 1] = fill.incomingOrderId;
    this.#numbers[number + 2] = fill.price;
    this.#numbers[number + 3] = fill.quantity;
    this.#numbers[number + 4] = fill.restingOrderId;
    this.count += 1;
  }

  /** Forgets all reports and keeps the memory. */
  clear(): void {
    this.count = 0;
  }

  /** The records as they are in memory; equal runs have equal bytes. */
  bytes(): Uint8Array {
    assert(this.count * recordInts <= this.#ints.length, "more reports than messages can cause");
    return new Uint8Array(this.#ints.buffer, 0, this.count * recordBytes);
  }

  typeOf(report: number): ReportType {
    return (this.#ints[report * recordInts]! >> 1) as ReportType;
  }

  sideOf(report: number): Side {
    return (this.#ints[report * recordInts]! & 1) as Side;
  }

  messageOf(report: number): number {
    return this.#ints[report * recordInts + 1]!;
  }

  /** Of a trade, the incoming order's. */
  orderIdOf(report: number): number {
    return this.#numbers[report * recordNumbers + 1]!;
  }

  priceOf(report: number): number {
    return this.#numbers[report * recordNumbers + 2]!;
  }

  quantityOf(report: number): number {
    return this.#numbers[report * recordNumbers + 3]!;
  }

  /** Of a trade only. */
  restingOrderIdOf(report: number): number {
    return this.#numbers[report * recordNumbers + 4]!;
  }
}
