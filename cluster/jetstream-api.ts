/**
 * Requests to JetStream about streams, asked until they are answered.
 *
 * "Not now", silence and "no leader" are asked again; what no waiting mends is a fault at once;
 * what is left is an answer, be it "there is no such thing".
 */
import { delay } from "./clock.ts";
import { LogMisconfigured, LogUnavailable } from "./faults.ts";
import type { JetStreamConnection } from "./jetstream-connection.ts";
import type { StoredMessage } from "./jetstream-entry.ts";

/** What a stream's leader says of another server that holds it. */
export interface PeerAnswer {
  readonly name: string;
  readonly current: boolean;
  readonly offline?: boolean;
  /** How long ago it was heard from, in nanoseconds. */
  readonly active: number;
  readonly lag?: number;
}

export interface ApiAnswer {
  readonly error?: { readonly err_code: number; readonly description: string };
  readonly config?: Readonly<Record<string, unknown>> & { readonly num_replicas?: number };
  readonly state?: {
    readonly first_seq: number;
    readonly last_seq: number;
    readonly bytes?: number;
    readonly subjects?: Readonly<Record<string, number>>;
  };
  readonly cluster?: { readonly leader?: string; readonly replicas?: readonly PeerAnswer[] };
  readonly message?: StoredMessage;
  /** The names of streams. */
  readonly streams?: readonly string[] | null;
}

const requestTimeoutMs = 500;
const retryMs = 20;
/** What is no failure: there is no such stream, or no such message. */
const notFound = { stream: 10_059, message: 10_037 };
/**
 * What no waiting mends: somebody has to change something. That the account has no JetStream
 * (10039) is none of it: a server that has just started says so of every account for a moment.
 */
const permanent = new Set([
  10_052, // the settings contradict each other
  10_058, // the stream exists with other settings
  10_065, // another stream has these subjects
  10_074, // a server of its own cannot replicate
]);

export class JetStreamApi {
  readonly connection: JetStreamConnection;
  readonly #log: string;

  /** @param log what is said to be unavailable */
  constructor(connection: JetStreamConnection, log: string) {
    this.connection = connection;
    this.#log = log;
  }

  /** One request, such as `STREAM.INFO.LOG_0_1`. */
  async ask(what: string, body?: unknown): Promise<ApiAnswer> {
    const payload = body === undefined ? "" : JSON.stringify(body);
    const reply = await this.connection.nats.request(`$JS.API.${what}`, payload, {
      timeout: requestTimeoutMs,
    });
    return reply.json<ApiAnswer>();
  }

  /**
   * Asks until an answer is neither missing (undefined) nor "not now". Rejects with
   * `LogUnavailable` when none is by the deadline.
   */
  async untilAnswered(
    deadlineMs: number,
    ask: () => Promise<ApiAnswer | undefined>,
  ): Promise<ApiAnswer> {
    const { clock } = this.connection;
    let cause: unknown;
    let detail = "no leader";
    for (;;) {
      try {
        const answer = await ask();
        const error = answer?.error;
        if (answer !== undefined && (error === undefined || isNotFound(answer))) return answer;
        if (error !== undefined) {
          detail = `${error.err_code} ${error.description}`;
          if (permanent.has(error.err_code)) throw new LogMisconfigured(this.#log, [detail]);
        }
      } catch (error) {
        if (error instanceof LogMisconfigured) throw error;
        cause = error;
      }
      if (clock.nowMs() >= deadlineMs || this.connection.isClosed) {
        throw new LogUnavailable(this.#log, detail, cause ?? this.connection.lastComplaint);
      }
      await delay(clock, retryMs);
    }
  }
}

/** Whether what was asked about does not exist. */
export function isNotFound({ error }: ApiAnswer): boolean {
  return error?.err_code === notFound.stream || error?.err_code === notFound.message;
}
