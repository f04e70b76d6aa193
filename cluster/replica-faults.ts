/**
 * Faults that a replica or a producer finds in what it was given: all of them need somebody to
 * look, and going on regardless would serve a state that is not the log's.
 */
import type { NodeId, ProducerId, ShardId } from "../protocols/index.ts";
import { ClusterFault } from "./faults.ts";

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
