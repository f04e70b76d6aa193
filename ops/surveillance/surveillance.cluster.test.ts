/**
 * Goal: what a compliance officer does works against a running cluster, as the runbook says, and
 * each alert is there once though surveillance was killed and its relations were changed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";
import type { Alert } from "./alert.ts";

const outcry = new CommandLine();
const folder = mkdtempSync(join(tmpdir(), "outcry-officer-"));
const began = new Date(Date.now() - 60_000).toISOString();
let trades = 0;

interface Alerts {
  readonly alerts: readonly Alert[];
}

interface StatusSeen {
  readonly shards: readonly { readonly head: number }[];
  readonly surveillance?: { readonly watched: readonly number[] };
}

beforeAll(async () => {
  relate("other");
  const ports = ["--port-base", String(await freePortBase(3))];
  const watched = ["--surveillance", folder];
  await outcry.start("--agents", "none", "--shards", "2", "--no-telemetry", ...watched, ...ports);
  for (const account of ["other", "third"]) {
    await outcry.json("account", "create", account);
    await outcry.json("account", "deposit", account, "1", "BTC", "--reference", account);
  }
});
afterAll(async () => {
  await outcry.release();
  rmSync(folder, { recursive: true });
});

/** The demo account's relations. */
function relate(...others: readonly string[]): void {
  const members = ["demo", ...others].map((account) => `account/${account}`).join(", ");
  const text = `groups:\n  - { name: family, members: [${members}], reason: test }\n`;
  writeFileSync(join(folder, "relations.yaml"), text);
}

/** One sells to the demo account. */
async function sell(account: string): Promise<void> {
  trades += 1;
  for (const [side, who] of [
    ["sell", account],
    ["buy", "demo"],
  ] as const) {
    const name = ["--client-id", `${side}-${trades}`, "--account", who];
    await outcry.json("order", "place", "BTC-USDT", side, "0.001", "60000", ...name);
  }
}

const alerts = async (...args: readonly string[]): Promise<readonly Alert[]> =>
  (await outcry.json<Alerts>("surveillance", "alerts", ...args)).alerts;

async function thereAre(count: number): Promise<readonly Alert[]> {
  let found: readonly Alert[] = [];
  const look = async () => (found = await alerts()).length >= count;
  await eventually(look, {
    what: () => `there are ${count} alerts: ${JSON.stringify(found)}`,
    ...{ deadlineMs: 60_000, everyMs: 500 },
  });
  return found;
}

it("a wash trade is found, with the entries that it was made in", async () => {
  await sell("other");
  const [alert, ...others] = await thereAre(1);
  expect(others).toEqual([]);
  expect(alert).toMatchObject({ rule: "wash-trade", accounts: ["demo", "other"] });
  const { exitCode, stdout } = await outcry.run("surveillance", "show", alert?.id ?? "");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/bought 0\.0010* @ 60000\.00 of other/);
  const traded = alert?.evidence.find(({ act }) => act === "traded");
  const place = `${traded?.shard}/${traded?.sequence}`;
  expect(stdout).toContain(place);
  await outcry.json("at", place, "book", "BTC-USDT");
  const [order] = alert?.orders ?? [];
  const { traces } = await outcry.json<{ traces: readonly object[] }>("trace", String(order));
  expect(traces).toHaveLength(1);
});

it("alerts are found by rule, account and time", async () => {
  const count = async (...args: readonly string[]) => (await alerts(...args)).length;
  expect(await count("--rule", "wash-trade", "--account", "other", "--since", began)).toBe(1);
  expect(await count("--rule", "spoofing")).toBe(0);
  expect(await count("--account", "third")).toBe(0);
  expect(await count("--since", new Date(Date.now() + 60_000).toISOString())).toBe(0);
});

it("nothing is lost or doubled when it is killed", async () => {
  await outcry.json("kill", "sur-1");
  await sell("other");
  const found = await thereAre(2);
  expect(new Set(found.map(({ id }) => id)).size).toBe(2);
});

it("a scan says what other settings and relations would give, and writes nothing", async () => {
  await sell("third");
  const [settings, relations] = ["settings", "relations"].map((name) =>
    join(folder, `new-${name}`),
  );
  writeFileSync(settings ?? "", "rules: { wash-trade: { tradesMin: 2 } }\n");
  const members = "[account/demo, account/other, account/third]";
  writeFileSync(relations ?? "", `groups: [{ name: family, members: ${members} }]\n`);
  const scan = async (...args: readonly string[]) =>
    (await outcry.json<Alerts>("surveillance", "scan", ...args)).alerts.length;
  expect(await scan()).toBe(2);
  expect(await scan("--settings", settings ?? "")).toBe(1);
  const until = ["--from", began, "--to", new Date(Date.now() + 60_000).toISOString()];
  expect(await scan("--relations", relations ?? "", ...until, "--rule", "wash-trade")).toBe(3);
  expect(await alerts()).toHaveLength(2);
});

it("relations that were changed are gone by after a restart, also for the past", async () => {
  const before = readFileSync(join(folder, "alerts.jsonl"), "utf8");
  relate("other", "third");
  await outcry.json("restart", "sur-1");
  await thereAre(3);
  expect(readFileSync(join(folder, "alerts.jsonl"), "utf8").startsWith(before)).toBe(true);
  const isWatched = async () => {
    const { shards, surveillance } = await outcry.json<StatusSeen>("status");
    return shards.every(({ head }, shard) => head === surveillance?.watched[shard]);
  };
  await eventually(isWatched, { what: "status says so", everyMs: 500 });
});

it("rules are shown as they are in an instrument, and mistakes in the files are told", async () => {
  writeFileSync(
    join(folder, "settings.yaml"),
    "instruments: { BTC-USDT: { spoofing: { episodesMin: 7 } } }\n",
  );
  const rules = async (...args: readonly string[]) =>
    (await outcry.run("surveillance", "rules", ...args)).stdout;
  expect(await rules()).toContain("momentum-ignition");
  expect(await rules("spoofing")).toMatch(/episodesMin +3 +3/);
  expect(await rules("spoofing", "--instrument", "BTC-USDT")).toMatch(/episodesMin +7 +3/);
  writeFileSync(join(folder, "settings.yaml"), "rules: { spoofing: { episodes: 7 } }\n");
  const { exitCode, stderr } = await outcry.run("surveillance", "rules");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("settings.yaml: rules.spoofing has episodes, and may have");
});
