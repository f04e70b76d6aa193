/**
 * One line of a LOBSTER order-book file: the visible book after the message in the same line.
 *
 * Columns come in fours: ask price, ask size, bid price, bid size, best level first. A level that
 * is not there has size 0 and a price that no order has.
 */
import { assert, Side } from "../../protocols/index.ts";
import { malformed } from "./lobster-fault.ts";
import type { FilePlace } from "./lobster-fault.ts";

const columnsPerLevel = 4;
const fieldNames = ["ask price", "ask size", "bid price", "bid size"] as const;

export class BookRow {
  /** How many levels of each side a line has room for. */
  readonly depth: number;
  readonly #columns: Float64Array;
  readonly #counts: readonly [buy: number, sell: number];

  private constructor(columns: Float64Array, counts: readonly [number, number]) {
    this.#columns = columns;
    this.#counts = counts;
    this.depth = columns.length / columnsPerLevel;
  }

  /** Reads a line. Throws a {@link LobsterFault} that names the line and the field. */
  static parse(line: string, place: FilePlace): BookRow {
    const columns = numbersIn(line, place);
    const counts = [0, 0] as [number, number];
    for (const side of [Side.buy, Side.sell]) {
      const offset = offsetOf(side);
      const depth = columns.length / columnsPerLevel;
      let count = 0;
      while (count < depth && columns[count * columnsPerLevel + offset + 1]! > 0) count += 1;
      counts[side] = count;
      for (let level = 0; level < depth; level++) {
        const at = level * columnsPerLevel + offset;
        const isThere = level < count;
        if (columns[at + 1]! > 0 !== isThere || columns[at + 1]! < 0) throw gap(place, at + 1);
        if (isThere && columns[at]! < 1) throw gap(place, at);
      }
    }
    return new BookRow(columns, counts);
  }

  /** How many levels of a side the line shows. */
  count(side: Side): number {
    return this.#counts[side];
  }

  /** The price of a level that the line shows, 0 being the best. */
  price(side: Side, level: number): number {
    assert(level < this.#counts[side]);
    return this.#columns[level * columnsPerLevel + offsetOf(side)]!;
  }

  size(side: Side, level: number): number {
    assert(level < this.#counts[side]);
    return this.#columns[level * columnsPerLevel + offsetOf(side) + 1]!;
  }
}

function offsetOf(side: Side): number {
  return side === Side.buy ? 2 : 0;
}

function gap(place: FilePlace, column: number): Error {
  return malformed(place, `${fieldName(column)} does not fit what is beside it`);
}

function fieldName(column: number): string {
  const level = Math.floor(column / columnsPerLevel) + 1;
  return `${fieldNames[column % columnsPerLevel]!} ${level}`;
}

const comma = 0x2c;
const minus = 0x2d;
const zero = 0x30;

/** Splitting the line into strings would be most of the work of a long run. */
function numbersIn(line: string, place: FilePlace): Float64Array {
  let count = 1;
  for (let at = line.indexOf(","); at !== -1; at = line.indexOf(",", at + 1)) count += 1;
  if (count % columnsPerLevel !== 0) {
    throw malformed(place, `a book has 4 fields for each level, this line has ${count} in all`);
  }
  const numbers = new Float64Array(count);
  let at = 0;
  for (let column = 0; column < count; column++) {
    const start = at;
    const isNegative = line.charCodeAt(at) === minus;
    if (isNegative) at += 1;
    const firstDigit = at;
    let value = 0;
    for (; at < line.length; at++) {
      const digit = line.charCodeAt(at) - zero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const isWhole = at > firstDigit && (at === line.length || line.charCodeAt(at) === comma);
    if (!isWhole || value > Number.MAX_SAFE_INTEGER) {
      const end = line.indexOf(",", start);
      const text = line.slice(start, end === -1 ? undefined : end).slice(0, 40);
      throw malformed(place, `${fieldName(column)} must be a whole number, is "${text}"`);
    }
    numbers[column] = isNegative ? -value : value;
    at += 1;
  }
  return numbers;
}
