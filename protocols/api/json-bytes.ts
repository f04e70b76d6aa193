/**
 * JSON written as bytes, forward only: prepared pieces, integers, text and the fields of rows.
 *
 * That they make sound JSON together is the caller's business. What lies in memory behind what was
 * written is nobody's.
 */
import { integerBytesMax, writeInteger } from "./json-digits.ts";
import { Held, shortPieceBytesMax } from "./json-pieces.ts";
import type { JsonFields, JsonPiece } from "./json-pieces.ts";

const encoder = new TextEncoder();
const bytesAtFirst = 1024;
const twoTo32 = 2 ** 32;
/** By byte: its two hex digits, the first one in the high byte. */
const hexPairs = Uint16Array.from({ length: 256 }, (_, byte) => {
  const digits = encoder.encode(byte.toString(16).padStart(2, "0"));
  return (digits[0]! << 8) | digits[1]!;
});
const quote = 0x22;
const backslash = 0x5c;

export class JsonBytes {
  #bytes = new Uint8Array(bytesAtFirst);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** How many bytes were written. */
  get length(): number {
    return this.#length;
  }

  /** How many bytes there is room for before more memory has to be got. */
  get capacity(): number {
    return this.#bytes.length;
  }

  piece(piece: JsonPiece): void {
    const { length } = piece;
    this.#makeRoom(length + shortPieceBytesMax);
    const at = this.#length;
    if (length > shortPieceBytesMax) {
      this.#bytes.set(piece.bytes, at);
    } else {
      const view = this.#view;
      view.setFloat64(at, piece.first, true);
      view.setFloat64(at + 8, piece.second, true);
      if (length > 16) {
        view.setFloat64(at + 16, piece.third, true);
        view.setFloat64(at + 24, piece.fourth, true);
      }
    }
    this.#length = at + length;
  }

  /** A label and a safe integer. */
  integer(label: JsonPiece, value: number): void {
    this.piece(label);
    this.#makeRoom(integerBytesMax);
    this.#length = writeInteger(this.#view, this.#length, value);
  }

  /** A label, and 16 hex digits of two unsigned 32-bit integers. */
  hex(label: JsonPiece, high: number, low: number): void {
    this.piece(label);
    this.#makeRoom(16);
    const at = this.#length;
    this.#writeHex(at, high);
    this.#writeHex(at + 8, low);
    this.#length = at + 16;
  }

  #writeHex(at: number, value: number): void {
    const view = this.#view;
    view.setUint16(at, hexPairs[value >>> 24]!);
    view.setUint16(at + 2, hexPairs[(value >>> 16) & 0xff]!);
    view.setUint16(at + 4, hexPairs[(value >>> 8) & 0xff]!);
    view.setUint16(at + 6, hexPairs[value & 0xff]!);
  }

  /** Fields of the row whose names end at `start`, each with its label. */
  fields(fields: JsonFields, rows: DataView, start: number): void {
    this.#makeRoom(fields.bytesMax);
    const { count, labels, labelLengths, offsets, held } = fields;
    const view = this.#view;
    let at = this.#length;
    for (let n = 0; n < count; n++) {
      const length = labelLengths[n]!;
      view.setFloat64(at, labels[n * 4]!, true);
      view.setFloat64(at + 8, labels[n * 4 + 1]!, true);
      if (length > 16) {
        view.setFloat64(at + 16, labels[n * 4 + 2]!, true);
        view.setFloat64(at + 24, labels[n * 4 + 3]!, true);
      }
      at += length;
      const from = start + offsets[n]!;
      switch (held[n]) {
        case Held.integer:
          at = writeInteger(view, at, rows.getFloat64(from, true));
          break;
        case Held.u32:
          at = writeInteger(view, at, rows.getUint32(from, true));
          break;
        case Held.amount:
          at = this.#writeAmount(at, rows, from);
          break;
        default:
          at = this.#writeAscii(at, rows, from);
      }
    }
    this.#length = at;
  }

  /** Text between quotes, escaped where JSON wants it. */
  text(text: string): void {
    this.#makeRoom(text.length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = quote;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (plainCodes[code] !== 1) {
        this.#writeEscaped(text);
        return;
      }
      bytes[at++] = code;
    }
    bytes[at++] = quote;
    this.#length = at;
  }

  /** Copies what was written to `target`, and forgets it. */
  moveTo(target: Uint8Array): void {
    target.set(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
  }

  /** Tells where the text ends. Room for it must have been made. */
  #writePlain(start: number, text: string): number {
    return start + encoder.encodeInto(text, this.#bytes.subarray(start)).written;
  }

  #writeEscaped(text: string): void {
    const json = JSON.stringify(text);
    this.#makeRoom(json.length * 3);
    this.#length = this.#writePlain(this.#length, json);
  }

  #writeAmount(start: number, rows: DataView, from: number): number {
    const value = rows.getInt32(from + 4, true) * twoTo32 + rows.getUint32(from, true);
    if (Number.isSafeInteger(value)) return writeInteger(this.#view, start, value);
    return this.#writePlain(start, String(rows.getBigInt64(from, true)));
  }

  /** The characters of a row's text, escaped, without quotes. */
  #writeAscii(start: number, rows: DataView, from: number): number {
    const bytes = this.#bytes;
    const end = from + 1 + rows.getUint8(from);
    let at = start;
    let isPlain = 1;
    for (let index = from + 1; index < end; index++) {
      const code = rows.getUint8(index);
      isPlain &= plainCodes[code]!;
      bytes[at++] = code;
    }
    if (isPlain === 1) return at;
    const text = String.fromCharCode(...bytes.subarray(start, at));
    return this.#writePlain(start, JSON.stringify(text).slice(1, -1));
  }

  #makeRoom(room: number): void {
    if (this.#length + room > this.#bytes.length) this.#grow(room);
  }

  #grow(room: number): void {
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + room));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** By byte: 1 when it is a character of ASCII that JSON text holds as it is. */
const plainCodes = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 0x20 && code < 0x80 && code !== quote && code !== backslash ? 1 : 0,
);
