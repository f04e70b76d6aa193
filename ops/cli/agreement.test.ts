import { describe, expect, it } from "vitest";
import { refuseLoss } from "./agreement.ts";

const shards = [
  { missing: 3, left: 10, restoredTo: 10 },
  { missing: 0, left: 20, restoredTo: 15 },
];

describe("a loss", () => {
  it("is refused with how many entries it is, those that other shards' losses take along too", () => {
    expect(() => refuseLoss({ isLossy: true, shards }, {}, { heardAt: "then" })).toThrow(
      expect.objectContaining({
        name: "loss-not-accepted",
        message: expect.stringContaining("at least 8 entries") as unknown,
        details: { heardAt: "then" },
      }),
    );
  });

  it("is gone along with when it was accepted, and not asked about when there is none", () => {
    expect(() => refuseLoss({ isLossy: true, shards }, { acceptLoss: true }, {})).not.toThrow();
    expect(() => refuseLoss({ isLossy: false, shards: [] }, {}, {})).not.toThrow();
  });
});
