import { expect, it } from "vitest";
import { LogUnavailable } from "../../cluster/faults.ts";
import type { LogEntry } from "../../cluster/replicated-log.ts";
import { piecesOf } from "./log-pieces.ts";

const payload = new Uint8Array();
const entries = Array.from({ length: 25 }, (_, index): LogEntry => {
  return { sequence: index + 1, timeUs: index, producer: "gw", payload };
});

/** Ten entries at once; what is asked for is noted. */
function logOf(asked: number[], fails = false) {
  return {
    read: (from: number) => {
      asked.push(from);
      if (fails && from > 10) return Promise.reject(new LogUnavailable("LOG", "nobody is there"));
      return Promise.resolve(entries.slice(from - 1, from + 9));
    },
  };
}

async function read(from: number, upTo: number): Promise<readonly (readonly number[])[]> {
  const pieces: (readonly number[])[] = [];
  for await (const piece of piecesOf(logOf([]), { from, upTo })) {
    pieces.push(piece.map(({ sequence }) => sequence));
  }
  return pieces;
}

it("has every entry once, from the first to the last that is wanted", async () => {
  const pieces = await read(3, 24);
  expect(pieces.flat()).toEqual(entries.slice(2, 24).map(({ sequence }) => sequence));
  expect(await read(3, 2)).toEqual([]);
});

it("ends where the log does", async () => {
  expect((await read(1, Infinity)).flat().at(-1)).toBe(25);
  expect(await read(26, 40)).toEqual([]);
});

it("asks for the next piece before this one is worked on, and for none that nobody wants", async () => {
  const asked: number[] = [];
  for await (const piece of piecesOf(logOf(asked), { from: 1, upTo: 20 })) {
    expect(asked).toEqual([1, 11]);
    expect(piece).toHaveLength(10);
  }
  expect(asked).toEqual([1, 11]);
});

it("fails with the piece that cannot be read, and not when that is wanted no more", async () => {
  const pieces = piecesOf(logOf([], true), { from: 1, upTo: 25 });
  expect((await pieces.next()).value).toHaveLength(10);
  await expect(pieces.next()).rejects.toBeInstanceOf(LogUnavailable);
  for await (const piece of piecesOf(logOf([], true), { from: 1, upTo: 25 })) {
    expect(piece).toHaveLength(10);
    break;
  }
});
