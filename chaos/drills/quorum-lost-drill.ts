/**
 * The quorum-lost drill: two of three nats-servers and their stores are gone for good. What the
 * third has is made into a new cluster by `./outcry repair`, the same clients trade on there, and
 * everything that they were ever told is held against the new cluster's log from its first entry.
 *
 * Before that the other thing is shown: of a survivor that had stood still for the last part, the
 * repair says how much it lacks, and makes nothing of it.
 */
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { replaySourceOf, withEngine } from "../../ops/cli/engine-access.ts";
import { serverFiles } from "../../ops/nats-servers/server-files.ts";
import type { PlannedShard } from "../../ops/repair/repair.ts";
import { askSupervisor } from "../../ops/supervisor/control-socket.ts";
import { ThrowawayCluster } from "../../ops/supervisor/throwaway-cluster.ts";
import type { Violation } from "../history/check-history.ts";
import { checkHistory } from "../history/check-history.ts";
import { VenueReplay } from "../history/venue-replay.ts";
import { Workload } from "../workload/workload.ts";
import { askOutcry } from "./outcry-command.ts";

export interface QuorumLostOptions {
  readonly shards: number;
  readonly portBase: number;
  readonly seed: number;
  /** Commands a second, of all clients together. */
  readonly rate: number;
  /** How long is traded before, while the laggard stands still, and afterwards. */
  readonly tradeMs: number;
  /** Whether orders flow while the servers die; then the last ones may surely be lost. */
  readonly isUnderLoad: boolean;
  readonly say: (line: string) => void;
}

/** What `./outcry repair` said. */
export interface RepairAnswer {
  readonly ok: boolean;
  readonly error?: { readonly name: string; readonly shards?: readonly PlannedShard[] };
  readonly shards?: readonly PlannedShard[];
}

export interface QuorumLostResult {
  /** By shard, the last entry when everything was answered, before the servers died. */
  readonly heads: readonly number[];
  readonly ofLaggard: RepairAnswer;
  readonly ofSurvivor: RepairAnswer;
  /** From when the repair was called until a client had its first acknowledgement. */
  readonly secondsToTrade: number;
  readonly acknowledged: { readonly before: number; readonly after: number };
  readonly violations: readonly Violation[];
}

const laggard = "n1";
const survivor = "n2";
const third = "n3";

export class QuorumLostDrill {
  readonly #options: QuorumLostOptions;

  constructor(options: QuorumLostOptions) {
    this.#options = options;
  }

  async run(): Promise<QuorumLostResult> {
    const { shards, portBase, seed, rate } = this.#options;
    const cluster = await ThrowawayCluster.start({ shards, portBase });
    try {
      const workload = await Workload.open({ cluster, seed, rate, servers: cluster.servers });
      try {
        return await this.#loseAndRepair(cluster, workload);
      } finally {
        await workload.close();
      }
    } finally {
      await cluster.close();
    }
  }

  async #loseAndRepair(cluster: ThrowawayCluster, workload: Workload): Promise<QuorumLostResult> {
    const { say, portBase, shards, tradeMs, isUnderLoad } = this.#options;
    const { directory } = cluster;
    workload.start();
    await sleep(tradeMs);
    say(`${laggard} stands still, and the others trade on`);
    await signal(cluster, laggard, "SIGSTOP");
    await this.#untilAllGoOn(cluster);
    await sleep(tradeMs);
    if (!isUnderLoad) await workload.stop();
    const heads = await headsOf(cluster);
    say(`${survivor} and ${third} die`);
    await Promise.all([survivor, third].map((name) => signal(cluster, name, "SIGKILL")));
    const stopped = workload.stop();
    await cluster.halt();
    await stopped;
    const before = workload.acknowledgedCount;
    const kept = join(directory.path, "..", "kept");
    await rename(storeOf(cluster, survivor), kept);
    await rm(storeOf(cluster, third), { recursive: true });

    say(`repairing with ${laggard}, which lacks the end`);
    const data = join(directory.path, "..", "anew");
    const ofLaggard = await runRepair(directory.path, data);
    await rm(storeOf(cluster, laggard), { recursive: true });
    await rename(kept, storeOf(cluster, survivor));
    say(`repairing with ${survivor}`);
    const calledAtMs = performance.now();
    const ofSurvivor = await runRepair(directory.path, data);
    if (!ofSurvivor.ok) throw new Error(`not repaired: ${JSON.stringify(ofSurvivor)}`);

    const anew = await ThrowawayCluster.start({ shards, portBase, data });
    try {
      say("trading on");
      workload.start();
      while (workload.acknowledgedCount === before) await sleep(firstPollMs);
      const secondsToTrade = (performance.now() - calledAtMs) / 1000;
      await sleep(tradeMs);
      await workload.stop();
      const after = workload.acknowledgedCount - before;
      const violations = await this.#check(anew, workload);
      const acknowledged = { before, after };
      return { heads, ofLaggard, ofSurvivor, secondsToTrade, acknowledged, violations };
    } finally {
      await anew.close();
    }
  }

  /** A log that the laggard led has another leader after some seconds. */
  async #untilAllGoOn(cluster: ThrowawayCluster): Promise<void> {
    const before = await headsOf(cluster);
    for (;;) {
      const now = await headsOf(cluster);
      if (now.every((head, shard) => head > (before[shard] ?? 0))) return;
      await sleep(headsPollMs);
    }
  }

  async #check(cluster: ThrowawayCluster, workload: Workload): Promise<readonly Violation[]> {
    const { shards } = this.#options;
    const history = await workload.takeHistory();
    const replay = new VenueReplay({ shards, nodes: cluster.file.nodes });
    const { record } = await withEngine(cluster, (access) =>
      replay.read(replaySourceOf(access), workload.accounts),
    );
    return checkHistory(history, record);
  }
}

const firstPollMs = 5;
const headsPollMs = 200;

/** Whether the drill showed all that it is there to show. */
export function isRepaired({ ofLaggard, ofSurvivor, violations }: QuorumLostResult): boolean {
  const isRefused = ofLaggard.error?.name === "loss-not-accepted";
  return isRefused && ofSurvivor.ok && violations.length === 0;
}

function storeOf({ directory }: ThrowawayCluster, server: string): string {
  return serverFiles(directory.path, server).storeDirectory;
}

async function headsOf(cluster: ThrowawayCluster): Promise<readonly number[]> {
  return await withEngine(cluster, ({ logs }) => Promise.all(logs.map((log) => log.head())));
}

async function signal(
  cluster: ThrowawayCluster,
  process: string,
  name: "SIGKILL" | "SIGSTOP",
): Promise<void> {
  const request = { command: "kill", process, signal: name, restart: false } as const;
  await askSupervisor(cluster.file.supervisor.socket, request);
}

/** As an operator would: looks first, then makes it. A refusal is an answer. */
async function runRepair(lost: string, data: string): Promise<RepairAnswer> {
  const words = ["repair", lost, "--data", data];
  const looked = await askOutcry<RepairAnswer>(...words, "--dry-run");
  const made = await askOutcry<RepairAnswer>(...words, "--yes");
  if (!looked.ok) throw new Error(`not even looked at: ${JSON.stringify(looked)}`);
  return made;
}
