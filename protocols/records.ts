/**
 * A batch of records as bytes: what frames, cross-shard messages and the events of a step are
 * made of.
 *
 * Hot kinds are fixed-width little-endian rows in one binary field, written and read in place; text
 * that repeats (accounts, symbols, producers) is a number into a table of names beside the rows.
 * Ordinary kinds are positional lists. The whole is one msgpack list `[names, rows, ordinary]`, so
 * equal records give equal bytes whatever was encoded before.
 */
import { Packr } from "msgpackr";
import { assert } from "./assert.ts";
import type { Amount } from "./units.ts";
import { isAmount } from "./units.ts";

/** The packer for all that is not a row. Plain lists and maps only: no state between calls. */
const packr = new Packr({
  useRecords: false,
  variableMapSize: true,
  mapsAsObjects: true,
});

/** Packs plain data (lists, maps, text, integers, binary) deterministically. */
export function pack(value: unknown): Uint8Array<ArrayBuffer> {
  const packed = packr.pack(value);
  const bytes = new Uint8Array(packed.length);
  bytes.set(packed);
  return bytes;
}

/** The inverse of {@link pack}. Throws on bytes that are not msgpack. */
export function unpack(bytes: Uint8Array): unknown {
  return packr.unpack(bytes) as unknown;
}

/** Bytes that were to hold records do not. */
export class MalformedRecords extends Error {
  override readonly name = "MalformedRecords";
}

const twoTo32 = 2 ** 32;
const rowBytesMax = 256;

export class RecordWriter {
  readonly #names: string[] = [];
  readonly #numberOfName = new Map<string, number>();
  readonly #ordinary: unknown[] = [];
  #rows = new Uint8Array(1024);
  #view = new DataView(this.#rows.buffer);
  #length = 0;

  /** How many bytes the rows take so far; an estimate of the encoded size. */
  get length(): number {
    return this.#length;
  }

  /** Begins a row: its kind, and room for the longest. */
  begin(kind: number): void {
    if (this.#length + rowBytesMax > this.#rows.length) this.#grow();
    this.u8(kind);
  }

  u8(value: number): void {
    this.#view.setUint8(this.#length, value);
    this.#length += 1;
  }

  u16(value: number): void {
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
  }

  u32(value: number): void {
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** A safe integer of any sign. */
  integer(value: number): void {
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** A signed 64-bit integer. */
  amount(value: Amount): void {
    if (typeof value === "number") {
      const high = Math.floor(value / twoTo32);
      this.#view.setUint32(this.#length, value - high * twoTo32, true);
      this.#view.setInt32(this.#length + 4, high, true);
    } else {
      assert(isAmount(value), "amount beyond 64 bits");
      this.#view.setBigInt64(this.#length, value, true);
    }
    this.#length += 8;
  }

  /** Text that repeats, by its number in the table of names. */
  name(text: string): void {
    let number = this.#numberOfName.get(text);
    if (number === undefined) {
      number = this.#names.length;
      assert(number < 65_536, "more names than a batch can number");
      this.#names.push(text);
      this.#numberOfName.set(text, number);
    }
    this.u16(number);
  }

  /** ASCII text of at most 64 characters. */
  text(text: string): void {
    assert(text.length <= 64);
    this.u8(text.length);
    const rows = this.#rows;
    let at = this.#length;
    for (let index = 0; index < text.length; index++) rows[at++] = text.charCodeAt(index);
    this.#length = at;
  }

  /** A record of an ordinary kind: a row that points at the next positional list. */
  ordinary(fields: readonly unknown[]): void {
    this.begin(0);
    this.#ordinary.push(fields);
  }

  /** The batch so far as `[names, rows, ordinary]`, for packing inside something larger. */
  parts(): readonly [readonly string[], Uint8Array, readonly unknown[]] {
    return [this.#names, this.#rows.subarray(0, this.#length), this.#ordinary];
  }

  finish(): Uint8Array<ArrayBuffer> {
    return pack(this.parts());
  }

  /** Forgets what was written and keeps the memory. */
  reset(): void {
    this.#names.length = 0;
    this.#numberOfName.clear();
    this.#ordinary.length = 0;
    this.#length = 0;
  }

  #grow(): void {
    const rows = new Uint8Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
    this.#view = new DataView(rows.buffer);
  }
}

export class RecordReader {
  readonly #names: readonly string[];
  readonly #rows: Uint8Array;
  readonly #view: DataView;
  readonly #ordinary: readonly unknown[];
  #at = 0;
  #ordinaryAt = 0;

  /** Takes what {@link RecordWriter.parts} gave, unpacked. Throws {@link MalformedRecords}. */
  constructor(parts: unknown) {
    if (!Array.isArray(parts) || parts.length !== 3) throw new MalformedRecords("not a batch");
    const [names, rows, ordinary] = parts as unknown[];
    if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
      throw new MalformedRecords("names are not a list of text");
    }
    if (!(rows instanceof Uint8Array)) throw new MalformedRecords("rows are not bytes");
    if (!Array.isArray(ordinary)) throw new MalformedRecords("ordinary records are not a list");
    this.#names = names;
    this.#rows = rows;
    this.#view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
    this.#ordinary = ordinary;
  }

  static of(bytes: Uint8Array): RecordReader {
    return new RecordReader(unpack(bytes));
  }

  get hasMore(): boolean {
    return this.#at < this.#rows.length;
  }

  /** The next row's kind; 0 means that {@link ordinary} has the record. */
  kind(): number {
    return this.u8();
  }

  u8(): number {
    const at = this.#advance(1);
    return this.#view.getUint8(at);
  }

  u16(): number {
    const at = this.#advance(2);
    return this.#view.getUint16(at, true);
  }

  u32(): number {
    const at = this.#advance(4);
    return this.#view.getUint32(at, true);
  }

  integer(): number {
    const at = this.#advance(8);
    const value = this.#view.getFloat64(at, true);
    if (!Number.isSafeInteger(value)) throw new MalformedRecords("not a safe integer");
    return value;
  }

  amount(): Amount {
    const at = this.#advance(8);
    const high = this.#view.getInt32(at + 4, true);
    const value = high * twoTo32 + this.#view.getUint32(at, true);
    return Number.isSafeInteger(value) ? value : this.#view.getBigInt64(at, true);
  }

  name(): string {
    const name = this.#names[this.u16()];
    if (name === undefined) throw new MalformedRecords("name beyond the table");
    return name;
  }

  text(): string {
    const length = this.u8();
    const at = this.#advance(length);
    return String.fromCharCode(...this.#rows.subarray(at, at + length));
  }

  ordinary(): readonly unknown[] {
    const fields = this.#ordinary[this.#ordinaryAt++];
    if (!Array.isArray(fields)) throw new MalformedRecords("ordinary record missing");
    return fields;
  }

  #advance(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    if (this.#at > this.#rows.length) throw new MalformedRecords("row cut short");
    return at;
  }
}
