import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../protocols/index.ts";
import { LogTime } from "./log-time.ts";

const second = 1_000_000;

describe("the log's time", () => {
  it("counts on from what was told, and back, whatever our clock calls it", () => {
    const time = new LogTime();
    time.heard(7, 500 * second, 20_000);
    expect(time.atUs(20_000)).toBe(500 * second);
    expect(time.atUs(23_500.25)).toBe(503 * second + 500_250);
    expect(time.atUs(19_000)).toBe(499 * second);
  });

  it("is what was told last: it may jump, and it may stand", () => {
    const time = new LogTime();
    time.heard(7, 500 * second, 20_000);
    time.heard(8, 4000 * second, 21_000);
    expect(time.atUs(22_000)).toBe(4001 * second);
    time.heard(9, 4000 * second, 31_000);
    expect(time.atUs(31_000)).toBe(4000 * second);
  });

  it("is not told by what comes late or again", () => {
    const time = new LogTime();
    time.heard(7, 500 * second, 20_000);
    time.heard(7, 500 * second, 50_000);
    time.heard(6, 499 * second, 50_000);
    expect(time.atUs(50_000)).toBe(530 * second);
  });

  it("is whole microseconds", () => {
    const time = new LogTime();
    time.heard(1, second, 0.1);
    for (const ms of [0.1, 0.2, 0.33333, 12_345.678_9]) expect(time.atUs(ms) % 1).toBe(0);
  });

  it("is asked of nobody who was not told", () => {
    expect(() => new LogTime().atUs(1)).toThrow(InvariantViolation);
  });
});
