/** Goal: the week of settlement in the documentation is what the venue plays. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { playScenario } from "../../actors/testing/scenario.ts";
import { expectGolden } from "../../protocols/testing/golden-file.ts";

const page = new URL("../../docs/clearing.md", import.meta.url);
const block = /(?<=\n```text\n)[^`]+(?=\n```\n)/;

describe("the week of settlement that is told", () => {
  it("is what happens", () => {
    const text = readFileSync(page, "utf8");
    const [week] = block.exec(text) ?? [];
    expect(week).toContain("is final");
    expectGolden(page, text.replace(block, playScenario(week ?? "")));
  });
});
