/** Goal: hunts add to the table of planted bugs. */
import { describe, expect, it } from "vitest";
import { huntTable } from "./hunt-report.ts";
import type { Found } from "./hunt-report.ts";
import type { PlantedBug } from "./planted-bugs.ts";

describe("the table of planted bugs", () => {
  const bugs = ["first", "second", "third"].map((name): PlantedBug => {
    return { name, file: `${name}.ts`, find: "", replace: "" };
  });
  const budget = { worldsMax: 30, rageMs: 20_000 };
  const found = (bug: PlantedBug, seed?: number): Found => {
    return { bug: bug.name, worlds: seed, seed, promise: "once", message: "", seconds: 1 };
  };

  it("gets a row for each that was hunted, keeps the others' and drops what is not planted", () => {
    const [first, second, third] = bugs as [PlantedBug, PlantedBug, PlantedBug];
    const before = huntTable("", bugs, [
      { bug: first, budget, found: found(first, 4) },
      { bug: third, budget, found: found(third, 9) },
    ]);
    expect(before).toContain("3 bugs can be planted. Of 2 that were hunted, 2 were found");
    const after = huntTable(
      before,
      [first, second],
      [{ bug: second, budget, found: found(second) }],
    );
    expect(after).toContain("Of 2 that were hunted, 1 were found");
    expect(after.split("\n").slice(4)).toEqual([
      "| first       | `first.ts`  | 30 worlds of 20 s | in world 4 (seed 4) | once           |",
      "| second      | `second.ts` | 30 worlds of 20 s | not found           | once           |",
    ]);
  });
});
