/**
 * Which nats-server leads which stream of the account, logs and others alike, and moving what one
 * of them leads to the others: a planned move takes a fraction of a second, where a server that
 * just goes away costs an election.
 */
import { assert } from "../protocols/assert.ts";
import { delay } from "./clock.ts";
import { LogUnavailable } from "./faults.ts";
import type { JetStreamConnection } from "./jetstream-connection.ts";

/** A stream that several servers hold. */
export interface LedStream {
  readonly stream: string;
  /** undefined while they elect one. */
  readonly leader: string | undefined;
  /** The other servers that hold it and have all of it. */
  readonly followers: readonly string[];
}

const requestTimeoutMs = 1000;
const retryMs = 20;
/** Asking again sooner would disturb the very election that was asked for. */
const handoverMs = 1500;

export class JetStreamLeaders {
  readonly #connection: JetStreamConnection;

  constructor(connection: JetStreamConnection) {
    this.#connection = connection;
  }

  /** By name. Rejects with `LogUnavailable` when nobody answers by the deadline. */
  async list(deadlineMs: number): Promise<readonly LedStream[]> {
    const found: LedStream[] = [];
    for (;;) {
      const page = await this.#ask("$JS.API.STREAM.LIST", { offset: found.length }, deadlineMs);
      found.push(...(page.streams ?? []).flatMap(ledStreamIn));
      if (found.length >= (page.total ?? 0) || (page.streams ?? []).length === 0) {
        return found.sort((a, b) => (a.stream < b.stream ? -1 : 1));
      }
    }
  }

  /**
   * Has others lead what a server leads, as evenly as can be; resolves with what was moved where.
   * Rejects with `LogUnavailable` when that was not done by the deadline.
   */
  async moveFrom(server: string, deadlineMs: number): Promise<readonly LedStream[]> {
    const streams = await this.list(deadlineMs);
    const counts = new Map<string, number>();
    const count = (name: string): number => counts.get(name) ?? 0;
    for (const { leader } of streams)
      if (leader !== undefined) counts.set(leader, count(leader) + 1);
    const moved: LedStream[] = [];
    for (const led of streams.filter(({ leader }) => leader === server)) {
      const [successor] = led.followers.toSorted((a, b) => count(a) - count(b));
      if (successor === undefined) {
        throw new LogUnavailable(led.stream, `no other server than ${server} has all of it`);
      }
      counts.set(successor, count(successor) + 1);
      moved.push(await this.#move(led.stream, { from: server, to: successor, deadlineMs }));
    }
    return moved;
  }

  async #move(
    stream: string,
    { from, to, deadlineMs }: { from: string; to: string; deadlineMs: number },
  ): Promise<LedStream> {
    const { clock } = this.#connection;
    const subject = `$JS.API.STREAM.LEADER.STEPDOWN.${stream}`;
    for (;;) {
      const askedAtMs = clock.nowMs();
      if (askedAtMs >= deadlineMs) throw new LogUnavailable(stream, `${from} leads it still`);
      await this.#ask(subject, { placement: { preferred: to } }, deadlineMs);
      while (clock.nowMs() - askedAtMs < handoverMs) {
        const info = await this.#ask(`$JS.API.STREAM.INFO.${stream}`, {}, deadlineMs);
        const [now] = ledStreamIn(info);
        if (now?.leader !== undefined && now.leader !== from) return now;
        await delay(clock, retryMs);
      }
    }
  }

  async #ask(subject: string, body: object, deadlineMs: number): Promise<Answer> {
    const { clock, nats } = this.#connection;
    for (;;) {
      let cause: unknown;
      try {
        const payload = JSON.stringify(body);
        const reply = await nats.request(subject, payload, { timeout: requestTimeoutMs });
        const answer = reply.json<Answer>();
        if (answer.error === undefined) return answer;
        cause = new Error(answer.error.description);
      } catch (error) {
        cause = error;
      }
      if (clock.nowMs() >= deadlineMs) throw new LogUnavailable(subject, "no answer", cause);
      await delay(clock, retryMs);
    }
  }
}

interface StreamInfo {
  readonly config?: { readonly name: string };
  readonly cluster?: {
    readonly leader?: string;
    readonly replicas?: readonly {
      readonly name: string;
      readonly current: boolean;
      readonly offline?: boolean;
    }[];
  };
}

interface Answer extends StreamInfo {
  readonly error?: { readonly description: string };
  readonly streams?: readonly StreamInfo[];
  readonly total?: number;
}

function ledStreamIn({ config, cluster }: StreamInfo): LedStream[] {
  assert(config !== undefined, "the server tells of a stream without a name");
  const others = cluster?.replicas ?? [];
  const followers = others.filter(({ current, offline }) => current && offline !== true);
  return [
    { stream: config.name, leader: cluster?.leader, followers: followers.map((of) => of.name) },
  ];
}
