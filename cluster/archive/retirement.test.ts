import { describe, expect, it } from "vitest";
import type { LogGeneration } from "../log-generation.ts";
import { reasonsToKeep, type RetirementSeen } from "./retirement.ts";

const generationOf = (generation: number, first: number, last: number): LogGeneration => ({
  ...{ generation, first, last },
  ...{ isSealed: generation < 3, voids: 0, bytes: 1, followers: [] },
});

const seen: RetirementSeen = {
  generations: [generationOf(1, 1, 10), generationOf(2, 11, 20), generationOf(3, 21, 30)],
  archivedTo: 25,
  coveredTo: 12,
  applied: [30, 29, 28],
};

const reasons = (generation: number, change: Partial<RetirementSeen> = {}) =>
  reasonsToKeep(seen.generations[generation - 1]!, { ...seen, ...change });

describe("a generation", () => {
  it("may go when it is archived, enough verified snapshots are behind it and all nodes have applied it", () => {
    expect(reasons(1)).toEqual([]);
  });

  it("stays while any of that is missing, and it is said what", () => {
    expect(reasons(1, { archivedTo: 9 })).toEqual(["the archive ends at 9"]);
    expect(reasons(1, { coveredTo: 9 })).toEqual(["fewer than 2 verified snapshots are behind it"]);
    expect(reasons(1, { applied: [30, 9, 30] })).toHaveLength(1);
    expect(reasons(1, { applied: [30, undefined, 30] })).toHaveLength(1);
    expect(reasons(1, { applied: [], coveredTo: 0, archivedTo: 0 })).toHaveLength(2);
  });

  it("goes after those before it, and the newest one never", () => {
    expect(reasons(2, { coveredTo: 22 })).toEqual(["generation 1 goes first"]);
    const others = seen.generations.slice(1);
    expect(reasons(2, { generations: others, coveredTo: 22 })).toEqual([]);
    expect(reasons(3)).toEqual(["it is the newest one"]);
  });
});
