/**
 * The checksum of a book's best levels, by which whoever keeps a copy can tell that it is sound.
 *
 * The text is the best bid, the best ask, the second bid, the second ask and so on, up to ten of
 * each side, each as `price:quantity` in ticks and lots, all joined by `:`. Where one side has
 * fewer, the other goes on alone. An empty book has the checksum of no text, 0.
 */
import { crc32 } from "./crc32.ts";
import type { Lots, Ticks } from "./units.ts";

export const checksumLevels = 10;

type PricedLevels = readonly (readonly [price: Ticks, quantity: Lots, ...unknown[]])[];

/** Of levels best first; those beyond the tenth do not count. */
export function depthChecksum(bids: PricedLevels, asks: PricedLevels): number {
  const parts: string[] = [];
  for (let at = 0; at < checksumLevels; at++) {
    for (const level of [bids[at], asks[at]]) {
      if (level !== undefined) parts.push(`${String(level[0])}:${String(level[1])}`);
    }
  }
  return crc32(parts.join(":"));
}
