import { expect, it } from "vitest";
import { TestVenue } from "../../actors/testing/test-venue.ts";
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
