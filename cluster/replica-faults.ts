/**
 * Faults that a replica or a producer finds in what it was given: all of them need somebody to
 * look, and going on regardless would serve a state that is not the log's.
 */
import type {
  InvariantViolation,
  LogicVersion,
  NodeId,
  ProducerId,
  ShardId,
} from "../protocols/index.ts";
import { ClusterFault } from "./faults.ts";

/** A server has not come nearer to the log's leader for a while: it stores nothing new. */
export class FollowerStuck extends ClusterFault {
  readonly code = "follower-stuck";
  readonly disposition = "retry";
  readonly server: string;

  constructor(log: string, server: string) {
    super(`server ${server} does not get the entries of log ${log}: its next generation begins`);
    this.server = server;
  }
}

/** The log ends before the snapshot: it has lost acknowledged entries, or is another log. */
export class SnapshotAheadOfLog extends ClusterFault {
  readonly code = "snapshot-ahead-of-log";
  readonly disposition = "fatal";
  readonly snapshotSequence: number;
  readonly headSequence: number;

  constructor(log: string, snapshotSequence: number, headSequence: number) {
    super(
      `the snapshot includes entry ${String(snapshotSequence)}, ` +
        `log ${log} ends at ${String(headSequence)}: it has lost entries`,
    );
    this.snapshotSequence = snapshotSequence;
    this.headSequence = headSequence;
  }
}

/**
 * The log holds another entry where the snapshot's last one was: it is not the log it was taken of.
 */
export class SnapshotOfAnotherLog extends ClusterFault {
  readonly code = "snapshot-of-another-log";
  readonly disposition = "fatal";
  readonly sequence: number;

  constructor(log: string, sequence: number) {
    super(`entry ${String(sequence)} of log ${log} is not the one that the snapshot includes`);
    this.sequence = sequence;
  }
}

/** A server gave an entry that was altered, or has lost one: it was got from another one. */
export class EntryRefused extends ClusterFault {
  readonly code = "entry-refused";
  readonly disposition = "retry";
  readonly sequence: number;

  constructor(log: string, sequence: number, detail: string) {
    super(`entry ${String(sequence)} of log ${log} was refused: ${detail}`);
    this.sequence = sequence;
  }
}

/** The servers have different entries under one sequence, and none of them is whole. */
export class EntryDamaged extends ClusterFault {
  readonly code = "entry-damaged";
  readonly disposition = "fatal";
  readonly sequence: number;

  constructor(log: string, sequence: number) {
    super(`no server has entry ${String(sequence)} of log ${log} as it was appended`);
    this.sequence = sequence;
  }
}

/** There are more shards than this process serves: some were added since it was started. */
export class ShardNotServed extends ClusterFault {
  readonly code = "shard-not-served";
  readonly disposition = "fatal";

  constructor(shards: number, served: number) {
    super(`there are ${String(shards)} shards, and this process serves ${String(served)} of them`);
  }
}

/** The log was formed for a cluster of another name. */
export class LogOfAnotherCluster extends ClusterFault {
  readonly code = "log-of-another-cluster";
  readonly disposition = "fatal";

  constructor(log: string, formedFor: string, cluster: string) {
    super(`log ${log} was formed for cluster ${formedFor}, this is a node of ${cluster}`);
  }
}

/** A replica computed something else than the others: it serves nothing until it is rebuilt. */
export class ReplicaDiverged extends ClusterFault {
  readonly code = "replica-diverged";
  readonly disposition = "fatal";
  readonly shard: ShardId;
  readonly sequence: number;

  constructor(node: NodeId, shard: ShardId, sequence: number) {
    super(`${node}'s replica of shard ${String(shard)} differs from entry ${String(sequence)} on`);
    this.shard = shard;
    this.sequence = sequence;
  }
}

/**
 * The log, or a snapshot, asks for a version of the actors' logic that this code does not carry, or
 * was told not to. Nothing of it was applied: going on by another logic would be guessing.
 */
export class LogicNotCarried extends ClusterFault {
  readonly code = "logic-not-carried";
  readonly disposition = "fatal";
  readonly sequence: number;
  readonly logic: LogicVersion;
  readonly logicMax: LogicVersion;

  constructor(
    shard: ShardId,
    needed: { readonly sequence: number; readonly logic: LogicVersion },
    logicMax: LogicVersion,
  ) {
    const { sequence, logic } = needed;
    super(
      `shard ${String(shard)} goes by logic ${String(logic)} after entry ${String(sequence)}, ` +
        `this code carries logic 1 to ${String(logicMax)}: it needs a newer release`,
    );
    this.sequence = sequence;
    this.logic = logic;
    this.logicMax = logicMax;
  }
}

/** A node that was to be drained goes on as before. */
export class NobodyTakesOver extends ClusterFault {
  readonly code = "nobody-takes-over";
  readonly disposition = "retry";
  readonly shard: ShardId;

  constructor(node: NodeId, shard: ShardId, why: string) {
    super(`${node} cannot hand over shard ${String(shard)}: ${why}`);
    this.shard = shard;
  }
}

/** A replica found an invariant broken: it serves nothing until it is rebuilt. */
export class InvariantBroken extends ClusterFault {
  readonly code = "invariant-broken";
  readonly disposition = "fatal";
  readonly shard: ShardId;
  /** The entry that was being applied. */
  readonly sequence: number;
  readonly violation: InvariantViolation;

  constructor(node: NodeId, at: Pick<InvariantBroken, "shard" | "sequence" | "violation">) {
    const { shard, sequence, violation } = at;
    const where = `entry ${String(sequence)} of shard ${String(shard)}`;
    super(`${node} found at ${where}: ${violation.message}`, violation);
    this.shard = shard;
    this.sequence = sequence;
    this.violation = violation;
  }
}

/** The shard has heard a later epoch of our name: another process of it started after us. */
export class ProducerReplaced extends ClusterFault {
  readonly code = "producer-replaced";
  readonly disposition = "fatal";
  readonly shard: ShardId;
  readonly epoch: number;

  constructor(producer: ProducerId, shard: ShardId, epoch: number) {
    super(
      `another ${producer} with an epoch above ${String(epoch)} speaks to shard ${String(shard)}`,
    );
    this.shard = shard;
    this.epoch = epoch;
  }
}

/** The file is no divergence dump, or not what was written. */
export class DumpDamaged extends ClusterFault {
  readonly code = "dump-damaged";
  readonly disposition = "fatal";

  constructor(dump: string, detail: string, cause?: unknown) {
    super(`${dump} is no divergence dump: ${detail}`, cause);
  }
}

/** A divergence dump cannot be written or looked for. */
export class DumpStoreUnavailable extends ClusterFault {
  readonly code = "dump-store-unavailable";
  readonly disposition = "retry";

  constructor(detail: string, cause?: unknown) {
    super(`dumps are unavailable: ${detail}`, cause);
  }
}
