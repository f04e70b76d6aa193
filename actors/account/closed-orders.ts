/**
 * Orders of one account that are over, in the order of closing: what became of each, for as long as
 * somebody may still ask.
 *
 * At a hundred thousand orders a second there are millions of them, so each is a row of bytes and
 * no object; rows lie in chunks that are used again. The same rows are the snapshot.
 *
 * Invariant: rows are numbered without a gap; those before `#first` are forgotten.
 */
import { assert, isAmount } from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  ClientOrderId,
  CloseReason,
  InstrumentSymbol,
  InstrumentTerms,
  OrderId,
  OrderStatus,
  OrderType,
  RejectReason,
  Side,
  TimeInForce,
  TimeUs,
} from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import { closedStateOf } from "./order-lifecycle.ts";
import { Order } from "./order.ts";
import type { SettledReplace } from "./order.ts";
import { hashOfName } from "./slot-index.ts";

/** Where each field of a row lies. Numbers are little-endian; ids, times and lots are doubles. */
const At = {
  orderId: 0,
  closedAtUs: 8,
  placedAtUs: 16,
  placedPrice: 24,
  placedQuantity: 32,
  executed: 40,
  executedNotional: 48,
  fees: 56,
  updateId: 64,
  symbol: 72,
  closeReason: 74,
  refusedBecause: 76,
  side: 78,
  orderType: 79,
  timeInForce: 80,
  status: 81,
  isAmended: 82,
  nameLength: 83,
  /** Up to 36 characters. */
  name: 84,
} as const;
const rowBytes = 128;
/** Few, for most accounts are small: with its first order an account takes 8 KiB. */
const rowsPerChunk = 64;
const spareChunksMax = 16;

/** What replaces made of an order: most orders have none. */
type Amendment = Pick<Order, "revision" | "price" | "quantity" | "settled">;

class Chunk {
  readonly bytes = new Uint8Array(rowsPerChunk * rowBytes);
  readonly view = new DataView(this.bytes.buffer);
  /** Under the account's present seed. */
  readonly nameHashes = new Int32Array(rowsPerChunk);
}

export class ClosedOrders {
  readonly #account: AccountId;
  /** Those before `#firstChunk` are gone. */
  #chunks: (Chunk | undefined)[] = [];
  #firstChunk = 0;
  readonly #spare: Chunk[] = [];
  /** The number of the first row of the first chunk. */
  #base = 0;
  #first = 0;
  #next = 0;
  /** Instruments by the number that rows call them. */
  readonly #instruments: InstrumentTerms[] = [];
  readonly #numberOf = new Map<InstrumentSymbol, number>();
  readonly #amendments = new Map<number, Amendment>();
  /** What a row told last. */
  #read: Order | undefined;

  constructor(account: AccountId) {
    this.#account = account;
  }

  get count(): number {
    return this.#next - this.#first;
  }

  /** The oldest row's number. Rows are numbered in turn. */
  get first(): number {
    return this.#first;
  }

  /** The number that the next row will have. */
  get end(): number {
    return this.#next;
  }

  /** Adds an order and returns the number of its row. */
  add(order: Order, nowUs: TimeUs): number {
    const number = this.#next;
    const chunk = this.#chunkFor(number);
    const at = this.#atOf(number);
    this.#next += 1;
    chunk.view.setFloat64(at + At.closedAtUs, nowUs, true);
    this.#write(chunk, at, order);
    chunk.nameHashes[at / rowBytes] = order.nameHash;
    if (order.revision > 0) {
      const { revision, price, quantity, settled } = order;
      this.#amendments.set(number, { revision, price, quantity, settled });
    }
    return number;
  }

