/** Goal: a range is what somebody who types it means. */
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { isWithin, withRange } from "./record-bound.ts";
import type { Range } from "./record-bound.ts";

function rangeOf(...args: readonly string[]): Range {
  const command = withRange(new Command().exitOverride().configureOutput({ writeErr: () => {} }));
  return command.parse([...args], { from: "user" }).opts<Range>();
}

const us = (time: string): number => Date.parse(time) * 1000;

describe("a range", () => {
  it("is of entries, of moments, or of whole days", () => {
    expect(rangeOf("--from", "17", "--to", "20")).toEqual({
      from: { sequence: 17 },
      to: { sequence: 20 },
    });
    expect(rangeOf("--from", "2026-11-22T10:00:00.5+01:00").from).toEqual({
      timeUs: us("2026-11-22T09:00:00.500Z"),
    });
    expect(rangeOf("--to", "2026-11-22T10:00:00.123456Z").to).toEqual({
      timeUs: us("2026-11-22T10:00:00.123Z") + 456,
    });
    expect(rangeOf("--from", "2026-11-22", "--to", "2026-11-22")).toEqual({
      from: { timeUs: us("2026-11-22T00:00:00Z") },
      to: { timeUs: us("2026-11-23T00:00:00Z") - 1 },
    });
  });

  it("is not what depends on where somebody is, nor anything else", () => {
    for (const text of ["2026-11-22T10:00", "yesterday", "0", "-1", "2026-13-01", "1.5"]) {
      expect(() => rangeOf("--from", text)).toThrow();
    }
  });

  it("is not of days that no calendar has", () => {
    for (const text of ["2026-02-31", "2026-02-29", "2026-04-31T10:00:00Z"]) {
      expect(() => rangeOf("--to", text)).toThrow();
    }
    expect(rangeOf("--from", "2028-02-29").from).toEqual({ timeUs: us("2028-02-29") });
  });

  it("holds its ends", () => {
    const range = rangeOf("--from", "17", "--to", "2026-11-22T10:00:00Z");
    const at = (sequence: number, time: string) => isWithin({ sequence, timeUs: us(time) }, range);
    expect(at(17, "2026-11-22T10:00:00Z")).toBe(true);
    expect(at(16, "2026-11-22T09:00:00Z")).toBe(false);
    expect(at(18, "2026-11-22T10:00:01Z")).toBe(false);
    expect(isWithin({ sequence: 1, timeUs: 0 }, {})).toBe(true);
  });
});
