/**
 * The tail of a log, made of one tail after the other: up to its seal on one generation, then on
 * the next one. What a generation holds behind its seal is handed to nobody.
 *
 *     locating ──► on a generation ──► its seal was handed over ──► on the next one ──► …
 */
import { assert } from "../protocols/assert.ts";
import { ClusterFault } from "./faults.ts";
import type { Counting } from "./log-generation.ts";
import type { LogEntry, Tail, TailListener, TailSource } from "./replicated-log.ts";

/** Where a tail begins: at `from` of that generation, before which it has no seal. */
export interface TailStart {
  readonly generation: number;
  readonly from: number;
}

/** A generation, and the sequence of the seal that ends it. */
export interface SealedGeneration {
  readonly generation: number;
  readonly seal: number;
}

export interface GenerationTailPort {
  /**
   * Resolves with a place from which on the entry will be found: itself or, when it does not exist
   * yet, one before it. Rejects with what a caller cannot wait for.
   */
  locate(from: number): Promise<TailStart>;
  /** A tail on that generation's stream, which knows nothing of seals. */
  open(start: TailStart, listener: TailListener, onFault: (fault: ClusterFault) => void): Tail;
  /** Those of a generation's entries that count. */
  counting(generation: number, entries: readonly LogEntry[]): Counting;
  /** Resolves with the first sequence of the generation after that one, once there is one. */
  firstAfter(sealed: SealedGeneration): Promise<number>;
}

export interface GenerationTailCallbacks {
  readonly listener: TailListener;
  readonly onFault: ((fault: ClusterFault) => void) | undefined;
  readonly onEnd: () => void;
}

export class GenerationTail implements Tail {
  readonly #port: GenerationTailPort;
  readonly #callbacks: GenerationTailCallbacks;
  #position: number;
  /** Undefined while it is not known where to read. */
  #inner: Tail | undefined;
  #generation = 0;
  #isClosed = false;
  /** Of the tails before the inner one. */
  #restartsBefore = 0;
  #expected = 0;

  constructor(port: GenerationTailPort, from: number, callbacks: GenerationTailCallbacks) {
    this.#port = port;
    this.#callbacks = callbacks;
    this.#position = from - 1;
    port.locate(from).then(
      (start) => this.#begin(start),
      (error: unknown) => this.#fail(error),
    );
  }

  get position(): number {
    return this.#position;
  }

  get source(): TailSource {
    return this.#isClosed ? "stopped" : (this.#inner?.source ?? "catching-up");
  }

  get restarts(): number {
    return this.#restartsBefore + (this.#inner?.restarts ?? 0);
  }

  expect(sequence: number): void {
    this.#expected = Math.max(this.#expected, sequence);
    this.#inner?.expect(sequence);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const inner = this.#inner;
    this.#callbacks.onEnd();
    await inner?.close();
  }

  #begin(start: TailStart): void {
    if (this.#isClosed) return;
    assert(start.from <= this.#position + 1);
    this.#generation = start.generation;
    const inner: Tail = this.#port.open(
      start,
      (entries) => {
        if (inner === this.#inner) this.#hear(entries);
      },
      (fault) => this.#fail(fault),
    );
    this.#inner = inner;
    if (this.#expected > this.#position) inner.expect(this.#expected);
  }

  #hear(entries: readonly LogEntry[]): void {
    const { entries: counting, isSealed } = this.#port.counting(this.#generation, entries);
    const last = counting.at(-1);
    assert(last !== undefined);
    const next = this.#position + 1;
    const fresh = counting[0]!.sequence >= next ? counting : counting.filter(isFrom(next));
    // Before the listener is called: it may close this tail.
    if (isSealed) this.#leave(last.sequence);
    if (fresh.length === 0) return;
    assert(fresh[0]?.sequence === next);
    this.#position = Math.max(this.#position, last.sequence);
    this.#callbacks.listener(fresh);
  }

  /** Nothing more is to come from this generation. */
  #leave(seal: number): void {
    const inner = this.#inner;
    assert(inner !== undefined);
    this.#restartsBefore += inner.restarts;
    this.#inner = undefined;
    void inner.close();
    const generation = this.#generation;
    this.#port.firstAfter({ generation, seal }).then(
      (first) => {
        assert(first === seal + 1, "a generation goes on where the one before was sealed");
        this.#begin({ generation: generation + 1, from: first });
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    void this.close();
    const { onFault } = this.#callbacks;
    if (error instanceof ClusterFault && onFault !== undefined) return onFault(error);
    // Nobody else is there to notice; and the client library would swallow it.
    queueMicrotask(() => {
      throw error;
    });
  }
}

function isFrom(sequence: number): (entry: LogEntry) => boolean {
  return (entry) => entry.sequence >= sequence;
}
