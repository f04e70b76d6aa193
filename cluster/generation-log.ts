/**
 * A replicated log that is made of streams, one after the other: what is appended goes into the
 * newest one, and whoever reads or tails goes through all of them.
 *
 * Composes generations (`jetstream-generations.ts`), appending, reading and tails
 * (`generation-tail.ts`, `jetstream-tail.ts`). It knows the servers by its port only: production's is
 * `jetstream-log.ts`, and the simulator has its own.
 */
import { assert } from "../protocols/assert.ts";
import { delay, type Timer } from "./clock.ts";
import {
  ClusterFault,
  EntryTruncated,
  LogClosed,
  LogUnavailable,
  PayloadTooLarge,
} from "./faults.ts";
import { GenerationTail, type GenerationTailPort, type TailStart } from "./generation-tail.ts";
import {
  JetStreamGenerations,
  type GenerationsOptions,
  type GenerationsPort,
  type GenerationStream,
} from "./jetstream-generations.ts";
import {
  defaultTailPolicy,
  JetStreamTail,
  type Piece,
  type TailPolicy,
  type TailPort,
} from "./jetstream-tail.ts";
import type { LogGeneration, RollingLog } from "./log-generation.ts";
import {
  assertProducer,
  assertReadLimits,
  withinBytes,
  type AppendReceipt,
  type LogEntry,
  type ReadLimits,
  type Tail,
  type TailListener,
} from "./replicated-log.ts";

/** One of the streams, as it is read. */
export interface LogStream extends GenerationStream {
  /** A piece of some server's copy. */
  read(from: number, limits: ReadLimits): Promise<Piece>;
  /** The entry as the leader has it; undefined past its head. */
  entry(sequence: number, deadlineMs: number): Promise<LogEntry | undefined>;
  /**
   * Hands over what is stored, or tells of it, as it happens and as far as it is heard, until the
   * returned function is called.
   */
  listen(listener: (entry: LogEntry) => void, told: (sequence: number) => void): () => void;
}

export interface AppenderHooks {
  /** Where appends go now. */
  readonly newest: () => number;
  /** Whether they have somewhere to go: between two generations they wait. */
  readonly isOpen: () => boolean;
  /** Whether what that stream stored at that sequence is in the log, as far as is known. */
  readonly counts: (stream: string, sequence: number) => boolean;
  /** Told of whatever is sent. */
  readonly onSent: () => void;
  /** Told of each sequence that an append of ours got. */
  readonly onReceipt: (sequence: number) => void;
}

/** Appends so that a payload gets there once or more, or its caller is told. */
export interface Appender {
  append(producer: string, payload: Uint8Array): Promise<AppendReceipt>;
  /** The log went on in its next generation, behind that sequence. */
  cut(last: number): void;
  close(): void;
}

/** A log's way to its servers. */
export interface GenerationLogPort extends GenerationsPort {
  readonly payloadBytesMax: number;
  stream(generation: number): LogStream;
  openAppender(hooks: AppenderHooks): Appender;
  /** Calls back when a broken line is back, until the returned function is called. */
  onReturn(listener: () => void): () => void;
  /** The line seems to lead nowhere. */
  suspect(): void;
  /** At least 0 and less than 1. */
  random(): number;
  /** Tells of seals as they are stored, by the stream's name; as far as that is heard. */
  hearSeals(heard: (stream: string) => void): () => void;
  /** This handle reads no more. */
  close(): void;
}

export interface GenerationLogOptions extends Partial<GenerationsOptions> {
  readonly tail?: Partial<TailPolicy>;
  /** How long to try to create or find the newest stream. */
  readonly openTimeoutMs?: number;
  /** How long `head`, `first` and the end of the log may take to find out. */
  readonly answerTimeoutMs?: number;
}

const openTimeoutMsDefault = 30_000;
const answerTimeoutMsDefault = 5000;
const readRetryMs = 20;
/** How long a leader may take to say that what was read counts. */
const proofTimeoutMs = 1000;
/** So long after an append it is known, whatever got lost, whether a seal came before it. */
const lookAfterAppendMs = 1000;

export class GenerationLog implements RollingLog {
  readonly name: string;
  readonly #port: GenerationLogPort;
  readonly #generations: JetStreamGenerations;
  readonly #appender: Appender;
  readonly #tailPolicy: TailPolicy;
  readonly #openTimeoutMs: number;
  readonly #answerTimeoutMs: number;
  readonly #tails = new Set<Tail>();
  readonly #cutListeners = new Set<(last: number) => void>();
  #stopHearing: readonly (() => void)[] = [];
  #lookTimer: Timer | undefined;
  #closed = false;

