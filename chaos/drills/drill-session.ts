/** A whole drill: as many runs as were asked for on one cluster, and what they come to. */
import { replaySourceOf } from "../../ops/cli/engine-access.ts";
import { version } from "../../ops/config/release.ts";
import { findNatsServer } from "../../ops/setup/nats-server.mjs";
import { spreadLeaders } from "../../ops/supervisor/log-leaders.ts";
import { toolNames } from "../../ops/supervisor/cluster-plan.ts";
import { VenueReplay } from "../history/venue-replay.ts";
import { clientsParty } from "../network/cluster-ways.ts";
import { untilAtHome, untilWell } from "../nemeses/well-being.ts";
import { withAwakeProcessors } from "../../ops/bench/processors/awake-processors.ts";
import { untilHostIsQuiet } from "../../ops/bench/processors/quiet-host.ts";
import { Workload } from "../workload/workload.ts";
import type { Drill } from "./drill.ts";
import type { DrillCluster, DrillClusterOptions } from "./drill-cluster.ts";
import { withDrillCluster } from "./drill-cluster.ts";
import type { DrillReport } from "./drill-report.ts";
import type { DrillRunParts, RunOutcome } from "./drill-run.ts";
import { DrillRun } from "./drill-run.ts";
import { summarize } from "./drill-summary.ts";
import type { KeptRun } from "./kept-runs.ts";
import { KeptRuns, RunsMade } from "./kept-runs.ts";
import { describeRun } from "./report-text.ts";

export interface DrillOptions extends DrillClusterOptions {
  readonly drill: Drill;
  readonly runs: number;
  readonly seed: number;
  /** Commands a second, of all clients together. */
  readonly rate: number;
  /** How long clients trade before the first run: a process that has just begun is slow. */
  readonly warmUpMs: number;
  /** Whether processors are kept from going idle, and runs begin when the host leaves us alone. */
  readonly isUndisturbed: boolean;
  /** A file with the runs made before, which count among them, and to which each is added. */
  readonly keepIn?: string;
  /** Is told after every run what all came to so far. */
  readonly onRun?: (soFar: DrillReport) => void;
}

const wholeTimeoutMs = 60_000;
/** A run that waited for so long begins all the same, and its report says what was stolen. */
const quietTimeoutMs = 30_000;
/** Of a cluster that had a run before: connections warm, books not empty. */
const warmUpMsUsual = 1000;

/**
 * Rejects with `DrillNotPermitted` where this machine does not let it be made, with `OtherRuns` and
 * `RunsMade` where those that are kept cannot be gone on with.
 */
export async function runDrill(options: DrillOptions): Promise<DrillReport> {
  options.say(`${options.drill.name}: ${options.drill.story}`);
  const kept = keptRunsOf(options);
  const act = () => withDrillCluster(options, (on) => new Session(options, on, kept).run());
  return options.isUndisturbed ? await withAwakeProcessors(act) : await act();
}

function keptRunsOf(options: DrillOptions): KeptRuns | undefined {
  if (options.keepIn === undefined) return undefined;
  const { drill, runs, seed, shards, rate, isUndisturbed } = options;
  const kept = new KeptRuns(options.keepIn, {
    ...{ drill: drill.name, seed, shards, rate, isUndisturbed },
    ...{ release: version, natsServer: findNatsServer()?.version ?? "" },
  });
  if (kept.runs.length < runs) return kept;
  throw new RunsMade(options.keepIn, kept.runs.length);
}

class Session {
  readonly #options: DrillOptions;
  readonly #parts: DrillCluster;
  readonly #startedAt: string;
  readonly #outcomes: KeptRun[];
  readonly #kept: KeptRuns | undefined;

  constructor(options: DrillOptions, parts: DrillCluster, kept: KeptRuns | undefined) {
    this.#options = options;
    this.#parts = parts;
    this.#kept = kept;
    this.#startedAt = kept?.startedAt ?? new Date().toISOString();
    this.#outcomes = [...(kept?.runs ?? [])];
  }

  async run(): Promise<DrillReport> {
    const { seed, rate, shards } = this.#options;
    const { file } = this.#parts.cluster;
    const servers = this.#parts.ways?.addressesFor(clientsParty) ?? this.#parts.cluster.servers;
    const workload = await Workload.open({ cluster: this.#parts.cluster, seed, rate, servers });
    try {
      const replay = new VenueReplay({ shards, nodes: file.nodes });
      let before = await replay.read(replaySourceOf(this.#parts.access), workload.accounts);
      const firstNumber = this.#outcomes.length + 1;
      for (let number = firstNumber; number <= this.#options.runs; number++) {
        await this.#makeReady();
        const isFirst = number === firstNumber;
        const outcome = await this.#runOnce(number, { isFirst, workload, replay, before });
        before = outcome.after;
        this.#outcomes.push(outcome);
        this.#kept?.add(outcome);
        // A cluster that did not get over it says nothing about the next fault.
        this.#options.onRun?.(this.#summary(workload));
        if (outcome.report.recoveryMs === null) break;
      }
      return this.#summary(workload);
    } finally {
      await workload.close();
    }
  }

  #summary(workload: Workload): DrillReport {
    return summarize(this.#outcomes, {
      ...this.#options,
      clients: workload.traders.length,
      startedAt: this.#startedAt,
      natsServer: findNatsServer()?.version ?? "",
    });
  }

  async #runOnce(
    number: number,
    {
      isFirst,
      ...parts
    }: Pick<DrillRunParts, "workload" | "replay" | "before"> & { readonly isFirst: boolean },
  ): Promise<RunOutcome> {
    const { drill, runs, seed, say, signal, warmUpMs } = this.#options;
    say(`  run ${number} of ${runs}`);
    const outcome = await new DrillRun({
      ...parts,
      ...this.#parts,
      drill,
      number,
      seed,
      warmUpMs: isFirst ? warmUpMs : warmUpMsUsual,
      signal,
      say,
    }).run();
    for (const line of describeRun(outcome.report)) say(`    ${line}`);
    return outcome;
  }

  /** Every run begins with a whole cluster in which servers lead and nodes emit in turn. */
  async #makeReady(): Promise<void> {
    const { file } = this.#parts.cluster;
    const { signal } = this.#options;
    await untilWell(
      { cluster: this.#parts.cluster, access: this.#parts.access },
      { timeoutMs: wholeTimeoutMs, signal },
    );
    await spreadLeaders(
      {
        urls: this.#parts.cluster.servers,
        servers: file.servers.map(({ name }) => name),
        shards: file.shards,
        replicas: file.replicas,
        user: toolNames.engine,
        credentialsFile: file.credentials.engine,
      },
      findNatsServer()?.version ?? "",
    );
    await untilAtHome({ cluster: this.#parts.cluster, access: this.#parts.access }, signal);
    if (this.#options.isUndisturbed) {
      await untilHostIsQuiet({ timeoutMs: quietTimeoutMs, signal });
    }
  }
}
