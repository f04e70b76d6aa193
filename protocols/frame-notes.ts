/**
 * Frame notes: what a gateway writes at the edge of its frames for those who follow an order's life.
 * When its messages came, and what became of earlier frames: when the log had taken them, and when
 * their messages were answered.
 *
 * No actor reads them: a frame does what it does without them. The first time is by the gateway's
 * clock, and each other one says how long before that it was, so that nobody who sets a clock can
 * turn them around.
 */
import { Fields } from "./record-fields.ts";
import { MalformedRecords, pack, unpack } from "./records.ts";
import type { TimeUs } from "./units.ts";

/** How whoever asked was answered. */
export const NotedAnswer = { replied: 0, unknown: 1 } as const;
export type NotedAnswer = (typeof NotedAnswer)[keyof typeof NotedAnswer];

/** Messages of the frame that stand side by side and came at once. */
export interface CameNote {
  readonly count: number;
  readonly beforeUs: number;
  /** What they came with, as W3C Trace Context has it; "" where they came without. */
  readonly traceparent: string;
}

/** A frame of the same producer and epoch that the log has taken. */
export interface StoredNote {
  readonly frame: number;
  readonly beforeUs: number;
}

/** Messages of such a frame that stand side by side and were answered at once. */
export interface AnsweredNote {
  readonly frame: number;
  readonly index: number;
  readonly count: number;
  readonly answer: NotedAnswer;
  readonly beforeUs: number;
}

export interface FrameNotes {
  /** When the frame was closed. */
  readonly closedUs: TimeUs;
  /** Of all messages of the frame, in their order. */
  readonly came: readonly CameNote[];
  readonly stored: readonly StoredNote[];
  readonly answered: readonly AnsweredNote[];
}

const version = 1;
/** A frame has no more messages. */
const messagesMax = 65_535;

/** Version 00 of a traceparent: version, trace id, parent id, flags (https://www.w3.org/TR/trace-context/). */
const traceparentPattern = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

export function isTraceparent(text: string): boolean {
  return traceparentPattern.test(text);
}

export function encodeNotes({ closedUs, came, stored, answered }: FrameNotes): Uint8Array {
  const cameLists = came.map(({ count, beforeUs, traceparent }) =>
    traceparent === "" ? [count, beforeUs] : [count, beforeUs, traceparent],
  );
  const storedLists = stored.map(({ frame, beforeUs }) => [frame, beforeUs]);
  const answeredLists = answered.map(({ frame, index, count, answer, beforeUs }) => [
    ...[frame, index, count],
    ...[answer, beforeUs],
  ]);
  return pack([version, closedUs, cameLists, storedLists, answeredLists]);
}

/** Throws {@link MalformedRecords}. */
export function decodeNotes(bytes: Uint8Array): FrameNotes {
  const parts = unpack(bytes);
  if (!Array.isArray(parts)) throw new MalformedRecords("notes are not a list");
  const fields = new Fields(parts);
  if (fields.integer() !== version) throw new MalformedRecords("notes' version not known");
  const closedUs = fields.count();
  const came = fields.lists(0, messagesMax).map(cameNoteIn);
  const stored = fields.lists(0, messagesMax).map(storedNoteIn);
  const answered = fields.lists(0, messagesMax).map(answeredNoteIn);
  fields.end();
  const isTooEarly = [...came, ...stored, ...answered].some(({ beforeUs }) => beforeUs > closedUs);
  if (isTooEarly) throw new MalformedRecords("noted of before time began");
  const messages = came.reduce((sum, { count }) => sum + count, 0);
  if (messages > messagesMax) throw new MalformedRecords("notes of more messages than there are");
  return { closedUs, came, stored, answered };
}

function cameNoteIn(fields: Fields): CameNote {
  const count = fields.count(1);
  const beforeUs = fields.count();
  const traceparent = fields.hasMore ? fields.text() : "";
  fields.end();
  const isSound = traceparent === "" || isTraceparent(traceparent);
  if (!isSound) throw new MalformedRecords("field is no traceparent");
  return { count, beforeUs, traceparent };
}

function storedNoteIn(fields: Fields): StoredNote {
  const note = { frame: fields.count(1), beforeUs: fields.count() };
  fields.end();
  return note;
}

function answeredNoteIn(fields: Fields): AnsweredNote {
  const frame = fields.count(1);
  const index = fields.choice(messagesMax);
  const count = fields.choice(messagesMax);
  if (count === 0) throw new MalformedRecords("an answer to nothing");
  const answer = fields.choice(NotedAnswer.unknown) as NotedAnswer;
  const beforeUs = fields.count();
  fields.end();
  return { frame, index, count, answer, beforeUs };
}
