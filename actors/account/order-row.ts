/**
 * The fields of an order, read from and written to its row: a window that is moved from order to
 * order.
 */
import { assert, isAmount } from "../../protocols/index.ts";
import type {
  Amount,
  AsciiBytes,
  ClientOrderId,
  CloseReason,
  Lots,
  OrderId,
  OrderType,
  RejectReason,
  Side,
  Ticks,
  TimeInForce,
  TimeUs,
} from "../../protocols/index.ts";
import type { ChargedInstrument } from "./fee.ts";
import type { Waiter } from "./order-change.ts";
import { isRefused } from "./order-lifecycle.ts";
import type { Beside, OrderChanges, OrderExtras, OrderRows, RowBlock } from "./order-rows.ts";
import { hashOfNameBytes } from "./slot-index.ts";
import {
  Byte,
  Int,
  nameBytesMax,
  rowBytes,
  rowInBlock,
  Short,
  Word,
  wordsPerRow,
} from "./order-rows.ts";

const twoTo32 = 2 ** 32;
/** With an upper half below this, a number holds it exactly. */
const safeHigh = 2 ** 21;

export class OrderRow {
  readonly rows: OrderRows;
  #slot = 0;
  #block: RowBlock;
  #words: Float64Array;
  #ints: Int32Array;
  #shorts: Uint16Array;
  #bytes: Uint8Array;
  readonly #name: { bytes: Uint8Array; from: number; end: number };
  /** Where the row begins, in words, ints, shorts and bytes. */
  #word = 0;
  #int = 0;
  #short = 0;
  #byte = 0;

  constructor(rows: OrderRows) {
    this.rows = rows;
    this.#block = rows.blockOf(0);
    const { words, ints, shorts, bytes } = this.#block;
    this.#words = words;
    this.#ints = ints;
    this.#shorts = shorts;
    this.#bytes = bytes;
    this.#name = { bytes, from: 0, end: 0 };
  }

  /** Moves to the order in a slot. */
  at(slot: number): this {
    const block = this.rows.blockOf(slot);
    // Half of all orders lie in the last block.
    if (block !== this.#block) this.#goTo(block);
    this.#slot = slot;
    this.#word = rowInBlock(slot) * wordsPerRow;
    this.#int = this.#word * 2;
    this.#short = this.#word * 4;
    this.#byte = this.#word * 8;
    return this;
  }

  #goTo(block: RowBlock): void {
    const { words, ints, shorts, bytes } = block;
    this.#block = block;
    this.#words = words;
    this.#ints = ints;
    this.#shorts = shorts;
    this.#bytes = bytes;
  }

  get slot(): number {
    return this.#slot;
  }

  // ---- As it was placed ----------------------------------------------------------------------

  /** 0 for a placing that was refused before it was an order. */
  get orderId(): OrderId {
    return this.#words[this.#word + Word.orderId]!;
  }

  set orderId(value: OrderId) {
    this.#words[this.#word + Word.orderId] = value;
  }

  get clientOrderId(): ClientOrderId {
    const { bytes, from, end } = this.nameBytes;
    return String.fromCharCode(...bytes.subarray(from, end));
  }

  /** The client order id where it lies: good until another order is looked at. */
  get nameBytes(): AsciiBytes {
    const name = this.#name;
    name.bytes = this.#bytes;
    name.from = this.#byte + Byte.name;
    name.end = name.from + this.#bytes[this.#byte + Byte.nameLength]!;
    return name;
  }

