/**
 * The replicated log on a JetStream stream: the one that production runs on.
 *
 * Composes the stream (`jetstream-stream.ts`), appending (`jetstream-append.ts`), reading
 * (`jetstream-reader.ts`) and tails (`jetstream-tail.ts`) on a connection that others share.
 */
import { assert } from "../protocols/assert.ts";
import { delay } from "./clock.ts";
import { LogClosed, LogUnavailable, PayloadTooLarge, type ClusterFault } from "./faults.ts";
import { defaultAppendPolicy, type AppendPolicy } from "./jetstream-append-lane.ts";
import { JetStreamAppender } from "./jetstream-append.ts";
import type { JetStreamConnection } from "./jetstream-connection.ts";
import { entryOf, toldSequenceOf } from "./jetstream-entry.ts";
import { JetStreamReader } from "./jetstream-reader.ts";
import { JetStreamLogStream, type LogStreamOptions } from "./jetstream-stream.ts";
import {
  defaultTailPolicy,
  JetStreamTail,
  type TailPolicy,
  type TailPort,
} from "./jetstream-tail.ts";
import {
  assertProducer,
  assertReadLimits,
  withinBytes,
  type AppendReceipt,
  type LogEntry,
  type ReadLimits,
  type ReplicatedLog,
  type Tail,
  type TailListener,
} from "./replicated-log.ts";

export interface JetStreamLogOptions extends LogStreamOptions {
  readonly append?: Partial<AppendPolicy>;
  readonly tail?: Partial<TailPolicy>;
  /** How long to try to create or find the stream. */
  readonly openTimeoutMs?: number;
  /** How long `head`, `first` and the end of the log may take to find out. */
  readonly answerTimeoutMs?: number;
}

const openTimeoutMsDefault = 30_000;
const answerTimeoutMsDefault = 5000;
const readRetryMs = 20;

export class JetStreamLog implements ReplicatedLog {
  readonly name: string;
  readonly #connection: JetStreamConnection;
  readonly #stream: JetStreamLogStream;
  readonly #appender: JetStreamAppender;
  readonly #reader: JetStreamReader;
  readonly #tailPolicy: TailPolicy;
  readonly #answerTimeoutMs: number;
  readonly #tails = new Set<Tail>();
  #closed = false;

