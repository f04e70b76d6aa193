import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shardsMax } from "./identifiers.ts";
import { InvariantViolation } from "./assert.ts";
import {
  governorShard,
  Placement,
  shardOfAccount,
  shardOfInstrument,
  shardOfMessage,
} from "./placement.ts";
import type { Message } from "./messages.ts";
import { messageExamples, messageKinds } from "./testing/messages.ts";

const accounts = Array.from({ length: 30_000 }, (_, number) => `account-${String(number)}`);

describe("placement", () => {
  it("is the same for ever: these actors were placed so when the rule was made", () => {
    const shardCounts = [1, 2, 3, 7, 512];
    const places = ["demo", "alice", "bob", "mm-1", "a"].map((account) =>
      [account, ...shardCounts.map((shards) => shardOfAccount(account, shards))].join(" "),
    );
    expect(places).toMatchInlineSnapshot(`
      [
        "demo 0 1 2 2 114",
        "alice 0 1 1 1 217",
        "bob 0 0 0 0 501",
        "mm-1 0 0 0 0 459",
        "a 0 1 1 4 346",
      ]
    `);
    const books = ["BTC-USDT", "ETH-USDT", "ETH-BTC"].map((symbol) =>
      [symbol, ...shardCounts.map((shards) => shardOfInstrument(symbol, shards))].join(" "),
    );
    expect(books).toMatchInlineSnapshot(`
      [
        "BTC-USDT 0 0 0 5 85",
        "ETH-USDT 0 0 0 3 39",
        "ETH-BTC 0 0 0 0 349",
      ]
    `);
  });

  it("spreads accounts evenly", () => {
    for (const shards of [2, 3, 5, 16]) {
      const counts = Array.from({ length: shards }, () => 0);
      for (const account of accounts) counts[shardOfAccount(account, shards)]! += 1;
      const even = accounts.length / shards;
      for (const count of counts) {
        expect(Math.abs(count - even)).toBeLessThan(5 * Math.sqrt(even));
      }
    }
  });

  it("moves only to a shard that is added, and a fair part", () => {
    for (const shards of [1, 2, 3, 8]) {
      let moved = 0;
      for (const account of accounts) {
        const before = shardOfAccount(account, shards);
        const after = shardOfAccount(account, shards + 1);
        if (after === before) continue;
        expect(after).toBe(shards);
        moved += 1;
      }
      const fair = accounts.length / (shards + 1);
      expect(Math.abs(moved - fair)).toBeLessThan(5 * Math.sqrt(fair));
    }
  });

  it("is always a shard that there is", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: shardsMax }), (text, shards) => {
        const shard = shardOfAccount(text, shards);
        expect(Number.isInteger(shard) && shard >= 0 && shard < shards).toBe(true);
      }),
    );
  });

  it("needs a shard", () => {
    expect(() => shardOfAccount("demo", 0)).toThrow(InvariantViolation);
  });
});

describe("a message", () => {
  const shards = 5;

  it("goes where its actor lives", () => {
    const places = Object.fromEntries(
      messageKinds.map((kind) => [
        kind,
        shardOfMessage(messageExamples[kind], Placement.founding(shards)),
      ]),
    );
    const account = shardOfAccount("demo", shards);
    const book = shardOfInstrument("BTC-USDT", shards);
    expect(account).not.toBe(book);
    const expected: Record<Message["kind"], number | undefined> = {
      "place-order": account,
      "place-order-list": account,
      "cancel-order": account,
      "cancel-and-place": account,
      "replace-order": account,
      "cancel-all-orders": account,
      "mass-quote": account,
      "order-rested": account,
      "order-filled": account,
      "instruct-settlement": account,
      "post-settlement": account,
      "apply-margin-account": account,
      "cover-deficit": account,
      "set-margin-mode": account,
      "add-margin": account,
      "remove-margin": account,
      "make-good-deficit": account,
      "pay-liquidation-fee": account,
      "offer-position": account,
      "answer-offer": account,
      deleverage: account,
      "deleverage-dealt": account,
      "order-triggered": account,
      "order-repriced": account,
      "order-prevented": account,
      "order-removed": account,
      "order-refused": account,
      "order-replaced": account,
      "change-refused": account,
      "create-account": account,
      "block-account": account,
      "credit-deposit": account,
      "apply-account-fees": account,
      "apply-fail-permission": account,
      "request-withdrawal": account,
      "cancel-withdrawal": account,
      "allow-address": account,
      "forget-address": account,
      "release-withdrawal": account,
      "refuse-withdrawal": account,
      "advance-withdrawal": account,
      "submit-order": book,
      "submit-cancel": book,
      "submit-replace": book,
      "set-phase": book,
      "watch-index": book,
      "publish-mark-price": book,
      "publish-index-price": book,
      "deleverage-wanted": book,
      "positions-ranked": book,
      deleveraged: book,
      "add-asset": governorShard,
      "list-instrument": governorShard,
      "open-account": governorShard,
      deposit: governorShard,
      "halt-trading": governorShard,
      "resume-trading": governorShard,
      "arm-kill-switch": governorShard,
      "confirm-kill-switch": governorShard,
      "release-kill-switch": governorShard,
      "set-market-breaker": governorShard,
      "breaker-moved": governorShard,
      "ticket-served": governorShard,
      "place-actor": governorShard,
      "add-shard": governorShard,
      "set-approval-policy": governorShard,
      "set-fee-schedule": governorShard,
      "set-account-fees": governorShard,
      "set-fail-permission": governorShard,
      "set-custody-policy": governorShard,
      "assign-deposit-address": governorShard,
      "report-deposit": governorShard,
      "propose-sweep": governorShard,
      "release-sweep": governorShard,
      "advance-sweep": governorShard,
      "withdrawal-settled": governorShard,
      "set-risk-limits": governorShard,
      "set-risk-group": governorShard,
      "set-margin-account": governorShard,
      "set-settlement-cycle": governorShard,
      "clear-trade": governorShard,
      "settlement-confirmed": governorShard,
      "announce-asset": 1,
      "announce-instrument": 1,
      "announce-venue-halt": 1,
      "announce-placement": 1,
      "announce-shard": 1,
      "announce-pins": 2,
      "announce-approval-policy": 2,
      "announce-fee-schedule": 1,
      "announce-settlement-cycle": 1,
      "announce-contract": 1,
      "rank-positions": 1,
      "announce-custody-policy": 1,
      "announce-risk-limits": 1,
      "announce-risk-group": 2,
      "announce-price": 1,
      "mark-channel": 1,
      "hand-over": 1,
      "take-over": 1,
      "forward-reply": 1,
      "form-shard": undefined,
      "claim-emitter": undefined,
      "set-nodes": undefined,
      tick: undefined,
      checkpoint: undefined,
      "activate-logic": undefined,
    };
    expect(places).toEqual(expected);
  });

  it("of a kind that there is not goes nowhere", () => {
    const message = { kind: "fly" } as unknown as Message;
    expect(() => shardOfMessage(message, Placement.founding(shards))).toThrow(InvariantViolation);
  });
});
