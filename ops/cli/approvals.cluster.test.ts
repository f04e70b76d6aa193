/**
 * Goal: two administrators share what neither may do alone, by the command line and a gateway, and
 * the logs tell afterwards who agreed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ApprovalDocument } from "../../protocols/api/approval-document.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";

const outcry = new CommandLine();
const place = mkdtempSync(join(tmpdir(), "outcry-approvals-"));
const file = (name: string): string => join(place, name);

beforeAll(async () => {
  const ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start("--agents", "none", "--shards", "2", "--nodes", "1", ...ports);
  await outcry.json("keys", "administrator", "ben");
});
afterAll(async () => {
  await outcry.release();
  rmSync(place, { recursive: true });
});

/** What a command proposes and somebody approves of, as a file. */
async function approved(by: string, ...command: readonly string[]): Promise<string> {
  await outcry.json(...command, "--propose", file("proposal.json"));
  await outcry.json(
    ...["approve", file("proposal.json"), "--yes", "--as", by, "--out", file(`${by}.json`)],
  );
  return file(`${by}.json`);
}

/** The name that a command is refused with. */
async function refusal(...command: readonly string[]): Promise<string> {
  const { exitCode, stdout } = await outcry.run(...command, "--json");
  const { ok, error } = JSON.parse(stdout) as { ok: boolean; error?: { name: string } };
  expect([exitCode === 0, ok]).toEqual([false, false]);
  return error?.name ?? "";
}

const halt = ["halt", "BTC-USDT", "--reason", "stale feed"];
const setHalt = ["approvals", "set", "halt-trading", "1", "--reason", "four eyes"];
const setConfirm = ["approvals", "set", "confirm-kill-switch", "1", "--reason", "four eyes"];

it("asks for the approval of a change that asks for approvals", async () => {
  expect(await refusal(...setHalt)).toBe("approvals-missing");
  for (const change of [setHalt, setConfirm]) {
    await outcry.json(...change, "--approval", await approved("ben", ...change));
  }
  const { policy } = await outcry.json<{ policy: unknown }>("approvals", "show");
  expect(policy).toEqual([
    { command: "confirm-kill-switch", needed: 1 },
    { command: "halt-trading", needed: 1 },
  ]);
});

it("halts with the approval of somebody else, once, and not without", async () => {
  expect(await refusal(...halt)).toBe("approvals-missing");
  const ben = await approved("ben", ...halt);
  const approval = JSON.parse(readFileSync(ben, "utf8")) as ApprovalDocument;
  const signature = approval.signature.replace(/^./, (first) => (first === "A" ? "B" : "A"));
  writeFileSync(file("forged.json"), JSON.stringify({ ...approval, signature }));
  expect(await refusal(...halt, "--approval", file("forged.json"))).toBe("approval-forged");
  await outcry.json(...halt, "--approval", ben);
  await outcry.json("resume", "BTC-USDT", "--reason", "fresh");
  expect(await refusal(...halt, "--approval", ben)).toBe("approval-used");
});

it("shows whoever approves what that is, from what is signed", async () => {
  const { stdout: proposal } = await outcry.run(...halt, "--propose");
  writeFileSync(file("shown.json"), proposal);
  const { stdout, stderr } = await outcry.run(
    ...["approve", file("shown.json"), "--yes", "--as", "ben"],
  );
  expect(stderr).toMatch(
    /author +admin\n.*halt-trading\n +symbol +"BTC-USDT"\n +reason +"stale feed"/,
  );
  expect(JSON.parse(stdout)).toMatchObject({ cluster: "outcry", author: "admin" });
});

it("has a kill switch confirmed by somebody else than who armed it", async () => {
  const arm = ["kill-switch", "arm", "account", "demo", "--reason", "out of control"];
  const { number } = await outcry.json<{ number: number }>(...arm);
  const confirm = ["kill-switch", "confirm", String(number)];
  expect(await refusal(...confirm)).toBe("kill-switch-of-your-own");
  await outcry.json(...confirm, "--as", "ben");
});

it("tells from the logs who agreed, and that they signed", async () => {
  interface Act {
    readonly command: string;
    readonly outcome: string;
    readonly approvals: readonly string[];
    readonly signatures: readonly { readonly approver: string; readonly verdict: string }[];
  }
  const { ok, commands } = await outcry.json<{ ok: boolean; commands: Act[] }>("audit", "admin");
  expect(ok).toBe(true);
  const done = commands.filter(({ outcome }) => outcome === "done");
  const last = (kind: string): Act | undefined => done.findLast(({ command }) => command === kind);
  expect(last("halt-trading")).toMatchObject({
    approvals: ["ben"],
    signatures: [{ approver: "ben", verdict: "genuine" }],
  });
  expect(last("confirm-kill-switch")).toMatchObject({ approvals: ["admin", "ben"] });
  const refused = commands.filter(({ command, outcome }) => {
    return command === "halt-trading" && outcome !== "done";
  });
  expect(refused.map(({ outcome }) => outcome)).toEqual(["approvals-missing", "approval-used"]);
});

it("sets what accounts pay, which is told before it is charged", async () => {
  const tiers = [{ volume: "0", makerPpm: 500, takerPpm: 1500 }];
  writeFileSync(file("spot.json"), JSON.stringify({ symbols: ["BTC-USDT"], tiers }));
  const set = ["fees", "set", "spot", "--file", file("spot.json"), "--reason", "as published"];
  await outcry.json(...set, "--approval", await approved("ben", ...set));
  const preview = ["fees", "preview", "BTC-USDT", "buy", "0.5", "60000"];
  const rates = ["--maker", "-10", "--taker", "1000", "--reason", "as agreed"];
  expect(await outcry.json(...preview)).toMatchObject({
    ...{ schedule: "spot", tier: 0, notional: "30000000000", takerFee: "45000000" },
  });
  await outcry.json("fees", "account", "demo", ...rates);
  expect(await outcry.json(...preview)).toMatchObject({ isOwn: true, makerFee: "-300000" });
  await outcry.json("fees", "account", "demo", "--none", "--reason", "over");
  await outcry.json("fees", "remove", "spot", "--reason", "over");
  const { schedules } = await outcry.json<{ schedules: unknown }>("fees", "show");
  expect(schedules).toEqual([]);
  expect(await refusal(...["fees", "account", "nobody", ...rates])).toBe("account-unknown");
});
