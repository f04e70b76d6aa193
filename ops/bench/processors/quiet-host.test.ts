import { describe, expect, it } from "vitest";
import { untilHostIsQuiet } from "./quiet-host.ts";
import type { ProcessorTime } from "./stolen-time.ts";

/** A machine from which so many percent are stolen between readings, one after the other. */
function machine(...percents: readonly number[]): () => ProcessorTime {
  const left = [...percents];
  let [all, stolen, isFirst] = [0, 0, true];
  return () => {
    // Each look reads twice, and what passes between two looks is nobody's business.
    if (!isFirst) stolen += left.shift() ?? 0;
    all += 100;
    isFirst = !isFirst;
    return { all, stolen };
  };
}

const { signal } = new AbortController();

describe("waiting for a quiet host", () => {
  it("ends with the first look in which hardly anything was stolen", async () => {
    const read = machine(30, 5.1, 5, 50);
    expect(await untilHostIsQuiet({ timeoutMs: 60_000, signal, read, lookMs: 1 })).toBe(5);
  });

  it("ends when time is up, and tells what was stolen to the last", async () => {
    const read = machine(30, 40);
    expect(await untilHostIsQuiet({ timeoutMs: -1, signal, read, lookMs: 1 })).toBe(30);
  });

  it("waits for nothing where nobody tells", async () => {
    const read = () => undefined;
    expect(await untilHostIsQuiet({ timeoutMs: 60_000, signal, read, lookMs: 1 })).toBeNull();
  });

  it("ends with its signal", async () => {
    const ended = AbortSignal.abort();
    const waiting = untilHostIsQuiet({ timeoutMs: 60_000, signal: ended, read: machine(9) });
    await expect(waiting).rejects.toThrow(/abort/i);
  });
});
