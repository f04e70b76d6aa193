/** Goal: a place in the past is what somebody who types it means. */
import { expect, it } from "vitest";
import { momentOf, pastPlaceIn } from "./past-place.ts";

const us = (time: string): number => Date.parse(time) * 1000;

it("is an entry of a shard, which need not be named where there is one", () => {
  expect(pastPlaceIn("12345", 1)).toEqual({ shard: 0, sequence: 12_345 });
  expect(pastPlaceIn("0/7", 1)).toEqual({ shard: 0, sequence: 7 });
  expect(pastPlaceIn("2/7", 3)).toEqual({ shard: 2, sequence: 7 });
  expect(pastPlaceIn("12345", 3)).toBeUndefined();
  expect(pastPlaceIn("3/7", 3)).toBeUndefined();
});

it("is a moment, to the microsecond, wherever it is typed", () => {
  const timeUs = us("2026-11-22T10:00:00Z");
  expect(pastPlaceIn("2026-11-22T10:00:00Z", 3)).toEqual({ timeUs });
  expect(pastPlaceIn("2026-11-22T11:00+01:00", 3)).toEqual({ timeUs });
  expect(pastPlaceIn("2026-11-22T10:00:00.000123Z", 3)).toEqual({ timeUs: timeUs + 123 });
  expect(pastPlaceIn("2026-11-22T10:00:00.5Z", 3)).toEqual({ timeUs: timeUs + 500_000 });
});

it("is nothing that could be meant otherwise", () => {
  const texts = ["0", "-1", "1.5", "0/0", "2026-11-22", "2026-11-22T10:00:00", "2026-13-01T10:00Z"];
  for (const text of [...texts, "2026-02-31T10:00Z", "yesterday", "", "2026-11-22T10:00.5Z"]) {
    expect(pastPlaceIn(text, 1), text).toBeUndefined();
  }
});

it("is written as it is read", () => {
  for (const text of ["2026-11-22T10:00:00.000123Z", "1970-01-01T00:00:01.000000Z"]) {
    const place = pastPlaceIn(text, 1);
    expect(place !== undefined && "timeUs" in place && momentOf(place.timeUs)).toBe(text);
  }
});
