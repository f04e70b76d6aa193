import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Side } from "../../protocols/index.ts";
import { readLobsterRows } from "./lobster-files.ts";
import type { LobsterRow } from "./lobster-files.ts";

const order = "34200.013994120,1,16116348,100,310500,-1";
const book = "310500,100,309500,300,310600,50,-9999999999,0";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outcry-lobster-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function read(messages: string, orderbook: string): Promise<LobsterRow[]> {
  const paths = { messages: join(folder, "m.csv"), orderbook: join(folder, "b.csv") };
  await writeFile(paths.messages, messages);
  await writeFile(paths.orderbook, orderbook);
  const rows: LobsterRow[] = [];
  for await (const row of readLobsterRows(paths)) rows.push(row);
  return rows;
}

describe("a pair of files", () => {
  it("is read line by line, whether or not the last line has an end", async () => {
    for (const end of ["", "\n", "\r\n"]) {
      const separator = end === "\r\n" ? end : "\n";
      const rows = await read(`${order}${separator}${order}${end}`, `${book}${separator}${book}`);
      expect(rows.map(({ row }) => row)).toEqual([1, 2]);
      expect(rows[1]?.message).toEqual({
        type: 1,
        orderId: 16_116_348,
        size: 100,
        price: 310_500,
        side: Side.sell,
      });
    }
  });

  it("shows only the levels that are there", async () => {
    const [row] = await read(order, book);
    expect(row?.book.depth).toBe(2);
    expect(row?.book.count(Side.sell)).toBe(2);
    expect(row?.book.count(Side.buy)).toBe(1);
    expect(row?.book.price(Side.sell, 1)).toBe(310_600);
    expect(row?.book.size(Side.buy, 0)).toBe(300);
  });

  it("is read the same when lines straddle what is read at once", async () => {
    const count = 40_000;
    const lines = Array.from({ length: count }, (_, index) => `34200.5,1,${index + 1},7,310500,1`);
    const books = Array.from({ length: count }, () => book);
    const rows = await read(lines.join("\n"), books.join("\n"));
    expect(rows.length).toBe(count);
    expect(rows.every(({ row, message }) => message.orderId === row)).toBe(true);
  });

  it("must be of one length", async () => {
    await expect(read(`${order}\n${order}\n`, book)).rejects.toThrow(
      "b.csv line 2: the file ends before m.csv does",
    );
    await expect(read(order, `${book}\n${book}\n`)).rejects.toThrow(
      "m.csv line 2: the file ends before b.csv does",
    );
  });

  it("must be there", async () => {
    const missing = { messages: join(folder, "none.csv"), orderbook: join(folder, "none.csv") };
    await expect(readLobsterRows(missing).next()).rejects.toMatchObject({
      code: "file-unreadable",
      message: expect.stringContaining("none.csv"),
    });
  });
});

describe("a message that is none is named by line and field", () => {
  it.each([
    ["34200.1,1,5,100,310500", "a message has 6 fields, this line has 5"],
    ["noon,1,5,100,310500,1", 'time must be seconds after midnight, is "noon"'],
    ["34200.1,0,5,100,310500,1", 'type must be 1 to 7, is "0"'],
    ["34200.1,8,5,100,310500,1", 'type must be 1 to 7, is "8"'],
    ["34200.1,1,x5,100,310500,1", 'order id must be a whole number, is "x5"'],
    ["34200.1,1,5,1.5,310500,1", 'size must be a whole number, is "1.5"'],
    ["34200.1,1,5,0,310500,1", 'size must be above 0, is "0"'],
    ["34200.1,1,5,100,,1", 'price must be a whole number, is ""'],
    ["34200.1,4,5,100,-1,1", 'price must be above 0, is "-1"'],
    ["34200.1,1,5,100,310500,0", 'direction must be 1 or -1, is "0"'],
  ])("%s", async (line, problem) => {
    await expect(read(`${order}\n${line}\n`, `${book}\n${book}\n`)).rejects.toMatchObject({
      code: "file-malformed",
      message: `m.csv line 2: ${problem}`,
    });
  });

  it("may have no size and no price where nothing rests, as halts do", async () => {
    const [row] = await read("34200.1,7,0,0,-1,-1", book);
    expect(row?.message.type).toBe(7);
  });
});

describe("a book that is none is named by line and field", () => {
  it.each([
    ["310500,100,309500", "a book has 4 fields for each level, this line has 3 in all"],
    ["310500,100,309500,x", 'bid size 1 must be a whole number, is "x"'],
    [
      "310500,100,309500,300,310600,5,",
      "a book has 4 fields for each level, this line has 7 in all",
    ],
    ["310500,,309500,300", 'ask size 1 must be a whole number, is ""'],
    ["3.5,100,309500,300", 'ask price 1 must be a whole number, is "3.5"'],
    ["310500,-100,309500,300", "ask size 1 does not fit what is beside it"],
    ["0,100,309500,300", "ask price 1 does not fit what is beside it"],
    ["310500,0,309500,3,310600,1,1,1", "ask size 2 does not fit what is beside it"],
  ])("%s", async (line, problem) => {
    await expect(read(order, line)).rejects.toMatchObject({
      code: "file-malformed",
      message: `b.csv line 1: ${problem}`,
    });
  });

  it("has as many levels as the lines before", async () => {
    await expect(read(`${order}\n${order}`, `${book}\n310500,100,309500,300`)).rejects.toThrow(
      "b.csv line 2: it has 1 levels and the lines before 2",
    );
  });
});
