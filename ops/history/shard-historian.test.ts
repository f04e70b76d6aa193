import { expect, it } from "vitest";
import { TestVenue } from "../../actors/testing/test-venue.ts";
import { Approvers } from "../../actors/testing/approving.ts";
import { RejectReason } from "../../protocols/index.ts";
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
