/**
 * What the rules of money cost: the same commands on a venue that has all of them and on one that
 * has none, by turns in one process, as the ratio of the median runs.
 */
import { newestLogic } from "../../../actors/index.ts";
import type { LogEntry } from "../../../cluster/replicated-log.ts";
import { collectGarbage } from "../gc-pauses.ts";
import { medianOf } from "../percentiles.ts";
import { entriesOf, rehearse } from "./apply-speed.ts";
import type { SpeedAssignment, Tally } from "./apply-speed.ts";
import { BenchedShard, LogWriter, openingEntries, openingUs } from "./bench-venue.ts";
import { firstTrades, houseRules } from "./house-rules.ts";

/** Sums of such funds are numbers, as they are where nobody has too much. */
const venue = { funds: 1_000_000_000_000, logic: newestLogic };
const commandsPerFrame = 100;

export interface RulesCost extends SpeedAssignment {
  /** Commands a second of the median runs, without the rules and with them. */
  readonly without: RunsOfOne;
  readonly with: RunsOfOne;
  /** How many times as long a command takes with the rules; of processor time likewise. */
  readonly ratio: number;
  readonly processorRatio: number;
}

interface RunsOfOne {
  readonly speed: number;
  readonly processorSpeed: number;
  readonly runs: number;
  readonly tally: Tally;
}

class Contestant {
  readonly #commands: number;
  readonly #opening: readonly LogEntry[];
  readonly #entries: readonly LogEntry[];
  readonly #work: string;
  readonly #tally: Tally;
  readonly #speeds: number[] = [];
  readonly #processorSpeeds: number[] = [];

  constructor(assignment: SpeedAssignment, hasRules: boolean) {
    const log = new LogWriter();
    const opening = [...openingEntries(log, venue), log.entry("gateway-1", firstTrades, openingUs)];
    const rules = hasRules ? houseRules : [];
    for (let from = 0; from < rules.length; from += commandsPerFrame) {
      const messages = rules.slice(from, from + commandsPerFrame);
      opening.push(log.entry("gateway-1", messages, openingUs));
    }
    this.#commands = assignment.commands;
    this.#opening = opening;
    this.#entries = entriesOf(assignment, log);
    const { work, tally } = rehearse(opening, this.#entries);
    this.#work = work;
    this.#tally = tally;
  }

  run(): void {
    const shard = new BenchedShard();
    for (const entry of this.#opening) shard.apply(entry);
    collectGarbage();
    const processorBefore = process.threadCpuUsage();
    const before = performance.now();
    for (const entry of this.#entries) shard.apply(entry);
    const elapsedMs = performance.now() - before;
    const { user, system } = process.threadCpuUsage(processorBefore);
    if (shard.work !== this.#work) throw new Error("a run did other work than the one before it");
    this.#speeds.push((this.#commands / elapsedMs) * 1000);
    this.#processorSpeeds.push((this.#commands / (user + system)) * 1_000_000);
  }

  get measured(): RunsOfOne {
    return {
      speed: medianOf(this.#speeds),
      processorSpeed: medianOf(this.#processorSpeeds),
      runs: this.#speeds.length,
      tally: this.#tally,
    };
  }
}

export function measureRules(assignment: SpeedAssignment): RulesCost {
  const contestants = [false, true].map((hasRules) => new Contestant(assignment, hasRules));
  const endsAtMs = performance.now() + assignment.secondsMax * 1000;
  for (let run = 0; run < assignment.runs; run++) {
    if (run > 0 && performance.now() >= endsAtMs) break;
    for (const contestant of contestants) contestant.run();
  }
  const [without, ruled] = contestants.map(({ measured }) => measured);
  if (without === undefined || ruled === undefined) throw new Error("there are two");
  return {
    ...{ ...assignment, without, with: ruled, ratio: without.speed / ruled.speed },
    processorRatio: without.processorSpeed / ruled.processorSpeed,
  };
}
