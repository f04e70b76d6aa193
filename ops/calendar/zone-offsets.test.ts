import { describe, expect, it } from "vitest";
import { faultOf } from "./testing/fault-of.ts";
import { zoneOffsets } from "./zone-offsets.ts";

/** As people read them: `2026-03-08T07:00:00 -240`. */
function offsetsOf(timeZone: string, fromYear: number, toYear = fromYear): string[] {
  return zoneOffsets(timeZone, { fromYear, toYear }).map(
    ({ fromUs, minutes }) => `${new Date(fromUs / 1000).toISOString().slice(0, 19)} ${minutes}`,
  );
}

describe("the offsets of a zone", () => {
  it("begin before the first local day, and change when its clocks do", () => {
    expect(offsetsOf("America/New_York", 2026, 2027)).toEqual([
      "2025-12-30T00:00:00 -300",
      "2026-03-08T07:00:00 -240",
      "2026-11-01T06:00:00 -300",
      "2027-03-14T07:00:00 -240",
      "2027-11-07T06:00:00 -300",
    ]);
    expect(offsetsOf("Europe/Berlin", 2026)).toEqual([
      "2025-12-30T00:00:00 60",
      "2026-03-29T01:00:00 120",
      "2026-10-25T01:00:00 60",
    ]);
  });

  it("are one where clocks never change", () => {
    expect(offsetsOf("Asia/Tokyo", 2026, 2035)).toEqual(["2025-12-30T00:00:00 540"]);
    expect(offsetsOf("UTC", 2026)).toEqual(["2025-12-30T00:00:00 0"]);
    expect(offsetsOf("Asia/Kolkata", 2026)).toEqual(["2025-12-30T00:00:00 330"]);
  });

  it("follow a zone across the date line, half an hour, and the end of the year", () => {
    expect(offsetsOf("Pacific/Apia", 2011)).toContain("2011-12-30T10:00:00 840");
    expect(offsetsOf("Australia/Lord_Howe", 2026)).toEqual([
      "2025-12-30T00:00:00 660",
      "2026-04-04T15:00:00 630",
      "2026-10-03T15:30:00 660",
    ]);
  });

  it("are those of no zone that this machine does not know", () => {
    expect(faultOf(() => offsetsOf("America/Gotham", 2026))).toBe(
      'time-zone-unknown timeZone: this machine knows no zone "America/Gotham"',
    );
  });

  it("are whole minutes or nothing", () => {
    // Liberia kept 44 minutes and 30 seconds until 1972.
    expect(faultOf(() => offsetsOf("Africa/Monrovia", 1971))).toBe(
      'time-zone-unusable timeZone: its offset is "GMT-00:44:30", which is not in whole minutes',
    );
  });
});
