import { describe, expect, it } from "vitest";
import { HashChain, hashOf, hexOf, isSameHash } from "./hash-chain.ts";

const bytes = (...values: number[]) => new Uint8Array(values);

function chainOf(...pieces: readonly (readonly [number, ...Uint8Array[]])[]): string {
  const chain = new HashChain();
  for (const [number, ...parts] of pieces) chain.fold(number, ...parts);
  return chain.hex;
}

describe("a hash chain", () => {
  it("is the same for the same pieces", () => {
    expect(chainOf([1, bytes(7)], [2, bytes(8)])).toBe(chainOf([1, bytes(7)], [2, bytes(8)]));
  });

  it("differs when a piece is altered, left out, swapped, renumbered or cut elsewhere", () => {
    const histories = [
      chainOf([1, bytes(7)], [2, bytes(8)]),
      chainOf([1, bytes(7)], [2, bytes(9)]),
      chainOf([2, bytes(8)]),
      chainOf([1, bytes(8)], [2, bytes(7)]),
      chainOf([1, bytes(7)], [3, bytes(8)]),
      chainOf([1, bytes(7), bytes(8)]),
      chainOf([1, bytes(7, 8)]),
      chainOf([1, bytes(), bytes(7, 8)]),
    ];
    expect(new Set(histories).size).toBe(histories.length);
  });

  it("goes on from a hash that was kept", () => {
    const whole = new HashChain();
    whole.fold(1, bytes(1));
    const half = whole.hash;
    whole.fold(2, bytes(2));
    const resumed = new HashChain(half);
    resumed.fold(2, bytes(2));
    expect(resumed.hex).toBe(whole.hex);
    expect(isSameHash(resumed.hash, whole.hash)).toBe(true);
    expect(isSameHash(half, whole.hash)).toBe(false);
  });

  it("keeps its links for ever: entries hashed today must hash so in ten years", () => {
    expect(chainOf([1, bytes(1, 2, 3)], [2, bytes(), bytes(4)])).toMatchInlineSnapshot(
      `"cb7ad62b03952e95c49060220864bc95dffb1772b51cbea6d0b3284507551ea3"`,
    );
    expect(hexOf(hashOf(bytes(1), bytes(2)))).toBe(hexOf(hashOf(bytes(1, 2))));
  });
});
