import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { phaseInCapitals } from "./phase-text.ts";
import type { MarketState } from "./phase-text.ts";

describe("a market's phase", () => {
  it.each<[MarketState["phase"], boolean, string]>([
    ["continuous", false, ""],
    ["continuous", true, "HALTED"],
    ["halted", true, "HALTED"],
    ["cancelOnly", true, "CANCEL ONLY"],
    ["volatilityAuction", false, "VOLATILITY AUCTION"],
    ["volatilityAuction", true, "VOLATILITY AUCTION, HALTED"],
    ["preOpen", false, "PRE OPEN"],
    ["closed", false, "CLOSED"],
  ])("%s, halted %s, is shown as %j", (phase, isHalted, text) => {
    expect(stripVTControlCharacters(phaseInCapitals({ phase, isHalted }) ?? "")).toBe(text);
  });
});
