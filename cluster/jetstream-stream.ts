/**
 * The stream behind one generation of a log: its settings, its state, its seal, and which server
 * leads it.
 *
 * Never changes a stream that exists. One with other settings than a log must have is refused.
 */
import { assert } from "../protocols/assert.ts";
import { delay } from "./clock.ts";
import { EntryMissing, EntryTruncated, LogMisconfigured, LogUnavailable } from "./faults.ts";
import { isNotFound, JetStreamApi, type ApiAnswer, type PeerAnswer } from "./jetstream-api.ts";
import type { JetStreamConnection } from "./jetstream-connection.ts";
import { storedEntryOf } from "./jetstream-entry.ts";
import type { GenerationState, GenerationStream } from "./jetstream-generations.ts";
import { sealProducer, type LogFollower } from "./log-generation.ts";
import type { LogEntry } from "./replicated-log.ts";

export interface LogStreamOptions {
  readonly shard: number;
  /** On how many servers each entry is stored. */
  readonly replicas?: number;
}

export interface LogStreamState extends GenerationState {
  /** The server that leads; undefined on a server of its own. */
  readonly leader: string | undefined;
}

const retryMs = 20;
const handoverMs = 1000;
const sealTimeoutMs = 250;
/** Streams that begin at another sequence than 1. */
const firstSequenceSince = { major: 2, minor: 10 };

export class JetStreamLogStream implements GenerationStream {
  readonly name: string;
  readonly generation: number;
  readonly #api: JetStreamApi;
  readonly #shard: number;
  readonly #replicas: number;

  constructor(connection: JetStreamConnection, options: LogStreamOptions, generation: number) {
    const { shard, replicas = 3 } = options;
    assert(Number.isSafeInteger(shard) && shard >= 0);
    assert(Number.isSafeInteger(generation) && generation >= 1);
    assert(replicas >= 1 && replicas <= 5);
    this.name = `LOG_${shard}_${generation}`;
    this.generation = generation;
    this.#api = new JetStreamApi(connection, this.name);
    this.#shard = shard;
    this.#replicas = replicas;
  }

  /** The subject on which a producer appends. */
  subjectOf(producer: string): string {
    return `log.${this.#shard}.${this.generation}.${producer}`;
  }

  /** The subject on which the leader tells of what was stored, of every producer. */
  get tailSubject(): string {
    return `tail.${this.#shard}.${this.generation}.*`;
  }

