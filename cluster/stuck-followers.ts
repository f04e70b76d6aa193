/**
 * Which followers of a log are there, but get no nearer to its leader.
 *
 * A nats-server that led alone for a while has entries that nobody else has, and takes them back
 * one by one, some seconds each (measured with 2.15.1). Until that is done only the two others
 * store what comes. The log's next generation begins without them, on all servers at once.
 */
import type { LogFollower, LogGeneration } from "./log-generation.ts";

/** At so many looks on end it has got no nearer. */
const looksInVain = 3;

export class StuckFollowers {
  #generation = 0;
  #seen = new Map<string, { readonly lag: number; readonly looks: number }>();

  /**
   * The servers that are stuck, from what was seen now and before. Meant to be called every ten
   * seconds: whoever catches up gets nearer in that time, however much is being appended.
   */
  look({ generation, followers }: LogGeneration): readonly string[] {
    if (generation !== this.#generation) this.#seen.clear();
    this.#generation = generation;
    this.#seen = new Map(
      followers
        .filter(isBehind)
        .map(({ server, lag }) => [server, { lag, looks: this.#looksAt(server, lag) }]),
    );
    return [...this.#seen].filter(([, { looks }]) => looks >= looksInVain).map(([name]) => name);
  }

  /** Counting this one. */
  #looksAt(server: string, lag: number): number {
    const before = this.#seen.get(server);
    return before === undefined || lag < before.lag ? 1 : before.looks + 1;
  }
}

function isBehind({ isReachable, isCurrent, lag }: LogFollower): boolean {
  return isReachable && !isCurrent && lag > 0;
}
