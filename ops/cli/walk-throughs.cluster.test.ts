/**
 * Goal: what pages of docs/ say to type works as it stands there, in that order, with no more
 * before it than a reader would have; and who is held to a limit is told by how much in whole
 * assets.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { commandsIn } from "../scripts/rehearsed.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";

const outcry = new CommandLine();
const place = mkdtempSync(join(tmpdir(), "outcry-limits-"));

const page = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../docs/${name}.md`, import.meta.url)), "utf8");

/** What stands in the first block of that kind. */
function blockOf(text: string, kind: string): string {
  const block = new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``).exec(text)?.[1];
  if (block === undefined) throw new Error(`no block of ${kind}`);
  return block;
}

/** The words of a command line, as a shell would take them apart. */
function wordsOf(command: string): string[] {
  const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)];
  return words.map(([, double, single, plain]) => double ?? single ?? plain ?? "");
}

/** What stands in all blocks of that kind. */
function blocksOf(text: string, kind: string): string {
  const blocks = [...text.matchAll(new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``, "g"))];
  return blocks.map(([, block = ""]) => block).join("\n");
}

beforeAll(async () => {
  const ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start("--agents", "none", "--shards", "2", "--nodes", "1", ...ports);
});
afterAll(async () => {
  await outcry.release();
  rmSync(place, { recursive: true });
});

const because = ["--reason", "as decided"];
const file = (name: string): string => join(place, name);

/** Trades a lot of so much at that price: what `other` sells, `demo` buys. */
async function trade(symbol: string, quantity: string, price: string): Promise<void> {
  const terms = [quantity, price];
  await outcry.json("order", "place", symbol, "sell", ...terms, "--account", "other");
  await outcry.json("order", "place", symbol, "buy", ...terms);
}

/** An account with goods and money, which may trade contracts. */
async function openOther(): Promise<void> {
  await outcry.json("account", "create", "other");
  await outcry.json("account", "deposit", "other", "10", "BTC");
  await outcry.json("account", "deposit", "other", "1000000", "USDT");
  await outcry.json("margin", "allow", "other", ...because);
}

/** A future whose index is published, as the page has one. */
async function listFuture(): Promise<void> {
  const perpetual = JSON.parse(blockOf(page("contracts"), "json")) as object;
  const future = { ...perpetual, kind: "future", expiresAtUs: (Date.now() + 3_600_000) * 1000 };
  const left = new Set(["indexSymbol", "fundingIntervalSeconds", "fundingCapPpm"]);
  const terms = Object.entries(future).filter(([name]) => !left.has(name));
  writeFileSync(file("future.json"), JSON.stringify(Object.fromEntries(terms)));
  const units = ["--base", "BTC", "--quote", "USDT", "--tick", "0.01", "--lot", "0.0001"];
  const contract = ["--contract", file("future.json")];
  await outcry.json("instrument", "add", "BTC-USDT-1226", ...units, ...contract);
}

/** What there has to be before a command, by how that begins. */
const before: Readonly<Record<string, () => Promise<unknown>>> = {
  "fees account": () => outcry.run("account", "create", "maker-1"),
  "instrument add": () => outcry.json("account", "create", "insurance"),
  "index-price": listFuture,
  "margin add": async () => {
    await openOther();
    await trade("BTC-USDT", "0.01", "65000");
    await trade("BTC-USDT-PERP", "0.6", "65000");
  },
  "margin deny": () =>
    outcry.json("order", "place", "BTC-USDT-PERP", "sell", "0.5", "70000", "--reduce-only"),
};

/** Played by deficit.cluster.test.ts, where there is one. */
const elsewhere = "deficit cover";

const files: Readonly<Record<string, string>> = {
  "spot-cycle.json": "clearing",
  "spot.json": "fees",
  "perpetual.json": "contracts",
};

it.each(["contracts", "margin", "fees", "clearing", "risk"])(
  "the commands of docs/%s.md work in their order",
  async (name) => {
    const commands = commandsIn(blocksOf(page(name), "sh"));
    expect(commands.length).toBeGreaterThan(2);
    for (const command of commands.filter((each) => !each.startsWith(elsewhere))) {
      const [, prepare] = Object.entries(before).find(([words]) => command.startsWith(words)) ?? [];
      await prepare?.();
      const words = wordsOf(command).map((word) => {
        const source = files[word];
        if (source === undefined) return word;
        writeFileSync(file(word), blockOf(page(source), "json"));
        return file(word);
      });
      const { exitCode, stdout, stderr } = await outcry.run(...words);
      expect([command, exitCode, `${stdout}${stderr}`]).toEqual([command, 0, expect.anything()]);
    }
  },
);

it("what an isolated position has is shown as it was added to", async () => {
  const shown = await outcry.run("positions");
  expect(shown.stdout).toMatch(/BTC-USDT-PERP\s+0\.6000\s+0\.0000\s+0\.5000\s+65,000\.00/);
  expect(shown.stdout).toContain("BTC-USDT-PERP is isolated: 2,200 USDT posted");
  const { stdout } = await outcry.run("margin", "show");
  expect(stdout).toContain("USDT");
});

it("who is permitted to owe is listed, and deliveries are none while nothing is traded", async () => {
  const fails = (...args: string[]) => outcry.json("clearing", "fails", ...args);
  expect(await fails("permissions")).toMatchObject({
    permissions: [{ account: "demo", asset: "BTC", penaltyBasisPoints: 10, buyInDays: 4 }],
  });
  expect(await fails("list", "--all")).toMatchObject({ deliveries: [] });
  const nets = await outcry.json("clearing", "nets", "2026-12-28");
  expect(nets).toEqual({ ok: true, nets: [] });
});

it("an account is told by how much its order is too large", async () => {
  const limit = ["--account", "demo", "--symbol", "BTC-USDT", "--order-quantity", "0.5"];
  await outcry.json("risk", "limits", "set", ...limit, "--reason", "as agreed");
  const { exitCode, stderr } = await outcry.run(
    "order",
    "place",
    "BTC-USDT",
    "buy",
    "0.6",
    "64000",
  );
  expect(exitCode).toBe(1);
  expect(stderr).toContain("limit 0.5000, used 0.0000, asked 0.6000, in BTC");
});
