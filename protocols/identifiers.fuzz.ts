/** Goal: an id is taken exactly when the pattern that is published for it matches. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { identifierPatterns, isClientOrderId, isSymbol } from "./identifiers.ts";

/** Most characters are of ids, or beside them in the table; some are anything. */
const character = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(..."AZaz09-") },
  { weight: 2, arbitrary: fc.constantFrom(..."_:@[`{/;,.") },
  { weight: 1, arbitrary: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) },
);
const text = fc
  .array(character, { maxLength: 40, size: "max" })
  .map((characters) => characters.join(""));

describe.each([
  ["a symbol", isSymbol, identifierPatterns.symbol],
  ["a client order id", isClientOrderId, identifierPatterns.clientOrderId],
])("%s", (_, is, source) => {
  const pattern = new RegExp(source);

  it("is what its pattern matches", () => {
    fc.assert(
      fc.property(text, (candidate) => {
        expect(is(candidate)).toBe(pattern.test(candidate));
      }),
      { numRuns: 5000 },
    );
  });

  it("holds the characters that its pattern takes, first and later", () => {
    for (let code = 0; code <= 0xffff; code++) {
      const one = String.fromCharCode(code);
      for (const candidate of [one, `A${one}`, `A${one}A`, `${one}A`]) {
        if (is(candidate) !== pattern.test(candidate)) expect.fail(JSON.stringify(candidate));
      }
    }
  });

  it("has the length that its pattern takes", () => {
    for (let length = 0; length < 100; length++) {
      const candidate = "A".repeat(length);
      expect([length, is(candidate)]).toEqual([length, pattern.test(candidate)]);
    }
  });
});
