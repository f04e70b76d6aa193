/**
 * Goal: the simulation itself: the same seed is the same world, worlds have in them what makes them
 * worth while, and no promise is broken, least of all in the worlds that once showed how.
 *
 * `./outcry sim --seeds 1..1000` looks for longer.
 */
import { describe, expect, it } from "vitest";
import { allFaults } from "./faults/swarm.ts";
import { parseSeeds, readSeeds } from "./seed-file.ts";
import { Simulation } from "./simulation.ts";
import type { SimulationResult } from "./simulation.ts";
import { added, noTotals } from "./totals.ts";

async function play(seed: number, seconds: number): Promise<SimulationResult> {
  return await new Simulation({ seed, rageMs: seconds * 1000 }).run();
}

const untimed = { realMs: 0, cpuMs: 0 };

describe("a simulated world", () => {
  it("is the same every time, event by event, and another one for another seed", async () => {
    // One in which actors move, and engine nodes come and go.
    const [first, again, other] = [await play(5, 5), await play(5, 5), await play(6, 5)];
    expect(again.trace).toBe(first.trace);
    expect({ ...again, ...untimed }).toEqual({ ...first, ...untimed });
    expect(other.trace).not.toBe(first.trace);
  });

  it("tells all that happened, if it is asked to", async () => {
    const simulation = new Simulation({ seed: 4711, rageMs: 1000, keepTrace: true });
    await simulation.run();
    expect(simulation.traceLines.some((line) => line.endsWith("start e1.1"))).toBe(true);
    expect(simulation.traceLines.some((line) => line.includes("emitting"))).toBe(true);
  });
});

describe("worlds under faults", () => {
  // Chosen so that together they draw all kinds of faults.
  const seeds = [173, 199, 177, 393, 332, 396, 196, 223];
  let totals = noTotals;

  it.each(seeds)("seed %i keeps every promise", async (seed) => {
    const result = await play(seed, 10);
    totals = added(totals, result);
    expect(result.failure).toBeUndefined();
  });

  it("have all of it in them: most kinds of faults, orders answered, replicas and books compared", () => {
    const struck = Object.keys(totals.faults);
    expect(struck.length).toBeGreaterThan((allFaults.length * 2) / 3);
    expect(totals.endings["answered"]).toBeGreaterThan(1000);
    expect(totals.replicasCompared).toBeGreaterThan(1000);
    expect(totals.booksCompared).toBeGreaterThan(50);
    expect(totals.moves).toBeGreaterThan(20);
    expect(totals.nodeChanges).toBeGreaterThan(0);
  });
});

describe("worlds that once broke a promise", () => {
  for (const { seed, seconds, found } of readSeeds()) {
    it(`seed ${String(seed)} keeps every promise: ${found}`, async () => {
      expect((await play(seed, seconds)).failure).toBeUndefined();
    });
  }

  it("are lines of a seed, seconds and what was found", () => {
    expect(parseSeeds("# words\n\n7 60 # an order was lost\n12 5\n")).toEqual([
      { seed: 7, seconds: 60, found: "an order was lost" },
      { seed: 12, seconds: 5, found: "" },
    ]);
    expect(() => parseSeeds("7 60\nseven\n")).toThrow("line 2");
  });
});