  /** The order that a row tells of: good until another is read. */
  orderAt(number: number): Order {
    const { view, bytes } = this.#chunkOf(number);
    const at = this.#atOf(number);
    const instrument = this.#instruments[view.getUint16(at + At.symbol, true)];
    assert(instrument !== undefined);
    const terms = {
      orderId: view.getFloat64(at + At.orderId, true),
      account: this.#account,
      clientOrderId: this.nameAt(number),
      instrument,
      side: bytes[at + At.side] as Side,
      orderType: bytes[at + At.orderType] as OrderType,
      timeInForce: bytes[at + At.timeInForce] as TimeInForce,
      price: view.getFloat64(at + At.placedPrice, true),
      quantity: view.getFloat64(at + At.placedQuantity, true),
      placedAtUs: view.getFloat64(at + At.placedAtUs, true),
    };
    const order = this.#read?.open(terms) ?? new Order(terms);
    this.#read = order;
    order.lifecycle = closedStateOf(bytes[at + At.status] as OrderStatus);
    order.executed = view.getFloat64(at + At.executed, true);
    order.executedNotional = readAmount(view, at + At.executedNotional);
    order.fees = readAmount(view, at + At.fees);
    order.updateId = view.getFloat64(at + At.updateId, true);
    order.closeReason = view.getUint16(at + At.closeReason, true) as CloseReason;
    order.refusedBecause = view.getUint16(at + At.refusedBecause, true) as RejectReason;
    return Object.assign(order, this.#amendments.get(number));
  }

  /** 0 for a placing that was refused before it was an order. */
  orderIdAt(number: number): OrderId {
    return this.#chunkOf(number).view.getFloat64(this.#atOf(number) + At.orderId, true);
  }

  nameAt(number: number): ClientOrderId {
    const { bytes } = this.#chunkOf(number);
    const at = this.#atOf(number);
    const start = at + At.name;
    return String.fromCharCode(...bytes.subarray(start, start + bytes[at + At.nameLength]!));
  }

  nameHashAt(number: number): number {
    return this.#chunkOf(number).nameHashes[this.#atOf(number) / rowBytes]!;
  }

  /** Whether the oldest order there is was closed before that time. */
  isFirstBefore(timeUs: TimeUs): boolean {
    if (this.#first === this.#next) return false;
    const at = this.#atOf(this.#first) + At.closedAtUs;
    return this.#chunkOf(this.#first).view.getFloat64(at, true) < timeUs;
  }

  forgetFirst(): void {
    const number = this.#first;
    assert(number < this.#next);
    const { bytes } = this.#chunkOf(number);
    if (bytes[this.#atOf(number) + At.isAmended] === 1) this.#amendments.delete(number);
    this.#first += 1;
    const isLast = this.#first === this.#next;
    if (isLast || this.#first - this.#base === rowsPerChunk) this.#dropChunk();
  }

  /** Hashes all names anew. */
  rehash(seed: number): void {
    for (let number = this.#first; number < this.#next; number++) {
      const hash = hashOfName(this.nameAt(number), seed);
      this.#chunkOf(number).nameHashes[this.#atOf(number) / rowBytes] = hash;
    }
  }

  // ---- Rows ----------------------------------------------------------------------------------

  #write({ view, bytes }: Chunk, at: number, order: Order): void {
    const { clientOrderId: name } = order;
    view.setFloat64(at + At.orderId, order.orderId, true);
    view.setFloat64(at + At.placedAtUs, order.placedAtUs, true);
    view.setFloat64(at + At.placedPrice, order.placedPrice, true);
    view.setFloat64(at + At.placedQuantity, order.placedQuantity, true);
    view.setFloat64(at + At.executed, order.executed, true);
    writeAmount(view, at + At.executedNotional, order.executedNotional);
    writeAmount(view, at + At.fees, order.fees);
    view.setFloat64(at + At.updateId, order.updateId, true);
    view.setUint16(at + At.symbol, this.#instrumentNumber(order.instrument), true);
    view.setUint16(at + At.closeReason, order.closeReason, true);
    view.setUint16(at + At.refusedBecause, order.refusedBecause, true);
    bytes[at + At.side] = order.side;
    bytes[at + At.orderType] = order.orderType;
    bytes[at + At.timeInForce] = order.timeInForce;
    bytes[at + At.status] = order.status;
    bytes[at + At.isAmended] = order.revision > 0 ? 1 : 0;
    assert(name.length <= rowBytes - At.name, "a client order id is too long for its row");
    bytes[at + At.nameLength] = name.length;
    const end = at + rowBytes;
    let to = at + At.name;
    for (let index = 0; index < name.length; index++) bytes[to++] = name.charCodeAt(index);
    // Equal orders give equal rows, whatever was there before.
    while (to < end) bytes[to++] = 0;
  }

  #chunkOf(number: number): Chunk {
    const chunk = this.#chunks[this.#firstChunk + Math.trunc((number - this.#base) / rowsPerChunk)];
    assert(chunk !== undefined, "no such row");
    return chunk;
  }

  /** Where a row begins within its chunk. */
  #atOf(number: number): number {
    return ((number - this.#base) % rowsPerChunk) * rowBytes;
  }

  /** The chunk that the next row goes into. */
  #chunkFor(number: number): Chunk {
    const chunks = this.#chunks.length - this.#firstChunk;
    if (number - this.#base < chunks * rowsPerChunk) return this.#chunkOf(number);
    const chunk = this.#spare.pop() ?? new Chunk();
    this.#chunks.push(chunk);
    return chunk;
  }

  /** Takes the first chunk away: its rows are forgotten, and so are all if it is the last one. */
  #dropChunk(): void {
    const chunk = this.#chunkOf(this.#base);
    if (this.#spare.length < spareChunksMax) this.#spare.push(chunk);
    this.#chunks[this.#firstChunk] = undefined;
    this.#firstChunk += 1;
    this.#base = this.#first;
    // Half of the list may be behind: cutting it off costs less than what led to it.
    if (this.#firstChunk * 2 > this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#firstChunk);
      this.#firstChunk = 0;
    }
  }

  #instrumentNumber(instrument: InstrumentTerms): number {
    const known = this.#numberOf.get(instrument.symbol);
    if (known !== undefined) return known;
    const number = this.#instruments.push(instrument) - 1;
    this.#numberOf.set(instrument.symbol, number);
    return number;
  }

  // ---- Snapshot ------------------------------------------------------------------------------

  snapshot(): SavedClosedOrders {
    const rows = new Uint8Array(this.count * rowBytes);
    let to = 0;
    for (let number = this.#first; number < this.#next;) {
      const from = this.#atOf(number);
      const rowsLeft = Math.min(rowsPerChunk - from / rowBytes, this.#next - number);
      const part = this.#chunkOf(number).bytes.subarray(from, from + rowsLeft * rowBytes);
      rows.set(part, to);
      to += part.length;
      number += rowsLeft;
    }
    const amendments = [...this.#amendments].map(
      ([number, { revision, price, quantity, settled }]): SavedAmendment => [
        number - this.#first,
        revision,
        price,
        quantity,
        settled.map((replace) => [
          replace.revision,
          replace.price,
          replace.quantity,
          replace.rejectReason,
        ]),
      ],
    );
    return [this.#instruments.map(({ symbol }) => symbol), rows, amendments];
  }

  /** The names are still to be hashed. */
  static restore(saved: SavedClosedOrders, account: AccountId, venue: Venue): ClosedOrders {
    const [symbols, rows, amendments] = saved;
    const orders = new ClosedOrders(account);
    for (const symbol of symbols) {
      const instrument = venue.instrument(symbol);
      assert(instrument !== undefined, "a saved order's instrument is not known");
      orders.#instrumentNumber(instrument);
    }
    for (let from = 0; from < rows.length; from += rowBytes) {
      orders.#restoreRow(rows.subarray(from, from + rowBytes));
    }
    for (const [number, revision, price, quantity, settled] of amendments) {
      const replaces = settled.map((replace): SettledReplace => {
        const [of, toPrice, toQuantity, rejectReason] = replace;
        return { revision: of, price: toPrice, quantity: toQuantity, rejectReason };
      });
      orders.#amendments.set(number, { revision, price, quantity, settled: replaces });
    }
    return orders;
  }

  #restoreRow(row: Uint8Array): void {
    const number = this.#next;
    const chunk = this.#chunkFor(number);
    this.#next += 1;
    chunk.bytes.set(row, this.#atOf(number));
  }
}

type SavedAmendment = readonly [
  row: number,
  revision: number,
  price: number,
  quantity: number,
  settled: readonly (readonly [number, number, number, RejectReason])[],
];
export type SavedClosedOrders = readonly [
  symbols: readonly InstrumentSymbol[],
  rows: Uint8Array,
  amendments: readonly SavedAmendment[],
];

const twoTo32 = 2 ** 32;

/** A signed 64-bit integer. */
function writeAmount(view: DataView, at: number, amount: Amount): void {
  if (typeof amount === "bigint") {
    view.setBigInt64(at, amount, true);
    return;
  }
  const high = Math.floor(amount / twoTo32);
  view.setUint32(at, amount - high * twoTo32, true);
  view.setInt32(at + 4, high, true);
}

function readAmount(view: DataView, at: number): Amount {
  const value = view.getInt32(at + 4, true) * twoTo32 + view.getUint32(at, true);
  if (Number.isSafeInteger(value)) return value;
  const amount = view.getBigInt64(at, true);
  assert(isAmount(amount));
  return amount;
}
