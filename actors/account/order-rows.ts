/**
 * The memory of orders: a row of bytes for each that the accounts of a shard know, and beside the
 * rows what few orders have.
 *
 * At a hundred thousand orders a second there are millions of them, so an order is no object:
 * objects would have to be looked through again and again by whoever clears up, and lie far apart.
 * A row is known by its slot; a slot that is given back is the next one to be taken.
 *
 * Invariant: a slot is taken until it is given back, and then taken by one order at a time.
 */
import { assert } from "../../protocols/index.ts";
import type {
  Amount,
  Lots,
  OrderId,
  OrderInstructions,
  PlaceOrder,
  Ticks,
} from "../../protocols/index.ts";
import { RecentMap } from "../recent-map.ts";
import type { ChargedInstrument } from "./fee.ts";
import type { PendingChange, SettledReplace, Waiter } from "./order-change.ts";
import { SlotsById } from "./slots-by-id.ts";

/** Where a row keeps what: numbers of 64 bits, counted in eights of bytes, */
export const Word = {
  orderId: 0,
  executed: 1,
  executedNotional: 2,
  fees: 3,
  reserved: 4,
  /** What is over has nothing reserved any more. */
  closedAtUs: 4,
  price: 5,
  quantity: 6,
  placedAtUs: 8,
  updateId: 9,
} as const;

/** integers of 32 bits, counted in fours, */
export const Int = {
  /** While it works, where it stands among those that do; when it is over, the slot of the next. */
  link: 20,
  /** The number of what stands beside the row; 0 for nothing. */
  beside: 21,
} as const;

/** of 16 bits, in twos, */
export const Short = {
  instrument: 28,
  /** In hundreds of millionths. */
  feeCredit: 44,
  /** Why it was closed or, if it was refused, why that. */
  reason: 45,
} as const;

/** and bytes. What a fill needs stands in the first 64, the name in the last. */
export const Byte = {
  side: 58,
  orderType: 59,
  timeInForce: 60,
  lifecycle: 61,
  /** What the fee credit has beyond its hundreds. */
  feeCreditRest: 62,
  nameLength: 63,
  name: 92,
} as const;

export const rowBytes = 128;
export const wordsPerRow = rowBytes / 8;
/** The longest client order id. */
export const nameBytesMax = rowBytes - Byte.name;

// Rows are hashed as they lie in memory.
assert(new Uint8Array(Uint16Array.of(1).buffer)[0] === 1, "numbers must be little-endian here");

/**
 * Large pieces of memory begin 16 bytes behind a line of 64, where the allocator keeps its notes:
 * with so many bytes before the first, a row lies on two lines and not on three.
 */
const bytesBefore = 48;

/** Rows that lie together. */
export class RowBlock {
  readonly words: Float64Array;
  readonly ints: Int32Array;
  readonly shorts: Uint16Array;
  readonly bytes: Uint8Array;

  constructor(rows: number) {
    const memory = new ArrayBuffer(bytesBefore + rows * rowBytes);
    this.words = new Float64Array(memory, bytesBefore);
    this.ints = new Int32Array(memory, bytesBefore);
    this.shorts = new Uint16Array(memory, bytesBefore);
    this.bytes = new Uint8Array(memory, bytesBefore);
  }
}

/** What there is to know of an order that asks for more than most do, or stands in a list. */
export interface OrderExtras {
  readonly instructions: OrderInstructions;
  /** The order of which and this one only one may trade; 0 for none. */
  readonly linkedOrderId: OrderId;
  /** What is placed when the order has been filled. */
  readonly then: readonly PlaceOrder[];
  /** Its fee credit, where that may be of any size: if it pays a fee of so much at least. */
  readonly feeCredit?: Amount;
}

/** What there is to know of an order whose terms were to be changed: most never are. */
export interface OrderChanges {
  /** Counts the replaces that were sent to the book. */
  revision: number;
  /** The terms that the order was placed with: a second placing under its name must match them. */
  placedPrice: Ticks;
  placedQuantity: Lots;
  /** The highest price and largest quantity under way or in force. */
  boundPrice: Ticks;
  boundQuantity: Lots;
  pending: readonly PendingChange[];
  /** The latest replaces that the book has answered, oldest first. */
  settled: readonly SettledReplace[];
}

const nobody: readonly Waiter[] = [];

/** What there is of an order that has no place in its row. */
export interface Beside {
  /** Who is answered once the book has finished with the command under way. */
  waiting: readonly Waiter[];
  changes: OrderChanges | undefined;
  extras: OrderExtras | undefined;
}

/**
 * With instruments as everybody trades them, of which there are `instrumentsMax`, as many as rows
 * can tell apart, and a few more for orders that are placed together.
 */
export const feeCombinationsMax = 32_000;

/** The first block has so many rows, and so has the second; each later one twice as many. */
const firstBlockBits = 6;
const firstBlockRows = 1 << firstBlockBits;