  /**
   * Creates the stream unless it exists. Several nodes may do so at once.
   *
   * @param first the generation's first sequence, when it is to be created
   */
  async ensure(first: number, deadlineMs: number): Promise<void> {
    const create = () => this.#ask("CREATE", { ...this.#settings(), first_seq: first });
    const answer = await this.#api.untilAnswered(deadlineMs, async () => {
      const found = await this.#ask("INFO");
      return isNotFound(found) ? await create() : found;
    });
    this.#check(answer);
    // Older servers know nothing of it, and begin at 1.
    if (first > 1 && answer.config?.["first_seq"] !== first) {
      throw new LogMisconfigured(this.name, [`it does not begin at ${first}`]);
    }
  }

  /**
   * What the leader knows; undefined when there is no such stream. Rejects with `LogUnavailable`
   * when nobody answers in time, and with `LogMisconfigured` when it would keep less than a log
   * must.
   */
  async find(deadlineMs: number): Promise<LogStreamState | undefined> {
    const seals = this.subjectOf(sealProducer);
    const answer = await this.#api.untilAnswered(deadlineMs, async () => {
      const info = await this.#ask("INFO", { subjects_filter: seals });
      // Without a leader, whoever has a copy answers, however old it is.
      const isLed = info.cluster?.leader !== undefined || info.config?.num_replicas === 1;
      return isLed || isNotFound(info) ? info : undefined;
    });
    if (isNotFound(answer)) return undefined;
    this.#check(answer);
    assert(answer.state !== undefined);
    const { first_seq: first, last_seq: last, bytes = 0, subjects } = answer.state;
    return {
      ...{ first: Math.max(first, 1), last, bytes },
      seals: subjects?.[seals] ?? 0,
      leader: answer.cluster?.leader,
      followers: (answer.cluster?.replicas ?? []).map(followerOf),
    };
  }

  /** As `find`, of a stream that is there. */
  async state(deadlineMs: number): Promise<LogStreamState> {
    const state = await this.find(deadlineMs);
    if (state === undefined) throw new LogUnavailable(this.name, "there is no such stream");
    return state;
  }

  /**
   * The entry as the leader itself has it, for when the nearest copy lacks it; undefined past the
   * head. Rejects with `EntryTruncated` before the first one, and with `EntryMissing` when the
   * leader has entries on both sides, but not this one, up to the deadline.
   */
  async entry(sequence: number, deadlineMs: number): Promise<LogEntry | undefined> {
    const { clock } = this.#api.connection;
    for (;;) {
      const { first, last } = await this.state(deadlineMs);
      if (sequence < first) throw new EntryTruncated(this.name, sequence, first);
      if (sequence > last) return undefined;
      const { message } = await this.#api.untilAnswered(deadlineMs, () =>
        this.#ask("MSG.GET", { seq: sequence }),
      );
      if (message !== undefined) return storedEntryOf(message);
      // The one leader may have answered about its state and another one about the message.
      if (clock.nowMs() >= deadlineMs) throw new EntryMissing(this.name, sequence);
      await delay(clock, retryMs);
    }
  }

  /** The entry as the leader has it. Rejects as {@link entry} does, `EntryMissing` at once. */
  async storedEntry(sequence: number, timeoutMs: number): Promise<LogEntry> {
    const deadlineMs = this.#api.connection.clock.nowMs() + timeoutMs;
    const { message } = await this.#api.untilAnswered(deadlineMs, () =>
      this.#ask("MSG.GET", { seq: sequence }),
    );
    if (message === undefined) throw new EntryMissing(this.name, sequence);
    return storedEntryOf(message);
  }

  /** The first entry on the seals' subject from that sequence on. */
  async nextSeal(from: number, deadlineMs: number): Promise<LogEntry | undefined> {
    const asked = { next_by_subj: this.subjectOf(sealProducer), seq: from };
    const { message } = await this.#api.untilAnswered(deadlineMs, () =>
      this.#ask("MSG.GET", asked),
    );
    return message && storedEntryOf(message);
  }

  /** Appends a seal, once. */
  async appendSeal(): Promise<void> {
    const { nats } = this.#api.connection;
    this.#assertCanBeFollowed();
    try {
      await nats.request(this.subjectOf(sealProducer), "", { timeout: sealTimeoutMs });
    } catch (error) {
      throw new LogUnavailable(this.name, "it takes no seal", error);
    }
  }

  /** A log that is sealed and cannot go on takes nothing any more. */
  #assertCanBeFollowed(): void {
    const { connection } = this.#api;
    const { major, minor } = firstSequenceSince;
    if (connection.isServerAtLeast(major, minor)) return;
    const needed = `generations need nats-server ${major}.${minor} or newer`;
    throw new LogMisconfigured(this.name, [needed]);
  }

  /**
   * Moves the leadership to that server, which takes a fraction of a second where a crash takes an
   * election. Rejects with `LogUnavailable` when it does not lead by the deadline.
   */
  async lead(server: string, deadlineMs: number): Promise<void> {
    const { clock } = this.#api.connection;
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
      republish: {
        src: this.subjectOf("*"),
        dest: `tail.${this.#shard}.${this.generation}.{{wildcard(1)}}`,
      },
    };
  }

  #check({ config = {} }: ApiAnswer): void {
    const differences = differencesOf(this.#settings(), config);
    if (differences.length > 0) throw new LogMisconfigured(this.name, differences);
  }

  async #ask(verb: string, body?: unknown): Promise<ApiAnswer> {
    return await this.#api.ask(`STREAM.${verb}.${this.name}`, body);
  }
}

const silentNs = 5e9;

function followerOf({ name, current, offline, active, lag = 0 }: PeerAnswer): LogFollower {
  const isReachable = offline !== true && active < silentNs;
  return { server: name, isReachable, isCurrent: current, lag };
}

/** What a stream has otherwise than wanted; settings that nobody asked for do not count. */
function differencesOf(
  wanted: Record<string, unknown>,
  found: Readonly<Record<string, unknown>>,
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
