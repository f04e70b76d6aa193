/**
 * Goal: whoever follows the logs hears every entry that it wants once and in order, and of other
 * logs' entries only after what brought them about.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { newestLogic } from "../../actors/index.ts";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import type { TestVenue } from "../../actors/testing/test-venue.ts";
import { systemClock } from "../../cluster/clock.ts";
import type { Clock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { LogUnavailable } from "../../cluster/faults.ts";
import { ChanceOfEntries } from "../../cluster/testing/chance-of-entries.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { LogicNotCarried } from "../../cluster/replica-faults.ts";
import {
  encodeFrame,
  isShardProducer,
  neverExpires,
  shardOfProducer,
  unsealFrame,
} from "../../protocols/index.ts";
import type { Message } from "../../protocols/index.ts";
import { messageExamples } from "../../protocols/testing/messages.ts";
import { LogReader } from "./log-reader.ts";
import type { LogFollower, ReadStep } from "./log-reader.ts";

let folder: string;
let venue: TestVenue;
let readers: LogReader[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-reader-"));
  readers = [];
  venue = tradeOut({
    ...{ seed: 41, shards: 3, moves: 300, deliveryPercent: 60, relocationPercent: 5 },
    chance: new ChanceOfEntries(),
  });
});
afterEach(async () => {
  await Promise.all(readers.map((reader) => reader.stop()));
  rmSync(folder, { recursive: true });
});

const impatient: Clock = {
  nowMs: () => systemClock.nowMs(),
  after: (ms, act) => systemClock.after(ms / 100, act),
};

class Heard implements LogFollower {
  readonly steps: ReadStep[] = [];
  readonly passedSteps: ReadStep[] = [];

  opened(): void {
    return undefined;
  }

  applied(step: ReadStep): void {
    this.steps.push(step);
  }

  passed(step: ReadStep): void {
    this.passedSteps.push(step);
  }

  keep(): Promise<boolean> {
    return Promise.resolve(true);
  }

  rest(): Promise<void> {
    return Promise.resolve();
  }
}

interface Reading {
  readonly ends?: readonly number[];
  readonly refusals?: number;
  readonly reported?: unknown[];
}

/** The logs; the first shard's comes in much smaller pieces than those that wait for it. */
function readerOf(follower: LogFollower, options: Reading = {}): LogReader {
  let { refusals = 0 } = options;
  const { ends, reported = [] } = options;
  const reader = new LogReader({
    logs: venue.logs.map((log, shard) => {
      const end = (): number => ends?.[shard] ?? log.length;
      return {
        head: () => Promise.resolve(end()),
        read: (from) => {
          if (refusals-- > 0) return Promise.reject(new LogUnavailable("LOG", "nobody is there"));
          const to = Math.min(from + (shard === 0 ? 2 : 50), end());
          return Promise.resolve(log.slice(from - 1, to));
        },
      };
    }),
    clock: impatient,
    snapshots: new DirectorySnapshotStore(folder),
    report: (error) => reported.push(error),
    ...{ follower, isCausal: true },
  });
  readers.push(reader);
  return reader;
}

async function read(
  follower: LogFollower,
  options: { readonly from?: readonly number[]; readonly refusals?: number } = {},
): Promise<void> {
  const reported: unknown[] = [];
  const reader = readerOf(follower, { ...options, reported });
  await reader.start(options.from ?? []);
  const ends = venue.logs.map((log) => log.length);
  await eventually(() => reader.status().read.every((at, shard) => at === ends[shard]), {
    what: () => `all is read: ${JSON.stringify(reader.status())}`,
  });
  expect(reported.length).toBe(options.refusals === undefined ? 0 : 1);
}

const sequencesOf = (steps: readonly ReadStep[], of: number): readonly number[] =>
  steps.filter(({ shard }) => shard === of).map(({ entry }) => entry.sequence);

it("hears every entry of every log once, in order, also after faults", async () => {
  const heard = new Heard();
  await read(heard, { refusals: 4 });
  for (const [shard, log] of venue.logs.entries()) {
    expect(sequencesOf(heard.steps, shard)).toEqual(log.map(({ sequence }) => sequence));
  }
});

it("hears from where it wants to, and passes what is before that", async () => {
  const heard = new Heard();
  await read(heard, { from: [20, 30] });
  expect(sequencesOf(heard.steps, 0)[0]).toBe(20);
  expect(sequencesOf(heard.passedSteps, 1).at(-1)).toBe(29);
  expect(sequencesOf(heard.steps, 2)[0]).toBe(1);
});

it("hears of what a shard was sent only after it was sent", async () => {
  const heard = new Heard();
  await read(heard);
  const sent = venue.logs.map(() => venue.logs.map(() => 0));
  let frames = 0;
  for (const { shard, step, entry } of heard.steps) {
    if (isShardProducer(entry.producer)) {
      const { frame } = unsealFrame(entry.payload);
      expect(frame).toBeLessThanOrEqual(sent[shardOfProducer(entry.producer)]![shard]!);
      frames += 1;
    }
    for (const { shard: to, frame } of step.outbound) sent[shard]![to] = frame;
  }
  expect(frames).toBeGreaterThan(100);
});

it("knows how far the logs are while its follower takes nothing", async () => {
  const taking = Promise.withResolvers<boolean>();
  const heard = new Heard();
  heard.keep = () => taking.promise;
  const ends = venue.logs.map(() => 20);
  const reader = readerOf(heard, { ends });
  await reader.start([]);
  await eventually(() => heard.steps.length > 0, { what: "it reads" });
  ends.splice(0, ends.length, ...venue.logs.map((log) => log.length));
  await eventually(() => reader.status().heads.every((head, shard) => head === ends[shard]), {
    what: () => `it knows the heads: ${JSON.stringify(reader.status())}`,
  });
  const { read: sequences } = reader.status();
  taking.resolve(false);
  expect(sequences.every((at, shard) => at < ends[shard]!)).toBe(true);
});

it("has all kept that was applied of some shards while another one's log goes no further", async () => {
  let kept = 0;
  const heard = new Heard();
  heard.keep = () => {
    kept = heard.steps.length;
    return Promise.resolve(true);
  };
  const { producer, epoch, frame } = { producer: "node-e9", epoch: 1, frame: 1 };
  const activate: Message = { ...messageExamples["activate-logic"], version: newestLogic + 1 };
  const payload = encodeFrame({
    ...{ producer, epoch, frame, expiresAtUs: neverExpires },
    messages: [activate],
  });
  venue.logs[2]![2] = { ...venue.logs[2]![2]!, producer, payload };
  const reported: unknown[] = [];
  const reader = readerOf(heard, { reported });
  await reader.start([]);
  await eventually(() => kept > 0 && kept === heard.steps.length, { what: "all is kept" });
  expect(sequencesOf(heard.steps, 2)).toEqual([1, 2]);
  expect(reported).toEqual([expect.any(LogicNotCarried)]);
});
