/**
 * Goal: the simulated chain keeps to what a custodian relies on, at the end of a line, too, and
 * does on demand what chains do when nobody wants it.
 */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FileKeystore } from "../signing/file-keystore.ts";
import type { Signer } from "../signing/signer.ts";
import { tagged, walletOfKey } from "./address.ts";
import { chainConformance } from "./chain.conformance.ts";
import type { ChainAct } from "./chain-act.ts";
import { openKeptChain } from "./chain-journal.ts";
import { ChainLine, serveChain } from "./chain-line.ts";
import { SimulatedChain } from "./simulated-chain.ts";
import { nonceOf, signTransfer } from "./transfer.ts";

const folder = mkdtempSync(join(tmpdir(), "outcry-chain-"));
const file = (name: string): string => join(folder, name);
let pair: readonly [Signer, Signer];

beforeAll(async () => {
  writeFileSync(file("passphrase"), "not a secret\n", { mode: 0o600 });
  const place = { folder: file("keys"), passphraseFile: file("passphrase") };
  const keys = new FileKeystore(place);
  pair = [await keys.create("one"), await keys.create("two")];
});
afterAll(() => rmSync(folder, { recursive: true }));

const signers = async () => pair;
let nonces = 0;
const issueOf = (outputs: readonly { address: string; amount: string }[]) => ({
  ...{ kind: "issue", nonce: nonceOf(`issue ${String((nonces += 1))}`) },
  outputs: [...outputs],
});

describe("a simulated chain", () => {
  chainConformance(async () => {
    const chain = new SimulatedChain();
    return {
      chain,
      issue: async (outputs) => takenBy(chain.act(issueOf(outputs) as ChainAct)),
      mine: async (blocks) => void chain.act({ kind: "mine", blocks }),
    };
  }, signers);
});

describe("a line to a simulated chain", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  chainConformance(async () => {
    const path = file(`line-${String((nonces += 1))}.sock`);
    servers.push(await serveChain(path, new SimulatedChain()));
    const chain = new ChainLine(path);
    return {
      chain,
      issue: async (outputs) => takenBy(await chain.act(issueOf(outputs) as ChainAct)),
      mine: async (blocks) => void (await chain.act({ kind: "mine", blocks })),
    };
  }, signers);

  it("says that nobody answers", async () => {
    const line = new ChainLine(file("nobody.sock"));
    await expect(line.height()).rejects.toMatchObject({
      code: "chain-unreachable",
      disposition: "retry",
    });
  });
});

function takenBy(result: { readonly kind: string; readonly transaction?: string }): string {
  expect(result.kind).toBe("taken");
  return result.transaction ?? "";
}

describe("what chains do when nobody wants it", () => {
  let chain: SimulatedChain;
  let wallet: string;
  let there: string;
  beforeEach(() => {
    chain = new SimulatedChain();
    [wallet, there] = [walletOfKey(pair[0].publicKey), walletOfKey(pair[1].publicKey)];
    issue(wallet, "1000");
    mine(1);
  });

  const issue = (address: string, amount: string): string =>
    takenBy(chain.act(issueOf([{ address, amount }]) as ChainAct));
  const mine = (blocks: number) => chain.act({ kind: "mine", blocks });
  const deep = async (...ids: readonly string[]) => chain.confirmations(ids);
  const pay = async (nonce: string, amount: string) => {
    const outputs = [{ address: there, amount }];
    const transfer = await signTransfer(pair[0], { nonce: nonceOf(nonce), outputs });
    return { transfer, transaction: takenBy(await chain.submit(transfer)) };
  };

  it("a block is displaced, and what was in it comes back in another", async () => {
    const { transaction } = await pay("a", "300");
    mine(3);
    expect(await deep(transaction)).toEqual([3]);
    chain.act({ kind: "reorganize", depth: 3, without: [] });
    expect([await deep(transaction), await chain.height()]).toEqual([[4], 5]);
    expect(await chain.balances([wallet, there])).toEqual(["700", "300"]);
  });

  it("a transaction is displaced, is in no block, and is found again or sent again", async () => {
    const { transaction, transfer } = await pay("a", "300");
    mine(2);
    chain.act({ kind: "reorganize", depth: 2, without: [transaction] });
    mine(5);
    expect(await deep(transaction)).toEqual([0]);
    expect(await chain.balances([wallet, there])).toEqual(["1000", "0"]);
    chain.act({ kind: "find", transaction });
    await chain.submit(transfer);
    mine(1);
    expect(await deep(transaction)).toEqual([1]);
    expect(await chain.balances([wallet, there])).toEqual(["700", "300"]);
  });

  it("a transaction is lost before its block, and mined when it is found", async () => {
    const { transaction } = await pay("a", "300");
    chain.act({ kind: "lose", transaction });
    mine(4);
    expect(await deep(transaction)).toEqual([0]);
    expect(chain.act({ kind: "find", transaction }).kind).toBe("done");
    mine(1);
    expect(await deep(transaction)).toEqual([1]);
    expect(chain.act({ kind: "find", transaction }).kind).toBe("unknown");
  });

  it("a payment waits while a reorganisation has taken away what it is paid from", async () => {
    const fed = issue(wallet, "500");
    mine(1);
    const { transaction } = await pay("a", "1400");
    mine(1);
    chain.act({ kind: "reorganize", depth: 2, without: [fed] });
    expect(await deep(fed, transaction)).toEqual([0, 0]);
    chain.act({ kind: "find", transaction: fed });
    mine(1);
    expect(await deep(fed, transaction)).toEqual([1, 0]);
    mine(1);
    expect(await deep(transaction)).toEqual([1]);
    expect(chain.total()).toBe(1500n);
  });

  it("dust comes, and the same amount twice", async () => {
    const mark = await chain.height();
    const address = tagged(wallet, "demo");
    chain.act(issueOf([{ address, amount: "1" }]) as ChainAct);
    const twice = issueOf([
      { address, amount: "70" },
      { address, amount: "70" },
    ]) as ChainAct;
    chain.act(twice);
    mine(1);
    // What was issued is not issued again.
    chain.act(twice);
    mine(1);
    const seen = await chain.outputsAbove(mark, [wallet]);
    expect(seen.map(({ amount, output }) => [amount, output])).toEqual([
      ["1", 0],
      ["70", 0],
      ["70", 1],
    ]);
    expect(await chain.balances([wallet])).toEqual(["1141"]);
  });
});

describe("the journal of a chain", () => {
  it("makes the same chain again, without a line that was cut off", async () => {
    const path = file("chain.jsonl");
    const wallet = walletOfKey(pair[0].publicKey);
    {
      using kept = openKeptChain(path);
      kept.chain.act(issueOf([{ address: wallet, amount: "9" }]) as ChainAct);
      kept.chain.act({ kind: "mine", blocks: 2 });
    }
    appendFileSync(path, '{"kind":"mi');
    for (const height of [3, 4]) {
      using kept = openKeptChain(path);
      kept.chain.act({ kind: "mine", blocks: 1 });
      expect([await kept.chain.height(), await kept.chain.balances([wallet])]).toEqual([
        height,
        ["9"],
      ]);
    }
    appendFileSync(path, '{"kind":"mine","blocks":-1}\n');
    expect(() => openKeptChain(path)).toThrow("line 5 is no act");
  });
});
