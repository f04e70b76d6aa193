/**
 * What of a message's JSON is known beforehand: constant text, and which field of a row follows which
 * label. Prepared once, for `json-bytes.ts` to copy thousands of times a second.
 */
import { assert } from "../assert.ts";
import { textLengthMax } from "../records.ts";
import { integerBytesMax } from "./json-digits.ts";

const encoder = new TextEncoder();

/** Text of at most so many bytes is copied as numbers of eight bytes: cheaper than to call `set`. */
export const shortPieceBytesMax = 32;

/** Constant text, such as `,"price":`. */
export class JsonPiece {
  readonly bytes: Uint8Array;
  readonly length: number;
  /** The first bytes as they lie in memory, eight by eight: UTF-8 never looks like a NaN. */
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;

  constructor(text: string) {
    this.bytes = encoder.encode(text);
    this.length = this.bytes.length;
    const padded = new Uint8Array(shortPieceBytesMax);
    padded.set(this.bytes.subarray(0, shortPieceBytesMax));
    const head = new DataView(padded.buffer);
    this.first = head.getFloat64(0, true);
    this.second = head.getFloat64(8, true);
    this.third = head.getFloat64(16, true);
    this.fourth = head.getFloat64(24, true);
  }
}

/** The piece for a number that an actor said. It is in the table, or the actor is wrong. */
export function pieceOf(pieces: readonly JsonPiece[], number: number): JsonPiece {
  const piece = pieces[number];
  assert(piece !== undefined, "a number without a piece");
  return piece;
}

/** How a row holds what becomes a JSON value. */
export const Held = {
  /** A safe integer. */
  integer: 0,
  /** A signed 64-bit integer, told as its digits. The quotes around them are the labels'. */
  amount: 1,
  /** An unsigned 32-bit integer. */
  u32: 2,
  /** ASCII behind its length, told as its characters. The quotes are the labels', again. */
  text: 3,
} as const;
export type Held = (typeof Held)[keyof typeof Held];

/** A label, where the field begins that follows it, counted from the row's names, and how it is held. */
export type JsonField = readonly [label: string, offset: number, held: Held];

/** Fields of one kind of row that stand together in a message. */
export class JsonFields {
  readonly count: number;
  /** How many bytes they overwrite at most. */
  readonly bytesMax: number;
  /** Four numbers for each label: its bytes as they lie in memory. */
  readonly labels: Float64Array;
  readonly labelLengths: Int32Array;
  readonly offsets: Int32Array;
  readonly held: Int32Array;

  constructor(fields: readonly JsonField[]) {
    this.count = fields.length;
    this.bytesMax = fields.reduce((sum, [, , held]) => sum + fieldBytesMax(held), 0);
    this.labels = new Float64Array(fields.length * 4);
    this.labelLengths = new Int32Array(fields.length);
    for (const [n, [label]] of fields.entries()) {
      const { length, first, second, third, fourth } = new JsonPiece(label);
      assert(length <= shortPieceBytesMax, "the label of a field is short");
      this.labels.set([first, second, third, fourth], n * 4);
      this.labelLengths[n] = length;
    }
    this.offsets = Int32Array.from(fields, ([, offset]) => offset);
    this.held = Int32Array.from(fields, ([, , held]) => held);
  }
}

function fieldBytesMax(held: Held): number {
  // An escaped character takes six bytes at most, and any amount fits where an integer does.
  const valueBytesMax = held === Held.text ? 6 * textLengthMax : integerBytesMax;
  return shortPieceBytesMax + valueBytesMax;
}
