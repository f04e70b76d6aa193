/**
 * Where divergence dumps are kept: on the machine of the replica that wrote them, for people.
 *
 * No more than so many are, the oldest go first: a replica that diverges again and again must not
 * fill its disk. `memory-dump-store.ts` and `directory-dump-store.ts` implement it.
 */
import type { DivergenceDump } from "./divergence-dump.ts";

export interface DumpStore {
  /** Says where it is kept. Rejects with `DumpStoreUnavailable`. */
  keep(dump: DivergenceDump): Promise<string>;
}

/** How many are kept. */
export const dumpsMax = 8;
