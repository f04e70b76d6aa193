import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { actorOf, shardOf } from "./actor.ts";

describe("an actor on the command line", () => {
  it("is an account or a book by its address", () => {
    for (const text of ["account/demo", "book/BTC-USDT"]) expect(actorOf(text)).toBe(text);
  });

  it("is nothing else", () => {
    for (const text of ["demo", "BTC-USDT", "account/", "book/btc", "governor", "account/a b"]) {
      expect(() => actorOf(text)).toThrow(InvalidArgumentError);
    }
  });
});

describe("a shard on the command line", () => {
  it("is a number from 0", () => {
    expect(["0", "12"].map(shardOf)).toEqual([0, 12]);
    for (const text of ["", "-1", "1.5", "x", "1000"]) {
      expect(() => shardOf(text)).toThrow(InvalidArgumentError);
    }
  });
});
