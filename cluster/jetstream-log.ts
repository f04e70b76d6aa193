/**
 * The replicated log on JetStream streams: the one that production runs on. A `GenerationLog` whose
 * port is a connection that others share.
 */
import { GenerationLog, type GenerationLogOptions } from "./generation-log.ts";
import type { GenerationLogPort, LogStream } from "./generation-log.ts";
import { JetStreamApi } from "./jetstream-api.ts";
import { defaultAppendPolicy, type AppendPolicy } from "./jetstream-append-lane.ts";
import { JetStreamAppender } from "./jetstream-append.ts";
import type { JetStreamConnection } from "./jetstream-connection.ts";
import { copiesAt } from "./jetstream-copies.ts";
import { entryOf, toldSequenceOf } from "./jetstream-entry.ts";
import type { GenerationsPort } from "./jetstream-generations.ts";
import { JetStreamReader } from "./jetstream-reader.ts";
import { JetStreamLogStream, type LogStreamOptions } from "./jetstream-stream.ts";
import { sealProducer } from "./log-generation.ts";
import type { EntryCopies } from "./replicated-log.ts";

export interface JetStreamLogOptions extends LogStreamOptions, GenerationLogOptions {
  readonly append?: Partial<AppendPolicy>;
}

export class JetStreamLog extends GenerationLog {
  readonly #connection: JetStreamConnection;
  readonly #reader: JetStreamReader;
  readonly #options: JetStreamLogOptions;

  private constructor(
    connection: JetStreamConnection,
    reader: JetStreamReader,
    options: JetStreamLogOptions,
  ) {
    super(portOn(connection, reader, options), options);
    this.#connection = connection;
    this.#reader = reader;
    this.#options = options;
  }

  /** As `GenerationLog.open`. */
  static async open(
    connection: JetStreamConnection,
    options: JetStreamLogOptions,
  ): Promise<JetStreamLog> {
    const log = new JetStreamLog(connection, new JetStreamReader(connection), options);
    try {
      await log.open();
    } catch (error) {
      await log.close();
      throw error;
    }
    return log;
  }

  async copies(sequence: number): Promise<EntryCopies> {
    const reader = this.#reader;
    return await this.askAt(sequence, async (generation, deadlineMs) => {
      return await copiesAt(sequence, { stream: this.#stream(generation), reader, deadlineMs });
    });
  }

  /** The server that leads the newest stream: what it dies of stalls this log for an election. */
  async leader(): Promise<string | undefined> {
    return await this.askNewest(async (generation, deadlineMs) => {
      return (await this.#stream(generation).state(deadlineMs)).leader;
    });
  }

  /** Moves the leadership to that server; resolves when it leads. */
  async preferLeader(server: string): Promise<void> {
    await this.askNewest(async (generation, deadlineMs) => {
      await this.#stream(generation).lead(server, deadlineMs);
    });
  }

  #stream(generation: number): JetStreamLogStream {
    return new JetStreamLogStream(this.#connection, this.#options, generation);
  }
}

interface JetStreamGenerationsPort extends GenerationsPort {
  readonly stream: (generation: number) => JetStreamLogStream;
}

/** A log's generations as the servers have them. */
export function generationsOn(
  connection: JetStreamConnection,
  options: LogStreamOptions,
): JetStreamGenerationsPort {
  const { shard } = options;
  const name = `LOG_${shard}`;
  const api = new JetStreamApi(connection, name);
  return {
    name,
    clock: connection.clock,
    get isClosed() {
      return connection.isClosed;
    },
    get complaint() {
      return connection.lastComplaint;
    },
    stream: (generation) => new JetStreamLogStream(connection, options, generation),
    async numbers(deadlineMs) {
      const subject = `log.${shard}.*.*`;
      const ask = () => api.ask("STREAM.NAMES", { subject });
      const { streams } = await api.untilAnswered(deadlineMs, ask);
      const prefix = `${name}_`;
      const ours = (streams ?? []).filter((each) => each.startsWith(prefix));
      return ours.map((each) => Number(each.slice(prefix.length)));
    },
  };
}

function portOn(
  connection: JetStreamConnection,
  reader: JetStreamReader,
  options: JetStreamLogOptions,
): GenerationLogPort {
  const { shard } = options;
  const generations = generationsOn(connection, options);
  const { name, clock, stream } = generations;
  return {
    ...{ name, clock },
    get isClosed() {
      return connection.isClosed;
    },
    get complaint() {
      return connection.lastComplaint;
    },
    get payloadBytesMax() {
      return connection.messageBytesMax;
    },
    numbers: (deadlineMs) => generations.numbers(deadlineMs),
    stream: (generation) => readable(connection, reader, stream(generation)),
    openAppender: ({ newest, ...hooks }) =>
      new JetStreamAppender(connection, {
        ...hooks,
        log: name,
        subjectOf: (producer) => stream(newest()).subjectOf(producer),
        policy: { ...defaultAppendPolicy, ...options.append },
      }),
    onReturn: (listener) => connection.onReturn(listener),
    suspect: () => connection.suspect(),
    random: () => Math.random(),
    hearSeals(heard) {
      const subscription = connection.nats.subscribe(`tail.${shard}.*.${sealProducer}`, {
        callback: (error, { data, headers }) => {
          const isSeal = error === null && data.length === 0;
          if (isSeal) heard(headers?.get("Nats-Stream") ?? "");
        },
      });
      return () => subscription.unsubscribe();
    },
    close: () => reader.close(),
  };
}

function readable(
  connection: JetStreamConnection,
  reader: JetStreamReader,
  stream: JetStreamLogStream,
): LogStream {
  return {
    name: stream.name,
    generation: stream.generation,
    ensure: (first, deadlineMs) => stream.ensure(first, deadlineMs),
    find: (deadlineMs) => stream.find(deadlineMs),
    nextSeal: (from, deadlineMs) => stream.nextSeal(from, deadlineMs),
    appendSeal: () => stream.appendSeal(),
    read: (from, limits) => reader.read(stream.name, from, limits),
    entry: (sequence, deadlineMs) => stream.entry(sequence, deadlineMs),
    listen(listener, told) {
      const subscription = connection.nats.subscribe(stream.tailSubject, {
        callback: (error, message) => {
          // A permission we lack: then everything comes by reading.
          if (error !== null) return;
          const sequence = toldSequenceOf(message, stream.name);
          if (sequence !== undefined) return told(sequence);
          const entry = entryOf(message, stream.name);
          if (entry !== undefined) listener(entry);
        },
      });
      return () => subscription.unsubscribe();
    },
  };
}
