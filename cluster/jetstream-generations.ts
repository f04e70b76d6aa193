/**
 * What one handle knows of its log's generations, and how it learns of the next one.
 *
 * A seal is told of by the stream's republishing; since that may be lost, the newest generation is
 * also looked at after appends and when a line is back. Once it is known to be sealed the handle
 * waits for the next generation, or begins it itself when whoever sealed does not.
 */
import { assert } from "../protocols/assert.ts";
import { delay, type Clock } from "./clock.ts";
import { ClusterFault, EntryTruncated, LogClosed, LogUnavailable } from "./faults.ts";
import {
  isSeal,
  throughSeal,
  type Counting,
  type LogFollower,
  type LogGeneration,
} from "./log-generation.ts";
import type { SealedGeneration, TailStart } from "./generation-tail.ts";
import type { LogEntry } from "./replicated-log.ts";

export interface GenerationState {
  /** The generation's first sequence, be it stored or to come. */
  readonly first: number;
  /** The last one stored, void or not; `first - 1` when none is. */
  readonly last: number;
  /** How many of those were stored as seals; what stands there need not be one. */
  readonly seals: number;
  readonly bytes: number;
  readonly followers: readonly LogFollower[];
}

/** The stream behind one generation. Whatever it is asked may reject with `LogUnavailable`. */
export interface GenerationStream {
  readonly name: string;
  readonly generation: number;
  /** Creates it with that first sequence, unless it exists. */
  ensure(first: number, deadlineMs: number): Promise<void>;
  /** What its leader knows, all of it at one moment; undefined when there is no such stream. */
  find(deadlineMs: number): Promise<GenerationState | undefined>;
  /** The first entry from that sequence on that was stored as a seal, as the leader has it. */
  nextSeal(from: number, deadlineMs: number): Promise<LogEntry | undefined>;
  /** Appends a seal, once. */
  appendSeal(): Promise<void>;
}

export interface GenerationsPort {
  /** The log's. */
  readonly name: string;
  readonly clock: Clock;
  readonly isClosed: boolean;
  /** What a server complained of last, if it did. */
  readonly complaint: Error | undefined;
  /** The generations that exist, in any order. */
  numbers(deadlineMs: number): Promise<readonly number[]>;
  stream(generation: number): GenerationStream;
}

/** What a handle on a log may do. */
export interface GenerationsOptions {
  /** Whether it may create streams: who only appends may not. */
  readonly creates: boolean;
  /**
   * Whether it may read: who only appends cannot look at a seal, and goes on as soon as there is a
   * next generation.
   */
  readonly reads: boolean;
  /** Where the first stream begins when it is created: after a history that is only archived. */
  readonly firstSequence: number;
}

/** A generation that this handle has seen. */
interface KnownGeneration {
  readonly stream: GenerationStream;
  readonly first: number;
  /** No seal is at or before this one. */
  unsealedTo: number;
  /** Where its seal is; 0 while none is known. */
  seal: number;
  /** How many of those stored as seals are none, and the last of them. */
  readonly forged: { count: number; last: number };
}

const followMsMin = 5;
const followMsMax = 250;
const answerMs = 1000;
const sealAgainMs = 20;
/** Whoever seals begins the next generation at once: others wait for so long first. */
const creationGraceMs = 250;

export class JetStreamGenerations {
  readonly name: string;
  readonly #port: GenerationsPort;
  readonly #options: GenerationsOptions;
  /** Oldest first, numbered without gaps. */
  #known: KnownGeneration[] = [];
  #isSealed = false;
  #isFollowing = false;
  #isClosed = false;
  readonly #cutListeners = new Set<(last: number) => void>();

  constructor(port: GenerationsPort, options: GenerationsOptions) {
    this.name = port.name;
    this.#port = port;
    this.#options = options;
  }

  /** Finds the newest generation, or begins the first one when there is none. */
  async open(deadlineMs: number): Promise<void> {
    while (this.#known.length === 0) {
      const numbers = await this.#numbers(deadlineMs);
      const newest = numbers.at(-1) ?? 1;
      const stream = this.#port.stream(newest);
      const { creates, firstSequence } = this.#options;
      if (numbers.length === 0 && creates) await stream.ensure(firstSequence, deadlineMs);
      const state = await stream.find(deadlineMs);
      if (state !== undefined) this.#known = [knownOf(stream, state)];
      else await this.#pause(deadlineMs, "it does not exist yet");
    }
    await this.look(deadlineMs);
  }

  /** The newest one known. */
  get newest(): number {
    return this.#newest.stream.generation;
  }

  /** Whether the newest one takes appends, as far as is known. */
  get isOpen(): boolean {
    return !this.#isSealed;
  }

