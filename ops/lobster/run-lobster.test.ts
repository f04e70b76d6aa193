import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LobsterPaths } from "./lobster-files.ts";
import { runLobster } from "./run-lobster.ts";
import { writeSyntheticMarket } from "./testing/synthetic-market.ts";

let folder: string;
let files: LobsterPaths;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outcry-lobster-"));
  files = await writeSyntheticMarket(folder, { seed: 4, rows: 60, depth: 5 });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the command", () => {
  it("says last how many rows matched", async () => {
    const lines: string[] = [];
    await runLobster({ ...files, cluster: undefined }, (line) => lines.push(line));
    expect(lines[0]).toMatch(/^trading MSFT-R[0-9A-Z]+, listed for this run$/);
    expect(lines.at(-1)).toBe("rows matched 59/59");
  });

  it("writes one line of JSON when asked for it", async () => {
    const lines: string[] = [];
    const options = { ...files, cluster: undefined, json: true, symbol: "TEST" };
    await runLobster(options, (line) => lines.push(line));
    expect(lines.length).toBe(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ ok: true, rows: 59, matched: 59 });
  });

  it("says the first difference, and last how many rows matched", async () => {
    const orderbook = join(folder, "empty-book.csv");
    const empty = "9999999999,0,-9999999999,0\n";
    await writeFile(orderbook, empty.repeat(3));
    const messages = join(folder, "orders.csv");
    await writeFile(messages, "1.5,7,0,0,-1,-1\n1.6,1,11,30,500,1\n1.7,4,11,10,500,1\n");
    const lines: string[] = [];
    const options = { messages, orderbook, cluster: undefined, symbol: "TEST" };
    await runLobster(options, (line) => lines.push(line));
    expect(lines).toContain("first difference: row 2, bid level 1: expected nothing, got 30 @ 500");
    expect(lines.at(-1)).toBe("rows matched 0/2");
  });

  it("wants a symbol where the file's name begins with none", async () => {
    const options = { ...files, messages: join(folder, "orders.csv"), cluster: undefined };
    await expect(runLobster(options, () => undefined)).rejects.toThrow("--symbol");
  });
});

describe("real order flow of 2012-06-21", () => {
  const real = fileURLToPath(new URL("../../../shared/data/lobster/", import.meta.url));
  const isAbsent = !existsSync(real);

  it.for([
    { symbol: "MSFT", levels: 10, shards: 1, rows: 1949 },
    { symbol: "MSFT", levels: 10, shards: 3, rows: 1949 },
    { symbol: "AAPL", levels: 40, shards: 1, rows: 671 },
    { symbol: "AAPL", levels: 40, shards: 3, rows: 671 },
  ])(
    "of $symbol makes the book that NASDAQ had, at $levels levels on $shards shards",
    async ({ symbol, levels, shards, rows }, { skip }) => {
      skip(isAbsent, "the third-party data is not beside the repository");
      const lines: string[] = [];
      const result = await runLobster(
        {
          messages: join(real, `${symbol}_message_50.csv`),
          orderbook: join(real, `${symbol}_orderbook_50.csv`),
          levels,
          shards,
          cluster: undefined,
        },
        (line) => lines.push(line),
      );
      expect(lines.at(-1)).toBe(`rows matched ${rows}/${rows}`);
      expect(result).toMatchObject({ fault: null, resting: { firstDifference: null } });
      expect(result.counts).toMatchObject({ levelsEntered: 0, messagesWithoutEffect: 0 });
    },
  );
});
