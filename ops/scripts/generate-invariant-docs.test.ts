/** Goal: the page of invariants is the list that is held, and the list is worth having. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { invariantList } from "../../protocols/invariants.ts";
import { generateInvariantDocs, invariantDocsFile } from "./generate-invariant-docs.ts";

describe("the documentation of invariants", () => {
  it("is not stale: run ops/scripts/generate-invariant-docs.ts", async () => {
    expect(await readFile(invariantDocsFile, "utf8")).toBe(await generateInvariantDocs());
  });

  it("has every invariant, under a name in kebab case", async () => {
    const page = await generateInvariantDocs();
    for (const { name } of invariantList) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(page).toContain(`| \`${name}\``);
    }
    expect(invariantList.length).toBeGreaterThanOrEqual(25);
  });
});
