/**
 * How fast a shard applies frames of commands. All runs apply the same entries to a new shard; the
 * first, in which the code is compiled and the work is counted, is not timed.
 */
import type { Step } from "../../../actors/index.ts";
import type { LogEntry } from "../../../cluster/replicated-log.ts";
import { readEvent, RecordReader, repliesIn } from "../../../protocols/index.ts";
import type { CommandReplied, OrderCommand, OrderReplied } from "../../../protocols/index.ts";
import { medianOf, percentilesOf } from "../percentiles.ts";
import { undisturbed } from "../undisturbed.ts";
import type { Percentiles } from "../percentiles.ts";
import { BenchedShard, LogWriter, openingEntries, openingUs } from "./bench-venue.ts";
import { collectGarbage, GcWatch } from "../gc-pauses.ts";
import type { GcPauses } from "../gc-pauses.ts";
import { OrderFlow } from "./order-flow.ts";
import type { Mix } from "./order-flow.ts";

export interface SpeedAssignment {
  readonly mix: Mix;
  readonly commandsPerFrame: number;
  readonly commands: number;
  readonly runs: number;
  /** No run begins after that many, but for the first. */
  readonly secondsMax: number;
}

type Reply = OrderReplied | CommandReplied;

/** What one run did. */
export interface Tally {
  readonly replies: number;
  readonly rejected: number;
  readonly trades: number;
}

export interface SpeedMeasurement extends SpeedAssignment {
  /** Commands a second: the median run's. */
  readonly speed: number;
  /** Of all runs, in their order. */
  readonly speeds: readonly number[];
  /** Commands a second of the thread's processor time: what a machine of its own would do. */
  readonly processorSpeed: number;
  /** Commands a second if each frame took as long as in its fastest run: what nobody disturbed. */
  readonly undisturbedSpeed: number;
  /** Of the frames of all runs. */
  readonly perFrameUs: Percentiles;
  readonly pauses: GcPauses;
  readonly tally: Tally;
  /** The hashes of all entries and of all outputs; every run's. */
  readonly work: string;
}

/** How much later a command is than the one before it: closed orders are forgotten with time. */
const commandGapUs = 1000;

export async function measureSpeed(assignment: SpeedAssignment): Promise<SpeedMeasurement> {
  const { runs, secondsMax } = assignment;
  const log = new LogWriter();
  const opening = openingEntries(log);
  const entries = entriesOf(assignment, log);
  const { tally, work } = rehearse(opening, entries);
  const frameUs = new Float64Array(entries.length * runs);
  const speeds: number[] = [];
  const processorSpeeds: number[] = [];
  const watch = new GcWatch();
  const endsAtMs = performance.now() + secondsMax * 1000;
  while (speeds.length < runs && (speeds.length === 0 || performance.now() < endsAtMs)) {
    const shard = new BenchedShard();
    for (const entry of opening) shard.apply(entry);
    const times = frameUs.subarray(speeds.length * entries.length);
    collectGarbage();
    const processorBefore = process.threadCpuUsage();
    const elapsedMs = watch.span(() => timeFrames(shard, entries, times));
    const { user, system } = process.threadCpuUsage(processorBefore);
    if (shard.work !== work) throw new Error("a run did other work than the one before it");
    speeds.push((assignment.commands / elapsedMs) * 1000);
    processorSpeeds.push((assignment.commands / (user + system)) * 1_000_000);
  }
  const pauses = await watch.end();
  const timedUs = frameUs.subarray(0, speeds.length * entries.length);
  const perFrameUs = percentilesOf(timedUs);
  const undisturbedSpeed = (assignment.commands / undisturbed(timedUs, entries.length)) * 1_000_000;
  const [speed, processorSpeed] = [medianOf(speeds), medianOf(processorSpeeds)];
  const allSpeeds = { speed, speeds, processorSpeed, undisturbedSpeed };
  return { ...assignment, ...allSpeeds, perFrameUs, pauses, tally, work };
}

export function entriesOf(
  { mix, commands, commandsPerFrame }: SpeedAssignment,
  log: LogWriter,
): readonly LogEntry[] {
  const flow = new OrderFlow(mix);
  const entries: LogEntry[] = [];
  for (let done = 0; done < commands;) {
    const length = Math.min(commandsPerFrame, commands - done);
    const messages: OrderCommand[] = Array.from({ length }, () => flow.next());
    done += length;
    entries.push(log.entry("gateway-1", messages, openingUs + done * commandGapUs));
  }
  return entries;
}

/** A time stamp before and one after each frame: some ten nanoseconds that are none of the shard's. */
function timeFrames(shard: BenchedShard, entries: readonly LogEntry[], us: Float64Array): void {
  let before = performance.now();
  for (let at = 0; at < entries.length; at += 1) {
    shard.apply(entries[at]!);
    const after = performance.now();
    us[at] = (after - before) * 1000;
    before = after;
  }
}

/** Applies everything once, throws where the opening is refused, and counts what comes of it. */
export function rehearse(
  opening: readonly LogEntry[],
  entries: readonly LogEntry[],
): { readonly tally: Tally; readonly work: string } {
  const shard = new BenchedShard();
  for (const entry of opening) {
    shard.applyAndSee(entry, (step) => {
      const refused = repliesOf(step).find(({ rejectReason }) => rejectReason !== 0);
      if (refused !== undefined) throw new Error(`no venue: ${String(refused.rejectReason)}`);
    });
  }
  const tally = { replies: 0, rejected: 0, trades: 0 };
  for (const entry of entries) {
    shard.applyAndSee(entry, (step) => {
      if (step.verdict !== "applied") throw new Error(`a frame was ${step.verdict}`);
      for (const { rejectReason } of repliesOf(step)) {
        tally.replies += 1;
        if (rejectReason !== 0) tally.rejected += 1;
      }
      const reader = RecordReader.of(step.events);
      while (reader.hasMore) if (readEvent(reader).kind === "traded") tally.trades += 1;
    });
  }
  return { tally, work: shard.work };
}

function repliesOf({ replies }: Step): readonly Reply[] {
  return replies.flatMap(({ records }) => repliesIn(records));
}
