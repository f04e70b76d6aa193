/**
 * Goal: a process is called dead, and started again, when that helps; not while the nats-servers
 * give it nothing. Method: one that stays behind for minutes, asked as a probe asks.
 */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LogUnavailable } from "../../cluster/faults.ts";
import type { NodeStatus, RefereeStatus } from "../../protocols/queries.ts";
import { measureEngine } from "./engine-metrics.ts";
import type { WatchedLog } from "./log-watch.ts";
import { measureReferee } from "./referee-metrics.ts";
import { Telemetry } from "./telemetry.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const behind = { shard: 0, phase: "following", appliedSequence: 5, headSequence: 9, alarm: null };

const kinds: Readonly<Record<string, (telemetry: Telemetry, log: WatchedLog) => void>> = {
  "an engine node": (telemetry, log) => {
    const status = { isDrained: false, replicas: [behind] } as unknown as NodeStatus;
    const node = { status: () => status, replica: () => expect.fail("nobody scrapes") };
    measureEngine(telemetry, { node, logs: [log] });
  },
  "a referee": (telemetry, log) => {
    const status = { shards: [behind] } as unknown as RefereeStatus;
    measureReferee(telemetry, { referee: { status: () => status }, logs: [log] });
  },
};

it.each(Object.entries(kinds))(
  "%s that stands still lives while its log gives nothing",
  async (_kind, measure) => {
    const nobody = { onListening: vi.fn(), onUnavailable: vi.fn(), onFault: vi.fn() };
    const telemetry = new Telemetry({ name: "x1", kind: "x" }, nobody);
    let head: WatchedLog["head"] = () => Promise.resolve(9);
    measure(telemetry, { head: () => head() });
    const livesFor = async (minutes: number): Promise<boolean> => {
      const lives: boolean[] = [];
      for (let probes = 0; probes < minutes * 6; probes++) {
        lives.push(telemetry.health.report().live);
        await vi.advanceTimersByTimeAsync(10_000);
      }
      return lives.every(Boolean);
    };
    head = () => Promise.reject(new LogUnavailable("LOG_0", "no leader"));
    expect(await livesFor(5)).toBe(true);
    // No answer at all is none, either.
    head = () => new Promise(() => undefined);
    expect(await livesFor(5)).toBe(true);
    head = () => Promise.resolve(9);
    expect(await livesFor(1)).toBe(true);
    expect(await livesFor(1)).toBe(false);
  },
);
