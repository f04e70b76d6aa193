/**
 * What is left of each shard's log, held against the evidence: what is surely there, what is surely
 * missing, and what nobody can tell. A pure function.
 */
import type { Evidence } from "./evidence.ts";

/** What is left of a shard's log. */
export interface LeftOfShard {
  readonly shard: number;
  readonly archivedTo: number;
  readonly storedTo: number;
  /** Whether what the survivor stored goes on where the archive ends. */
  readonly goesOn: boolean;
  readonly last: number;
  /** The chain over all entries, by sequence, wherever there is evidence. */
  readonly chains: ReadonlyMap<number, string>;
}

export interface ShardFinding extends Omit<LeftOfShard, "chains"> {
  /** Up to here another one has the same entries, or they are archived. */
  readonly confirmedTo: number;
  readonly confirmedBy: string;
  /** So many entries had been applied somewhere and are not left; at least. */
  readonly missing: number;
  readonly missedBy: string;
  /** Who had applied other entries than are left, and up to where; "" for nobody. */
  readonly contradictedBy: string;
}

export function findingOf(left: LeftOfShard, all: readonly Evidence[]): ShardFinding {
  const { chains, ...shown } = left;
  const evidence = all.filter(({ shard }) => shard === left.shard);
  const within = evidence.filter(({ sequence }) => sequence <= left.last);
  const agrees = (of: Evidence): boolean => chains.get(of.sequence) === of.entriesHash;
  const archive = { sequence: left.archivedTo, by: left.archivedTo > 0 ? "the archive" : "" };
  const confirmed = furthest([archive, ...within.filter(agrees)]);
  const furthestOfAll = furthest([{ sequence: left.last, by: "" }, ...evidence]);
  const contradicting = within.find((of) => !agrees(of));
  return {
    ...shown,
    confirmedTo: confirmed.sequence,
    confirmedBy: confirmed.by,
    missing: furthestOfAll.sequence - left.last,
    missedBy: furthestOfAll.by,
    contradictedBy:
      contradicting === undefined ? "" : `${contradicting.by} (entry ${contradicting.sequence})`,
  };
}

/** Whether something that had been acknowledged is surely gone. */
export function isLossProven({ missing, contradictedBy, goesOn }: ShardFinding): boolean {
  return missing > 0 || contradictedBy !== "" || !goesOn;
}

type Place = Pick<Evidence, "sequence" | "by">;

function furthest(places: readonly Place[]): Place {
  return places.reduce((best, of) => (of.sequence > best.sequence ? of : best), {
    sequence: 0,
    by: "",
  });
}
