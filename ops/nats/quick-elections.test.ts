/** Goal: only the times of elections change, and a source that sets them otherwise is refused. */
import { expect, it } from "vitest";
import { withQuickElections } from "./quick-elections.ts";

const source = [
  "const (",
  "\tminElectionTimeoutDefault       = 4 * time.Second",
  "\tmaxElectionTimeoutDefault       = 9 * time.Second",
  "\thbIntervalDefault               = 1 * time.Second",
  "\tlostQuorumIntervalDefault       = hbIntervalDefault * 10 // 10 seconds",
  ")",
  "var minElectionTimeout = minElectionTimeoutDefault",
].join("\n");

it("has elections that begin after half a second to a second", () => {
  expect(withQuickElections(source).split("\n")).toEqual([
    "const (",
    "\tminElectionTimeoutDefault       = 500 * time.Millisecond",
    "\tmaxElectionTimeoutDefault       = 1000 * time.Millisecond",
    "\thbIntervalDefault               = 100 * time.Millisecond",
    "\tlostQuorumIntervalDefault       = hbIntervalDefault * 10 // 10 seconds",
    ")",
    "var minElectionTimeout = minElectionTimeoutDefault",
  ]);
});

it("is not made of a source that sets a time elsewhere, or twice", () => {
  const other = source.replace("\thbIntervalDefault ", "\theartbeat ");
  expect(() => withQuickElections(other)).toThrow("does not set hbIntervalDefault");
  expect(() => withQuickElections(`${source}\n${source}`)).toThrow("does not set minElection");
});
