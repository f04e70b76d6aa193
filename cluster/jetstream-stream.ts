/**
 * The stream behind a log: its settings, its state, and which server leads it.
 *
 * Never changes a stream that exists. One with other settings than a log must have is refused.
 */
import { assert } from "../protocols/assert.ts";
import { delay } from "./clock.ts";
import { EntryMissing, EntryTruncated, LogMisconfigured, LogUnavailable } from "./faults.ts";
import type { JetStreamConnection } from "./jetstream-connection.ts";
import { storedEntryOf, type StoredMessage } from "./jetstream-entry.ts";
import type { LogEntry } from "./replicated-log.ts";

export interface LogStreamOptions {
  readonly shard: number;
  /** Truncation is moving to the next one. */
  readonly generation?: number;
  /** On how many servers each entry is stored. */
  readonly replicas?: number;
}

export interface LogStreamState {
  /** The first sequence retained, `last + 1` when none is. */
  readonly first: number;
  readonly last: number;
  /** The server that leads; undefined on a server of its own. */
  readonly leader: string | undefined;
}

const requestTimeoutMs = 500;
const retryMs = 20;
const handoverMs = 1000;
const notFound = { stream: 10_059, message: 10_037 };
/** What no waiting mends: somebody has to change something. */
const permanent = new Set([
  10_039, // this account has no JetStream
  10_052, // the settings contradict each other
  10_058, // the stream exists with other settings
  10_065, // another stream has these subjects
  10_074, // a server of its own cannot replicate
]);

export class JetStreamLogStream {
  readonly name: string;
  readonly #connection: JetStreamConnection;
  readonly #shard: number;
  readonly #replicas: number;

  constructor(connection: JetStreamConnection, options: LogStreamOptions) {
    const { shard, generation = 1, replicas = 3 } = options;
    assert(Number.isSafeInteger(shard) && shard >= 0);
    assert(Number.isSafeInteger(generation) && generation >= 1);
    assert(replicas >= 1 && replicas <= 5);
    this.name = `LOG_${shard}_${generation}`;
    this.#connection = connection;
    this.#shard = shard;
    this.#replicas = replicas;
  }

  /** The subject on which a producer appends. */
  subjectOf(producer: string): string {
    return `log.${this.#shard}.${producer}`;
  }

  /** The subject on which the leader tells of what was stored, of every producer. */
  get tailSubject(): string {
    return `tail.${this.#shard}.*`;
  }

