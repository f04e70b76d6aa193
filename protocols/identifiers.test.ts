import { describe, expect, it } from "vitest";
import { isActorAddress } from "./actor-address.ts";
import { InvariantViolation } from "./assert.ts";
import {
  feeAccountOf,
  identifierPatterns,
  idOnShard,
  isAccountId,
  isAssetId,
  isClientOrderId,
  isNodeProducer,
  isParticipantId,
  isProducerId,
  isQuoteId,
  isReservedAccount,
  isShardProducer,
  isSymbol,
  producerOfShard,
  shardOfId,
  shardsMax,
} from "./identifiers.ts";

const validators = {
  isActorAddress,
  isAccountId,
  isAssetId,
  isClientOrderId,
  isProducerId,
  isQuoteId,
  isSymbol,
};

describe("an identifier", () => {
  it("is what participants are told it looks like", () => {
    expect(["demo", "a", "7", "mm-1", "x".repeat(31)].every(isAccountId)).toBe(true);
    expect(["BTC-USDT", "X", "1INCH-BTC", "A".repeat(24)].every(isSymbol)).toBe(true);
    expect(["USDT", "B", "1INCH", "A".repeat(16)].every(isAssetId)).toBe(true);
    expect(["a", "A_b:c-9", "0b5f1c9e-6d1a-4c57-9a52-2f3f8f0e9f6d"].every(isClientOrderId)).toBe(
      true,
    );
    expect(["q", "A_b:c-9", "q".repeat(32)].every(isQuoteId)).toBe(true);
    expect(["", "acme", "x".repeat(31)].every(isParticipantId)).toBe(true);
    expect(["ACME", "a.b", "x".repeat(32)].some(isParticipantId)).toBe(false);
    expect(["gw", "gateway-1", "node-e1", "shard-0"].every(isProducerId)).toBe(true);
  });

  it("has a length that fits a subject and a row", () => {
    expect(isAccountId("x".repeat(32))).toBe(false);
    expect(isSymbol("A".repeat(25))).toBe(false);
    expect(isAssetId("A".repeat(17))).toBe(false);
    expect(isClientOrderId("a".repeat(37))).toBe(false);
    expect(isProducerId("x".repeat(32))).toBe(false);
    expect(isQuoteId("q".repeat(33))).toBe(false);
    for (const is of Object.values(validators)) expect(is("")).toBe(false);
  });

  it("holds nothing that a subject, a path or a terminal could trip over", () => {
    const hostile = [
      "*",
      ">",
      "a.b",
      "A.B",
      ".",
      "..",
      "a b",
      "A B",
      " A",
      "A ",
      "a\tb",
      "A\n",
      "a\n",
      "\na",
      "a\r\nPUB x 1",
      "a\0",
      "A\u0000",
      "a/b",
      "..\\A",
      "é",
      "Ａ",
      "а", // Cyrillic, looks like a Latin a.
      "\u202eA",
      "A\u200b",
      "$JS",
      "%2e",
      "A;B",
      "'A'",
    ];
    for (const [name, is] of Object.entries(validators)) {
      for (const text of hostile) expect([name, text, is(text)]).toEqual([name, text, false]);
    }
  });

  it("begins with a letter or digit where it may name a file or an option", () => {
    for (const is of [isAccountId, isProducerId]) expect(is("-a")).toBe(false);
    for (const is of [isSymbol, isAssetId]) expect(is("-A")).toBe(false);
  });

  it("is checked by the very patterns that are published", () => {
    expect(Object.keys(identifierPatterns)).toHaveLength(Object.keys(validators).length);
    expect(new RegExp(identifierPatterns.accountId).test("demo")).toBe(isAccountId("demo"));
    expect(new RegExp(identifierPatterns.symbol).test("demo")).toBe(isSymbol("demo"));
    expect(new RegExp(identifierPatterns.assetId).test("BTC")).toBe(isAssetId("BTC"));
    expect(new RegExp(identifierPatterns.clientOrderId).test("_")).toBe(isClientOrderId("_"));
    expect(new RegExp(identifierPatterns.producerId).test("gw")).toBe(isProducerId("gw"));
  });
});

describe("the numbers of orders and trades", () => {
  it("are different on every shard and name it", () => {
    expect([idOnShard(0, 1), idOnShard(0, 2)]).toEqual([1, 2]);
    expect(idOnShard(1, 1)).toBe(2 ** 44 + 1);
    expect(shardOfId(idOnShard(0, 2 ** 44 - 1))).toBe(0);
    expect(shardOfId(idOnShard(7, 1))).toBe(7);
    expect(shardOfId(idOnShard(shardsMax - 1, 2 ** 44 - 1))).toBe(shardsMax - 1);
  });

  it("are counted exactly to the last one", () => {
    expect(Number.isSafeInteger(idOnShard(shardsMax - 1, 2 ** 44 - 1))).toBe(true);
  });

  it("do not run over into another shard's", () => {
    expect(() => idOnShard(0, 2 ** 44)).toThrow(InvariantViolation);
    expect(() => idOnShard(0, 0)).toThrow(InvariantViolation);
    expect(() => idOnShard(shardsMax, 1)).toThrow(InvariantViolation);
    expect(() => idOnShard(-1, 1)).toThrow(InvariantViolation);
    expect(() => shardOfId(0)).toThrow(InvariantViolation);
    expect(() => shardOfId(0.5)).toThrow(InvariantViolation);
  });
});

describe("reserved names", () => {
  it("tell shards and nodes from gateways", () => {
    expect(isShardProducer(producerOfShard(12))).toBe(true);
    expect(["shard-", "shard-x", "shard-1x", "xshard-1", "gateway"].some(isShardProducer)).toBe(
      false,
    );
    expect(isNodeProducer("node-e1")).toBe(true);
    expect(["node", "gw-node-1", "shard-0"].some(isNodeProducer)).toBe(false);
    expect(isProducerId(producerOfShard(shardsMax))).toBe(true);
  });

  it("keep the accounts of the exchange from participants", () => {
    expect(isReservedAccount(feeAccountOf(0))).toBe(true);
    expect(isReservedAccount("admin")).toBe(true);
    expect(["fees", "fees-x", "fees-1a", "administrator"].some(isReservedAccount)).toBe(false);
    expect(isAccountId(feeAccountOf(shardsMax))).toBe(true);
  });
});
