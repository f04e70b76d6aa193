/**
 * Goal: what a person does when a regulator asks works against a running cluster, as the runbook
 * says, and the record has what the clients were told.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";
import type { ExportedRecord } from "./export-record.ts";
import type { Finding } from "./finding.ts";
import { linesOf } from "./record-row.ts";

const outcry = new CommandLine();
const place = mkdtempSync(join(tmpdir(), "outcry-record-"));
const record = join(place, "record");
let exported: ExportedRecord;

interface Verdict {
  readonly ok: boolean;
  readonly isKeyTrusted: boolean;
  readonly findings: readonly Finding[];
}

interface AdministrativeActs {
  readonly commands: readonly Readonly<Record<string, unknown>>[];
}

beforeAll(async () => {
  const ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start("--agents", "none", "--shards", "2", ...ports);
  await outcry.json("account", "create", "other");
  const gift = ["--reference", "gift", "--reason", "to trade with"];
  await outcry.json("account", "deposit", "other", "1", "BTC", ...gift);
  for (const [side, account] of [
    ["sell", "other"],
    ["buy", "demo"],
  ] as const) {
    await outcry.json(
      ...["order", "place", "BTC-USDT", side, "0.001", "60000", "--client-id", `${side}-1`],
      ...["--account", account],
    );
  }
});
afterAll(async () => {
  await outcry.release();
  rmSync(place, { recursive: true });
});

function today(days = 0): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** As many as there are: a piece ends at midnight. */
function csvFiles(): readonly { readonly name: string; readonly text: string }[] {
  return readdirSync(record)
    .filter((name) => name.endsWith(".csv"))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(record, name), "utf8") }));
}

it("is exported whole, and is what the logs say", async () => {
  // As of yesterday: midnight may pass meanwhile.
  exported = await outcry.json<ExportedRecord>("audit", "export", record, "--from", today(-1));
  expect(exported.shards.map(({ shard }) => shard)).toEqual([0, 1]);
  const untilNow = ["--from", today(-1), "--to", new Date().toISOString()];
  await outcry.json("audit", "export", `${record}-until-now`, ...untilNow);
  const verdict = await outcry.json<Verdict>("audit", "verify", record, "--log");
  expect(verdict).toMatchObject({ ok: true, isKeyTrusted: true, findings: [] });
  const lines = csvFiles().flatMap(({ text }) => linesOf(text));
  for (const id of ["sell-1", "buy-1"]) {
    const events = lines
      .filter((line) => line.includes(`,${id},`))
      .map((line) => line.split(",")[4]);
    expect(events).toEqual(["received", "new", "trade"]);
  }
});

it("is verified with a public key alone", async () => {
  const { pem, fingerprint } = await outcry.json<{ pem: string; fingerprint: string }>(
    ...["audit", "key"],
  );
  expect(fingerprint).toBe(exported.key);
  const key = join(place, "exchange-key.pem");
  writeFileSync(key, pem);
  const verdict = await outcry.json<Verdict>("audit", "verify", record, "--key", key);
  expect(verdict.ok).toBe(true);
});

it("says where it was altered", async () => {
  const { name, text } = csvFiles().filter((file) => file.text.includes(",new,"))[0]!;
  writeFileSync(join(record, name), text.replace(",60", ",61").replace(/,new,/, ",old,"));
  const { exitCode, stdout } = await outcry.run("audit", "verify", record, "--json");
  writeFileSync(join(record, name), text);
  expect(exitCode).toBe(1);
  const { findings } = JSON.parse(stdout) as Verdict;
  expect(findings).toMatchObject([{ kind: "row-altered", file: name }]);
  expect(findings[0]?.row).toBeGreaterThan(0);
});

it("comes with what administrators did, and who agreed", async () => {
  await outcry.json("halt", "BTC-USDT", "--reason", "price feed is stale");
  const { number } = await outcry.json<{ number: number }>(
    ...["kill-switch", "arm", "account", "other", "--reason", "out of control"],
  );
  await outcry.json("kill-switch", "confirm", String(number));
  const range = ["--from", today(-1), "--to", today(1)];
  const { commands } = await outcry.json<AdministrativeActs>("audit", "admin", ...range);
  expect(commands.slice(-3)).toMatchObject([
    {
      ...{ command: "halt-trading", target: "BTC-USDT", author: "admin" },
      ...{ reason: "price feed is stale", outcome: "done", approvals: [] },
    },
    { command: "arm-kill-switch", target: "account other", outcome: "done" },
    {
      ...{ command: "confirm-kill-switch", target: "account other", author: "admin" },
      ...{ reason: "out of control", outcome: "done", approvals: ["admin", "admin"] },
    },
  ]);
  expect(commands.filter(({ command }) => command === "deposit").at(-1)).toMatchObject({
    ...{ author: "admin", reason: "to trade with", outcome: "done" },
  });
});
