/**
 * Goal: a file of wallets is what it has to be or is refused by what is wrong with it, and what
 * should be moved between wallets follows from their bounds.
 */
import { describe, expect, it } from "vitest";
import { walletOfKey } from "./chain/address.ts";
import { SimulatedChain } from "./chain/simulated-chain.ts";
import { segregationCsv, segregationOf } from "./segregation-report.ts";
import { sweepsFor } from "./sweeps.ts";
import { testSigner } from "./testing/custody-world.ts";
import { checkWallets } from "./wallets.ts";
import type { Wallet } from "./wallets.ts";

const [hotAddress, warmAddress, coldAddress] = [1, 2, 3].map((fill) =>
  walletOfKey(testSigner(fill).publicKey),
) as [string, string, string];
const hot: Wallet = {
  ...{ name: "hot", tier: "hot", address: hotAddress, key: "hot", least: "100", most: "300" },
};
const warm: Wallet = {
  ...{ name: "warm", tier: "warm", address: warmAddress, key: "warm", least: "50", most: "500" },
};
const cold: Wallet = { name: "cold", tier: "cold", address: coldAddress };
const keystore = { folder: "keys", passphraseFile: "passphrase" };
const fileOf = (...wallets: readonly object[]) => ({
  ...{ venue: "outcry", keystore, assets: [{ asset: "BTC", chain: "chain.sock", wallets }] },
});

describe("a file of wallets", () => {
  it("is taken as it is", () => {
    expect(checkWallets(fileOf(hot, warm, cold), "file")).toEqual(fileOf(hot, warm, cold));
  });

  it.each<[string, unknown, RegExp]>([
    ["nothing", null, /file: it /],
    ["no venue", { ...fileOf(hot), venue: "" }, /venue/],
    ["more than there is", { ...fileOf(hot), more: 1 }, /more|additional/],
    ["no wallets", fileOf(), /wallets/],
    ["another tier", fileOf({ ...hot, tier: "tepid" }), /tier/],
    ["a negative bound", fileOf({ ...hot, least: "-1" }), /least/],
    ["a bound of a fraction", fileOf({ ...hot, most: "1.5" }), /most/],
    ["no hot wallet", fileOf(cold), /one hot wallet/],
    ["two hot wallets", fileOf(hot, { ...hot, name: "hot-2", address: warmAddress }), /one hot/],
    ["a hot wallet without a key", fileOf({ ...cold, tier: "hot" }), /without a key/],
    ["a mistyped address", fileOf({ ...hot, address: `${hotAddress.slice(0, -1)}x` }), /address/],
    ["a tag", fileOf({ ...hot, address: `${hotAddress}:demo` }), /address/],
    ["bounds the wrong way round", fileOf({ ...hot, least: "301" }), /more of hot/],
    ["a name twice", fileOf(hot, { ...cold, name: "hot" }), /name twice/],
    ["an address twice", fileOf(hot, { ...cold, address: hotAddress }), /address twice/],
    [
      "an asset twice",
      { ...fileOf(hot), assets: [...fileOf(hot).assets, ...fileOf(hot).assets] },
      /asset is there twice/,
    ],
  ])("is refused: %s", (_, file, message) => {
    expect(() => checkWallets(file, "file")).toThrow(message);
  });
});

describe("what should be moved", () => {
  const moves = (...balances: readonly [hot: number, warm: number, cold: number]) =>
    sweepsFor(
      [hot, warm, cold].map((wallet, at) => ({ wallet, balance: BigInt(balances[at] ?? 0) })),
    ).map(({ from, to, amount }) => `${String(amount)} ${from} ${to}`);

  it.each<[string, [number, number, number], string[]]>([
    ["nothing within the bounds", [100, 50, 0], []],
    ["nothing at the bounds", [300, 500, 9], []],
    ["what is too much, to warm, back to the middle", [301, 60, 0], ["101 hot warm"]],
    ["what warm has no room for, to cold", [301, 450, 0], ["50 hot warm", "51 hot cold"]],
    ["what is missing, from warm", [99, 400, 9], ["101 warm hot"]],
    ["what warm cannot spare, from cold", [0, 60, 9000], ["10 warm hot", "190 cold hot"]],
    ["as much as there is", [0, 0, 70], ["70 cold hot"]],
    ["nothing where there is none", [0, 0, 0], []],
    ["from warm what is too much there", [200, 501, 0], ["226 warm cold"]],
  ])("is %s", (_, balances, expected) => {
    expect(moves(...balances)).toEqual(expected);
  });

  it("names the key that signs it, where there is one", () => {
    const filled = [
      { wallet: hot, balance: 0n },
      { wallet: cold, balance: 900n },
    ];
    expect(sweepsFor(filled)).toEqual([
      { from: "cold", to: "hot", amount: 200n, why: "below-least", key: undefined },
    ]);
  });
});

describe("segregation", () => {
  it("holds what is owed against what wallets have", async () => {
    const chain = new SimulatedChain();
    const outputs = [
      { address: hotAddress, amount: "400" },
      { address: coldAddress, amount: "600" },
    ];
    chain.act({ kind: "issue", nonce: "ab".repeat(32), outputs });
    chain.act({ kind: "mine", blocks: 1 });
    const owed = {
      owed: "990",
      withdrawing: "5",
      house: "7",
      issued: "900",
      held: "97",
      dust: "4",
    };
    const wallets = { asset: "BTC", chain: "", wallets: [hot, cold] };
    const report = await segregationOf(wallets, {
      ...{ owed: [{ asset: "BTC", ...owed }], chain },
      moved: [{ asset: "BTC", wallet: "cold", swept: "30", arriving: "0", leaving: "0" }],
    });
    expect(report).toMatchObject({ onChain: "1000", difference: "-1", ...owed });
    expect(report.sweeps).toEqual([
      { from: "hot", to: "cold", amount: "200", why: "above-most", key: "hot" },
    ]);
    expect(segregationCsv([report]).split("\r\n")).toEqual([
      "asset,side,of,units",
      ...Object.entries(owed).map(([of, units]) => `BTC,ledger,${of},${units}`),
      ...["BTC,wallet,hot,400", "BTC,wallet,cold,600"],
      ...["BTC,swept,hot,0", "BTC,swept,cold,30"],
      ...["BTC,sum,on-chain,1000", "BTC,sum,difference,-1", "BTC,sweep,hot to cold,200", ""],
    ]);
  });
});
