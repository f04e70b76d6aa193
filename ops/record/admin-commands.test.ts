/** Goal: what administrators did is listed once, with who, why, who agreed and what came of it. */
import { beforeEach, describe, expect, it } from "vitest";
import { openVenue } from "../../actors/testing/trading-day.ts";
import type { TestVenue } from "../../actors/testing/test-venue.ts";
import { KillScope } from "../../protocols/index.ts";
import { AdministrativeActs } from "./admin-commands.ts";

let venue: TestVenue;

beforeEach(() => {
  venue = openVenue(2);
});

/** As `command of target: author, reason; agreed; outcome`. */
function acts(kinds: RegExp): readonly string[] {
  const heard = new AdministrativeActs([]);
  for (const [shard, log] of venue.logs.entries()) {
    for (const [index, entry] of log.entries()) {
      heard.hear(shard, entry, venue.steps[shard]![index]!);
    }
  }
  return heard
    .all()
    .filter(({ command }) => kinds.test(command))
    .map(({ command, target, author, reason, approvals, outcome }) => {
      const who = [author, reason].filter((text) => text !== "").join(", ");
      return [`${command} ${target}`, who, approvals.join("+"), outcome].join("; ");
    });
}

describe("what administrators did", () => {
  it("is what opened the venue, by whomever the log does not say", () => {
    expect(acts(/add-asset/)).toContain("add-asset COIN; ; ; done");
    expect(acts(/open-account/)).toContain("open-account alice; ; ; done");
    expect(acts(/list-instrument/).length).toBe(3);
    expect(acts(/deposit/)[0]).toMatch(/^deposit alice, \d+ APPLE, .*; ; ; done$/);
  });

  it("has who and why of ordinary commands, where the log says so", () => {
    const attribution = { author: "ann", reason: "as agreed" };
    const credit = { account: "bob", asset: "COIN", amount: 7, reference: "gift" } as const;
    venue.send({ kind: "deposit", ...credit, ...attribution });
    venue.send({
      kind: "publish-mark-price",
      symbol: "APPLE-COIN",
      price: 50,
      author: "ann",
      reason: "",
    });
    venue.drain();
    expect(acts(/deposit/).at(-1)).toBe("deposit bob, 7 COIN, gift; ann, as agreed; ; done");
    expect(acts(/mark/)).toEqual(["publish-mark-price APPLE-COIN, 50 ticks; ann; ; done"]);
  });

  it("has amounts as people write them", () => {
    const deposit = { account: "bob", asset: "CENT", reference: "gift" } as const;
    venue.send({ kind: "add-asset", asset: "CENT", decimals: 2, author: "", reason: "" });
    venue.drain();
    venue.send({ kind: "deposit", ...deposit, amount: 1250, author: "", reason: "" });
    venue.drain();
    expect(acts(/deposit/).at(-1)).toBe("deposit bob, 12.5 CENT, gift; ; ; done");
  });

  it("has who and why, and why it was not done", () => {
    const symbol = "APPLE-COIN";
    venue.send({ kind: "halt-trading", symbol, author: "ann", reason: "stale" });
    venue.send({ kind: "halt-trading", symbol, author: "ben", reason: "stale" });
    venue.send({ kind: "resume-trading", symbol, author: "ann", reason: "fresh" });
    venue.drain();
    expect(acts(/halt|resume/)).toEqual([
      "halt-trading APPLE-COIN; ann, stale; ; done",
      "halt-trading APPLE-COIN; ben, stale; ; already-halted",
      "resume-trading APPLE-COIN; ann, fresh; ; done",
    ]);
  });

  it("has both who prepared a kill switch and who threw it, with the reason of the first", () => {
    const scope = KillScope.account;
    venue.send({ kind: "arm-kill-switch", scope, target: "bob", author: "ann", reason: "mad" });
    venue.send({ kind: "confirm-kill-switch", number: 1, author: "ben" });
    venue.send({ kind: "confirm-kill-switch", number: 7, author: "ben" });
    venue.send({ kind: "release-kill-switch", scope, target: "bob", author: "ann", reason: "ok" });
    venue.drain();
    expect(acts(/kill-switch/)).toEqual([
      "arm-kill-switch account bob; ann, mad; ; done",
      "confirm-kill-switch account bob; ben, mad; ann+ben; done",
      "confirm-kill-switch number 7; ben; ; kill-switch-unknown",
      "release-kill-switch account bob; ann, ok; ; done",
    ]);
  });

  it("has what moved, and what waits for its answer", () => {
    const actor = "account/alice";
    const shard = venue.shards.findIndex((each) => each.account("alice") === undefined);
    venue.send({ kind: "place-actor", actor, shard, author: "ann", reason: "room" });
    const what = `place-actor account/alice to ${shard}; ann, room; `;
    expect(acts(/place-actor/)).toEqual([`${what}; unanswered`]);
    venue.drain();
    expect(acts(/place-actor/)).toEqual([`${what}; done`]);
  });

  it("is told once, however often it arrived", () => {
    const breaker = { levels: [{ basisPoints: 700, haltSeconds: 60 }], author: "ann" } as const;
    venue.send({ kind: "set-market-breaker", symbol: "APPLE-COIN", ...breaker, reason: "rule" });
    const [first] = venue.logs;
    const again = first!.at(-1)!;
    venue.apply(0, again.producer, again.payload);
    venue.drain();
    expect(acts(/breaker/)).toEqual(["set-market-breaker APPLE-COIN; ann, rule; ; done"]);
  });
});
