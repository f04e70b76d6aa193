/**
 * A divergence dump: all that a replica has in hand when it stops because others computed something
 * else, so that somebody can find out what went wrong after it was rebuilt.
 *
 * Nothing reads it but people and their tools.
 */
import type { NodeId, ShardId } from "../protocols/index.ts";
import { MalformedRecords, pack, unpack } from "../protocols/index.ts";
import type { Step } from "../actors/index.ts";
import type { DifferenceCause } from "./feed-comparison.ts";
import { DumpDamaged } from "./replica-faults.ts";
import { hashOf, isSameHash } from "./hash-chain.ts";
import type { LogEntry } from "./replicated-log.ts";
import type { HashedStep } from "./step-history.ts";

/** What one step told anybody, as it was computed. */
export interface DumpedStep extends Pick<
  Step,
  "sequence" | "timeUs" | "verdict" | "events" | "replies" | "outbound"
> {
  /** The chains after it. */
  readonly entriesHash: Uint8Array;
  readonly outputsHash: Uint8Array;
}

export interface DivergenceDump {
  readonly cluster: string;
  readonly node: NodeId;
  /** The release that computed it. */
  readonly version: string;
  readonly shard: ShardId;
  readonly shards: number;
  readonly writtenAtMs: number;
  /** Where it differs first, as far as is known, and from whom. */
  readonly sequence: number;
  readonly by: NodeId;
  readonly cause: DifferenceCause;
  /** What that node told of the entry, and what was computed here: hashes in hexadecimal. */
  readonly expected: string;
  readonly computed: string;
  /** The entries last applied, oldest first, as they were read here. */
  readonly entries: readonly LogEntry[];
  /** The steps last computed, oldest first. */
  readonly steps: readonly DumpedStep[];
  /** The whole state when it stopped, as a snapshot has it, and after which entry that was. */
  readonly state: { readonly sequence: number; readonly bytes: Uint8Array };
}

const dumpVersion = 1;

export function encodeDump(dump: DivergenceDump): Uint8Array {
  const body = pack({ ...dump, dumpVersion });
  return pack([body, hashOf(body)]);
}

/** Throws `DumpDamaged` on anything but what was encoded. */
export function decodeDump(name: string, bytes: Uint8Array): DivergenceDump {
  const [body, seal] = partsIn(name, bytes);
  const isWhole = body instanceof Uint8Array && seal instanceof Uint8Array;
  if (!isWhole || !isSameHash(hashOf(body), seal))
    throw new DumpDamaged(name, "its seal is broken");
  const dump = unpack(body) as DivergenceDump & { readonly dumpVersion: number };
  if (dump.dumpVersion !== dumpVersion)
    throw new DumpDamaged(name, "it was written by another release");
  return dump;
}

export function dumpedStep({ step, entriesHash, outputsHash }: HashedStep): DumpedStep {
  const { sequence, timeUs, verdict, events, replies, outbound } = step;
  return { sequence, timeUs, verdict, events, replies, outbound, entriesHash, outputsHash };
}

function partsIn(name: string, bytes: Uint8Array): readonly unknown[] {
  try {
    const parts = unpack(bytes);
    if (Array.isArray(parts)) return parts;
  } catch (error) {
    if (!(error instanceof MalformedRecords)) throw error;
  }
  throw new DumpDamaged(name, "it is something else");
}
