/** What a follower asks JetStream: its own at this site, and the first site's through the link. */
import type { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import { firstSiteApi } from "../credentials/permissions.ts";

/** The part of answers that is read. */
interface Answer {
  readonly error?: { readonly err_code: number; readonly description: string };
  readonly streams?: readonly string[] | null;
  readonly state?: {
    readonly first_seq: number;
    readonly last_seq: number;
    readonly messages: number;
  };
  /** Its payload in base64; left out where that is empty. */
  readonly message?: { readonly seq: number; readonly data?: string };
}

export class StreamApi {
  readonly #connection: JetStreamConnection;
  readonly #prefix: string;

  private constructor(connection: JetStreamConnection, prefix: string) {
    this.#connection = connection;
    this.#prefix = prefix;
  }

  static here(connection: JetStreamConnection): StreamApi {
    return new StreamApi(connection, "$JS.API");
  }

  static ofFirstSite(connection: JetStreamConnection): StreamApi {
    return new StreamApi(connection, firstSiteApi);
  }

  /** Undefined when nobody answers. */
  async ask(what: string, body?: unknown): Promise<Answer | undefined> {
    const payload = body === undefined ? "" : JSON.stringify(body);
    try {
      const reply = await this.#connection.nats.request(`${this.#prefix}.${what}`, payload, {
        timeout: askTimeoutMs,
      });
      return reply.json<Answer>();
    } catch (error) {
      // No responders, silence, a broken line: all of it is no answer, and asked again.
      if (error instanceof Error && !this.#connection.isClosed) return undefined;
      throw error;
    }
  }

  /** A log's generations, oldest first; undefined when nobody answers. */
  async generations(shard: number): Promise<readonly number[] | undefined> {
    const prefix = `LOG_${shard}_`;
    const answer = await this.ask("STREAM.NAMES");
    if (answer === undefined) return undefined;
    return (answer.streams ?? [])
      .filter((name) => name.startsWith(prefix))
      .map((name) => Number(name.slice(prefix.length)))
      .sort((a, b) => a - b);
  }
}

const askTimeoutMs = 1000;
