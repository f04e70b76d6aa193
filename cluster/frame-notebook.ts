/**
 * Frame notebook: what a producer has to note in its next frame of those before it, and the notes
 * of a frame that is closed.
 */
import { encodeNotes } from "../protocols/index.ts";
import type { AnsweredNote, CameNote, TimeUs, NotedAnswer } from "../protocols/index.ts";
import type { Clock } from "./clock.ts";

export interface FrameNotebookOptions {
  readonly clock: Clock;
  /** The time that people go by: microseconds since the Unix epoch. */
  readonly wallUs: () => TimeUs;
}

/** Something that was submitted, as a frame's messages have it one by one. */
export interface Arrival {
  readonly cameAtMs: number;
  /** "" for none. */
  readonly traceparent: string;
}

interface Stored {
  readonly frame: number;
  readonly atMs: number;
}

interface Answered {
  readonly frame: number;
  readonly index: number;
  count: number;
  readonly answer: NotedAnswer;
  readonly atMs: number;
}

/** As much goes into one frame; the rest waits for the next one. */
const notesPerFrameMax = 2000;
/** As much is kept while the log takes nothing; what happens beyond is noted nowhere. */
const notesKeptMax = 50_000;

export class FrameNotebook {
  readonly #options: FrameNotebookOptions;
  #stored: Stored[] = [];
  #answered: Answered[] = [];

  constructor(options: FrameNotebookOptions) {
    this.#options = options;
  }

  /** Whether there is anything to tell of earlier frames. */
  get hasNews(): boolean {
    return this.#stored.length > 0 || this.#answered.length > 0;
  }

  /** The log has taken a frame. */
  stored(frame: number): void {
    if (this.#stored.length >= notesKeptMax) return;
    this.#stored.push({ frame, atMs: this.#options.clock.nowMs() });
  }

  /** Messages were answered, all at once. */
  answered(messages: Iterable<Pick<Answered, "frame" | "index" | "answer">>): void {
    const atMs = this.#options.clock.nowMs();
    for (const { frame, index, answer } of messages) {
      const last = this.#answered.at(-1);
      const isNext = last?.frame === frame && last.index + last.count === index;
      if (isNext && last.answer === answer && last.atMs === atMs) last.count += 1;
      else if (this.#answered.length < notesKeptMax) {
        this.#answered.push({ frame, index, count: 1, answer, atMs });
      }
    }
  }

  /** The notes of a frame that is closed now: of its own messages, and what there is to tell. */
  write(arrivals: Iterable<Arrival>): Uint8Array {
    const { clock, wallUs } = this.#options;
    const nowMs = clock.nowMs();
    const before = (atMs: number): number => Math.max(0, Math.round((nowMs - atMs) * 1000));
    const stored = this.#stored.splice(0, notesPerFrameMax);
    const answered = this.#answered.splice(0, notesPerFrameMax);
    return encodeNotes({
      closedUs: wallUs(),
      came: runsOf(arrivals, before),
      stored: stored.map(({ frame, atMs }) => ({ frame, beforeUs: before(atMs) })),
      answered: answered.map(({ atMs, ...of }): AnsweredNote => ({
        ...of,
        beforeUs: before(atMs),
      })),
    });
  }
}

function runsOf(arrivals: Iterable<Arrival>, before: (atMs: number) => number): CameNote[] {
  const runs: (Arrival & { count: number })[] = [];
  for (const { cameAtMs, traceparent } of arrivals) {
    const last = runs.at(-1);
    const isSame = last?.cameAtMs === cameAtMs && last.traceparent === traceparent;
    if (isSame) last.count += 1;
    else runs.push({ cameAtMs, traceparent, count: 1 });
  }
  return runs.map(({ cameAtMs, ...of }) => ({ ...of, beforeUs: before(cameAtMs) }));
}
