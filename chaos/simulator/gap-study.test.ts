/**
 * Goal: nobody waits longer than the protocol needs. Virtual time makes it a fact and not a
 * measurement: a longer silence, a lost hand-over or a forgotten outbox shows here on any machine.
 */
import { describe, expect, it } from "vitest";
import { faultNamed, studyGaps } from "./gap-study.ts";

const seeds = [1, 2, 3];

describe("how long nobody is answered", () => {
  it.each([
    { name: "emitter-killed", afterMs: 1500, gapMsMax: 300 },
    { name: "killed-while-speaking", afterMs: 1500, gapMsMax: 300 },
    { name: "engine-stopped", afterMs: 1500, gapMsMax: 100 },
    { name: "leader-steps-down", afterMs: 1500, gapMsMax: 300 },
    { name: "stream-leader-killed", afterMs: 11_000, gapMsMax: 9500 },
  ])("when $name: $gapMsMax ms at most", async ({ name, afterMs, gapMsMax }) => {
    const figures = await studyGaps(faultNamed(name), { seeds, afterMs });
    expect(figures.runs).toBe(seeds.length);
    expect(figures.maxMs).toBeLessThanOrEqual(gapMsMax);
    expect(figures.calmP99Ms).toBeLessThan(60);
  });
});
