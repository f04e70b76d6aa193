/**
 * Plays every scenario of `scenarios/`: what the venue says must be what the file says.
 * `REWRITE=1 npm test` writes the files anew; the reviewer reads the difference.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectGolden } from "../protocols/testing/golden-file.ts";
import { playScenario, saidByLine } from "./testing/scenario.ts";

const folder = new URL("scenarios/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".txt"));

describe.each(files)("the scenario %s", (name) => {
  const file = new URL(name, folder);
  const text = readFileSync(file, "utf8");

  it("goes as it is told", () => {
    expectGolden(file, playScenario(text));
  });

  it("goes the same where accounts and books live in different shards", () => {
    expect(saidByLine(playScenario(text, 3))).toEqual(saidByLine(playScenario(text)));
  });
});

describe("a scenario", () => {
  it("says only what can be played", () => {
    expect(() => playScenario("alice dreams of apples")).toThrow("no scenario says");
    expect(() => playScenario("again")).toThrow("nothing was said before");
    expect(() => playScenario("balances alice")).toThrow("no account alice");
    expect(() => playScenario("book X-Y")).toThrow("no book of X-Y");
    expect(() => playScenario("displayed orders of X-Y")).toThrow("no book of X-Y");
  });
});
