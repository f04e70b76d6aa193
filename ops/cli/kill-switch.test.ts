import { describe, expect, it } from "vitest";
import { levelOption } from "./breaker.ts";
import { targetOf } from "./kill-switch.ts";

describe("what a kill switch stops", () => {
  it("is an account, a participant or an instrument by name, or the venue without one", () => {
    expect(targetOf("account", "demo")).toEqual({ scope: "account", target: "demo" });
    expect(targetOf("symbol", "BTC-USDT")).toEqual({ scope: "symbol", target: "BTC-USDT" });
    expect(targetOf("venue", undefined)).toEqual({ scope: "venue" });
    expect(() => targetOf("participant", undefined)).toThrow("which participant?");
    expect(() => targetOf("venue", "BTC-USDT")).toThrow("the venue has no name");
  });
});

describe("a level of the breaker", () => {
  it("is a fall and a time, and comes after those before it", () => {
    const first = levelOption("700:900", []);
    expect(levelOption("2000:0", first)).toEqual([
      { basisPoints: 700, haltSeconds: 900 },
      { basisPoints: 2000, haltSeconds: 0 },
    ]);
  });

  it.each(["700", "700:", ":900", "7%:900", "-7:900", "7.5:900", "700:900:1"])(
    "is not %j",
    (text) => {
      expect(() => levelOption(text, [])).toThrow("It is a fall and a time");
    },
  );
});
