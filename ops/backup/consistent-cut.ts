/**
 * Up to where each shard may be restored so that all of them fit together.
 *
 * Shards speak to each other in numbered frames. A shard that has taken a frame which its sender,
 * cut off earlier, never sent would take what the sender says next for what it has heard already.
 * So each shard is cut back until everything it has heard was said. The other way round does no
 * harm: what was said and not heard is sent again.
 */
import { Shard } from "../../actors/index.ts";
import { assert } from "../../protocols/index.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import { piecesOf } from "../downstream/log-pieces.ts";

/** How many frames there were after an entry; noted where that changed. */
interface Mark {
  readonly sequence: number;
  readonly frames: number;
}

/** What one shard said to the others and heard from them, entry by entry. */
export interface ShardTrace {
  readonly last: number;
  /** By target. */
  readonly said: readonly (readonly Mark[])[];
  /** By source. */
  readonly heard: readonly (readonly Mark[])[];
}

/** Up to where to follow a shard: its entry, or its last one of that time at the latest. */
export interface TraceLimits {
  readonly sequence: number;
  readonly timeUs: number;
}

/** Applies a shard's log from its beginning. */
export async function traceShard(
  log: Pick<ReplicatedLog, "read">,
  { shard, shards }: { readonly shard: number; readonly shards: number },
  limits: TraceLimits,
): Promise<ShardTrace> {
  const hashed = new HashedShard(new Shard(shard, shards));
  const said: Mark[][] = Array.from({ length: shards }, () => []);
  const heard: Mark[][] = Array.from({ length: shards }, () => []);
  let timeUs = 0;
  for await (const entries of piecesOf(log, { from: 1, upTo: limits.sequence })) {
    for (const entry of entries) {
      timeUs = Math.max(timeUs, entry.timeUs);
      if (timeUs > limits.timeUs) return { last: hashed.shard.sequence, said, heard };
      const { outbound } = hashed.apply(entry).step;
      for (const { shard: target, frame } of outbound) {
        said[target]?.push({ sequence: entry.sequence, frames: frame });
      }
      for (const [source, marks] of heard.entries()) {
        const frames = hashed.shard.appliedFramesOf(source);
        if (frames > framesAt(marks, Infinity)) marks.push({ sequence: entry.sequence, frames });
      }
    }
  }
  return { last: hashed.shard.sequence, said, heard };
}

/** By shard, the last entries of a cut in which everything that was heard was said. */
export function consistentCut(traces: readonly ShardTrace[]): readonly number[] {
  const cut = traces.map(({ last }) => last);
  for (let isSettled = false; !isSettled;) {
    isSettled = true;
    for (const [shard, { heard }] of traces.entries()) {
      for (const [source, marks] of heard.entries()) {
        const said = framesAt(traces[source]?.said[shard] ?? [], cut[source] ?? 0);
        const tooEarly = marks.find(({ frames }) => frames > said)?.sequence ?? Infinity;
        if (tooEarly > (cut[shard] ?? 0)) continue;
        cut[shard] = tooEarly - 1;
        isSettled = false;
      }
    }
  }
  assert(cut.every((last) => last >= 0));
  return cut;
}

/** How many frames there were after that entry. */
function framesAt(marks: readonly Mark[], sequence: number): number {
  return marks.findLast((mark) => mark.sequence <= sequence)?.frames ?? 0;
}