  /** Creates the stream unless it exists. Several nodes may do so at once. */
  async ensure(deadlineMs: number): Promise<void> {
    const wanted = this.#settings();
    const create = () => this.#ask("CREATE", wanted);
    const answer = await this.#untilAnswered(deadlineMs, async () => {
      const found = await this.#ask("INFO");
      return found.error?.err_code === notFound.stream ? await create() : found;
    });
    const settings = (answer.config ?? {}) as Record<string, unknown>;
    const differences = differencesOf(wanted, settings);
    if (differences.length > 0) throw new LogMisconfigured(this.name, differences);
  }

  /** What the leader knows; rejects with `LogUnavailable` when none answers in time. */
  async state(deadlineMs: number): Promise<LogStreamState> {
    const answer = await this.#untilAnswered(deadlineMs, async () => {
      const info = await this.#ask("INFO");
      // Without a leader, whoever has a copy answers, however old it is.
      if (info.cluster?.leader === undefined && info.config?.num_replicas !== 1) return undefined;
      return info;
    });
    assert(answer.state !== undefined);
    const { first_seq: first, last_seq: last } = answer.state;
    return { first: Math.max(first, 1), last, leader: answer.cluster?.leader };
  }

  /**
   * The entry as the leader itself has it, for when the nearest copy lacks it; undefined past the
   * head. Rejects with `EntryTruncated` before the first one, and with `EntryMissing` when the
   * leader has entries on both sides, but not this one, up to the deadline.
   */
  async entry(sequence: number, deadlineMs: number): Promise<LogEntry | undefined> {
    const { clock } = this.#connection;
    for (;;) {
      const { first, last } = await this.state(deadlineMs);
      if (sequence < first) throw new EntryTruncated(this.name, sequence, first);
      if (sequence > last) return undefined;
      const { message } = await this.#untilAnswered(deadlineMs, async () => {
        const got = await this.#ask("MSG.GET", { seq: sequence });
        return got.error?.err_code === notFound.message ? {} : got;
      });
      if (message !== undefined) return storedEntryOf(message);
      // The one leader may have answered about its state and another one about the message.
      if (clock.nowMs() >= deadlineMs) throw new EntryMissing(this.name, sequence);
      await delay(clock, retryMs);
    }
  }

  /**
   * Moves the leadership to that server, which takes a fraction of a second where a crash takes an
   * election. Rejects with `LogUnavailable` when it does not lead by the deadline.
   */
  async lead(server: string, deadlineMs: number): Promise<void> {
    const { clock } = this.#connection;
    let lastRefusal: unknown;
    while ((await this.state(deadlineMs)).leader !== server) {
      const askedAtMs = clock.nowMs();
      if (askedAtMs >= deadlineMs) {
        throw new LogUnavailable(this.name, `${server} does not become its leader`, lastRefusal);
      }
      lastRefusal = await this.#askToLead(server);
      if (lastRefusal !== undefined) await delay(clock, retryMs);
      // Asking again too soon would disturb the very election that was asked for.
      while (lastRefusal === undefined && clock.nowMs() - askedAtMs < handoverMs) {
        if ((await this.state(deadlineMs)).leader === server) return;
        await delay(clock, retryMs);
      }
    }
  }

  /** Why it was refused or not answered; undefined when it was accepted. */
  async #askToLead(server: string): Promise<unknown> {
    try {
      const answer = await this.#ask("LEADER.STEPDOWN", { placement: { preferred: server } });
      return answer.error && new Error(answer.error.description);
    } catch (error) {
      return error;
    }
  }

  #settings(): Record<string, unknown> {
    return {
      name: this.name,
      subjects: [this.subjectOf("*")],
      retention: "limits",
      storage: "file",
      num_replicas: this.#replicas,
      // No limits at all; were there ever one, refusing beats forgetting.
      max_msgs: -1,
      max_bytes: -1,
      max_age: 0,
      max_msgs_per_subject: -1,
      discard: "new",
      deny_delete: true,
      deny_purge: true,
      allow_rollup_hdrs: false,
      allow_direct: true,
      republish: { src: this.subjectOf("*"), dest: `tail.${this.#shard}.{{wildcard(1)}}` },
    };
  }

  /** One request to JetStream. An answer without an error has what was asked for. */
  async #ask(verb: string, body?: unknown): Promise<Answer> {
    const payload = body === undefined ? "" : JSON.stringify(body);
    const subject = `$JS.API.STREAM.${verb}.${this.name}`;
    const reply = await this.#connection.nats.request(subject, payload, {
      timeout: requestTimeoutMs,
    });
    return reply.json<Answer>();
  }

  /** Asks until an answer is neither missing (undefined) nor "not now". */
  async #untilAnswered(
    deadlineMs: number,
    ask: () => Promise<Answer | undefined>,
  ): Promise<Answer> {
    const { clock } = this.#connection;
    let cause: unknown;
    let detail = "no leader";
    for (;;) {
      try {
        const answer = await ask();
        const error = answer?.error;
        if (answer !== undefined && error === undefined) return answer;
        if (error !== undefined) {
          detail = `${error.err_code} ${error.description}`;
          if (permanent.has(error.err_code)) throw new LogMisconfigured(this.name, [detail]);
        }
      } catch (error) {
        if (error instanceof LogMisconfigured) throw error;
        cause = error;
      }
      if (clock.nowMs() >= deadlineMs || this.#connection.isClosed) {
        throw new LogUnavailable(this.name, detail, cause ?? this.#connection.lastComplaint);
      }
      await delay(clock, retryMs);
    }
  }
}

interface Answer {
  readonly error?: { readonly err_code: number; readonly description: string };
  readonly config?: { readonly num_replicas?: number };
  readonly state?: { readonly first_seq: number; readonly last_seq: number };
  readonly cluster?: { readonly leader?: string };
  readonly message?: StoredMessage;
}

/** What a stream has otherwise than wanted; settings that nobody asked for do not count. */
function differencesOf(
  wanted: Record<string, unknown>,
  found: Record<string, unknown>,
): readonly string[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const other = found[name] ?? defaultOf(value);
    const same = JSON.stringify(other) === JSON.stringify(value);
    return same ? [] : [`${name} is ${JSON.stringify(other)}, not ${JSON.stringify(value)}`];
  });
}

/** Servers leave out of a stream's settings what is off or zero. */
function defaultOf(value: unknown): unknown {
  if (typeof value === "boolean") return false;
  return typeof value === "number" ? 0 : undefined;
}
