/**
 * Goal: every account finds itself in the statement, the sums are those of the ledger, and nothing
 * that was tampered with is taken for a proof.
 */
import { createUser } from "@nats-io/nkeys";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { playCrashes } from "../../actors/testing/crashing-day.ts";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import { liabilitiesOf, LiabilitiesUnbalanced } from "./liabilities.ts";
import type { Liabilities } from "./liabilities.ts";
import { MerkleSumTree, rootOf } from "./merkle-sum-tree.ts";
import { checkBook, proveAccount, statementOf, verifyProof } from "./reserves-book.ts";
import type { ReservesBook, ReservesProof } from "./reserves-book.ts";
import { ReservesFault } from "./reserves-fault.ts";
import { checkStatement, signStatement } from "./statement.ts";

const secret = "5e".repeat(32);
const user = createUser();
const signer = user.getPublicKey();
const seed = new TextDecoder().decode(user.getSeed());
const credentials = [
  ...["-----BEGIN NATS USER JWT-----", "a.b.c", "------END NATS USER JWT------", ""],
  ...["-----BEGIN USER NKEY SEED-----", seed, "------END USER NKEY SEED------", ""],
].join("\n");
const at = { cluster: "test", timeUs: 1, shards: [{ shard: 0, sequence: 9, entries: "00" }] };

function bookOf(liabilities: Liabilities): ReservesBook {
  const { statement, accounts } = statementOf(liabilities, secret, at);
  return { statement: signStatement(statement, { credentials, signer }), secret, accounts };
}

const owed = (...amounts: readonly bigint[]): Liabilities => ({
  accounts: amounts.map((amount, at) => ({
    account: `account-${String(at)}`,
    amounts: [["COIN", amount]],
  })),
  sums: [
    {
      ...{ asset: "COIN", owed: amounts.reduce((sum, amount) => sum + amount, 0n), house: 0n },
      ...{ underWay: 0n, issued: 0n, held: 0n },
    },
  ],
});

/** The code that a proof or a book is refused with. */
function fault(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    if (error instanceof ReservesFault) return error.code;
    throw error;
  }
  return "none";
}

describe("liabilities after a day", () => {
  let liabilities: Liabilities;
  let book: ReservesBook;

  beforeAll(() => {
    const day = { seed: 7, shards: 3, moves: 600, deliveryPercent: 50, relocationPercent: 4 };
    const venue = tradeOut({ ...day, feePercent: 6, custodyPercent: 30 });
    liabilities = liabilitiesOf(venue.shards);
    book = bookOf(liabilities);
  });

  it("are what the ledger says came in", () => {
    for (const { owed: all, house, underWay, issued, held } of liabilities.sums) {
      expect(all + house).toBe(issued + held);
      expect(underWay).toBe(0n);
    }
    expect(liabilities.sums.some(({ held }) => held !== 0n)).toBe(true);
  });

  it("are the sums of the statement", () => {
    const { assets } = checkBook(book).statement;
    expect(assets.map(({ asset, total }) => [asset, BigInt(total)])).toEqual(
      liabilities.sums.map((of) => [of.asset, of.owed]),
    );
  });

  it("have every account in them, with all that it has", () => {
    for (const { account, amounts } of liabilities.accounts) {
      const proof = verifyProof(JSON.parse(JSON.stringify(proveAccount(book, account))));
      const proven = proof.assets.map(({ asset, amount }) => [asset, BigInt(amount)]);
      expect(proven.sort()).toEqual([...amounts].sort());
    }
  });

  it("count what isolated positions have to themselves", () => {
    const venue = playCrashes({ seed: 1, shards: 3, moves: 250 }, () => undefined);
    const accounts = venue.shards.flatMap((shard) => [...shard.accounts()]);
    const all = new Map(liabilitiesOf(venue.shards).accounts.map((of) => [of.account, of]));
    let posted = 0n;
    for (const account of accounts) {
      for (const { asset, available, reserved, ...apart } of account.balances()) {
        const [, amount = 0n] = all.get(account.id)?.amounts.find(([of]) => of === asset) ?? [];
        if (account.id.startsWith("fees-")) continue;
        posted += BigInt(apart.posted ?? 0);
        expect(amount).toBe(BigInt(available) + BigInt(reserved) + BigInt(apart.posted ?? 0));
      }
    }
    expect(posted).toBeGreaterThan(0n);
  });

  it("are not stated where a shard is left out", () => {
    const venue = tradeOut({ seed: 7, shards: 3, moves: 50, deliveryPercent: 50 });
    expect(() => liabilitiesOf(venue.shards.slice(0, 2))).toThrow(LiabilitiesUnbalanced);
  });
});

