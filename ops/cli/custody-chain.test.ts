/** What commands about keys, the simulated chain and wallets do and refuse, without a cluster. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveChain } from "../custody/chain/chain-line.ts";
import { SimulatedChain } from "../custody/chain/simulated-chain.ts";
import { segregationOf } from "../custody/segregation-report.ts";
import { renderWallets } from "./custody-wallets.ts";
import { runCommandLine } from "./program.ts";
import { captureOutput } from "./testing/captured-output.ts";
import { demoTerms } from "./testing/demo-units.ts";

const captured = captureOutput();
const folder = mkdtempSync(join(tmpdir(), "outcry-custody-chain-"));
const file = (name: string): string => join(folder, name);
const chain = new SimulatedChain();
let server: Server;
let wallet = "";

beforeAll(async () => {
  writeFileSync(file("passphrase"), "a test's\n", { mode: 0o600 });
  server = await serveChain(file("chain.sock"), chain);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function run<Result>(...args: readonly string[]): Promise<Result> {
  captured.stdout = "";
  await runCommandLine(["custody", ...args, "--json"]);
  return JSON.parse(captured.stdout) as Result;
}
const refusal = async (...args: readonly string[]): Promise<string> =>
  (await run<{ error: { name: string } }>(...args)).error.name;

const places = ["--keystore", file("keys"), "--passphrase", file("passphrase")];
const line = ["--socket", file("chain.sock")];

describe("a key on the command line", () => {
  it("is made once, and shown by its public half", async () => {
    const made = await run<{ wallet: string }>("key", "create", "hot", ...places);
    expect(made).toMatchObject({ ok: true, name: "hot" });
    expect(await run("key", "show", "hot", ...places)).toEqual(made);
    expect(Object.keys(made)).toEqual(["ok", "name", "publicKey", "wallet"]);
    wallet = made.wallet;
  });

  it.each([
    ["key-exists", ["create", "hot"]],
    ["key-missing", ["show", "cold"]],
    ["key-name-invalid", ["create", "Hot"]],
  ])("is refused: %s", async (name, args) => {
    expect(await refusal("key", ...args, ...places)).toBe(name);
  });

  it("is of one place", async () => {
    expect(await refusal("key", "show", "hot")).toBe("usage");
    expect(await refusal("key", "show", "hot", ...places, "--pkcs11", "x.so")).toBe("usage");
  });
});

describe("the simulated chain on the command line", () => {
  it("does what it is told, and shows it", async () => {
    const issued = ["chain", "issue", "70", wallet, "--twice", "--reference", "a", ...line];
    const { transaction } = await run<{ transaction: string }>(...issued);
    expect(await run(...issued)).toMatchObject({ transaction });
    await run("chain", "lose", transaction, ...line);
    await run("chain", "mine", ...line);
    await run("chain", "find", transaction, ...line);
    expect(await run("chain", "mine", "2", ...line)).toEqual({ ok: true, height: 3 });
    await run("chain", "reorganize", "2", "--without", transaction, ...line);
    await run("chain", "find", transaction, ...line);
    await run("chain", "mine", ...line);
    const asked = ["chain", "show", "--wallet", wallet, "--transaction", transaction, ...line];
    expect(await run(...asked)).toEqual({
      ...{ ok: true, height: 5, wallets: [{ wallet, balance: "140" }] },
      transactions: [{ id: transaction, confirmations: 1 }],
    });
  });

  it.each([
    ["usage", ["issue", "0", "sim1"]],
    ["usage", ["issue", "1.5", "sim1"]],
    ["chain-address-wrong", ["issue", "70", "sim1"]],
    ["transaction-unknown", ["lose", "ff"]],
  ])("refuses by name: %s", async (name, args) => {
    expect(await refusal("chain", ...args, ...line)).toBe(name);
  });

  it("says when nobody answers", async () => {
    const nobody = ["chain", "mine", "--socket", file("nobody.sock")];
    expect(await refusal(...nobody)).toBe("chain-unreachable");
  });
});

describe("wallets on the command line", () => {
  it("are refused by what is wrong with their file", async () => {
    writeFileSync(file("wallets.json"), "{}");
    expect(await refusal("wallets", "--wallets", file("wallets.json"))).toBe("wallets-invalid");
    expect(await refusal("wallets", "--wallets", file("none.json"))).toBe("wallets-invalid");
  });

  it("are shown beside what is owed, with what should be moved", async () => {
    const hot = { name: "hot", tier: "hot", address: wallet, key: "hot", least: "200" } as const;
    const cold = { name: "cold", tier: "cold", address: wallet } as const;
    const sums = { owed: "100", withdrawing: "1", house: "2", issued: "0", held: "0", dust: "3" };
    const owed = [{ asset: "BTC", ...sums }];
    const report = await segregationOf(
      { asset: "BTC", chain: "", wallets: [hot, cold] },
      { owed, moved: [], chain },
    );
    const text = renderWallets([report], demoTerms.assets);
    expect(text).toContain("beyond what is due 0.00000175");
    expect(text).toContain("0.0000006 from cold to hot, by whoever has the key of cold");
  });
});