  /** Whether what that stream stored at that sequence is in the log, as far as is known. */
  counts(stream: string, sequence: number): boolean {
    const index = this.#known.findIndex((known) => known.stream.name === stream);
    const next = this.#known[index + 1];
    return index !== -1 && (next === undefined || sequence < next.first);
  }

  onCut(listener: (last: number) => void): () => void {
    this.#cutListeners.add(listener);
    return () => void this.#cutListeners.delete(listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#cutListeners.clear();
  }

  // ---- The next one ------------------------------------------------------------------------

  /** Somebody told that this stream was sealed. */
  heardSeal(stream: string): void {
    if (stream === this.#newest.stream.name) this.#follow(this.#newest);
  }

  /** Asks whether the newest generation was sealed, and if so begins to wait for the next one. */
  async look(deadlineMs: number): Promise<void> {
    const newest = this.#newest;
    const state = await this.#examine(newest, deadlineMs);
    if (state === undefined) return await this.#leaveRetired(newest, deadlineMs);
    if (newest.seal !== 0) this.#follow(newest);
    else if (state.seals > 0 && !this.#options.reads) await this.#tryNext(newest, false);
  }

  /** Asks the leader up to where that generation has no seal, or where it has one. */
  async #examine(known: KnownGeneration, deadlineMs: number): Promise<GenerationState | undefined> {
    const state = await known.stream.find(deadlineMs);
    if (state === undefined || known.seal !== 0) return state;
    if (this.#options.reads) await this.#findSeal(known, state.seals, deadlineMs);
    const isProven = known.seal === 0 && known.forged.count >= state.seals;
    if (isProven) known.unsealedTo = Math.max(known.unsealedTo, state.last);
    return state;
  }

  /** Looks at what is stored as seals, of which there are so many, until one is a seal. */
  async #findSeal(known: KnownGeneration, seals: number, deadlineMs: number): Promise<void> {
    const { stream, forged } = known;
    while (forged.count < seals && known.seal === 0) {
      const entry = await stream.nextSeal(forged.last + 1, deadlineMs);
      // Another leader may have answered, which has not come that far yet.
      if (entry === undefined) await this.#pause(deadlineMs, "its seal is not found");
      else if (isSeal(entry)) known.seal = entry.sequence;
      else if (entry.sequence > forged.last) {
        forged.count += 1;
        forged.last = entry.sequence;
      }
    }
  }

  /** Resolves with the first sequence of the generation after that one, once there is one. */
  async firstAfter({ generation, seal }: SealedGeneration): Promise<number> {
    for (;;) {
      const next = this.#known.find((known) => known.stream.generation === generation + 1);
      if (next !== undefined) return next.first;
      if (generation < this.newest) {
        throw new EntryTruncated(this.name, seal + 1, this.#known[0]?.first ?? seal + 1);
      }
      this.#follow(this.#newest);
      await delay(this.#port.clock, followMsMin);
      if (this.#isOver) throw new LogClosed(this.name);
    }
  }

  /** Waits for the generation after that one; unless others came upon it meanwhile. */
  #follow(sealed: KnownGeneration): void {
    if (sealed !== this.#newest) return;
    this.#isSealed = true;
    if (this.#isFollowing || this.#isOver) return;
    this.#isFollowing = true;
    void this.#untilFollowed();
  }

  async #untilFollowed(): Promise<void> {
    const { clock } = this.#port;
    const sinceMs = clock.nowMs();
    for (let pauseMs = followMsMin; this.#isSealed && !this.#isOver;) {
      try {
        const isOverdue = clock.nowMs() - sinceMs > creationGraceMs;
        await this.#tryNext(this.#newest, isOverdue && this.#options.creates);
      } catch (error) {
        // Asked again, until there is a next one: nothing else helps.
        if (!(error instanceof ClusterFault)) throw error;
      }
      if (!this.isOpen) await delay(clock, pauseMs);
      pauseMs = Math.min(pauseMs * 1.2, followMsMax);
    }
    this.#isFollowing = false;
  }

  async #tryNext(sealed: KnownGeneration, mayBegin: boolean): Promise<void> {
    const deadlineMs = this.#port.clock.nowMs() + answerMs;
    const next = this.#port.stream(sealed.stream.generation + 1);
    let state = await next.find(deadlineMs);
    if (state === undefined && mayBegin) {
      await this.#begin(sealed, deadlineMs);
      state = await next.find(deadlineMs);
    }
    if (state !== undefined) {
      this.#goOn(sealed, knownOf(next, state));
      if (state.seals > 0) await this.look(deadlineMs);
    } else if ((await this.#examine(sealed, deadlineMs)) === undefined) {
      await this.#leaveRetired(sealed, deadlineMs);
    } else if (this.#options.reads && sealed.seal === 0 && sealed === this.#newest) {
      // It was taken for sealed and is not.
      this.#isSealed = false;
    }
  }

  /** Begins the generation after a sealed one, unless there is a later one already. */
  async #begin(sealed: KnownGeneration, deadlineMs: number): Promise<void> {
    const { stream } = sealed;
    await this.#examine(sealed, deadlineMs);
    const newest = (await this.#numbers(deadlineMs)).at(-1);
    if (sealed.seal === 0 || newest !== stream.generation) return;
    await this.#port.stream(stream.generation + 1).ensure(sealed.seal + 1, deadlineMs);
  }

  #goOn(from: KnownGeneration, next: KnownGeneration): void {
    if (from !== this.#newest) return;
    assert(next.first > from.first);
    from.seal = next.first - 1;
    this.#known.push(next);
    this.#tellCut(next.first - 1);
  }

  /** Nobody told us for so long that what we knew is gone: what we appended last may not count. */
  async #leaveRetired(from: KnownGeneration, deadlineMs: number): Promise<void> {
    const number = (await this.#numbers(deadlineMs)).at(-1) ?? 0;
    if (number <= from.stream.generation) {
      throw new LogUnavailable(this.name, `${from.stream.name} does not exist`);
    }
    const stream = this.#port.stream(number);
    const state = await stream.find(deadlineMs);
    if (state === undefined || from !== this.#newest) return;
    this.#known = [knownOf(stream, state)];
    this.#tellCut(from.unsealedTo);
    if (state.seals > 0) await this.look(deadlineMs);
  }

  #tellCut(last: number): void {
    this.#isSealed = false;
    for (const listener of [...this.#cutListeners]) listener(last);
  }

  // ---- Which entry is where ----------------------------------------------------------------

  /**
   * The generation that an entry is in, or will be, and where to read on from: there is no seal of
   * that generation before. Rejects with `EntryTruncated` before the first one retained.
   */
  async locate(from: number, deadlineMs: number): Promise<TailStart> {
    for (;;) {
      const oldest = this.#known[0];
      assert(oldest !== undefined);
      if (from < oldest.first) {
        await this.#lookBack(oldest, from, deadlineMs);
        continue;
      }
      const known = this.#known.findLast(({ first }) => first <= from) ?? oldest;
      const { generation } = known.stream;
      if (known !== this.#newest || from - 1 <= known.unsealedTo) return { generation, from };
      const state = await this.#examine(known, deadlineMs);
      if (state === undefined) await this.#leaveRetired(known, deadlineMs);
      else if (known.seal !== 0) {
        this.#follow(known);
        if (known === this.#newest) return { generation, from: Math.min(from, known.seal) };
      } else if (from > known.unsealedTo + 1) {
        return { generation, from: known.unsealedTo + 1 };
      }
    }
  }

  /**
   * What counts of entries that follow each other in one generation, the first of which does. The
   * seal is known by itself or by its place.
   */
  counting(generation: number, entries: readonly LogEntry[]): Counting {
    const known = this.#known.find(({ stream }) => stream.generation === generation);
    const counting = throughSeal(entries, known?.seal);
    const last = counting.entries.at(-1);
    if (known === undefined || last === undefined) return counting;
    if (counting.isSealed) this.heardSeal(known.stream.name);
    else known.unsealedTo = Math.max(known.unsealedTo, last.sequence);
    return counting;
  }

  /**
   * The same of entries that may be from a damaged copy, whose seal none would know for one: a
   * leader has said that there is no seal among them, or where it is.
   */
  async proven(
    generation: number,
    entries: readonly LogEntry[],
    deadlineMs: number,
  ): Promise<readonly LogEntry[]> {
    const known = this.#known.find(({ stream }) => stream.generation === generation);
    const last = entries.at(-1)?.sequence ?? 0;
    if (known === undefined) return throughSeal(entries).entries;
    if (known.seal === 0 && last > known.unsealedTo) await this.#examine(known, deadlineMs);
    const end = known.seal === 0 ? known.unsealedTo : known.seal;
    return last <= end ? entries : entries.filter(({ sequence }) => sequence <= end);
  }

  async #lookBack(oldest: KnownGeneration, from: number, deadlineMs: number): Promise<void> {
    const { generation } = oldest.stream;
    const stream = generation === 1 ? undefined : this.#port.stream(generation - 1);
    const state = await stream?.find(deadlineMs);
    if (stream === undefined || state === undefined) {
      throw new EntryTruncated(this.name, from, oldest.first);
    }
    if (oldest !== this.#known[0]) return;
    this.#known.unshift({ ...knownOf(stream, state), seal: oldest.first - 1 });
  }

  /**
   * Whether a generation was retired; then it is forgotten here, too. Asked once: when nobody
   * says, as while the servers have no leader of their own, it counts as kept.
   */
  async isKnownRetired(generation: number): Promise<boolean> {
    let numbers: readonly number[];
    try {
      numbers = await this.#numbers(this.#port.clock.nowMs());
    } catch (error) {
      if (error instanceof LogUnavailable) return false;
      throw error;
    }
    const isRetired = generation < (numbers[0] ?? 0);
    const isKept = ({ stream }: KnownGeneration): boolean => numbers.includes(stream.generation);
    if (isRetired && this.#known.some(isKept)) this.#known = this.#known.filter(isKept);
    return isRetired;
  }

  // ---- All of them -------------------------------------------------------------------------

  /** The last entry that counts. */
  async head(deadlineMs: number): Promise<number> {
    const newest = this.#newest;
    const state = await this.#examine(newest, deadlineMs);
    if (state !== undefined && newest.seal === 0) return state.last;
    return (await this.list(deadlineMs)).at(-1)?.last ?? 0;
  }

  /** Oldest first. */
  async list(deadlineMs: number): Promise<readonly LogGeneration[]> {
    const numbers = await this.#numbers(deadlineMs);
    const found: { state: GenerationState; generation: number; seal: number }[] = [];
    for (const generation of numbers) {
      const stream = this.#port.stream(generation);
      const before = await stream.find(deadlineMs);
      if (before === undefined) continue;
      const known = this.#knownAs(stream, before);
      const state = (await this.#examine(known, deadlineMs)) ?? before;
      found.push({ state, generation, seal: known.seal });
    }
    return found.map(({ state, generation, seal }, index) => {
      const { first, bytes, followers, last: stored } = state;
      const next = found[index + 1]?.state.first;
      const end = next === undefined ? seal : next - 1;
      const last = end === 0 ? stored : end;
      const voids = stored - last;
      return { generation, first, last, isSealed: end !== 0, voids, bytes, followers };
    });
  }

  #knownAs(stream: GenerationStream, state: GenerationState): KnownGeneration {
    const known = this.#known.find((each) => each.stream.generation === stream.generation);
    return known ?? knownOf(stream, state);
  }

  /** Seals that generation and begins the next one, whichever of it is not done yet. */
  async roll(generation: number, deadlineMs: number): Promise<void> {
    const stream = this.#port.stream(generation);
    const newest = (await this.#numbers(deadlineMs)).at(-1) ?? 0;
    if (newest > generation) return;
    const state = await stream.find(deadlineMs);
    if (state === undefined) throw new LogUnavailable(this.name, `${stream.name} does not exist`);
    const known = this.#knownAs(stream, state);
    await this.#seal(known, deadlineMs);
    await this.#begin(known, deadlineMs);
    this.heardSeal(stream.name);
  }

  /** Appends a seal unless there is one. */
  async #seal(known: KnownGeneration, deadlineMs: number): Promise<void> {
    for (;;) {
      await this.#examine(known, deadlineMs);
      if (known.seal !== 0) return;
      try {
        await known.stream.appendSeal();
      } catch (error) {
        if (!(error instanceof LogUnavailable)) throw error;
        if (this.#port.clock.nowMs() >= deadlineMs) throw error;
        await delay(this.#port.clock, sealAgainMs);
      }
    }
  }

  /** The generations that exist, without those before a gap: nothing leads to them any more. */
  async #numbers(deadlineMs: number): Promise<readonly number[]> {
    const numbers = [...(await this.#port.numbers(deadlineMs))].sort((a, b) => a - b);
    const gapAt = numbers.findLastIndex(
      (number, index) => number !== (numbers[index - 1] ?? 0) + 1,
    );
    return numbers.slice(Math.max(0, gapAt));
  }

  get #isOver(): boolean {
    return this.#isClosed || this.#port.isClosed;
  }

  get #newest(): KnownGeneration {
    const newest = this.#known.at(-1);
    assert(newest !== undefined, "no generation was opened");
    return newest;
  }

  async #pause(deadlineMs: number, detail: string): Promise<void> {
    const { clock, complaint } = this.#port;
    if (clock.nowMs() >= deadlineMs) throw new LogUnavailable(this.name, detail, complaint);
    await delay(clock, followMsMax);
  }
}

function knownOf(
  stream: GenerationStream,
  { first, last, seals }: GenerationState,
): KnownGeneration {
  const unsealedTo = seals > 0 ? first - 1 : Math.max(first - 1, last);
  return { stream, first, unsealedTo, seal: 0, forged: { count: 0, last: 0 } };
}
