import { describe, expect, it } from "vitest";
import { bitmapCapacity, OccupancyBitmap } from "./occupancy-bitmap.ts";
import { none } from "./slot-pool.ts";
import { SmallRandom } from "./testing/small-random.ts";

describe("an occupancy bitmap", () => {
  it("finds nothing when it is empty", () => {
    const bitmap = new OccupancyBitmap();
    for (const position of [0, 31, 32, bitmapCapacity / 2, bitmapCapacity - 1]) {
      expect(bitmap.has(position)).toBe(false);
      expect(bitmap.atOrAbove(position)).toBe(none);
      expect(bitmap.atOrBelow(position)).toBe(none);
    }
  });

  it("finds the only member from wherever it looks", () => {
    for (const member of [0, 31, 32, 1023, 1024, 32_767, 32_768, bitmapCapacity - 1]) {
      const bitmap = new OccupancyBitmap();
      bitmap.add(member);
      for (const position of [0, 33, 1025, 32_769, bitmapCapacity - 1, member]) {
        expect(bitmap.atOrAbove(position)).toBe(position <= member ? member : none);
        expect(bitmap.atOrBelow(position)).toBe(position >= member ? member : none);
      }
    }
  });

  it("finds the nearest member as a sorted list would, while members come and go", () => {
    const random = new SmallRandom(1);
    const bitmap = new OccupancyBitmap();
    const members = new Set<number>();
    for (let step = 0; step < 2_000; step += 1) {
      // Clusters far apart, so that searches end at every level of words.
      const position = random.below(8) * (bitmapCapacity / 8) + random.below(80) * random.below(50);
      if (members.delete(position)) bitmap.remove(position);
      else bitmap.add(members.add(position).size > 0 ? position : none);

      const asked = random.below(bitmapCapacity);
      const sorted = [...members].sort((a, b) => a - b);
      expect(bitmap.has(position)).toBe(members.has(position));
      expect(bitmap.atOrAbove(asked)).toBe(sorted.find((member) => member >= asked) ?? none);
      expect(bitmap.atOrBelow(asked)).toBe(sorted.findLast((member) => member <= asked) ?? none);
    }
  });

  it("is empty after it was cleared", () => {
    const bitmap = new OccupancyBitmap();
    bitmap.add(5);
    bitmap.add(100_000);
    bitmap.clear();
    expect(bitmap.atOrAbove(0)).toBe(none);
  });
});
