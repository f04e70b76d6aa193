/** What commands about custody show and check, without a cluster. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "@nats-io/jwt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Withdrawal } from "../../protocols/api/custody-requests.ts";
import { parseCredentials } from "../../protocols/credentials.ts";
import { initKeys } from "../credentials/keys.ts";
import { mintUser } from "../credentials/users.ts";
import { statementOf } from "../reserves/reserves-book.ts";
import { signStatement } from "../reserves/statement.ts";
import {
  assetNamed,
  renderDeposits,
  renderPolicies,
  renderSegregation,
  renderWithdrawals,
} from "./custody-text.ts";
import { rulesIn } from "./custody-rules-file.ts";
import { runCommandLine } from "./program.ts";
import { captureOutput } from "./testing/captured-output.ts";
import { demoTerms } from "./testing/demo-units.ts";

const captured = captureOutput();
const folder = mkdtempSync(join(tmpdir(), "outcry-custody-"));
const file = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const { assets } = demoTerms;
const written = {
  ...{ custodian: "custodian", approvers: ["ann", "ben"], quorum: 2, coolOffSeconds: 60 },
  ...{ withdrawalMin: "0.0001", withdrawalMax: 5, dailyMax: "10", confirmations: 6 },
  ...{
    depositMin: "0.00001",
    tiers: [
      { from: 0, needed: 1 },
      { from: "1", needed: 2 },
    ],
  },
};
const read = (content: unknown) => {
  writeFileSync(
    file("rules.json"),
    typeof content === "string" ? content : JSON.stringify(content),
  );
  return rulesIn(file("rules.json"), assetNamed(assets, "BTC"));
};

describe("rules in a file", () => {
  it("have amounts as people write them", async () => {
    expect(await read(written)).toEqual({
      ...{ ...written, asset: "BTC", withdrawalMin: "10000", withdrawalMax: "500000000" },
      ...{ dailyMax: "1000000000", depositMin: "1000" },
      tiers: [
        { from: "0", needed: 1 },
        { from: "100000000", needed: 2 },
      ],
    });
  });

  it.each([
    ["no JSON", "{", /Expected/],
    ["nothing", "null", /`custodian`/],
    ["no quorum", { ...written, quorum: "2" }, /`quorum`/],
    ["no bound", { ...written, dailyMax: undefined }, /`dailyMax`/],
    ["approvers that are no names", { ...written, approvers: [1] }, /`approvers`/],
    ["no tiers", { ...written, tiers: 1 }, /`tiers`/],
    ["a tier of nobody", { ...written, tiers: [{ from: 0 }] }, /`needed`/],
    ["too fine an amount", { ...written, depositMin: "0.000000001" }, /at most 8 decimal places/],
  ])("are refused: %s", async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it("are of an asset that there is", () => {
    expect(() => assetNamed(assets, "FIG")).toThrow("no asset FIG");
  });
});

describe("tables", () => {
  const lines = (text: string): string[][] =>
    text.split("\n").map((line) => line.trim().split(/ {2,}/));
  const withdrawal: Withdrawal = {
    ...{ account: "demo", number: 3, reference: "r", asset: "BTC", amount: "50000000" },
    ...{ address: "sim1q", status: "sent", requestedUs: 0, needed: 2, approvers: ["ann"] },
    transaction: "ab",
  };

  it("show withdrawals in whole assets", () => {
    const [, row] = lines(renderWithdrawals([withdrawal], assets));
    expect(row).toEqual(["demo", "3", "0.5", "BTC", "sent", "1/2", "sim1q", "ab"]);
    expect(renderWithdrawals([], assets)).toBe("there are none");
  });

  it("show what came in", () => {
    const { account, asset, amount, address } = withdrawal;
    const deposit = { account, asset, amount, address, transaction: "ff", output: 1 };
    const [, row] = lines(
      renderDeposits(
        { ok: true, addresses: [], deposits: [{ ...deposit, status: "seen" }] },
        assets,
      ),
    );
    expect(row).toEqual(["demo", "0.5", "BTC", "seen", "ff:1"]);
    expect(renderDeposits({ ok: true, addresses: [], deposits: [] }, assets)).toContain("nothing");
  });

  it("show rules and what is owed", async () => {
    const text = renderPolicies([{ ...(await read(written)), revision: 4 }], assets);
    expect(text).toContain("BTC, revision 4");
    expect(text).toContain("withdrawals  0.0001 to 5, 10 a day");
    expect(renderPolicies([], assets)).toContain("no asset has any rules");
    const owed = {
      owed: "3",
      withdrawing: "0",
      house: "100000000",
      issued: "0",
      held: "5",
      dust: "1",
    };
    const [, row] = lines(renderSegregation([{ asset: "BTC", ...owed }], assets));
    expect(row).toEqual(["BTC", "0.00000003", "0", "1", "0", "0.00000005", "0.00000001"]);
  });
});

describe("a proof of reserves on the command line", () => {
  let signer = "";

  beforeAll(async () => {
    const keys = await initKeys(join(folder, "keys"));
    await mintUser(keys, { role: "admin", name: "ann" });
    const credentials = readFileSync(file("keys/users/admin/ann.creds"), "utf8");
    signer = decode(parseCredentials(credentials).jwt).sub;
    const secret = "ab".repeat(32);
    const owed = {
      accounts: [
        { account: "demo", amounts: [["BTC", 70n]] as const },
        { account: "maker", amounts: [["BTC", 30n]] as const },
      ],
      sums: [{ asset: "BTC", owed: 100n, house: 0n, underWay: 0n, issued: 100n, held: 0n }],
    };
    const at = { cluster: "outcry", timeUs: 5, shards: [{ shard: 0, sequence: 9, entries: "00" }] };
    const { statement, accounts } = statementOf(owed, secret, at);
    const signed = signStatement(statement, { credentials, signer });
    writeFileSync(file("statement.json"), JSON.stringify(signed));
    writeFileSync(file("book.json"), JSON.stringify({ statement: signed, secret, accounts }));
  });

  async function run(...args: readonly string[]): Promise<unknown> {
    captured.stdout = "";
    await runCommandLine(["reserves", ...args, "--json"]);
    return JSON.parse(captured.stdout);
  }

  it("is made for an account, and checked", async () => {
    await run("prove", "demo", "--from", folder, "--out", file("demo.json"));
    const options = ["--statement", file("statement.json"), "--signer", signer];
    expect(await run("verify", file("demo.json"), ...options)).toEqual({
      ...{ ok: true, account: "demo", assets: [{ asset: "BTC", amount: "70" }] },
      ...{ signer, timeUs: 5 },
    });
  });

  it.each([
    ["proof-wrong", (text: string) => text.replace('"amount":"70"', '"amount":"71"'), []],
    ["statement-forged", (text: string) => text.replace('"total":"100"', '"total":"90"'), []],
    ["signer-other", (text: string) => text, ["--signer", "UABC"]],
    ["file-unreadable", () => "{", []],
  ])("is refused: %s", async (name, tamper, options) => {
    await run("prove", "demo", "--from", folder, "--out", file("demo.json"));
    writeFileSync(file("bent.json"), tamper(readFileSync(file("demo.json"), "utf8")));
    expect(await run("verify", file("bent.json"), ...options)).toMatchObject({ error: { name } });
  });

  it("is not made for who is owed nothing", async () => {
    const refused = await run("prove", "zoe", "--from", folder);
    expect(refused).toMatchObject({ error: { name: "account-unknown" } });
  });
});
