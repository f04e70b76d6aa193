/**
 * Faults of the cluster layer: the outside failed (a server, a line, a disk), typed by what the
 * caller should do next.
 *
 * A business "no" is not a fault (it is an event in the log), and neither is a defect of ours (that
 * is an assertion). Nobody decides by message text: `code` names the fault, `disposition` says what
 * follows from it.
 */

/**
 * - `retry`: it did not happen; asking again is safe and may help.
 * - `unknown-outcome`: it may or may not have happened; ask again only for what may happen twice.
 * - `fatal`: asking again cannot help; somebody has to change something.
 */
export type FaultDisposition = "retry" | "unknown-outcome" | "fatal";

export abstract class ClusterFault extends Error {
  /** Stable kebab-case name, for metrics and logs. */
  abstract readonly code: string;
  abstract readonly disposition: FaultDisposition;

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
  }
}

/** The log could not be reached in time, and what was asked for surely did not happen. */
export class LogUnavailable extends ClusterFault {
  readonly code = "log-unavailable";
  readonly disposition = "retry";
  readonly log: string;

  constructor(log: string, detail: string, cause?: unknown) {
    super(`log ${log} is unavailable: ${detail}`, cause);
    this.log = log;
  }
}

/** No acknowledgement came in time: the payload is in the log not at all, once or several times. */
export class AppendOutcomeUnknown extends ClusterFault {
  readonly code = "append-outcome-unknown";
  readonly disposition = "unknown-outcome";
  readonly log: string;
  readonly attempts: number;

  constructor(log: string, attempts: number, cause?: unknown) {
    super(`log ${log} acknowledged none of ${String(attempts)} attempts to append`, cause);
    this.log = log;
    this.attempts = attempts;
  }
}

/** The log will never take this payload. It is not stored. */
export class PayloadTooLarge extends ClusterFault {
  readonly code = "payload-too-large";
  readonly disposition = "fatal";
  readonly payloadBytes: number;
  readonly payloadBytesMax: number;

  constructor(payloadBytes: number, payloadBytesMax: number) {
    super(`payload of ${String(payloadBytes)} bytes exceeds ${String(payloadBytesMax)}`);
    this.payloadBytes = payloadBytes;
    this.payloadBytesMax = payloadBytesMax;
  }
}

/** The log answered that it does not accept this at all (sealed, not permitted). Not stored. */
export class AppendRefused extends ClusterFault {
  readonly code = "append-refused";
  readonly disposition = "fatal";
  readonly log: string;

  constructor(log: string, detail: string) {
    super(`log ${log} refuses appends: ${detail}`);
    this.log = log;
  }
}

/** The handle was closed before or while it was used. Nothing is said about an append under way. */
export class LogClosed extends ClusterFault {
  readonly code = "log-closed";
  readonly disposition = "unknown-outcome";
  readonly log: string;

  constructor(log: string) {
    super(`log ${log} was closed`);
    this.log = log;
  }
}

/** The entry asked for is older than what the log retains: restore from a newer snapshot. */
export class EntryTruncated extends ClusterFault {
  readonly code = "entry-truncated";
  readonly disposition = "fatal";
  readonly sequence: number;
  readonly firstSequence: number;

  constructor(log: string, sequence: number, firstSequence: number) {
    super(`log ${log} starts at ${String(firstSequence)}, ${String(sequence)} is gone`);
    this.sequence = sequence;
    this.firstSequence = firstSequence;
  }
}

/** The log has entries after this one but not this one: its servers' stores are damaged. */
export class EntryMissing extends ClusterFault {
  readonly code = "entry-missing";
  readonly disposition = "fatal";
  readonly sequence: number;

  constructor(log: string, sequence: number) {
    super(`log ${log} has lost entry ${String(sequence)}`);
    this.sequence = sequence;
  }
}

/** A stream of that name exists, but would not keep what this design needs it to keep. */
export class LogMisconfigured extends ClusterFault {
  readonly code = "log-misconfigured";
  readonly disposition = "fatal";
  readonly log: string;
  readonly differences: readonly string[];

  constructor(log: string, differences: readonly string[]) {
    super(`log ${log} exists with other settings: ${differences.join(", ")}`);
    this.log = log;
    this.differences = differences;
  }
}

/** No server of the cluster could be reached, or none accepted us. */
export class ConnectionUnavailable extends ClusterFault {
  readonly code = "connection-unavailable";
  readonly disposition = "retry";

  constructor(detail: string, cause?: unknown) {
    super(`no connection to the cluster: ${detail}`, cause);
  }
}

/** Nobody answered in time; somebody may have acted on the request. */
export class RequestTimedOut extends ClusterFault {
  readonly code = "request-timed-out";
  readonly disposition = "unknown-outcome";
  readonly subject: string;
  readonly timeoutMs: number;

  constructor(subject: string, timeoutMs: number, cause?: unknown) {
    super(`no answer on ${subject} within ${String(timeoutMs)} ms`, cause);
    this.subject = subject;
    this.timeoutMs = timeoutMs;
  }
}

/** Nobody listens on that subject right now, so nobody acted on the request. */
export class NoResponders extends ClusterFault {
  readonly code = "no-responders";
  readonly disposition = "retry";
  readonly subject: string;

  constructor(subject: string, cause?: unknown) {
    super(`nobody listens on ${subject}`, cause);
    this.subject = subject;
  }
}

/** The bus was closed before or while it was used, or its line broke while it was flushed. */
export class BusDisconnected extends ClusterFault {
  readonly code = "bus-disconnected";
  readonly disposition = "unknown-outcome";

  constructor(detail: string, cause?: unknown) {
    super(`the bus is disconnected: ${detail}`, cause);
  }
}

/** The snapshot's bytes are not those that were saved. Take an older one. */
export class SnapshotDamaged extends ClusterFault {
  readonly code = "snapshot-damaged";
  readonly disposition = "fatal";

  constructor(snapshot: string, detail: string, cause?: unknown) {
    super(`snapshot ${snapshot} is damaged: ${detail}`, cause);
  }
}

/** There is no such snapshot (any more). */
export class SnapshotMissing extends ClusterFault {
  readonly code = "snapshot-missing";
  readonly disposition = "fatal";

  constructor(snapshot: string) {
    super(`there is no snapshot ${snapshot}`);
  }
}

/** The place where snapshots are kept cannot be reached or written right now. */
export class SnapshotStoreUnavailable extends ClusterFault {
  readonly code = "snapshot-store-unavailable";
  readonly disposition = "retry";

  constructor(detail: string, cause?: unknown) {
    super(`the snapshot store is unavailable: ${detail}`, cause);
  }
}

/** An actor was looked for where it lives, and was on its way there for too long. */
export class ActorOnItsWay extends ClusterFault {
  readonly code = "actor-on-its-way";
  readonly disposition = "retry";

  constructor(actor: string) {
    super(`${actor} is on its way from one shard to another, and has not arrived`);
  }
}
