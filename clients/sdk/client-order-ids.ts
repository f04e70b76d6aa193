/**
 * Names for orders that their caller does not name: a random beginning, different for every client
 * of an account, and a count.
 */
import type { ClientOrderId } from "../../protocols/index.ts";

/** Gives a name that was never given before, at each call. */
export function clientOrderIds(): () => ClientOrderId {
  const random = crypto.getRandomValues(new Uint32Array(2));
  const session = [...random].map((part) => part.toString(36)).join("");
  // The count is kept as the characters that it is written in, and the name made of them in one
  // call: text that was joined is put together at its first use, for more than all this takes.
  const codes = Array.from(`${session}-0`, (character) => character.charCodeAt(0));
  const firstDigit = session.length + 1;
  return () => {
    countUp(codes, firstDigit);
    return String.fromCharCode(...codes);
  };
}

const [zero, one, nine, a, z] = Array.from("019az", (digit) => digit.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
  number,
];

/** Adds one to the number that ends the list, written in base 36. */
function countUp(codes: number[], firstDigit: number): void {
  for (let at = codes.length - 1; at >= firstDigit; at--) {
    const digit = codes[at]!;
    if (digit !== z) {
      codes[at] = digit === nine ? a : digit + 1;
      return;
    }
    codes[at] = zero;
  }
  codes.splice(firstDigit, 0, one);
}