  constructor(port: GenerationLogPort, options: GenerationLogOptions) {
    const { creates = true, reads = true, firstSequence = 1 } = options;
    const generations = new JetStreamGenerations(port, { creates, reads, firstSequence });
    this.name = port.name;
    this.#port = port;
    this.#generations = generations;
    this.#appender = port.openAppender({
      newest: () => generations.newest,
      isOpen: () => generations.isOpen,
      counts: (stream, sequence) => generations.counts(stream, sequence),
      onSent: () => this.#lookSoon(),
      onReceipt: (sequence) => this.#tails.forEach((tail) => tail.expect(sequence)),
    });
    this.#tailPolicy = { ...defaultTailPolicy, ...options.tail };
    this.#openTimeoutMs = options.openTimeoutMs ?? openTimeoutMsDefault;
    this.#answerTimeoutMs = options.answerTimeoutMs ?? answerTimeoutMsDefault;
  }

  /**
   * To be called once, before anything else: finds the log's newest stream, or creates the first.
   * Rejects with `LogUnavailable` when the servers are not ready in time, and with
   * `LogMisconfigured` when such a stream exists that would keep less than a log must.
   */
  async open(): Promise<void> {
    const [port, generations] = [this.#port, this.#generations];
    await generations.open(port.clock.nowMs() + this.#openTimeoutMs);
    this.#stopHearing = [
      generations.onCut((last) => this.#cut(last)),
      // The quick way to learn of a seal. It may get lost, or a permission may lack.
      port.hearSeals((stream) => generations.heardSeal(stream)),
      port.onReturn(() => this.#look()),
    ];
  }

  // ---- Appending ---------------------------------------------------------------------------

  async append(producer: string, payload: Uint8Array): Promise<AppendReceipt> {
    assertProducer(producer);
    this.#assertOpen();
    const { payloadBytesMax } = this.#port;
    if (payload.length > payloadBytesMax)
      throw new PayloadTooLarge(payload.length, payloadBytesMax);
    const receipt = await this.#appender.append(producer, payload);
    assert(receipt.sequence >= 1);
    return receipt;
  }

  onCut(listener: (last: number) => void): () => void {
    this.#cutListeners.add(listener);
    return () => void this.#cutListeners.delete(listener);
  }

  #cut(last: number): void {
    this.#appender.cut(last);
    for (const listener of [...this.#cutListeners]) listener(last);
  }

  /** The sure way. */
  #lookSoon(): void {
    if (this.#lookTimer !== undefined || this.#closed || this.#port.isClosed) return;
    this.#lookTimer = this.#port.clock.after(lookAfterAppendMs, () => {
      this.#lookTimer = undefined;
      this.#look();
    });
  }

  #look(): void {
    if (this.#closed) return;
    this.#generations.look(this.#deadlineMs()).catch((error: unknown) => {
      if (!(error instanceof ClusterFault)) throw error;
      this.#lookSoon();
    });
  }

  // ---- Reading -----------------------------------------------------------------------------

  async head(): Promise<number> {
    this.#assertOpen();
    return await this.#generations.head(this.#deadlineMs());
  }

  async first(): Promise<number> {
    return (await this.generations())[0]?.first ?? 1;
  }

  async read(from: number, limits: ReadLimits): Promise<readonly LogEntry[]> {
    assertReadLimits(from, limits);
    this.#assertOpen();
    const deadlineMs = this.#deadlineMs();
    for (;;) {
      const start = await this.#generations.locate(from, deadlineMs);
      if (start.from < from) {
        if (!(await this.#goesOnAfter(start, deadlineMs))) return [];
        continue;
      }
      const entries = await this.#readIn(start, limits, deadlineMs);
      return withinBytes(entries, limits.bytesMax ?? Infinity);
    }
  }

  /**
   * Whether a place that is before the entry asked for is a seal, and there is something behind.
   */
  async #goesOnAfter({ generation }: TailStart, deadlineMs: number): Promise<boolean> {
    if (generation !== this.#generations.newest) return true;
    if (this.#generations.isOpen) return false;
    await delay(this.#port.clock, readRetryMs);
    return this.#port.clock.nowMs() < deadlineMs;
  }

  async #readIn(
    start: TailStart,
    limits: ReadLimits,
    deadlineMs: number,
  ): Promise<readonly LogEntry[]> {
    const { generation, from } = start;
    const { entries } = await this.#readNearest(start, limits, deadlineMs);
    if (entries.length > 0) return this.#generations.counting(generation, entries).entries;
    // That server has none, but only the leader knows where the log ends.
    const entry = await this.#port.stream(generation).entry(from, deadlineMs);
    return entry === undefined ? [] : this.#generations.counting(generation, [entry]).entries;
  }

  async #readNearest(
    { generation, from }: TailStart,
    limits: ReadLimits,
    deadlineMs: number,
  ): Promise<Piece> {
    const stream = this.#port.stream(generation);
    for (;;) {
      try {
        return await this.#readProven(stream, from, limits);
      } catch (error) {
        const isOver = this.#port.clock.nowMs() >= deadlineMs;
        if (!(error instanceof LogUnavailable) || isOver) throw error;
      }
      await delay(this.#port.clock, readRetryMs);
    }
  }

  /** A piece of some server's copy, up to where a leader has said that all of it counts. */
  async #readProven(stream: LogStream, from: number, limits: ReadLimits): Promise<Piece> {
    const piece = await this.#unlessRetired(stream, from, () => stream.read(from, limits));
    const deadlineMs = this.#port.clock.nowMs() + proofTimeoutMs;
    const entries = await this.#generations.proven(stream.generation, piece.entries, deadlineMs);
    return entries.length === piece.entries.length
      ? piece
      : { entries, hasMore: false, hasHole: false };
  }

  /** Nobody answers for a generation that was retired: that is said, and not waited for. */
  async #unlessRetired<Answer>(
    stream: GenerationStream,
    from: number,
    ask: () => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      if (!(await this.#generations.isKnownRetired(stream.generation))) throw error;
      throw new EntryTruncated(this.name, from, await this.first());
    }
  }

  /** Asks about the generation that an entry is in. */
  protected async askAt<Answer>(
    sequence: number,
    ask: (generation: number, deadlineMs: number) => Promise<Answer>,
  ): Promise<Answer> {
    this.#assertOpen();
    const deadlineMs = this.#deadlineMs();
    const { generation } = await this.#generations.locate(sequence, deadlineMs);
    const stream = this.#port.stream(generation);
    return await this.#unlessRetired(stream, sequence, () => ask(generation, deadlineMs));
  }

  /** Asks about the newest generation. */
  protected async askNewest<Answer>(
    ask: (generation: number, deadlineMs: number) => Promise<Answer>,
  ): Promise<Answer> {
    this.#assertOpen();
    return await ask(this.#generations.newest, this.#deadlineMs());
  }

  // ---- Tails -------------------------------------------------------------------------------

  tail(from: number, listener: TailListener, onFault?: (fault: ClusterFault) => void): Tail {
    assert(Number.isSafeInteger(from));
    assert(from >= 1);
    this.#assertOpen();
    const onEnd = (): void => void this.#tails.delete(tail);
    const tail: Tail = new GenerationTail(this.#tailPort(), from, { listener, onFault, onEnd });
    this.#tails.add(tail);
    return tail;
  }

  #tailPort(): GenerationTailPort {
    return {
      locate: (from) => this.#locatePatiently(from),
      open: ({ generation, from }, listener, onFault) => {
        const port = this.#streamTailPort(this.#port.stream(generation));
        const policy = this.#tailPolicy;
        return new JetStreamTail(port, from, { policy, listener, onFault, onEnd: () => undefined });
      },
      counting: (generation, entries) => this.#generations.counting(generation, entries),
      firstAfter: (sealed) => this.#generations.firstAfter(sealed),
    };
  }

  async #locatePatiently(from: number): Promise<TailStart> {
    for (;;) {
      try {
        return await this.#generations.locate(from, this.#deadlineMs());
      } catch (error) {
        const isForNow = error instanceof ClusterFault && error.disposition === "retry";
        if (!isForNow || this.#port.isClosed) throw error;
        this.#assertOpen();
      }
      await delay(this.#port.clock, readRetryMs);
    }
  }

  #streamTailPort(stream: LogStream): TailPort {
    const port = this.#port;
    const { clock } = port;
    const expectEverywhere = (sequence: number): void => {
      for (const tail of this.#tails) tail.expect(sequence);
    };
    return {
      clock,
      listen: (listener) => stream.listen(listener, expectEverywhere),
      onReturn: (listener) => port.onReturn(listener),
      read: async (from, limits) => await this.#readProven(stream, from, limits),
      head: async (timeoutMs) => {
        const state = await stream.find(clock.nowMs() + timeoutMs);
        if (state === undefined) throw new LogUnavailable(stream.name, "there is no such stream");
        return state.last;
      },
      entry: async (sequence, timeoutMs) => await stream.entry(sequence, clock.nowMs() + timeoutMs),
      suspect: () => port.suspect(),
      random: () => port.random(),
    };
  }

  // ---- Generations -------------------------------------------------------------------------

  async generations(): Promise<readonly LogGeneration[]> {
    this.#assertOpen();
    return await this.#generations.list(this.#deadlineMs());
  }

  async roll(generation: number): Promise<void> {
    this.#assertOpen();
    await this.#generations.roll(generation, this.#deadlineMs());
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#lookTimer?.cancel();
    for (const stopHearing of this.#stopHearing) stopHearing();
    this.#generations.close();
    await Promise.all([...this.#tails].map((tail) => tail.close()));
    assert(this.#tails.size === 0);
    this.#appender.close();
    this.#port.close();
  }

  #deadlineMs(): number {
    return this.#port.clock.nowMs() + this.#answerTimeoutMs;
  }

  #assertOpen(): void {
    if (this.#closed) throw new LogClosed(this.name);
  }
}
