/**
 * Which generations nobody needs the streams of any more.
 *
 * A generation may go when the archive holds all of it, when no node would have to read it to
 * start, and when none is still on its way through it. They go oldest first, and the newest one
 * never.
 */
import type { LogGeneration } from "../log-generation.ts";
import { verifiedMin } from "../snapshot-certificate.ts";

/** What is known of a shard when somebody asks. */
export interface RetirementSeen {
  /** Oldest first. */
  readonly generations: readonly LogGeneration[];
  /** The last entry of the archive, as far as it was verified. */
  readonly archivedTo: number;
  /** Enough verified snapshots lie behind this entry that nobody starts before it. */
  readonly coveredTo: number;
  /** What each node has applied; undefined for those that do not answer. */
  readonly applied: readonly (number | undefined)[];
}

/** What keeps a generation from being retired, each in words; nothing when it may go. */
export function reasonsToKeep(
  { generation, last, isSealed }: LogGeneration,
  { generations, archivedTo, coveredTo, applied }: RetirementSeen,
): readonly string[] {
  if (!isSealed || generation === generations.at(-1)?.generation) return ["it is the newest one"];
  const oldest = generations[0]?.generation ?? generation;
  const behind = applied.filter((sequence) => sequence === undefined || sequence < last).length;
  return [
    ...(archivedTo >= last ? [] : [`the archive ends at ${String(archivedTo)}`]),
    ...(coveredTo >= last
      ? []
      : [`fewer than ${String(verifiedMin)} verified snapshots are behind it`]),
    ...(behind === 0 ? [] : [`${String(behind)} nodes have not applied it or do not answer`]),
    ...(generation === oldest ? [] : [`generation ${String(oldest)} goes first`]),
  ];
}
