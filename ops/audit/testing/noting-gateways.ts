/** Gateways that note on their frames what happens to their commands, as a seed decides. */
import { Random } from "../../../actors/testing/random.ts";
import type { NotesOn } from "../../../actors/testing/test-venue.ts";
import { encodeNotes, NotedAnswer } from "../../../protocols/index.ts";
import type { AnsweredNote, CameNote, Frame, ShardId } from "../../../protocols/index.ts";

/** The trace that the commands of every other frame are part of. */
export const clientTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
export const clientSpan = "00f067aa0ba902b7";
const traceparent = `00-${clientTrace}-${clientSpan}-01`;

interface SentFrame {
  readonly frame: number;
  readonly count: number;
}

/** Of some frames it is never said what became of them. */
export function notingGateways(seed: number): NotesOn {
  const random = new Random(seed);
  const sentTo = new Map<string, SentFrame[]>();
  return (frame, shard: ShardId, timeUs) => {
    const name = `${frame.producer} to ${shard}`;
    const sent = sentTo.get(name) ?? [];
    const told = random.below(3) === 0 ? [] : sent.splice(0);
    const count = frame.messages.length;
    if (random.below(10) > 0) sent.push({ frame: frame.frame, count });
    sentTo.set(name, sent);
    return encodeNotes({
      closedUs: timeUs - 100 + random.below(300),
      came: cameNotes(frame),
      stored: told.map((of) => ({ frame: of.frame, beforeUs: 50 })),
      answered: told.flatMap((of) => answeredNotes(of, random)),
    });
  };
}

function cameNotes({ frame, messages }: Frame): CameNote[] {
  const all = messages.length;
  const half = Math.ceil(all / 2);
  const parent = frame % 2 === 0 ? traceparent : "";
  return [
    { count: half, beforeUs: 400, traceparent: parent },
    { count: all - half, beforeUs: 20, traceparent: "" },
  ].filter(({ count }) => count > 0);
}

function answeredNotes({ frame, count }: SentFrame, random: Random): AnsweredNote[] {
  const first = random.below(count + 1);
  const { replied, unknown } = NotedAnswer;
  const notes = [
    { frame, index: 0, count: first, answer: replied, beforeUs: 30 },
    { frame, index: first, count: count - first, answer: unknown, beforeUs: 10 },
  ];
  return notes.filter((note) => note.count > 0);
}
