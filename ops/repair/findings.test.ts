import { describe, expect, it } from "vitest";
import { findingOf, isLossProven } from "./findings.ts";
import type { LeftOfShard } from "./findings.ts";

const left: LeftOfShard = {
  ...{ shard: 1, archivedTo: 0, storedTo: 100, goesOn: true, last: 100 },
  chains: new Map([
    [40, "h40"],
    [90, "h90"],
  ]),
};

const evidence = (sequence: number, entriesHash: string, by = "e1") => {
  return { shard: 1, sequence, entriesHash, by };
};

describe("what is left of a log", () => {
  it("is confirmed up to the last place at which somebody had the same", () => {
    const found = findingOf(left, [evidence(40, "h40"), evidence(90, "h90", "e2")]);
    expect(found).toMatchObject({ confirmedTo: 90, confirmedBy: "e2", missing: 0 });
    expect(isLossProven(found)).toBe(false);
  });

  it("lacks what somebody had applied behind its end, so much at least", () => {
    const found = findingOf(left, [evidence(90, "h90"), evidence(130, "h130", "e3")]);
    expect(found).toMatchObject({ confirmedTo: 90, missing: 30, missedBy: "e3" });
    expect(isLossProven(found)).toBe(true);
  });

  it("is contradicted by who had other entries at a place that it reaches", () => {
    const found = findingOf(left, [evidence(40, "other", "e2"), evidence(90, "h90")]);
    expect(found).toMatchObject({ missing: 0, contradictedBy: "e2 (entry 40)" });
    expect(isLossProven(found)).toBe(true);
  });

  it("is confirmed as far as it is archived, and lossy when it does not go on from there", () => {
    const archived = { ...left, archivedTo: 95 };
    expect(findingOf(archived, [])).toMatchObject({ confirmedTo: 95, confirmedBy: "the archive" });
    expect(isLossProven(findingOf({ ...archived, goesOn: false, last: 95 }, []))).toBe(true);
  });

  it("is confirmed by nobody where there is no evidence, and that proves no loss", () => {
    const found = findingOf(left, [{ ...evidence(500, "x"), shard: 2 }]);
    expect(found).toMatchObject({ confirmedTo: 0, confirmedBy: "", missing: 0 });
    expect(isLossProven(found)).toBe(false);
  });
});