  /** Whether that is its client order id. */
  hasName(name: ClientOrderId): boolean {
    const bytes = this.#bytes;
    const from = this.#byte + Byte.name;
    if (bytes[this.#byte + Byte.nameLength] !== name.length) return false;
    for (let index = 0; index < name.length; index++) {
      if (bytes[from + index] !== name.charCodeAt(index)) return false;
    }
    return true;
  }

  set clientOrderId(name: ClientOrderId) {
    assert(name.length <= nameBytesMax, "a client order id is too long for its row");
    const bytes = this.#bytes;
    let to = this.#byte + Byte.name;
    bytes[this.#byte + Byte.nameLength] = name.length;
    let all = 0;
    for (let index = 0; index < name.length; index++) {
      const code = name.charCodeAt(index);
      all |= code;
      bytes[to++] = code;
    }
    assert(all < 0x80, "a client order id is ASCII");
  }

  /** Hash of its client order id. */
  nameHash(seed: number): number {
    return hashOfNameBytes(this.nameBytes, seed);
  }

  get instrument(): ChargedInstrument {
    return this.rows.instruments[this.#shorts[this.#short + Short.instrument]!]!;
  }

  /** Said once of an order, when its row was taken. */
  set instrument(terms: ChargedInstrument) {
    this.#shorts[this.#short + Short.instrument] = this.rows.takeInstrument(terms);
  }

  /** What the rows call its instrument. */
  get instrumentNumber(): number {
    return this.#shorts[this.#short + Short.instrument]!;
  }

  get side(): Side {
    return this.#bytes[this.#byte + Byte.side] as Side;
  }

  set side(value: Side) {
    this.#bytes[this.#byte + Byte.side] = value;
  }

  get orderType(): OrderType {
    return this.#bytes[this.#byte + Byte.orderType] as OrderType;
  }

  set orderType(value: OrderType) {
    this.#bytes[this.#byte + Byte.orderType] = value;
  }

  get timeInForce(): TimeInForce {
    return this.#bytes[this.#byte + Byte.timeInForce] as TimeInForce;
  }

  set timeInForce(value: TimeInForce) {
    this.#bytes[this.#byte + Byte.timeInForce] = value;
  }

  get placedAtUs(): TimeUs {
    return this.#words[this.#word + Word.placedAtUs]!;
  }

  set placedAtUs(value: TimeUs) {
    this.#words[this.#word + Word.placedAtUs] = value;
  }

  // ---- As it is now --------------------------------------------------------------------------

  get price(): Ticks {
    return this.#words[this.#word + Word.price]!;
  }

  set price(value: Ticks) {
    this.#words[this.#word + Word.price] = value;
  }

  get quantity(): Lots {
    return this.#words[this.#word + Word.quantity]!;
  }

  set quantity(value: Lots) {
    this.#words[this.#word + Word.quantity] = value;
  }

  get executed(): Lots {
    return this.#words[this.#word + Word.executed]!;
  }

  set executed(value: Lots) {
    this.#words[this.#word + Word.executed] = value;
  }

  get executedNotional(): Amount {
    return this.#amount(Word.executedNotional);
  }

  set executedNotional(value: Amount) {
    this.#setAmount(Word.executedNotional, value);
  }

  get fees(): Amount {
    return this.#amount(Word.fees);
  }

  set fees(value: Amount) {
    this.#setAmount(Word.fees, value);
  }

  /** Millionths of a quote unit paid beyond the exact fee: less than one. */
  get feeCredit(): number {
    const hundreds = this.#shorts[this.#short + Short.feeCredit]!;
    return hundreds * 100 + this.#bytes[this.#byte + Byte.feeCreditRest]!;
  }

  set feeCredit(value: number) {
    const hundreds = Math.trunc(value / 100);
    this.#shorts[this.#short + Short.feeCredit] = hundreds;
    this.#bytes[this.#byte + Byte.feeCreditRest] = value - hundreds * 100;
  }

  /** Quote units of a buy, base units of a sell. */
  get reserved(): Amount {
    return this.#amount(Word.reserved);
  }

  set reserved(value: Amount) {
    this.#setAmount(Word.reserved, value);
  }

  /** A state of order-lifecycle.ts. */
  get lifecycle(): number {
    return this.#bytes[this.#byte + Byte.lifecycle]!;
  }

  set lifecycle(value: number) {
    this.#bytes[this.#byte + Byte.lifecycle] = value;
  }

  get closeReason(): CloseReason {
    return this.#isRefused() ? 0 : (this.#shorts[this.#short + Short.reason] as CloseReason);
  }

  set closeReason(value: CloseReason) {
    this.#shorts[this.#short + Short.reason] = value;
  }

  /** Why the book would not have it. */
  get refusedBecause(): RejectReason {
    return this.#isRefused() ? (this.#shorts[this.#short + Short.reason] as RejectReason) : 0;
  }

  set refusedBecause(value: RejectReason) {
    this.#shorts[this.#short + Short.reason] = value;
  }

  /** When it was over and the book had answered all. Before that its place is the reservation's. */
  get closedAtUs(): TimeUs {
    return this.#words[this.#word + Word.closedAtUs]!;
  }

  set closedAtUs(value: TimeUs) {
    this.#words[this.#word + Word.closedAtUs] = value;
  }

  // ---- Changes and answers -------------------------------------------------------------------

  /** The book's update id when it last answered. */
  get updateId(): number {
    return this.#words[this.#word + Word.updateId]!;
  }

  set updateId(value: number) {
    this.#words[this.#word + Word.updateId] = value;
  }

  /** Who is answered once the book has finished with the command under way. */
  get waiting(): readonly Waiter[] {
    return this.#beside().waiting;
  }

  set waiting(waiting: readonly Waiter[]) {
    if (waiting.length === 0 && this.#besideNumber() === 0) return;
    this.#besideToChange().waiting = waiting;
    this.#dropIfEmpty();
  }

  /** What was ever asked of the order beyond its placing; undefined for nothing. */
  get changes(): OrderChanges | undefined {
    return this.#beside().changes;
  }

  set changes(changes: OrderChanges | undefined) {
    if (changes === undefined && this.#besideNumber() === 0) return;
    this.#besideToChange().changes = changes;
    this.#dropIfEmpty();
  }

  /** What it asks for beyond what most do; undefined for nothing. */
  get extras(): OrderExtras | undefined {
    return this.#beside().extras;
  }

  set extras(extras: OrderExtras | undefined) {
    if (extras === undefined && this.#besideNumber() === 0) return;
    this.#besideToChange().extras = extras;
    this.#dropIfEmpty();
  }

  #besideNumber(): number {
    return this.#ints[this.#int + Int.beside]!;
  }

  #beside(): Beside {
    return this.rows.beside(this.#besideNumber());
  }

  #besideToChange(): Beside {
    if (this.#besideNumber() === 0) this.#ints[this.#int + Int.beside] = this.rows.takeBeside();
    return this.#beside();
  }

  #dropIfEmpty(): void {
    const { waiting, changes, extras } = this.#beside();
    if (waiting.length > 0 || changes !== undefined || extras !== undefined) return;
    this.rows.giveBeside(this.#besideNumber());
    this.#ints[this.#int + Int.beside] = 0;
  }

  // ---- For whoever keeps orders --------------------------------------------------------------

  /** Where it stands among the working orders; of one that is over, the slot of the next. */
  get link(): number {
    return this.#ints[this.#int + Int.link]!;
  }

  set link(value: number) {
    this.#ints[this.#int + Int.link] = value;
  }

  /** Copies the row to another place. */
  copyTo(target: Uint8Array, at: number): void {
    target.set(this.#bytes.subarray(this.#byte, this.#byte + rowBytes), at);
  }

  /** Takes over what {@link copyTo} gave, in a row of which nothing stands beside it. */
  copyFrom(row: Uint8Array): void {
    this.#bytes.set(row, this.#byte);
    this.#ints[this.#int + Int.beside] = 0;
  }

  #isRefused(): boolean {
    return isRefused(this.lifecycle);
  }

  #amount(word: number): Amount {
    const at = this.#int + word * 2;
    const low = this.#ints[at]! >>> 0;
    const high = this.#ints[at + 1]!;
    if (high > -safeHigh && high < safeHigh) return high * twoTo32 + low;
    const amount = BigInt(high) * 0x1_0000_0000n + BigInt(low);
    assert(isAmount(amount));
    return amount;
  }

  #setAmount(word: number, value: Amount): void {
    const at = this.#int + word * 2;
    if (typeof value === "number") {
      const high = Math.floor(value / twoTo32);
      this.#ints[at] = value - high * twoTo32;
      this.#ints[at + 1] = high;
    } else {
      this.#ints[at] = Number(value & 0xffff_ffffn);
      this.#ints[at + 1] = Number(value >> 32n);
    }
  }
}