export class OrderRows {
  readonly #blocks: RowBlock[] = [new RowBlock(firstBlockRows)];
  /** No slot from this one on was ever taken. */
  #end = 0;
  readonly #free: number[] = [];
  /** By the number that rows call it; the first stands for nothing, and stays so. */
  readonly #beside: Beside[] = [{ waiting: nobody, changes: undefined, extras: undefined }];
  readonly #freeBeside: number[] = [];
  /** Of all orders that have an id, whoever's they are. */
  readonly byId = new SlotsById();
  /** By the number that rows call them. */
  readonly instruments: ChargedInstrument[] = [];
  readonly #numberOf = new RecentMap<string, number>();
  /** By number, how many rows call an instrument with fees of its own so. */
  readonly #charged: number[] = [];
  /** How many numbers of instruments with fees of their own some row has. */
  #chargedCount = 0;
  /** Numbers of an instrument with fees that no order has any more. */
  readonly #spareNumbers: number[] = [];

  /** A slot whose row is all zeros. */
  take(): number {
    const slot = this.#free.pop() ?? this.#end++;
    const { words } = this.blockOf(slot);
    const from = rowInBlock(slot) * wordsPerRow;
    for (let at = from; at < from + wordsPerRow; at++) words[at] = 0;
    return slot;
  }

  give(slot: number): void {
    assert(slot < this.#end, "the slot was never taken");
    const { ints, shorts } = this.blockOf(slot);
    const number = ints[rowInBlock(slot) * wordsPerRow * 2 + Int.beside]!;
    if (number !== 0) this.giveBeside(number);
    this.#giveInstrument(shorts[rowInBlock(slot) * wordsPerRow * 4 + Short.instrument]!);
    this.#free.push(slot);
  }

  /** The block with the row of a slot; {@link rowInBlock} tells where in it. */
  blockOf(slot: number): RowBlock {
    const number = blockNumber(slot);
    return this.#blocks[number] ?? this.#addBlock(number);
  }

  #addBlock(number: number): RowBlock {
    assert(number === this.#blocks.length);
    const block = new RowBlock(firstBlockRows << (number - 1));
    this.#blocks.push(block);
    return block;
  }

  // ---- Beside the rows -----------------------------------------------------------------------

  /**
   * How many rows have something beside them.
   *
   * @internal For tests.
   */
  get besideCount(): number {
    return this.#beside.length - 1 - this.#freeBeside.length;
  }

  /** What stands beside the row that calls it so; of 0 nothing may be changed. */
  beside(number: number): Beside {
    return this.#beside[number]!;
  }

  /** The number of something with nothing in it. */
  takeBeside(): number {
    const number = this.#freeBeside.pop();
    if (number !== undefined) return number;
    return this.#beside.push({ waiting: nobody, changes: undefined, extras: undefined }) - 1;
  }

  giveBeside(number: number): void {
    const beside = this.#beside[number]!;
    beside.waiting = nobody;
    beside.changes = undefined;
    beside.extras = undefined;
    this.#freeBeside.push(number);
  }

  // ---- Instruments ---------------------------------------------------------------------------

  /** Whether rows have as many instruments with fees of their own as they may. */
  get isCrowded(): boolean {
    return this.#chargedCount >= feeCombinationsMax;
  }

  /**
   * Whether one more row could be of an instrument with such fees. Follows from the orders that
   * there are, and not from what numbers they were given.
   */
  hasRoomFor(instrument: ChargedInstrument): boolean {
    if (instrument.fees === undefined || !this.isCrowded) return true;
    return this.#numberOf.get(keyOf(instrument)) !== undefined;
  }

  /** What one more row calls an instrument with such fees. */
  takeInstrument(instrument: ChargedInstrument): number {
    const key = keyOf(instrument);
    const number = this.#numberOf.get(key) ?? this.#addInstrument(instrument, key);
    if (instrument.fees === undefined) return number;
    const rows = this.#charged[number] ?? 0;
    if (rows === 0) this.#chargedCount++;
    this.#charged[number] = rows + 1;
    return number;
  }

  /**
   * Fees change for as long as a venue is there. The number of fees that no order has any more is
   * taken for others, of any instrument.
   */
  #addInstrument(instrument: ChargedInstrument, key: string): number {
    const spare = instrument.fees === undefined ? undefined : this.#spareNumbers.pop();
    const number = spare ?? this.instruments.length;
    assert(number < 2 ** 16, "more instruments and fees than rows can tell apart");
    this.instruments[number] = instrument;
    this.#numberOf.set(key, number);
    return number;
  }

  /** A row is given back that called an instrument so. */
  #giveInstrument(number: number): void {
    const rows = this.#charged[number];
    if (rows === undefined || rows === 0) return;
    this.#charged[number] = rows - 1;
    const instrument = this.instruments[number];
    if (rows > 1 || instrument === undefined) return;
    this.#chargedCount--;
    this.#numberOf.delete(keyOf(instrument));
    this.#spareNumbers.push(number);
  }
}

/** What tells an instrument from others, and with some fees from the same with others. */
export function keyOf({ symbol, fees }: ChargedInstrument): string {
  if (fees === undefined) return symbol;
  return `${symbol} ${fees.makerPpm} ${fees.takerPpm} ${String(fees.minimum)}`;
}

function blockNumber(slot: number): number {
  return 32 - Math.clz32(slot >>> firstBlockBits);
}

/** Blocks begin at 0, 64, 128, 256 and so on. */
export function rowInBlock(slot: number): number {
  return slot < firstBlockRows ? slot : slot - (1 << (31 - Math.clz32(slot)));
}
