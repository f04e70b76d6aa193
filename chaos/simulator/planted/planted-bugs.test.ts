/**
 * Goal: every planted bug can still be planted, and the simulator finds such bugs. All of them are
 * hunted by `node chaos/simulator/planted/hunt.ts`, which takes longer; here are some of each kind.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hunt } from "./hunt.ts";
import { plantedBugs, plantedIn } from "./planted-bugs.ts";

const root = new URL("../../../", import.meta.url);
const timeout = 180_000;

describe("planted bugs", () => {
  it("are at least forty, under names of their own", () => {
    expect(plantedBugs.length).toBeGreaterThanOrEqual(40);
    expect(new Set(plantedBugs.map(({ name }) => name)).size).toBe(plantedBugs.length);
  });

  it.each(plantedBugs)("$name: its place is there, once", (bug) => {
    const source = readFileSync(new URL(bug.file, root), "utf8");
    expect(plantedIn(bug, source)).not.toBe(source);
  });

  const quick = [
    "duplicate-frames-count-again",
    "turns-of-producers-are-not-saved",
    "one-frame-too-many-is-dropped",
    "answers-go-to-the-next-command",
  ];
  it.each(quick)(
    "%s is found",
    async (name) => {
      const bug = plantedBugs.find((candidate) => candidate.name === name)!;
      const found = await hunt(bug, { worldsMax: 8, rageMs: 15_000, from: 1, workers: 1 });
      expect(found.worlds).toBeDefined();
    },
    timeout,
  );
});
