/** Goal: what proves nothing is refused, and whatever is wrong is said in one line. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LobsterPaths } from "../lobster/lobster-files.ts";
import { writeSyntheticMarket } from "../lobster/testing/synthetic-market.ts";
import { runCommandLine } from "./program.ts";
import { captureOutput } from "./testing/captured-output.ts";

let folder: string;
let files: LobsterPaths;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outcry-lobster-"));
  files = await writeSyntheticMarket(folder, { seed: 4, rows: 60, depth: 5 });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const captured = captureOutput();
afterEach(() => {
  process.exitCode = undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal);
});

function lobster(options: readonly string[], paths = files): Promise<number> {
  return runCommandLine(["lobster", paths.messages, paths.orderbook, ...options]);
}

describe("outcry lobster", () => {
  it("plays a file in this process", async () => {
    expect(await lobster(["--local", "--levels", "5"])).toBe(0);
    expect(captured.stdout.trimEnd().split("\n").at(-1)).toBe("rows matched 59/59");
    expect(captured.stderr).toBe("");
  });

  it.each([
    [["--local", "--levels", "0"], "--levels"],
    [["--local", "--levels", "6"], "--levels 6: the files have 5 levels"],
    [["--local", "--accounts", "0"], "--accounts"],
    [["--local", "--accounts", "3"], "--accounts"],
    [["--local", "--shards", "0"], "--shards"],
    [["--local", "--shards", "513"], "--shards"],
    [["--shards", "2"], "--shards goes with --local only"],
    [["--local", "--rows-per-second", "0"], "--rows-per-second"],
    [["--local", "--symbol", "msft"], "--symbol"],
  ])("refuses %j", async (options, words) => {
    expect(await lobster(options)).toBe(2);
    expect(captured.stderr).toContain(words);
    expect(captured.stderr.trimEnd()).not.toContain("\n");
    expect(captured.stdout).toBe("");
  });

  it("says that there is no such file before anything else", async () => {
    expect(await runCommandLine(["lobster", "/nope", "/nope"])).toBe(1);
    expect(captured.stderr).toBe("outcry: no such file: /nope\n");
  });

  it.each([
    ["", "no rows"],
    ["one line", "one row, from which the book is seeded"],
  ])("has nothing to compare in files with %j", async (kind, words) => {
    const paths = { messages: join(folder, "few.csv"), orderbook: join(folder, "few-book.csv") };
    for (const name of ["messages", "orderbook"] as const) {
      const [first] = (await readFile(files[name], "utf8")).split("\n");
      await writeFile(paths[name], kind === "" ? "" : `${first}\n`);
    }
    expect(await lobster(["--local", "--symbol", "MSFT"], paths)).toBe(1);
    expect(captured.stderr).toBe(`outcry: ${paths.messages} holds ${words}: nothing to compare\n`);
  });

  it("says on standard error which row is the first that does not match", async () => {
    const orderbook = join(folder, "changed.csv");
    const lines = (await readFile(files.orderbook, "utf8")).split("\n");
    const fields = lines[29]!.split(",");
    fields[3] = String(Number(fields[3]) + 1);
    lines[29] = fields.join(",");
    await writeFile(orderbook, lines.join("\n"));
    expect(await lobster(["--local"], { ...files, orderbook })).toBe(1);
    expect(captured.stderr).toMatch(
      /^outcry: 1 of 59 rows do not match, first row 30, bid level 1: .+\n$/,
    );
    expect(captured.stdout).toMatch(/rows matched 58\/59\n$/);
  });

  it("says why nothing can be traded under a symbol", async () => {
    expect(await lobster(["--local", "--symbol", "USD"])).toBe(1);
    expect(captured.stderr).toMatch(/^outcry: USD cannot be an asset.s code\n$/);
  });
});
