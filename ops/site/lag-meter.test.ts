import { describe, expect, it } from "vitest";
import { LagMeter } from "./lag-meter.ts";

describe("the lag of a mirror", () => {
  it("counts from when the first entry that is missing was heard of, until it is there", () => {
    const meter = new LagMeter();
    meter.heard(10, 1000);
    meter.heard(12, 1100);
    expect(meter.lagMs(1300, true)).toBe(300);
    expect(meter.lagEntries).toBe(12);
    meter.mirrored(11, 1400);
    expect(meter.lagMs(1400, true)).toBe(300);
    expect(meter.lagEntries).toBe(1);
    meter.mirrored(12, 1500);
    expect(meter.lagMs(1500, true)).toBe(0);
    expect(meter.lagEntries).toBe(0);
    expect(meter.lagMsMax).toBe(400);
  });

  it("is nothing while both sites stand still", () => {
    const meter = new LagMeter();
    meter.heard(10, 0);
    meter.mirrored(10, 5);
    meter.heard(10, 60_000);
    expect(meter.lagMs(60_000, true)).toBe(0);
  });

  it("grows from the last word of a first site that is silent: it may have gone on", () => {
    const meter = new LagMeter();
    meter.heard(10, 0);
    meter.mirrored(10, 5);
    meter.heard(10, 1000);
    expect(meter.lagMs(4000, false)).toBe(3000);
    expect(meter.lagEntries).toBe(0);
    expect(meter.lagMsMax).toBe(3000);
  });

  it("takes for the first site's head what is mirrored, when that is heard of later", () => {
    const meter = new LagMeter();
    meter.heard(10, 0);
    meter.mirrored(15, 5);
    expect(meter.head).toBe(15);
    meter.heard(14, 10);
    expect(meter.lagMs(20, true)).toBe(0);
  });
});
