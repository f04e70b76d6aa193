import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SeededRandom } from "../../clients/agents/seeded-random.ts";
import { flipBytes } from "./flipped-bytes.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-flip-"));
  path = join(folder, "block");
  writeFileSync(path, Buffer.alloc(1000));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function bitsSet(): number[] {
  return [...readFileSync(path)].flatMap((byte, place) => (byte === 0 ? [] : [place]));
}

describe("a damaged file", () => {
  it("has other bits at so many places, none of them at its beginning, and its length", async () => {
    const places = await flipBytes(path, { count: 5, random: new SeededRandom(3) });
    expect(bitsSet()).toEqual([...new Set(places)].sort((a, b) => a - b));
    expect(places).toHaveLength(5);
    expect(Math.min(...places)).toBeGreaterThanOrEqual(250);
    expect(readFileSync(path)).toHaveLength(1000);
  });

  it("is damaged alike by the same seed", async () => {
    const first = await flipBytes(path, { count: 5, random: new SeededRandom(3) });
    expect(await flipBytes(path, { count: 5, random: new SeededRandom(3) })).toEqual(first);
    // The same bits a second time: it is whole again.
    expect(bitsSet()).toEqual([]);
  });

  it("stays as it is when there is nothing in it", async () => {
    writeFileSync(path, "");
    expect(await flipBytes(path, { count: 5, random: new SeededRandom(3) })).toEqual([]);
  });
});