  private constructor(
    connection: JetStreamConnection,
    stream: JetStreamLogStream,
    options: JetStreamLogOptions,
  ) {
    this.name = stream.name;
    this.#connection = connection;
    this.#stream = stream;
    this.#reader = new JetStreamReader(connection, stream.name);
    this.#appender = new JetStreamAppender(connection, {
      stream: stream.name,
      subjectOf: (producer) => stream.subjectOf(producer),
      policy: { ...defaultAppendPolicy, ...options.append },
      onReceipt: (sequence) => this.#tails.forEach((tail) => tail.expect(sequence)),
    });
    this.#tailPolicy = { ...defaultTailPolicy, ...options.tail };
    this.#answerTimeoutMs = options.answerTimeoutMs ?? answerTimeoutMsDefault;
  }

  /**
   * Opens a log, creating its stream if it is the first. Rejects with `LogUnavailable` when the
   * servers are not ready in time, and with `LogMisconfigured` when such a stream exists that
   * would keep less than a log must.
   */
  static async open(
    connection: JetStreamConnection,
    options: JetStreamLogOptions,
  ): Promise<JetStreamLog> {
    const stream = new JetStreamLogStream(connection, options);
    const timeoutMs = options.openTimeoutMs ?? openTimeoutMsDefault;
    await stream.ensure(connection.clock.nowMs() + timeoutMs);
    return new JetStreamLog(connection, stream, options);
  }

  async append(producer: string, payload: Uint8Array): Promise<AppendReceipt> {
    assertProducer(producer);
    this.#assertOpen();
    const payloadBytesMax = this.#connection.messageBytesMax;
    if (payload.length > payloadBytesMax)
      throw new PayloadTooLarge(payload.length, payloadBytesMax);
    const receipt = await this.#appender.append(producer, payload);
    assert(receipt.sequence >= 1);
    return receipt;
  }

  async head(): Promise<number> {
    this.#assertOpen();
    return (await this.#stream.state(this.#deadlineMs())).last;
  }

  async first(): Promise<number> {
    this.#assertOpen();
    return (await this.#stream.state(this.#deadlineMs())).first;
  }

  async read(from: number, limits: ReadLimits): Promise<readonly LogEntry[]> {
    assertReadLimits(from, limits);
    this.#assertOpen();
    const deadlineMs = this.#deadlineMs();
    const entries = await this.#readNearest(from, limits, deadlineMs);
    if (entries.length > 0) return withinBytes(entries, limits.bytesMax ?? Infinity);
    // That server has none, but only the leader knows where the log ends.
    const entry = await this.#stream.entry(from, deadlineMs);
    return entry === undefined ? [] : [entry];
  }

  tail(from: number, listener: TailListener, onFault?: (fault: ClusterFault) => void): Tail {
    assert(Number.isSafeInteger(from));
    assert(from >= 1);
    this.#assertOpen();
    const tail: Tail = new JetStreamTail(this.#tailPort(), from, {
      policy: this.#tailPolicy,
      listener,
      onFault,
      onEnd: () => this.#tails.delete(tail),
    });
    this.#tails.add(tail);
    return tail;
  }

  /** The server that leads the stream: what it dies of stalls this log for an election. */
  async leader(): Promise<string | undefined> {
    this.#assertOpen();
    return (await this.#stream.state(this.#deadlineMs())).leader;
  }

  /** Moves the leadership to that server; resolves when it leads. */
  async preferLeader(server: string): Promise<void> {
    this.#assertOpen();
    await this.#stream.lead(server, this.#deadlineMs());
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#tails].map((tail) => tail.close()));
    assert(this.#tails.size === 0);
    this.#appender.close();
    this.#reader.close();
  }

  async #readNearest(
    from: number,
    limits: ReadLimits,
    deadlineMs: number,
  ): Promise<readonly LogEntry[]> {
    for (;;) {
      try {
        return (await this.#reader.read(from, limits)).entries;
      } catch (error) {
        const isOver = this.#connection.clock.nowMs() >= deadlineMs;
        if (!(error instanceof LogUnavailable) || isOver) throw error;
      }
      await delay(this.#connection.clock, readRetryMs);
    }
  }

  #tailPort(): TailPort {
    const connection = this.#connection;
    const stream = this.#stream;
    const { clock } = connection;
    const expectEverywhere = (sequence: number): void => {
      for (const tail of this.#tails) tail.expect(sequence);
    };
    return {
      clock,
      listen(listener) {
        const subscription = connection.nats.subscribe(stream.tailSubject, {
          callback: (error, message) => {
            // A permission we lack: then everything comes by reading.
            if (error !== null) return;
            const told = toldSequenceOf(message, stream.name);
            if (told !== undefined) return expectEverywhere(told);
            const entry = entryOf(message, stream.name);
            // Not ours: another generation of the same shard.
            if (entry !== undefined) listener(entry);
          },
        });
        return () => subscription.unsubscribe();
      },
      onReturn: (listener) => connection.onReturn(listener),
      read: async (from, limits) => await this.#reader.read(from, limits),
      head: async (timeoutMs) => (await stream.state(clock.nowMs() + timeoutMs)).last,
      entry: async (sequence, timeoutMs) => await stream.entry(sequence, clock.nowMs() + timeoutMs),
      suspect: () => connection.suspect(),
      random: () => Math.random(),
    };
  }

  #deadlineMs(): number {
    return this.#connection.clock.nowMs() + this.#answerTimeoutMs;
  }

  #assertOpen(): void {
    if (this.#closed) throw new LogClosed(this.name);
  }
}
