/** Goal: the cascade of liquidations in the documentation is what the venue plays. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { playScenario } from "../../actors/testing/scenario.ts";
import { expectGolden } from "../../protocols/testing/golden-file.ts";

const page = new URL("../../docs/liquidation.md", import.meta.url);
const blocks = /(?<=\n```text\n)[^`]+(?=\n```\n)/g;

describe("the cascade of liquidations that is told", () => {
  it("is what happens, down to the last step of the ladder", () => {
    const text = readFileSync(page, "utf8");
    const cascades = text.match(blocks) ?? [];
    expect(cascades).toHaveLength(1);
    expectGolden(
      page,
      text.replaceAll(blocks, (cascade) => playScenario(cascade)),
    );
    for (const cause of ["reducing", "by takeover", "by deleverage", "is over"]) {
      expect(cascades[0]).toContain(cause);
    }
  });
});
