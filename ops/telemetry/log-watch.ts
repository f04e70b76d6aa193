/** Whether a log answers: the leader of its stream, which is what an append would wait for. */
import { ClusterFault } from "../../cluster/faults.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";

export type WatchedLog = Pick<ReplicatedLog, "head">;

/** Sooner than a scraper gives up. */
const logTimeoutMs = 2000;

/** For who cannot wait for an answer: whether there was one when it was asked last. */
export class LogWatch {
  readonly #log: WatchedLog;
  #answers = false;
  #isAsking = false;

  constructor(log: WatchedLog) {
    this.#log = log;
  }

  /** Asks again; false until it has answered once. */
  look(): boolean {
    if (!this.#isAsking) void this.#ask();
    return this.#answers;
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      this.#answers = (await headOf(this.#log)) !== undefined;
    } finally {
      this.#isAsking = false;
    }
  }
}

/** The log's last sequence; undefined when there is no leader, or it does not answer in time. */
export async function headOf(log: WatchedLog): Promise<number | undefined> {
  const timeout = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => timeout.resolve(undefined), logTimeoutMs);
  const answer = log.head().catch((error: unknown) => {
    if (error instanceof ClusterFault) return undefined;
    throw error;
  });
  try {
    return await Promise.race([answer, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
