/**
 * A log entry as JetStream hands it out: the payload with sequence, time and origin in headers.
 *
 * The same headers come with a republished message and with a direct get, so an entry is the same
 * whichever way it arrived.
 */
import type { Msg } from "@nats-io/transport-node";
import { assert } from "../protocols/assert.ts";
import { plainBytes } from "./jetstream-bytes.ts";
import type { LogEntry } from "./replicated-log.ts";

/** The entry in a message, or undefined when it carries none of this stream. */
export function entryOf(message: Msg, stream: string): LogEntry | undefined {
  const sequence = sequenceOf(message, stream);
  const { headers } = message;
  if (sequence === undefined || headers === undefined) return undefined;
  return {
    sequence,
    timeUs: parseTimeUs(headers.get(timeHeader)),
    producer: producerOf(headers.get("Nats-Subject")),
    payload: plainBytes(message.data),
  };
}

/**
 * What a message tells of a stream without being an entry: servers before 2.10 leave the time out
 * of what they republish, so that the entry itself has to be fetched.
 */
export function toldSequenceOf(message: Msg, stream: string): number | undefined {
  if (message.headers?.has(timeHeader) === true) return undefined;
  return sequenceOf(message, stream);
}

const timeHeader = "Nats-Time-Stamp";

function sequenceOf({ headers }: Msg, stream: string): number | undefined {
  if (headers === undefined || headers.get("Nats-Stream") !== stream) return undefined;
  const sequence = Number(headers.get("Nats-Sequence"));
  assert(Number.isSafeInteger(sequence));
  assert(sequence >= 1);
  return sequence;
}

/** A message as the leader's own store gives it out. */
export interface StoredMessage {
  readonly subject: string;
  readonly seq: number;
  readonly time: string;
  /** Base 64. */
  readonly data?: string;
}

export function storedEntryOf(stored: StoredMessage): LogEntry {
  return {
    sequence: stored.seq,
    timeUs: parseTimeUs(stored.time),
    producer: producerOf(stored.subject),
    payload: plainBytes(Buffer.from(stored.data ?? "", "base64")),
  };
}

/** The last token of the subject an entry was appended on. */
function producerOf(subject: string): string {
  return subject.slice(subject.lastIndexOf(".") + 1);
}

const secondsLength = "2026-01-01T00:00:00".length;

/**
 * Whole microseconds since the epoch of a time such as `2026-01-01T00:00:00.123456789Z`, rounded
 * down. The servers leave out zeros at the end of the fraction, and the fraction with them.
 */
export function parseTimeUs(text: string): number {
  const seconds = Date.parse(`${text.slice(0, secondsLength)}Z`);
  const fraction = /^(?:\.([0-9]{1,9}))?Z$/.exec(text.slice(secondsLength));
  assert(Number.isSafeInteger(seconds), "a time of the log is in UTC and ISO 8601");
  assert(fraction !== null, "a time of the log is in UTC and ISO 8601");
  return seconds * 1000 + Number((fraction[1] ?? "").slice(0, 6).padEnd(6, "0"));
}
