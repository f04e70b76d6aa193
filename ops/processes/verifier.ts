/**
 * An engine node's side of its verifier thread: starts it with the first snapshot that there is to
 * verify, and spreads the work over the nodes.
 *
 * All followers of a shard save a snapshot at the same entry and one verification does for all of
 * them. So they wait for different times, each its turn to be first, and who comes later finds it
 * done.
 */
import { Worker } from "node:worker_threads";
import type { ShardId } from "../../protocols/identifiers.ts";
import type { SnapshotVerdict } from "../../cluster/snapshot-certificate.ts";
import { startingAt } from "../../cluster/in-turn.ts";
import type { EngineSettings } from "../config/process-settings.ts";
import type { Tell } from "./process-host.ts";

export interface VerifierOrder {
  readonly shard: ShardId;
}

export type VerifierReport =
  | {
      readonly kind: "snapshot-certified";
      readonly shard: ShardId;
      readonly sequence: number;
      readonly verdict: SnapshotVerdict;
    }
  | {
      readonly kind: "fault";
      readonly shard: ShardId;
      readonly code: string;
      readonly message: string;
    };

/** How much later than the first a node begins for each that is before it. */
const turnMs = 20_000;

export class Verifier {
  readonly #settings: EngineSettings;
  readonly #tell: Tell;
  readonly #timers = new Set<NodeJS.Timeout>();
  #worker: Worker | undefined;

  constructor(settings: EngineSettings, tell: Tell) {
    this.#settings = settings;
    this.#tell = tell;
  }

  /** This node has saved a snapshot of that shard. */
  saved(shard: ShardId, sequence: number): void {
    const { node, nodes, snapshotEveryEntries } = this.#settings;
    const turn = shard + Math.floor(sequence / snapshotEveryEntries);
    const rank = startingAt(turn, nodes).indexOf(node);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#order({ shard });
    }, rank * turnMs);
    this.#timers.add(timer);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#worker?.terminate();
  }

  #order(order: VerifierOrder): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(order);
  }

  /** A thread that died is no reason to stop trading; the next snapshot starts another one. */
  #start(): Worker {
    const script = new URL("./verifier-thread.ts", import.meta.url);
    const worker = new Worker(script, { workerData: this.#settings, stdout: false });
    worker.on("message", (report: VerifierReport) => {
      const isBad = report.kind === "fault" || report.verdict === "refuted";
      this.#tell({ level: isBad ? "error" : "info", ...report });
    });
    worker.on("error", (error) => {
      this.#tell({ kind: "verifier-ended", level: "error", error });
      this.#worker = undefined;
    });
    return worker;
  }
}
