/** What can be wrong with an archive. */
import { ClusterFault } from "../faults.ts";

/** The place where segments are kept cannot be reached or written right now. */
export class ArchiveUnavailable extends ClusterFault {
  readonly code = "archive-unavailable";
  readonly disposition = "retry";

  constructor(detail: string, cause?: unknown) {
    super(`the archive is unavailable: ${detail}`, cause);
  }
}

/** From that sequence on the archive does not hold what was put there. */
export class ArchiveDamaged extends ClusterFault {
  readonly code = "archive-damaged";
  readonly disposition = "fatal";
  readonly sequence: number;

  constructor(log: string, sequence: number, detail: string) {
    super(`the archive of ${log} is damaged from entry ${String(sequence)} on: ${detail}`);
    this.sequence = sequence;
  }
}

/** What is archived under that name is not what this log holds. */
export class ArchiveOfAnotherLog extends ClusterFault {
  readonly code = "archive-of-another-log";
  readonly disposition = "fatal";
  readonly sequence: number;

  constructor(log: string, place: string, sequence: number) {
    super(`${place} holds another entry ${String(sequence)} than ${log}: choose another place`);
    this.sequence = sequence;
  }
}
