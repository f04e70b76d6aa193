/**
 * Integers as decimal digits in bytes, three at a time from tables.
 *
 * A function is given where the digits begin and tells where they end. Up to three bytes behind the
 * end are overwritten, too: whoever writes forward only does not mind.
 */
import { assert } from "../assert.ts";

/** The most bytes that a safe integer overwrites. */
export const integerBytesMax = 20;

const million = 1_000_000;
const billion = 1_000_000_000;
const minus = 0x2d;

/** By number: its digits in the low bytes, and how many they are in the highest. */
const digitsBelowThousand = new Int32Array(1000);
/** By number: its digits behind as many zeros as make them three. */
const threeDigits = new Int32Array(1000);
for (let number = 0; number < 1000; number++) {
  const digits = String(number);
  digitsBelowThousand[number] = bytesOf(digits) | (digits.length << 24);
  threeDigits[number] = bytesOf(digits.padStart(3, "0"));
}

/** A safe integer of any sign. */
export function writeInteger(view: DataView, start: number, value: number): number {
  const small = value | 0;
  if (small === value && small >= 0 && small < billion) {
    return writeBelowBillion(view, start, small);
  }
  return writeLargeInteger(view, start, value);
}

function writeBelowBillion(view: DataView, start: number, value: number): number {
  if (value < 1000) return writeBelowThousand(view, start, value);
  const high = (value / 1000) | 0;
  let at = start;
  if (high < 1000) {
    at = writeBelowThousand(view, at, high);
  } else {
    const top = (high / 1000) | 0;
    at = writeBelowThousand(view, at, top);
    at = writeThree(view, at, high - top * 1000);
  }
  return writeThree(view, at, value - high * 1000);
}

function writeLargeInteger(view: DataView, start: number, value: number): number {
  let at = start;
  let rest = value;
  if (value < 0) {
    view.setUint8(at++, minus);
    rest = -value;
  }
  assert(rest <= Number.MAX_SAFE_INTEGER, "not a safe integer");
  // Exact, as `divideFloor` in units.ts is; the quotient of a safe integer is below a billion, too.
  const high = (rest / billion) | 0;
  const low = (rest - high * billion) | 0;
  assert(high * billion + low === rest, "not an integer");
  if (high === 0) return writeBelowBillion(view, at, low);
  at = writeBelowBillion(view, at, high);
  const top = (low / million) | 0;
  const belowTop = low - top * million;
  const middle = (belowTop / 1000) | 0;
  at = writeThree(view, at, top);
  at = writeThree(view, at, middle);
  return writeThree(view, at, belowTop - middle * 1000);
}

function writeBelowThousand(view: DataView, at: number, value: number): number {
  const bytes = digitsBelowThousand[value]!;
  view.setInt32(at, bytes, true);
  return at + (bytes >>> 24);
}

function writeThree(view: DataView, at: number, value: number): number {
  view.setInt32(at, threeDigits[value]!, true);
  return at + 3;
}

/** Up to four characters of ASCII as they lie in memory, the first one lowest. */
function bytesOf(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) bytes |= text.charCodeAt(index) << (8 * index);
  return bytes;
}
