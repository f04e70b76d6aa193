/**
 * What applying one log entry gives: the same bytes on every replica.
 */
import type {
  FrameHeader,
  FrameVerdict,
  ProducerId,
  ShardId,
  TimeUs,
} from "../../protocols/index.ts";

/** One entry of a shard's log, as the shard sees it. */
export interface ShardEntry {
  readonly sequence: number;
  /** As the log stamped it; the shard keeps it from going back. */
  readonly timeUs: TimeUs;
  /** 32 bits of the hash of all entries before this one. */
  readonly entropy: number;
  /** The producer that the log's subject names. */
  readonly producer: string;
  readonly payload: Uint8Array;
}

/** Messages for another shard, as the frame that goes into its log. */
export interface OutboundFrame {
  readonly shard: ShardId;
  /** Counts this shard's frames to that one. */
  readonly frame: number;
  readonly bytes: Uint8Array;
}

/** Answers to commands of one producer, few enough for one message. */
export interface StepReplies {
  readonly producer: ProducerId;
  /** As records; see protocols/event-codec. */
  readonly records: Uint8Array;
}

export interface Step {
  readonly sequence: number;
  readonly timeUs: TimeUs;
  readonly verdict: FrameVerdict;
  /**
   * The frame's sender and number; undefined when the entry holds no frame. Present beside the
   * verdict "malformed" when only the messages could not be read: none of them counts, and the frame
   * number is used up, as it is by the verdict "expired".
   */
  readonly header: FrameHeader | undefined;
  /** The frame number the producer must send next. */
  readonly expectedFrame: number;
  /** What everybody may learn of, as records; see protocols/event-codec. */
  readonly events: Uint8Array;
  readonly eventCount: number;
  readonly replies: readonly StepReplies[];
  readonly outbound: readonly OutboundFrame[];
  readonly commandCount: number;
  /** Set when the entry asked for the state's hash at this sequence. */
  readonly isCheckpoint: boolean;
}
