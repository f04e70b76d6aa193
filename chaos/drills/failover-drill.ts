/**
 * The failover drill: real order flow through a real cluster, while one process after the other is
 * killed with SIGKILL and brought back.
 *
 * The flow is a LOBSTER file, so there is a truth to hold against: the book that the public sees
 * must equal the file after every message, nothing may be lost or doubled, and at the end every
 * replica of every shard must have the same hashes as a rebuild from the log alone.
 */
import { withEngine } from "../../ops/cli/engine-access.ts";
import { openClusterVenue } from "../../ops/lobster/cluster-venue.ts";
import { LobsterRun } from "../../ops/lobster/lobster-run.ts";
import type { LobsterEvent, LobsterResult } from "../../ops/lobster/lobster-run.ts";
import { isRight } from "../../ops/lobster/run-lobster.ts";
import { askSupervisor } from "../../ops/supervisor/control-socket.ts";
import type { ThrowawayCluster } from "../../ops/supervisor/throwaway-cluster.ts";
import { shardOfInstrument } from "../../protocols/placement.ts";
import type { Role } from "../nemeses/roles.ts";
import { processOf } from "../nemeses/roles.ts";
import { runOutcry } from "./outcry-command.ts";

export const allVictims: readonly Role[] = ["emitter", "standby", "nats-follower", "nats-leader"];

export interface DrillOptions {
  readonly cluster: ThrowawayCluster;
  readonly paths: { readonly messages: string; readonly orderbook: string };
  readonly symbol: string;
  readonly levels: number;
  readonly victims: readonly Role[];
  /** Rows from one kill to the next; the process comes back halfway. */
  readonly rowsPerKill: number;
  readonly rowsPerSecond: number;
  readonly say: (line: string) => void;
}

export interface Kill {
  readonly victim: Role;
  readonly process: string;
  readonly row: number;
  /** The longest time between two answered batches while the process was down. */
  readonly gapMsMax: number;
}

export interface DrillResult {
  readonly run: LobsterResult;
  readonly kills: readonly Kill[];
  /** The longest time between two answered batches while nothing was down. */
  readonly calmGapMsMax: number;
  /** Whether `replay --verify` found every replica equal to a rebuild from the log. */
  readonly isVerified: boolean;
  readonly verification: string;
}

/** A few rows a batch: every batch is acknowledged before the next one leaves. */
const rowsAtOnce = 8;

export class FailoverDrill {
  readonly #options: DrillOptions;
  readonly #kills: Kill[] = [];
  #symbol = "";
  #down: { victim: Role; process: string; row: number; gapMsMax: number } | undefined;
  /** The kill or return that is under way. */
  #act: Promise<void> | undefined;
  #nextRow: number;
  #calmGapMsMax = 0;
  /** Of what the drill itself did, not of the exchange. */
  #fault: Error | undefined;

  constructor(options: DrillOptions) {
    this.#options = options;
    this.#nextRow = options.rowsPerKill;
  }

  async run(): Promise<DrillResult> {
    const { cluster, paths, symbol, levels, rowsPerSecond } = this.#options;
    const venue = await openClusterVenue(cluster.file);
    try {
      const run = await new LobsterRun({
        venue,
        paths,
        symbol,
        levels,
        rowsAtOnce,
        rowsPerSecond,
        onEvent: (event) => this.#hear(event),
      }).run();
      await this.#act;
      if (this.#fault !== undefined) throw this.#fault;
      await this.#bringBack();
      const { isVerified, verification } = await verify(cluster.directory.path);
      const calmGapMsMax = this.#calmGapMsMax;
      return { run, kills: this.#kills, calmGapMsMax, isVerified, verification };
    } finally {
      await venue.close();
    }
  }

  #hear(event: LobsterEvent): void {
    if (event.kind === "listed") this.#symbol = event.symbol;
    if (event.kind !== "acknowledged") return;
    if (this.#down !== undefined) {
      this.#down.gapMsMax = Math.max(this.#down.gapMsMax, event.gapMs);
    } else if (this.#act === undefined && event.row > rowsAtOnce) {
      this.#calmGapMsMax = Math.max(this.#calmGapMsMax, event.gapMs);
    }
    if (this.#act !== undefined || event.row < this.#nextRow) return;
    this.#nextRow = event.row + this.#options.rowsPerKill / 2;
    const act = this.#down === undefined ? this.#kill(event.row) : this.#bringBack();
    this.#act = act
      .catch((fault: unknown) => {
        this.#fault ??= fault instanceof Error ? fault : new Error(String(fault));
      })
      .finally(() => {
        this.#act = undefined;
      });
  }

  async #kill(row: number): Promise<void> {
    const { cluster, victims, say } = this.#options;
    const victim = victims[this.#kills.length];
    if (victim === undefined) return;
    const name = await this.#processOf(victim);
    this.#down = { victim, process: name, row, gapMsMax: 0 };
    const request = { command: "kill", process: name, signal: "SIGKILL", restart: false } as const;
    await askSupervisor(cluster.file.supervisor.socket, request);
    say(`row ${row}: killed ${name} (${victim})`);
  }

  async #bringBack(): Promise<void> {
    const { cluster, say } = this.#options;
    if (this.#down === undefined) return;
    const { process } = this.#down;
    await askSupervisor(cluster.file.supervisor.socket, { command: "restart", process });
    say(`${process} is back; the longest silence was ${Math.round(this.#down.gapMsMax)} ms`);
    this.#kills.push(this.#down);
    this.#down = undefined;
  }

  /** Who plays that part for the shard of the book that is traded. */
  async #processOf(role: Role): Promise<string> {
    const { cluster } = this.#options;
    const shard = shardOfInstrument(this.#symbol, cluster.file.shards);
    return await withEngine(cluster, (access) => processOf(role, shard, { cluster, access }));
  }
}

/** Whether a drill showed all that it is there to show. */
export function isPassed({ run, isVerified }: DrillResult): boolean {
  return isRight(run) && isVerified;
}

/** Whether every replica has the hashes of a rebuild from the log, and what was said of it. */
export async function verify(data: string): Promise<{ isVerified: boolean; verification: string }> {
  const { exitCode, stdout, stderr } = await runOutcry("replay", "--verify", "--data", data);
  return { isVerified: exitCode === 0, verification: `${stdout}${stderr}` };
}
