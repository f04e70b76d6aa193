import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { consistentCut, type ShardTrace } from "./consistent-cut.ts";

const mark = (sequence: number, frames: number) => ({ sequence, frames });

describe("a consistent cut", () => {
  it("is all there is when everything that was heard was said", () => {
    const traces: ShardTrace[] = [
      { last: 10, said: [[], [mark(4, 1)]], heard: [[], []] },
      { last: 7, said: [[], []], heard: [[mark(6, 1)], []] },
    ];
    expect(consistentCut(traces)).toEqual([10, 7]);
  });

  it("ends before what another shard, cut off earlier, had not said", () => {
    const traces: ShardTrace[] = [
      { last: 3, said: [[], []], heard: [[], []] },
      { last: 7, said: [[], []], heard: [[mark(6, 1)], []] },
    ];
    expect(consistentCut(traces)).toEqual([3, 5]);
  });

  it("goes round: what is cut back may take others with it", () => {
    const traces: ShardTrace[] = [
      { last: 3, said: [[], [], []], heard: [[], [], []] },
      { last: 9, said: [[], [], [mark(8, 1)]], heard: [[mark(5, 1)], [], []] },
      { last: 9, said: [[], [], []], heard: [[], [mark(2, 1)], []] },
    ];
    expect(consistentCut(traces)).toEqual([3, 4, 1]);
  });

  it("leaves nothing heard that was not said, and cuts no further than that takes", () => {
    const shards = 3;
    const marks = fc
      .array(fc.integer({ min: 1, max: 30 }), { maxLength: 8 })
      .map((places) => places.sort((a, b) => a - b).map((at, index) => mark(at, index + 1)));
    const trace = fc.record({
      last: fc.integer({ min: 0, max: 30 }),
      said: fc.array(marks, { minLength: shards, maxLength: shards }),
      heard: fc.array(marks, { minLength: shards, maxLength: shards }),
    });
    const count = (all: readonly { sequence: number }[], last: number) =>
      all.filter(({ sequence }) => sequence <= last).length;
    fc.assert(
      fc.property(fc.array(trace, { minLength: shards, maxLength: shards }), (traces) => {
        const fits = (cut: readonly number[]): boolean =>
          traces.every(({ heard }, shard) =>
            heard.every(
              (all, source) =>
                count(all, cut[shard]!) <= count(traces[source]!.said[shard]!, cut[source]!),
            ),
          );
        const cut = consistentCut(traces);
        expect(fits(cut)).toBe(true);
        for (const [shard, last] of cut.entries()) {
          expect(last).toBeLessThanOrEqual(traces[shard]!.last);
          if (last < traces[shard]!.last) expect(fits(cut.with(shard, last + 1))).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
