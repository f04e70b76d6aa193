/** Goal: runs write their own part of a page and leave the rest as it is. */
import { describe, expect, it } from "vitest";
import { PagePart, rowsInMarkdown, tableInMarkdown, withPart } from "./page-part.ts";

const page =
  "# Page\n\n<!-- totals: written by a run -->\n\nold\n\n<!-- end of totals -->\n\nours\n";

describe("a part of a page", () => {
  it("takes a text, and nothing else changes", () => {
    expect(withPart(page, "totals", "new")).toBe(page.replace("old", "new"));
    expect(() => withPart(page, "planted", "new")).toThrow("no part planted");
  });

  it.each([
    ["simulator.md", "totals"],
    ["simulator.md", "planted"],
    ["drills.md", "drills"],
  ])("is there: in %s that of %s", (file, name) => {
    expect(new PagePart(file, name).read()).not.toContain("<!--");
  });
});

describe("a table", () => {
  const table = "| a    | long name |\n| ---- | --------- |\n| bcde | f         |";

  it("has columns as wide as what is in them", () => {
    expect(tableInMarkdown(["a", "long name"], [["bcde", "f"]])).toBe(table);
  });

  it("is read back", () => {
    expect(rowsInMarkdown(`text\n\n${table}\n`)).toEqual([["bcde", "f"]]);
  });
});
