import { crc32 as machineCrc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32 } from "./crc32.ts";
import { depthChecksum } from "./depth-checksum.ts";

describe("CRC-32", () => {
  it("has the check value that the standard gives", () => {
    expect(crc32("123456789")).toBe(0xcbf43926);
    expect(crc32("")).toBe(0);
  });

  it("is what the machine's own library computes", () => {
    const ascii = fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code));
    const texts = fc.string({ unit: ascii, maxLength: 400 });
    fc.assert(fc.property(texts, (text) => crc32(text) === machineCrc32(text)));
  });
});

describe("the checksum of a book", () => {
  it("is that of its levels as text, bid and ask in turn", () => {
    const bids = [
      [100, 5, 1],
      [99, 7, 2],
      [98, 1, 1],
    ] as const;
    expect(depthChecksum(bids, [[101, 2, 1]])).toBe(crc32("100:5:101:2:99:7:98:1"));
    expect(depthChecksum([], [[101, 2, 1]])).toBe(crc32("101:2"));
    expect(depthChecksum([], [])).toBe(0);
  });

  it("counts ten levels of each side", () => {
    const levels = (count: number) =>
      Array.from({ length: count }, (_, n) => [100 + n, 1] as const);
    expect(depthChecksum(levels(11), [])).toBe(depthChecksum(levels(10), []));
    expect(depthChecksum(levels(10), [])).not.toBe(depthChecksum(levels(9), []));
    expect(depthChecksum([], levels(11))).toBe(depthChecksum([], levels(10)));
  });
});
