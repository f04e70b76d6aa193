/** Goal: the weeks of settlement in the documentation are what the venue plays. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { playScenario } from "../../actors/testing/scenario.ts";
import { expectGolden } from "../../protocols/testing/golden-file.ts";

const page = new URL("../../docs/clearing.md", import.meta.url);
const blocks = /(?<=\n```text\n)[^`]+(?=\n```\n)/g;

describe("the week of settlement that is told", () => {
  it("is what happens", () => {
    const text = readFileSync(page, "utf8");
    const weeks = text.match(blocks) ?? [];
    expect(weeks).toHaveLength(2);
    for (const week of weeks) expect(week).toContain("is final");
    expect(weeks.at(-1)).toContain("is to be bought in");
    expectGolden(
      page,
      text.replaceAll(blocks, (week) => playScenario(week)),
    );
  });
});
