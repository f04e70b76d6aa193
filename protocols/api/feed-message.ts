/**
 * A message of `market-data.ts` while a step is rendered: what all kinds of them have in common.
 */
import type { ShardId } from "../identifiers.ts";
import type { TimeUs } from "../units.ts";
import type { JsonBytes } from "./json-bytes.ts";
import { JsonPiece } from "./json-pieces.ts";

/** Which step the events are of. */
export interface StepStamp {
  /** The name that the cluster's traces go by. */
  readonly cluster: string;
  readonly shard: ShardId;
  readonly sequence: number;
  readonly timeUs: TimeUs;
}

/** Each event is written as it comes; what stands behind the events, when the message is closed. */
export interface OpenMessage {
  readonly subject: string;
  readonly json: JsonBytes;
  close(stamp: StepStamp): void;
}

const shard = new JsonPiece(',"shard":');
const sequence = new JsonPiece(',"sequence":');
const timeUs = new JsonPiece(',"timeUs":');

export function writeStamp(json: JsonBytes, stamp: StepStamp): void {
  json.integer(shard, stamp.shard);
  json.integer(sequence, stamp.sequence);
  json.integer(timeUs, stamp.timeUs);
}
