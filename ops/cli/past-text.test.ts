/** Goal: who reads how a shard was rebuilt sees from where, and whether others agree. */
import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import type { HashComparison, PastShardReport } from "../past/past-shard.ts";
import { renderPastShard } from "./past-text.ts";

function shown(report: Partial<PastShardReport>): readonly string[] {
  const hashes = { entries: "aa", outputs: "bb", state: "cc" };
  const text = renderPastShard({
    ...{ shard: 1, sequence: 12_345, timeUs: 1_700_000_000_000_123, snapshot: 12_000 },
    ...{ ...hashes, replayed: 345, comparisons: [], ...report },
  });
  return stripVTControlCharacters(text).split("\n");
}

const compared = (what: HashComparison["what"], same: boolean): HashComparison => ({
  ...{ by: "e2", sequence: 12_100, what, same },
});

it("says from where it was rebuilt, and what it came to", () => {
  expect(shown({}).slice(0, 4)).toEqual([
    "shard 1 as of entry 12,345, 2023-11-14T22:13:20.000123Z: snapshot 12,000 and 345 entries replayed",
    ...["  entries  aa", "  outputs  bb", "  state    cc"],
  ]);
  expect(shown({ snapshot: 0, replayed: 1, sequence: 1 })[0]).toContain(": 1 entry replayed");
  expect(shown({ snapshot: 0, replayed: 0, sequence: 0 })[0]).toBe(
    "shard 1 before its first entry: 0 entries replayed",
  );
});

it("says with whom it agrees, with whom it does not, or that there is nobody", () => {
  expect(shown({})[4]).toContain("--verify");
  const agreed = [compared("entries", true), compared("state", true)];
  expect(shown({ comparisons: agreed }).slice(4)).toEqual([
    "  entries and state same as e2 at 12100",
  ]);
  const differing = [compared("entries", true), compared("state", false)];
  expect(shown({ comparisons: differing }).slice(4)).toEqual(["  state DIFFER from e2 at 12100"]);
});
