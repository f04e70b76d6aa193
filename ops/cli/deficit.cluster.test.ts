/**
 * Goal: a loss in a contract that nobody has paid is shown as the runbook says, and made good by
 * whom an administrator names, up to as much as is lacking.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DeficitsReply } from "../../protocols/api/deficit-requests.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";

const outcry = new CommandLine();
const place = mkdtempSync(join(tmpdir(), "outcry-deficit-"));
const terms = join(place, "future.json");
const symbol = "BTC-USDT-SOON";
const reason = ["--reason", "as decided"];

beforeAll(async () => {
  const ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start("--agents", "none", "--shards", "1", "--nodes", "1", ...ports);
  for (const account of ["insurance", "long", "short"]) {
    await outcry.json("account", "create", account);
  }
  for (const account of ["long", "short"]) {
    await outcry.json("account", "deposit", account, "10000", "USDT");
    await outcry.json("margin", "allow", account, "--reason", "suitability checked");
  }
});
afterAll(async () => {
  await outcry.release();
  rmSync(place, { recursive: true });
});

const lacking = async (): Promise<DeficitsReply["deficits"]> =>
  (await outcry.json<DeficitsReply>("deficit", "show")).deficits;

/** Somebody is long of a future that expires far below where it was bought, in a halted venue. */
async function loseBeyondCash(): Promise<void> {
  const future = {
    ...{ kind: "future", expiresAtUs: (Date.now() + 20_000) * 1000, fundAccount: "insurance" },
    ...{ initialMarginPpm: 50_000, maintenanceMarginPpm: 25_000, markClampPpm: 10_000 },
    liquidationFeePpm: 5000,
  };
  writeFileSync(terms, JSON.stringify(future));
  const units = ["--base", "BTC", "--quote", "USDT", "--tick", "0.01", "--lot", "0.0001"];
  await outcry.json("instrument", "add", symbol, ...units, "--contract", terms);
  await outcry.json("index-price", symbol, "60000");
  const order = ["2", "60000"];
  await outcry.json("order", "place", symbol, "sell", ...order, "--account", "short");
  await outcry.json("order", "place", symbol, "buy", ...order, "--account", "long");
  await outcry.json("halt", "--reason", "feed is wrong");
  await outcry.json("index-price", symbol, "100");
}

it("is nothing as long as everybody has paid", async () => {
  expect(await lacking()).toEqual([]);
  expect((await outcry.run("deficit", "show")).stdout).toBe("nothing is lacking\n");
});

it("is shown, and made good by whoever is told to", async () => {
  await loseBeyondCash();
  const deadline = Date.now() + 60_000;
  let found = await lacking();
  while (found.length === 0 && Date.now() < deadline) found = await lacking();
  const [deficit] = found;
  expect(deficit).toMatchObject({ shard: 0, asset: "USDT" });
  const units = BigInt(deficit?.amount ?? 0);
  const text = `${String(units / 1_000_000n)}.${String(units % 1_000_000n).padStart(6, "0")}`;
  const cover = ["deficit", "cover", "USDT"];
  const from = ["--from", "insurance", ...reason];
  expect((await outcry.run(...cover, text, ...from)).exitCode).toBe(1);
  await outcry.json("account", "deposit", "insurance", "200000", "USDT");
  const tooMuch = await outcry.run(...cover, "200000", ...from);
  expect(tooMuch.stderr).toContain("Less than that is lacking");
  await outcry.json(...cover, text, ...from);
  expect(await lacking()).toEqual([]);
});