describe("a proof", () => {
  const book = bookOf(owed(5n, 70n, 11n, 2n, 900n));
  const proof = proveAccount(book, "account-1");
  const own = proof.assets[0]!;
  const bent = (change: object): ReservesProof => ({ ...proof, assets: [{ ...own, ...change }] });
  const step = own.path[0]!;

  it("holds", () => {
    expect(verifyProof(proof)).toEqual(proof);
  });

  it.each<[string, string, () => unknown]>([
    ["of another amount", "proof-wrong", () => bent({ amount: "71" })],
    ["of somebody else's leaf", "proof-wrong", () => ({ ...proof, account: "account-2" })],
    ["with another blinding", "proof-wrong", () => bent({ blinding: "00".repeat(32) })],
    ["with a shorter way", "proof-wrong", () => bent({ path: own.path.slice(1) })],
    [
      "with a longer way",
      "proof-wrong",
      () => bent({ path: [...own.path, { ...step, sum: "0" }] }),
    ],
    [
      "with two nodes in each other's place",
      "proof-wrong",
      () => bent({ path: [own.path[1], own.path[0], ...own.path.slice(2)] }),
    ],
    [
      "with a node on the other side",
      "proof-wrong",
      () => {
        const side = step.side === "left" ? "right" : "left";
        return bent({ path: [{ ...step, side }, ...own.path.slice(1)] });
      },
    ],
    [
      "with a sum shifted between two sides",
      "proof-wrong",
      () => bent({ amount: "69", path: [{ ...step, sum: String(BigInt(step.sum) + 1n) }] }),
    ],
    [
      "with a sum below zero",
      "proof-malformed",
      () => bent({ path: [{ ...step, sum: "-1" }, ...own.path.slice(1)] }),
    ],
    [
      "with sums beyond any ledger",
      "proof-wrong",
      () => bent({ path: [{ ...step, sum: "9223372036854775807" }, ...own.path.slice(1)] }),
    ],
    ["of an asset that is not stated", "proof-wrong", () => bent({ asset: "GOLD" })],
    ["of one asset twice", "proof-malformed", () => ({ ...proof, assets: [own, own] })],
    [
      "against another total",
      "statement-forged",
      () => {
        const [stated] = proof.statement.assets;
        const assets = [{ ...stated, total: "1" }];
        return { ...proof, statement: { ...proof.statement, assets } };
      },
    ],
    [
      "by another signer",
      "statement-forged",
      () => {
        const other = createUser().getPublicKey();
        return { ...proof, statement: { ...proof.statement, signer: other } };
      },
    ],
    ["that is none", "proof-malformed", () => ({})],
  ])("is refused: %s", (_, code, make) => {
    const value = make();
    expect(fault(() => verifyProof(value))).toBe(code);
  });

  it("tells of others no names and nothing to find them by", () => {
    const told = JSON.stringify(proof.assets);
    const others = book.accounts
      .map(({ account }) => account)
      .filter((name) => name !== "account-1");
    for (const name of others) expect(told).not.toContain(name);
    expect(own.path.map((of) => Object.keys(of).sort())).toEqual(
      own.path.map(() => ["hash", "side", "sum"]),
    );
  });

  it("cannot be made for who is left out, nor for another statement", () => {
    expect(fault(() => proveAccount(book, "zoe"))).toBe("account-unknown");
    const without = bookOf(owed(5n));
    expect(fault(() => verifyProof({ ...proof, statement: without.statement }))).toBe(
      "proof-wrong",
    );
  });

  it("is of a statement that says the same of all it signs", () => {
    const { statement } = book;
    expect(checkStatement(statement)).toEqual(statement);
    expect(fault(() => checkStatement({ ...statement, timeUs: 2 }))).toBe("statement-forged");
    expect(fault(() => checkStatement({ ...statement, cluster: "other" }))).toBe(
      "statement-forged",
    );
  });
});

describe("a statement", () => {
  const stated = (asset: string) => ({
    ...{ asset, root: "ab".repeat(32), total: "70", leaves: 3, underWay: "0" },
  });
  const signed = signStatement(
    { version: 1, ...at, assets: [stated("COIN"), stated("GOLD")] },
    { credentials, signer },
  );

  it("keeps no asset back in what is said of a shard, where the signature is the same", () => {
    expect(fault(() => checkStatement(signed))).toBe("none");
    const [coin, gold] = signed.assets;
    const [shard] = signed.shards;
    const hidden = `asset ${coin!.asset} ${coin!.root} ${coin!.total} ${coin!.leaves} 0`;
    const entries = `${shard!.entries}\n${hidden}`;
    const bent = { ...signed, shards: [{ ...shard, entries }], assets: [gold] };
    expect(fault(() => checkStatement(bent))).toBe("statement-malformed");
  });

  it("states each asset once", () => {
    const twice = signStatement(
      { version: 1, ...at, assets: [stated("COIN"), { ...stated("COIN"), total: "1" }] },
      { credentials, signer },
    );
    expect(fault(() => checkStatement(twice))).toBe("statement-malformed");
  });
});

describe("a tree of sums", () => {
  const leaf = (sum: bigint, at: number) => ({ hash: String(at).padStart(64, "0"), sum });

  it("leads from each leaf to the root, whatever their number", () => {
    const amounts = fc.array(fc.bigInt(0n, 2n ** 50n), { minLength: 1, maxLength: 40 });
    const property = fc.property(amounts, (sums) => {
      const leaves = sums.map(leaf);
      const tree = new MerkleSumTree(leaves);
      expect(tree.root.sum).toBe(sums.reduce((all, sum) => all + sum));
      for (const [at, of] of leaves.entries())
        expect(rootOf(of, tree.pathOf(at))).toEqual(tree.root);
    });
    fc.assert(property, { numRuns: 100 });
  });

  it("has no leaf of less than nothing", () => {
    expect(() => new MerkleSumTree([leaf(-1n, 0), leaf(5n, 1)])).toThrow(RangeError);
  });
});
