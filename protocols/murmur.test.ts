import { describe, expect, it } from "vitest";
import { murmur32 } from "./murmur.ts";

const encoder = new TextEncoder();

describe("MurmurHash3", () => {
  it.each([
    ["", 0, 0],
    ["", 1, 0x514e28b7],
    ["test", 0, 0xba6bd213],
    ["Hello, world!", 0x9747b28c, 0x24884cba],
    ["The quick brown fox jumps over the lazy dog", 0x9747b28c, 0x2fa826cd],
  ])("of %j with seed %i is what others publish", (text, seed, expected) => {
    expect(murmur32(encoder.encode(text), 0, seed)).toBe(expected);
  });

  it("is that of the bytes from a place on, wherever they lie in memory", () => {
    const memory = new Uint8Array(64).map((_, at) => at * 7);
    for (let length = 0; length < 20; length++) {
      const alone = memory.slice(13, 13 + length);
      const expected = murmur32(alone);
      expect(murmur32(memory.subarray(13, 13 + length))).toBe(expected);
      expect(murmur32(memory.subarray(10, 13 + length), 3)).toBe(expected);
    }
  });

  it("changes with any byte", () => {
    const bytes = new Uint8Array(37).map((_, at) => at);
    const hash = murmur32(bytes);
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [1, 2, 64, 128]) {
        const altered = bytes.slice();
        altered[at] = (altered[at] ?? 0) ^ bit;
        expect(murmur32(altered)).not.toBe(hash);
      }
    }
  });
});
