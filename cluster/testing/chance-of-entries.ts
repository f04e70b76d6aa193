/** A venue in memory draws chance as replicas do, so that they may replay its logs. */
import type { Chance } from "../../actors/testing/test-venue.ts";
import { HashChain } from "../hash-chain.ts";
import { partsOfEntry } from "../log-origin.ts";
import type { LogEntry } from "../replicated-log.ts";

/** From the chain over the entries before. */
export class ChanceOfEntries implements Chance {
  readonly #chains = new Map<number, HashChain>();

  before(shard: number): number {
    return this.#chainOf(shard).entropy;
  }

  after(shard: number, entry: LogEntry): void {
    this.#chainOf(shard).fold(entry.sequence, ...partsOfEntry(entry));
  }

  #chainOf(shard: number): HashChain {
    const chain = this.#chains.get(shard) ?? new HashChain();
    this.#chains.set(shard, chain);
    return chain;
  }
}
