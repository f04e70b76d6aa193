/**
 * A batch of records as bytes: what frames, cross-shard messages and the events of a step are
 * made of.
 *
 * Hot kinds are little-endian rows in one binary field, written and read in place; text that
 * repeats (accounts, symbols, producers) is a number into a table of names beside the rows.
 * Ordinary kinds are positional lists. The whole is one msgpack list `[names, rows, ordinary]`, so
 * equal records give equal bytes whatever was encoded before.
 */
// Not by the package's own door, which reads text with a native add-on where one is installed: two
// decoders could disagree on malformed text, and so could replicas. This door lacks its own types.
import { Packr as PlainPackr } from "msgpackr/pack";
import type { Packr } from "msgpackr";
import { assert } from "./assert.ts";
import { placeOfName, recentNames } from "./recent-names.ts";
import type { Amount } from "./units.ts";
import { isAmount } from "./units.ts";

/** The packer for all that is not a row. Plain lists and maps only: no state between calls. */
const packr = new (PlainPackr as typeof Packr)({
  useRecords: false,
  variableMapSize: true,
  mapsAsObjects: true,
});

/** Packs plain data (lists, maps, text, integers, binary) deterministically. */
export function pack(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(packr.pack(value));
}

/** The inverse of {@link pack}. Throws {@link MalformedRecords} on bytes that are not msgpack. */
export function unpack(bytes: Uint8Array): unknown {
  try {
    return packr.unpack(bytes) as unknown;
  } catch (cause) {
    throw new MalformedRecords("not msgpack", { cause });
  }
}

/** Bytes that were to hold records do not. */
export class MalformedRecords extends Error {
  override readonly name: string = "MalformedRecords";
  readonly code = "records-malformed";
  readonly disposition = "fatal";
}

/**
 * What a name must look like. A batch checks each of its names once for each kind it is used as.
 */
export interface NameKind {
  /** A power of two, different for each kind. */
  readonly bit: number;
  readonly what: string;
  readonly is: (text: string) => boolean;
}

/** ASCII text where it lies: from one place to before another. */
export interface AsciiBytes {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly end: number;
}

/** What the positional list of an ordinary record holds. */
export type OrdinaryField = string | Amount | boolean | Uint8Array | readonly OrdinaryField[];

const twoTo32 = 2 ** 32;
/** Room that is made for a row before it is written: more than any kind takes. */
const rowBytesMax = 512;
export const textLengthMax = 64;
/** Stands before a name's number when 16 bits cannot hold it. */
export const wideName = 0xffff;

/** Gives memory for so many bytes, which it asks nobody to have cleared. */
export type MemoryFor = (length: number) => Uint8Array<ArrayBuffer>;

export const newMemory: MemoryFor = (length) => new Uint8Array(length);

export class RecordWriter {
  readonly #names: string[] = [];
  readonly #numberOfName = new Map<string, number>();
  /** Names that were written lately, and their numbers. */
  readonly #recent = new Array<string | undefined>(recentNames).fill(undefined);
  readonly #recentNumbers = new Array<number>(recentNames).fill(0);
  readonly #ordinary: unknown[] = [];
  #rows = new Uint8Array(1024);
  #view = new DataView(this.#rows.buffer);
  #length = 0;
  #bytesBeside = 0;

