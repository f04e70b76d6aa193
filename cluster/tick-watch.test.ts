import { describe, expect, it } from "vitest";
import { TickWatch } from "./tick-watch.ts";

const second = 1_000_000;

describe("a tick watch", () => {
  const idle = { sequence: 5, timeUs: 10 * second, nextDueUs: 12 * second };

  it("ticks once log time must have reached what is due, and not before", () => {
    const watch = new TickWatch();
    const turns = [0, 1000, 1999, 2000].map((nowMs) => watch.turn(idle, nowMs, 0));
    expect(turns).toEqual([false, false, false, true]);
  });

  it("leaves it to those before it in line, for a while", () => {
    const watch = new TickWatch();
    const turns = [0, 2000, 2499, 2500].map((nowMs) => watch.turn(idle, nowMs, 2));
    expect(turns).toEqual([false, false, false, true]);
  });

  it("repeats a tick that does not come back, but not at once", () => {
    const watch = new TickWatch();
    const turns = [0, 2000, 2025, 2499, 2500].map((nowMs) => watch.turn(idle, nowMs, 0));
    expect(turns).toEqual([false, true, false, false, true]);
  });

  it("counts from the newest time that the log has told", () => {
    const watch = new TickWatch();
    expect(watch.turn(idle, 0, 0)).toBe(false);
    const later = { ...idle, sequence: 6, timeUs: 10.5 * second };
    expect(watch.turn(later, 1000, 0)).toBe(false);
    expect(watch.turn(later, 2000, 0)).toBe(false);
    expect(watch.turn(later, 2500, 0)).toBe(true);
  });

  it("has nothing to do where nothing is due, or nothing was ever applied", () => {
    const watch = new TickWatch();
    expect(watch.turn({ ...idle, nextDueUs: undefined }, 1e9, 0)).toBe(false);
    expect(watch.turn({ ...idle, sequence: 0 }, 1e9, 0)).toBe(false);
  });
});
