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

/** What a server has stored of an entry; undefined when it has lost it. */
export interface EntryCopy {
  /** Its name, where that is known. */
  readonly server: string;
  readonly entry: LogEntry | undefined;
}

export interface EntryCopies {
  /** The leader's first, then those that differ from it and from one another. */
  readonly answers: readonly EntryCopy[];
  /** Whether the leader and, as far as can be told, all others have answered. */
  readonly isComplete: boolean;
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
   * A receipt can become void, see `onCut`: only what was read or delivered is surely in the log.
   *
   * Rejects with `AppendOutcomeUnknown` when it is not known whether it was stored, and with
   * `LogUnavailable`, `PayloadTooLarge` or `AppendRefused` when it surely was not. The appends
   * behind a rejected one go on.
   *
   * @param producer letters, digits, `-` and `_` only, and no `_` at the start.
   */
  append(producer: string, payload: Uint8Array): Promise<AppendReceipt>;

  /**
   * Calls back when the log went on in its next generation, until the returned function is called.
   * Receipts given before for sequences above `last` are void: what they stood for is not in the
   * log, and other entries have those sequences. Appends without a receipt go on by themselves.
   */
  onCut(listener: (last: number) => void): () => void;

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

  /**
   * What the servers have stored of an entry up to the head: for when one of them may have lost or
   * altered it. Left out where there is one copy only. Rejects with `LogUnavailable`.
   */
  copies?(sequence: number): Promise<EntryCopies>;

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
  assert(!producer.startsWith("_"), "what the log itself appends begins with _");
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
