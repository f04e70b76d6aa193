import { describe, expect, it } from "vitest";
import { processorTimeIn, stolenPercent } from "./stolen-time.ts";

const stat = (ticks: string): string => `cpu  ${ticks}\ncpu0 1 2 3 4 5 6 7 8 0 0\nintr 12\n`;

describe("the time that others on the host took", () => {
  it("is that of all processors, without counting guests twice", () => {
    const time = processorTimeIn(stat("10 20 30 40 50 60 70 80 9 9"));
    expect(time).toEqual({ all: 360, stolen: 80 });
  });

  it("is a share of what passed between two readings", () => {
    const from = { all: 1000, stolen: 100 };
    expect(stolenPercent(from, { all: 1400, stolen: 110 })).toBe(2.5);
    expect(stolenPercent(from, { all: 1400, stolen: 100 })).toBe(0);
  });

  it("is not known where the system does not tell", () => {
    expect(processorTimeIn("")).toBeUndefined();
    expect(processorTimeIn(stat("1 2 3 4"))).toBeUndefined();
    expect(processorTimeIn(stat("1 2 3 4 5 6 7 many"))).toBeUndefined();
    expect(stolenPercent(undefined, { all: 1, stolen: 0 })).toBeNull();
    expect(stolenPercent({ all: 1, stolen: 0 }, { all: 1, stolen: 0 })).toBeNull();
  });
});
