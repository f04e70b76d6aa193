import { expect, it } from "vitest";
import { applePerpetual } from "../../actors/testing/contracts.ts";
import { apples } from "../../actors/testing/instruments.ts";
import { orderIn } from "../../actors/testing/order-words.ts";
import { TestVenue } from "../../actors/testing/test-venue.ts";
import { Approvers } from "../../actors/testing/approving.ts";
import { MarginMode, RejectReason } from "../../protocols/index.ts";
import type { Command } from "../../protocols/index.ts";
import { messageExamples } from "../../protocols/testing/messages.ts";
import { HistoryBatch } from "./history-batch.ts";
import { Positions } from "./positions.ts";
import { ShardHistorian } from "./shard-historian.ts";

it("has no rows of what only shards may say and a gateway said", () => {
  const venue = new TestVenue();
  venue.open("alice");
  const batch = new HistoryBatch();
  const historian = new ShardHistorian(venue.first, batch, new Positions());
  historian.begin();
  const messages = [
    { ...messageExamples["create-account"], account: "alice" },
    { ...messageExamples["create-account"], account: "nobody" },
    { ...messageExamples["block-account"], account: "alice" },
    messageExamples["announce-asset"],
  ];
  venue.append(0, "gw", messages);
  historian.endStep();
  historian.turn(new HistoryBatch());
  const reasons = [...venue.replies.values()].flat().map(({ rejectReason }) => rejectReason);
  const refused = RejectReason["command-not-permitted"];
  expect(reasons.slice(-messages.length)).toEqual(messages.map(() => refused));
  expect(batch.rowCount).toBe(0);
});

function rowsIn({ added }: HistoryBatch): readonly string[] {
  const bytes = Buffer.concat(added.admin_actions.pieces());
  return bytes.toString().split("\n").slice(0, -1);
}

it("tells with what an administrator commanded who has approved of it", () => {
  const venue = new TestVenue();
  const batch = new HistoryBatch();
  const historian = new ShardHistorian(venue.first, batch, new Positions());
  const untilUs = venue.timeUs + 1000;
  const approvals = [new Approvers().approval("ben", untilUs)];
  historian.begin();
  const halt = { kind: "halt-trading", symbol: "", author: "ann", reason: "test" } as const;
  venue.append(0, "gw", [{ ...halt, approvals }, halt]);
  historian.endStep();
  historian.turn(new HistoryBatch());
  const ends = rowsIn(batch).map((row) => row.split("\t").slice(-3));
  const signature = Buffer.from(approvals[0]!.signature).toString("base64url");
  expect(ends).toEqual([
    ['{"symbol":""}', "none", JSON.stringify([{ approver: "ben", untilUs, signature }])],
    ['{"symbol":""}', "already-halted", "[]"],
  ]);
});

it.each([
  ["in cross margin", MarginMode.cross],
  ["isolated", MarginMode.isolated],
] as const)(
  "books of a contract what it brings and no goods, and every unit of it, %s",
  (_, mode) => {
    const venue = new TestVenue();
    const batch = new HistoryBatch();
    const historian = new ShardHistorian(venue.first, batch, new Positions());
    historian.begin();
    const say = (command: Command): void => {
      venue.do(command);
      historian.endStep();
    };
    const why = { author: "ops", reason: "test" };
    const { symbol: perpetual } = applePerpetual;
    let names = 0;
    const trade = (symbol: string, seller: string, buyer: string, price: number): void => {
      for (const [account, verb] of [
        [seller, "sells"],
        [buyer, "buys"],
      ] as const) {
        names += 1;
        const where = { account, symbol, timeUs: venue.timeUs };
        say(orderIn(`${verb} 2 @ ${String(price)} as o${String(names)}`, where)!);
      }
    };
    venue.open("fund").list(apples);
    for (const account of ["alice", "bob"]) venue.open(account, { APPLE: 100, COIN: 10_000 });
    venue.list(applePerpetual);
    for (const account of ["alice", "bob"]) {
      say({ kind: "set-margin-account", account, isMargin: true, ...why });
    }
    if (mode === MarginMode.isolated) {
      say({ kind: "set-margin-mode", account: "bob", symbol: perpetual, mode });
    }
    trade(apples.symbol, "alice", "bob", 1000);
    trade(perpetual, "alice", "bob", 1050);
    venue.timeUs += 3_600_000_000;
    venue.append(0, "node-e1", [{ kind: "tick" }]);
    historian.endStep();
    trade(perpetual, "bob", "alice", 1020);
    trade(perpetual, "alice", "bob", 1020);
    if (mode === MarginMode.isolated) {
      const move = { account: "bob", symbol: perpetual, amount: 100 };
      say({ kind: "add-margin", ...move, reference: "a" });
      say({ kind: "remove-margin", ...move, amount: 30, reference: "r" });
    }
    historian.turn(new HistoryBatch());

    const rows = Buffer.concat(batch.added.ledger_entries.pieces()).toString().trim().split("\n");
    const entries = rows.map((row) => row.split("\t").slice(-6));
    expect(new Set(entries.map(([, , , cause]) => cause))).toEqual(
      new Set(["deposit", "trade", "profit", "funding", ...(mode === 0 ? [] : ["margin"])]),
    );
    for (const account of ["alice", "bob"]) {
      for (const { asset, available, reserved } of venue.first.account(account)!.balances()) {
        const booked = entries.filter(([owner, of]) => owner === account && of === asset);
        const sum = booked.reduce((total, [, , amount]) => total + Number(amount), 0);
        expect([account, asset, sum]).toEqual([
          account,
          asset,
          Number(available) + Number(reserved),
        ]);
      }
    }
  },
);
