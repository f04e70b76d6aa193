/** Damages a file as a failing disk does: some of its bytes are others than were written. */
import { open } from "node:fs/promises";
import type { SeededRandom } from "../../clients/agents/seeded-random.ts";

/** Flips a bit in so many bytes of the file's inner part, anywhere. Gives where. */
export async function flipBytes(
  path: string,
  { count, random }: { readonly count: number; readonly random: SeededRandom },
): Promise<readonly number[]> {
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    const places: number[] = [];
    for (let flipped = 0; flipped < count && size > 0; flipped++) {
      const place = random.between(Math.floor(size / 4), Math.max(0, size - 1));
      const byte = Buffer.alloc(1);
      await file.read(byte, 0, 1, place);
      byte[0] = (byte[0] ?? 0) ^ (1 << random.between(0, 7));
      await file.write(byte, 0, 1, place);
      places.push(place);
    }
    await file.sync();
    return places;
  } finally {
    await file.close();
  }
}