  /** How many bytes the batch takes so far: never less than it does, and close to it. */
  get length(): number {
    return this.#length + this.#bytesBeside;
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

  flag(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  /** A safe integer of any sign. */
  integer(value: number): void {
    putInteger(this.#view, this.#length, value);
    this.#length += 8;
  }

  /** A signed 64-bit integer. */
  amount(value: Amount): void {
    putAmount(this.#view, this.#length, value);
    this.#length += 8;
  }

  /**
   * Room for fields that lie at fixed places behind one another; tells where it begins in
   * {@link view}. Whoever asks for it writes all of it, before anything else.
   */
  room(bytes: number): number {
    const at = this.#length;
    this.#length = at + bytes;
    return at;
  }

  /** The rows, for what is written at a place of its own. */
  get view(): DataView {
    return this.#view;
  }

  /** Text that repeats, by its number in the table of names; of the given kind, if one is given. */
  name(text: string, kind?: NameKind): void {
    const recent = this.#recent;
    // As a rule it is one of the last few, and the very same string.
    const place = placeOfName(text);
    let number = recent[place] === text ? this.#recentNumbers[place] : this.#numberOfName.get(text);
    if (number === undefined) {
      assert(kind?.is(text) ?? true, "a name is not of its kind");
      number = this.#names.push(text) - 1;
      this.#numberOfName.set(text, number);
      this.#bytesBeside += packedTextBytesMax(text);
    }
    recent[place] = text;
    this.#recentNumbers[place] = number;
    if (number < wideName) {
      this.u16(number);
    } else {
      this.u16(wideName);
      this.u32(number);
    }
  }

  /** ASCII text of at most 64 characters. */
  text(text: string): void {
    assert(text.length <= textLengthMax, "text is too long for a row");
    this.u8(text.length);
    const rows = this.#rows;
    let at = this.#length;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      assert(code < 0x80, "text of a row is ASCII");
      rows[at++] = code;
    }
    this.#length = at;
  }

  /** The same, where the text lies as bytes already. */
  ascii({ bytes, from, end }: AsciiBytes): void {
    const length = end - from;
    assert(length >= 0 && length <= textLengthMax, "text is too long for a row");
    this.u8(length);
    const rows = this.#rows;
    let at = this.#length;
    let all = 0;
    for (let index = from; index < end; index++) {
      const code = bytes[index]!;
      all |= code;
      rows[at++] = code;
    }
    assert(all < 0x80, "text of a row is ASCII");
    this.#length = at;
  }

  /** A record of an ordinary kind: a row that points at the next positional list. */
  ordinary(fields: readonly OrdinaryField[]): void {
    this.begin(0);
    this.#ordinary.push(fields);
    this.#bytesBeside += packedBytesMax(fields);
  }

  /** The batch so far as `[names, rows, ordinary]`, for packing inside something larger. */
  parts(): readonly [readonly string[], Uint8Array, readonly unknown[]] {
    return [this.#names, this.#rows.subarray(0, this.#length), this.#ordinary];
  }

  /**
   * The bytes that packing {@link parts} gives, with the rows copied once instead of twice, in the
   * memory that `memoryFor` gives for so many.
   */
  finish(memoryFor: MemoryFor = newMemory): Uint8Array<ArrayBuffer> {
    const names = packr.pack(this.#names);
    const ordinary = packr.pack(this.#ordinary);
    const rows = this.#rows.subarray(0, this.#length);
    const header = binaryHeader(rows.length);
    const bytes = memoryFor(1 + names.length + header.length + rows.length + ordinary.length);
    bytes[0] = listOfThree;
    let at = 1;
    for (const part of [names, header, rows, ordinary]) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** Forgets what was written and keeps the memory. */
  reset(): void {
    this.#names.length = 0;
    this.#numberOfName.clear();
    this.#recent.fill(undefined);
    this.#ordinary.length = 0;
    this.#length = 0;
    this.#bytesBeside = 0;
  }

  #grow(): void {
    const rows = new Uint8Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
    this.#view = new DataView(rows.buffer);
  }
}

/** Writes a safe integer of any sign, in eight bytes. */
export function putInteger(view: DataView, at: number, value: number): void {
  assert(Number.isSafeInteger(value), "not a safe integer");
  view.setFloat64(at, value + 0, true); // + 0 turns -0 into 0.
}

/** Writes a signed 64-bit integer. */
export function putAmount(view: DataView, at: number, value: Amount): void {
  if (typeof value === "number" && value >>> 0 === value) {
    // Most amounts are small: fees, and the notional of a small order.
    view.setUint32(at, value, true);
    view.setUint32(at + 4, 0, true);
    return;
  }
  assert(isAmount(value), "not an amount");
  if (typeof value === "number") {
    const high = Math.floor(value / twoTo32);
    view.setUint32(at, value - high * twoTo32, true);
    view.setInt32(at + 4, high, true);
  } else {
    view.setBigInt64(at, value, true);
  }
}

const listOfThree = 0x93;

/** What msgpack puts before binary of a length. */
function binaryHeader(length: number): readonly number[] {
  if (length < 0x100) return [0xc4, length];
  if (length < 0x1_0000) return [0xc5, length >>> 8, length & 0xff];
  return [0xc6, length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff];
}

function packedBytesMax(field: OrdinaryField): number {
  if (typeof field === "string") return packedTextBytesMax(field);
  if (typeof field !== "object") return 9;
  if (field instanceof Uint8Array) return field.length + 5;
  let bytes = 5;
  for (const inner of field) bytes += packedBytesMax(inner);
  return bytes;
}

/** A UTF-16 unit takes at most three bytes of UTF-8, and the length before it five. */
function packedTextBytesMax(text: string): number {
  return text.length * 3 + 5;
}

/** A batch taken apart. */
export interface Batch {
  readonly names: readonly string[];
  readonly rows: Uint8Array;
  readonly ordinary: readonly unknown[];
}

/** Takes what {@link RecordWriter.parts} gave, unpacked. Throws {@link MalformedRecords}. */
export function batchOf(parts: unknown): Batch {
  if (!Array.isArray(parts) || parts.length !== 3) throw new MalformedRecords("not a batch");
  const [names, rows, ordinary] = parts as unknown[];
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw new MalformedRecords("names are not a list of text");
  }
  if (!(rows instanceof Uint8Array)) throw new MalformedRecords("rows are not bytes");
  if (!Array.isArray(ordinary)) throw new MalformedRecords("ordinary records are not a list");
  return { names, rows, ordinary };
}

/** Reads what a {@link RecordWriter} wrote. Every method throws {@link MalformedRecords}. */
export class RecordReader {
  readonly #names: readonly string[];
  /** The kinds that each name was found to be of, as bits. */
  readonly #nameKinds: Uint8Array;
  readonly #rows: Uint8Array;
  readonly #view: DataView;
  readonly #ordinary: readonly unknown[];
  #at = 0;
  #ordinaryAt = 0;

  /** Takes what {@link RecordWriter.parts} gave, unpacked. */
  constructor(parts: unknown) {
    const { names, rows, ordinary } = batchOf(parts);
    this.#names = names;
    this.#nameKinds = new Uint8Array(names.length);
    this.#rows = rows;
    this.#view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
    this.#ordinary = ordinary;
  }

  static of(bytes: Uint8Array): RecordReader {
    return new RecordReader(unpack(bytes));
  }

  /** Whether another record follows. The end is only the end when nothing is left over. */
  get hasMore(): boolean {
    if (this.#at < this.#rows.length) return true;
    if (this.#ordinaryAt < this.#ordinary.length) {
      throw new MalformedRecords("more ordinary records than rows that point at them");
    }
    return false;
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

  flag(): boolean {
    return this.choice(1) === 1;
  }

  /** A member of a closed list that counts from 0 to `last`. */
  choice(last: number): number {
    const value = this.u8();
    if (value > last) throw new MalformedRecords("beyond the closed list");
    return value;
  }

  integer(): number {
    const at = this.#advance(8);
    const value = this.#view.getFloat64(at, true);
    if (!Number.isSafeInteger(value)) throw new MalformedRecords("not a safe integer");
    return value + 0; // + 0 turns -0 into 0, which a snapshot could not tell from it.
  }

  amount(): Amount {
    const at = this.#advance(8);
    const high = this.#view.getInt32(at + 4, true);
    const value = high * twoTo32 + this.#view.getUint32(at, true);
    if (Number.isSafeInteger(value)) return value;
    const amount = this.#view.getBigInt64(at, true);
    if (!isAmount(amount)) throw new MalformedRecords("not an amount");
    return amount;
  }

  /** A name, which must be of the given kind when one is given. */
  name(kind?: NameKind): string {
    let number = this.u16();
    if (number === wideName) number = this.u32();
    const name = this.#names[number];
    if (name === undefined) throw new MalformedRecords("name beyond the table");
    if (kind !== undefined && (this.#nameKinds[number]! & kind.bit) === 0) {
      if (!kind.is(name)) throw new MalformedRecords(`name is not ${kind.what}`);
      this.#nameKinds[number]! |= kind.bit;
    }
    return name;
  }

  text(): string {
    const length = this.u8();
    if (length > textLengthMax) throw new MalformedRecords("text is too long for a row");
    const at = this.#advance(length);
    return asciiText(this.#rows, at, at + length);
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

/** Up to so many characters, joined pieces become one piece at once. */
const joinedLengthMax = 12;
/** Room for the characters of longer text, by length: a call takes them from here as they are. */
const charactersOf = Array.from({ length: textLengthMax + 1 }, (_, length) =>
  new Array<number>(length).fill(0),
);

/**
 * Text in one piece: joined pieces cost several times as much once somebody looks at their
 * characters, to check them or to hash them.
 */
function asciiText(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length <= joinedLengthMax) return joinedText(bytes, start, end);
  const characters = charactersOf[length]!;
  for (let index = 0; index < length; index++) characters[index] = bytes[start + index]!;
  return String.fromCharCode.apply(null, characters);
}

/** Eight, four, two, one characters at a time. */
function joinedText(bytes: Uint8Array, start: number, end: number): string {
  const { fromCharCode } = String;
  let text = "";
  let at = start;
  for (; at + 8 <= end; at += 8) {
    text += fromCharCode(
      bytes[at]!,
      bytes[at + 1]!,
      bytes[at + 2]!,
      bytes[at + 3]!,
      bytes[at + 4]!,
      bytes[at + 5]!,
      bytes[at + 6]!,
      bytes[at + 7]!,
    );
  }
  if (at + 4 <= end) {
    text += fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
    at += 4;
  }
  if (at + 2 <= end) {
    text += fromCharCode(bytes[at]!, bytes[at + 1]!);
    at += 2;
  }
  if (at < end) text += fromCharCode(bytes[at]!);
  return text;
}
