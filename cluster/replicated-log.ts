/**
 * The replicated log: the one total order of everything that happens in a shard.
 *
 * This is all the rest of the system knows of it. Payloads are opaque bytes here; what they mean,
 * and that a command counts once however often it is stored, is the state machine's business.
 * `memory-log.ts` and `jetstream-log.ts` implement it, `replicated-log.conformance.ts` holds both
 * to what is promised below.
 */
import { assert } from "../protocols/assert.ts";
import type { ClusterFault } from "./faults.ts";

export interface LogEntry {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** The stream leader's wall clock in whole microseconds. Raw: it can go back. */
  readonly timeUs: number;
  /** Who appended it, as given to `append`. */
  readonly producer: string;
  /** To be read only; a plain `Uint8Array` that stays valid for as long as it is held. */
  readonly payload: Uint8Array;
}

export interface AppendReceipt {
  readonly sequence: number;
}

export interface ReadLimits {
  /** At least 1. */
  readonly entriesMax: number;
  /** Payload bytes in all; one entry is returned even if it alone is larger. */
  readonly bytesMax?: number;
}

export interface ReplicatedLog {
  readonly name: string;

  /**
   * Stores a payload; durable on a quorum when it resolves. The bytes must not change meanwhile.
   *
   * Any number may be under way. Those of one producer through one handle take effect in the order
   * of the calls: receipts come in that order and name ascending sequences, whatever was retried in
   * between. A retry whose first attempt was stored after all leaves a second copy, so a payload
   * may be stored several times, and copies other than the one in the receipt may stand anywhere.
   *
   * Rejects with `AppendOutcomeUnknown` when it is not known whether it was stored, and with
   * `LogUnavailable`, `PayloadTooLarge` or `AppendRefused` when it surely was not. The appends
   * behind a rejected one go on.
   *
   * @param producer letters, digits, `-` and `_` only.
   */
  append(producer: string, payload: Uint8Array): Promise<AppendReceipt>;

  /**
   * The last sequence, 0 when the log is empty, as its current leader knows it. Rejects with
   * `LogUnavailable` while there is none. A leader that was just deposed may lag: no fence.
   */
  head(): Promise<number>;

  /** The first sequence that is still retained, `head() + 1` when none is. */
  first(): Promise<number>;

  /**
   * Entries from `from` on, contiguous. Empty only when `from` is past the head. May return fewer
   * than the limits allow. Rejects with `EntryTruncated` before the first retained one.
   */
  read(from: number, limits: ReadLimits): Promise<readonly LogEntry[]>;

  /**
   * Delivers every entry from `from` on, in order, each exactly once, without gaps, for ever: past
   * lost messages, broken lines and dead servers. What arrived together is handed over together.
   *
   * The listener is called asynchronously and never after `close`. If it throws, that is a defect:
   * nothing here catches it. `onFault` is told, once, of a fault that ends the tail (entries no
   * longer retained, or missing); without one such a fault is thrown like a defect.
   */
  tail(from: number, listener: TailListener, onFault?: (fault: ClusterFault) => void): Tail;

  /** Ends this handle's tails and rejects what is under way with `LogClosed`. */
  close(): Promise<void>;
}

export type TailListener = (entries: readonly LogEntry[]) => void;

/**
 * - `catching-up`: behind, reading what it missed; or not yet sure that entries come by themselves.
 * - `live`: entries come as they are stored.
 * - `stopped`: closed, or ended by a fault.
 */
export type TailSource = "catching-up" | "live" | "stopped";

export interface Tail {
  /** The last sequence handed to the listener; `from - 1` at first. */
  readonly position: number;
  readonly source: TailSource;
  /** How often it had been live and found that it had missed something. */
  readonly restarts: number;
  /**
   * A hint from a caller who saw evidence of that sequence elsewhere: if it does not arrive at
   * once, the tail goes and looks instead of waiting to notice by itself.
   */
  expect(sequence: number): void;
  close(): Promise<void>;
}

const producerPattern = /^[A-Za-z0-9_-]+$/;

/** A producer becomes a token of a subject: anything else in it could reach somebody else's. */
export function assertProducer(producer: string): void {
  assert(producerPattern.test(producer), "a producer is letters, digits, - and _");
}

export function assertReadLimits(from: number, limits: ReadLimits): void {
  assert(Number.isSafeInteger(from));
  assert(from >= 1);
  assert(limits.entriesMax >= 1);
  assert(limits.bytesMax === undefined || limits.bytesMax >= 1);
}

/** As many of the entries as stay within `bytesMax` together, but the first in any case. */
export function withinBytes(entries: readonly LogEntry[], bytesMax: number): readonly LogEntry[] {
  let bytes = 0;
  const end = entries.findIndex((entry, index) => {
    bytes += entry.payload.length;
    return index > 0 && bytes > bytesMax;
  });
  return end === -1 ? entries : entries.slice(0, end);
}
