/**
 * Goal: of a whole trading day every order, and every order command that was refused, has its trace
 * at a receiver of OTLP, complete; and a second auditor tells the same spans, bit for bit.
 *
 * The day is that of the golden logs: three shards and a fourth in its course, five accounts,
 * seven instruments, orders of every type and time in force, auctions, bands, halts, kill switches,
 * actors that move, late, repeated and broken frames, logic that changes, and gateways that note.
 * What there has to be is found by applying the logs, see `testing/told-orders.ts`. The second
 * auditor reads otherwise: in pieces of other sizes, some logs far behind others, and, after it was
 * stopped half-way, from states that another replica has taken elsewhere.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Shard } from "../../actors/index.ts";
import { Random } from "../../actors/testing/random.ts";
import { systemClock } from "../../cluster/clock.ts";
import type { Clock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { hashOfEntry } from "../../cluster/log-origin.ts";
import { encodeSnapshot } from "../../cluster/replica-snapshot.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { logsOfGoldenDay } from "../../cluster/testing/golden-day.ts";
import {
  executionTypeWords,
  orderTypeWords,
  timeInForceWords,
  tradingPhaseWords,
} from "../../protocols/api/words.ts";
import { traceIdOfCommand, traceIdOfOrder } from "../../protocols/index.ts";
import { Auditor } from "./auditor.ts";
import { OtlpExport } from "./otlp-export.ts";
import { PositionFile } from "./position-file.ts";
import { notingGateways } from "./testing/noting-gateways.ts";
import { OtlpReceiver } from "./testing/otlp-receiver.ts";
import type { ReceivedSpan } from "./testing/otlp-receiver.ts";
import { toldOrdersOf } from "./testing/told-orders.ts";
import { traceFaultsIn } from "./testing/trace-faults.ts";

const deadlineMs = 60_000;
const cluster = "test";
const logs = logsOfGoldenDay({
  ...{ seed: 20261122, shards: 3, moves: 7000, logic: 1, logicAtEnd: 2 },
  notesOn: notingGateways(20261122),
});
const told = toldOrdersOf(logs);
const ends = logs.map((log) => log.length);

let folder: string;
let first: readonly ReceivedSpan[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "outcry-day-"));
  const node = await AuditedNode.open("first");
  await node.audit(logsAsTheyAre(), ends);
  first = await node.close();
}, deadlineMs);
afterAll(() => rmSync(folder, { recursive: true }));

/** Whoever waits does so for a hundredth of the time. */
const impatient: Clock = {
  nowMs: () => systemClock.nowMs(),
  after: (ms, act) => systemClock.after(ms / 100, act),
};

type ReadableLog = Pick<ReplicatedLog, "read" | "head">;

/** A node with an auditor, which may be stopped and started, and a receiver of its own. */
class AuditedNode {
  readonly snapshots: DirectorySnapshotStore;
  readonly #position: PositionFile;
  readonly #receiver: OtlpReceiver;
  readonly #otlp: OtlpExport;

  private constructor(name: string, receiver: OtlpReceiver) {
    this.snapshots = new DirectorySnapshotStore(join(folder, name));
    this.#position = new PositionFile(join(folder, `${name}.json`));
    this.#receiver = receiver;
    this.#otlp = new OtlpExport({ url: receiver.url });
  }

  static async open(name: string): Promise<AuditedNode> {
    return new AuditedNode(name, await OtlpReceiver.listen());
  }

