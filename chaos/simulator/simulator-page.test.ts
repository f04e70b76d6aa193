/** Goal: runs write their own part of the page and leave the rest as it is. */
import { describe, expect, it } from "vitest";
import { huntTable } from "./planted/hunt-report.ts";
import type { Found } from "./planted/hunt-report.ts";
import type { PlantedBug } from "./planted/planted-bugs.ts";
import { readPagePart, tableInMarkdown, withPart } from "./simulator-page.ts";

const page =
  "# Page\n\n<!-- totals: written by a run -->\n\nold\n\n<!-- end of totals -->\n\nours\n";

describe("the page of the simulator", () => {
  it("takes the text of a part, and nothing else changes", () => {
    expect(withPart(page, "totals", "new")).toBe(page.replace("old", "new"));
    expect(() => withPart(page, "planted", "new")).toThrow("no part planted");
  });

  it("has both of its parts", () => {
    expect(readPagePart("totals")).not.toContain("<!--");
    expect(readPagePart("planted")).not.toContain("<!--");
  });

  it("has tables whose columns are as wide as what is in them", () => {
    expect(tableInMarkdown(["a", "long name"], [["bcde", "f"]])).toBe(
      "| a    | long name |\n| ---- | --------- |\n| bcde | f         |",
    );
  });
});

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
