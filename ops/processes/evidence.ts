/**
 * Evidence: what is kept of an entry at which a replica found an invariant broken, so that somebody
 * can look at it. The log holds the entry and all before it; what memory had become is only here.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import type { ReplicaReport } from "../../cluster/replica.ts";

type Violation = Extract<ReplicaReport, { kind: "violated" }>;

/** Returns the folder that it is in. */
export function keepEvidence(directory: string, { fault, entry, state }: Violation): string {
  const { shard, sequence, violation } = fault;
  const folder = join(directory, `shard-${shard}-entry-${sequence}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { producer, timeUs, payload } = entry;
  const about = {
    invariant: violation.invariant ?? "",
    message: violation.message,
    ...{ shard, sequence, producer, timeUs },
    error: inspect(violation),
  };
  writeFileSync(join(folder, "violation.json"), `${JSON.stringify(about, null, 2)}\n`);
  writeFileSync(join(folder, "entry.bin"), payload);
  if (state !== undefined) writeFileSync(join(folder, "state.msgpack"), state);
  return folder;
}