  /** Audits until all of that is told. */
  async audit(readable: readonly ReadableLog[], to: readonly number[]): Promise<void> {
    const auditor = new Auditor({
      ...{ logs: readable, clock: impatient, snapshots: this.snapshots, position: this.#position },
      tell: (spans) => this.#otlp.send(spans),
      report: (error) => {
        throw error;
      },
    });
    await auditor.start();
    const isAtEnd = (of: readonly number[] | undefined): boolean =>
      to.every((end, shard) => of?.[shard] === end);
    await eventually(async () => isAtEnd((await this.#position.load())?.told), {
      what: () => `all is told: ${JSON.stringify(auditor.status())} of ${to.join(", ")}`,
      deadlineMs,
    });
    await auditor.stop();
  }

  async from(): Promise<readonly number[]> {
    return (await this.#position.load())?.from ?? [];
  }

  async close(): Promise<readonly ReceivedSpan[]> {
    await this.#otlp.close();
    this.#receiver.close();
    return this.#receiver.spans;
  }
}

function logsAsTheyAre(): ReadableLog[] {
  return logs.map((log) => ({
    head: () => Promise.resolve(log.length),
    read: (from, { entriesMax }) => Promise.resolve(log.slice(from - 1, from - 1 + entriesMax)),
  }));
}

/** In pieces of random sizes up to some place, and at times nothing; `reads` is told of each. */
function logsInPieces(
  to: readonly number[],
  seed: number,
  reads: (shard: number, from: number) => void,
): ReadableLog[] {
  const random = new Random(seed);
  return logs.map((log, shard) => ({
    head: () => Promise.resolve(to[shard]!),
    read: (from) => {
      reads(shard, from);
      // One log is read in larger pieces than another, which so falls far behind.
      const size = random.isOneOf(30) ? 0 : random.below(120 * (shard + 1));
      return Promise.resolve(log.slice(from - 1, Math.min(from - 1 + size, to[shard]!)));
    },
  }));
}

/** As another replica has saved it, after that entry. */
async function saveState(node: AuditedNode, shard: number, sequence: number): Promise<void> {
  const hashed = new HashedShard(new Shard(shard, logs.length));
  const entries = logs[shard]!.slice(0, sequence);
  for (const entry of entries) hashed.apply(entry);
  const { bytes } = encodeSnapshot(hashed.shard, {
    ...{ entriesHash: hashed.entries.hash, outputsHash: hashed.outputs.hash, owed: [] },
    lastEntryHash: hashOfEntry(entries.at(-1)!),
  });
  await node.snapshots.save({ shard, sequence, bytes });
}

/** In the order of their ids, each once: whoever was stopped may have told some again. */
function inOrder(spans: readonly ReceivedSpan[]): readonly string[] {
  return [...new Set(spans.map((span) => JSON.stringify(span)))].sort();
}

describe("a trading day", () => {
  it("has more than a day in its logs, with everything that the exchange knows in it", () => {
    const times = logs.flatMap((log) => [log[0]!.timeUs, log.at(-1)!.timeUs]);
    const hours = (Math.max(...times) - Math.min(...times)) / 3_600_000_000;
    expect(hours).toBeGreaterThan(24);
    expect(told.orders.size).toBeGreaterThan(1000);
    expect(told.refusals.size).toBeGreaterThan(1000);
    const words = [
      ...[executionTypeWords, orderTypeWords, timeInForceWords, tradingPhaseWords].flat(),
      ...["traded", "auction-indicated", "bands-changed", "intervention-recorded"],
      ...["place-order-list", "mass-quote", "replace-order", "cancel-and-place"],
      ...["confirm-kill-switch", "set-market-breaker", "activate-logic", "add-shard"],
      ...["place-actor", "hand-over", "take-over", "notes"],
    ];
    expect(words.filter((word) => !told.words.has(word))).toEqual([]);
  });

  it("leaves a complete trace of every order and of every refused command", () => {
    expect(traceFaultsIn({ cluster, told, spans: first }).slice(0, 5)).toEqual([]);
  });

  it(
    "is told in the same spans by whoever reads the logs in another way",
    async () => {
      const node = await AuditedNode.open("second");
      const middle = ends.map((end) => Math.ceil(end * 0.55));
      await node.audit(
        logsInPieces(middle, 1, () => undefined),
        middle,
      );
      const from = await node.from();
      const states = from.map((sequence) => Math.floor(sequence * 0.8));
      for (const [shard, at] of states.entries()) await saveState(node, shard, at);
      const began = new Map<number, number>();
      const noteBeginning = (shard: number, at: number): void => {
        if (!began.has(shard)) began.set(shard, at);
      };
      await node.audit(logsInPieces(ends, 2, noteBeginning), ends);
      expect([...began.values()]).toEqual(states.map((at) => at + 1));
      const second = await node.close();
      const [here, there] = [inOrder(first), inOrder(second)];
      expect(there.length).toBe(here.length);
      expect(there.findIndex((span, at) => span !== here[at])).toBe(-1);
    },
    deadlineMs,
  );

  it("is not all there when one order, one span or one word of a span is missing", () => {
    const [order] = [...told.orders.keys()].slice(1000);
    const [refused] = [...told.refusals.keys()].slice(1000);
    const orderTrace = traceIdOfOrder(cluster, order!);
    const refusedTrace = traceIdOfCommand(cluster, refused!);
    const faultsWithout = (isLost: (span: ReceivedSpan) => boolean): readonly string[] =>
      traceFaultsIn({ cluster, told, spans: first.filter((span) => !isLost(span)) });
    const isOfOrder = ({ traceId }: ReceivedSpan): boolean => traceId === orderTrace;
    expect(faultsWithout(isOfOrder)).toContain(`order ${order!} has no trace`);
    expect(faultsWithout(({ traceId }) => traceId === refusedTrace)).toContain(
      `refused command ${refused!} has no trace`,
    );
    for (const name of ["order", "reply", "hop"]) {
      const lost = first.find((span) => span.name === name)!;
      expect(faultsWithout((span) => span === lost).length, name).toBeGreaterThan(0);
    }
    const altered = { ...first[0]!, endTimeUnixNano: "0" };
    const faults = traceFaultsIn({ cluster, told, spans: [...first, altered] });
    expect(faults).toEqual([expect.stringContaining("was told again, and differently")]);
  });
});
