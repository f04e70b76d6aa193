/**
 * The servers' side of a log's streams, as far as a handle asks about generations: what streams
 * there are, how they were made, and where a seal is. Answers can be kept back, to come late.
 */
import type { JetStreamConnection } from "../jetstream-connection.ts";
import { sealProducer } from "../log-generation.ts";
import type { ManualClock } from "./manual-clock.ts";

interface ScriptedStream {
  readonly config: Record<string, unknown> & { readonly first_seq: number };
  last: number;
  sealAt: number | undefined;
}

const notFound = { error: { err_code: 10_059, description: "stream not found" } };

export class ScriptedStreams {
  readonly connection: JetStreamConnection;
  readonly #streams = new Map<string, ScriptedStream>();
  /** What is kept back of answers to requests whose subject ends so. */
  readonly #kept = new Map<string, (() => void)[]>();

  constructor(clock: ManualClock) {
    const request = (subject: string, payload: string) => this.#request(subject, payload);
    const connection = { clock, isClosed: false, nats: { request }, isServerAtLeast: () => true };
    this.connection = connection as unknown as JetStreamConnection;
  }

  /** Answers to such requests are given as of when they were asked, and come when let go. */
  keepBack(subjectEnd: string): void {
    this.#kept.set(subjectEnd, []);
  }

  letGo(subjectEnd: string): void {
    const kept = this.#kept.get(subjectEnd) ?? [];
    this.#kept.delete(subjectEnd);
    for (const answer of kept) answer();
  }

  append(stream: string, count: number): void {
    const found = this.#streams.get(stream);
    if (found !== undefined) found.last += count;
  }

  #request(subject: string, payload: string): Promise<{ json(): unknown }> {
    const answer = this.#answer(subject, payload);
    const kept = [...this.#kept].find(([end]) => subject.endsWith(end))?.[1];
    return new Promise((resolve) => {
      const give = (): void => resolve({ json: () => answer });
      if (kept === undefined) give();
      else kept.push(give);
    });
  }

  #answer(subject: string, payload: string): unknown {
    if (subject === "$JS.API.STREAM.NAMES") return { streams: [...this.#streams.keys()] };
    if (!subject.startsWith("$JS.API.")) return this.#store(subject);
    const name = subject.slice(subject.lastIndexOf(".") + 1);
    if (subject.includes(".CREATE.")) this.#create(name, payload);
    const stream = this.#streams.get(name);
    if (stream === undefined) return notFound;
    const { config, last, sealAt } = stream;
    const { first_seq } = config;
    if (subject.includes(".MSG.GET.")) {
      return sealAt === undefined
        ? { error: { err_code: 10_037, description: "no message found" } }
        : { message: { subject: sealSubjectOf(name), seq: sealAt, time: "2026-01-01T00:00:00Z" } };
    }
    const subjects = sealAt === undefined ? {} : { [sealSubjectOf(name)]: 1 };
    const state = { first_seq, last_seq: last, bytes: 0, subjects };
    return { config, state, cluster: { leader: "n1" } };
  }

  #create(name: string, payload: string): void {
    const config = JSON.parse(payload) as ScriptedStream["config"];
    this.#streams.set(name, { config, last: config.first_seq - 1, sealAt: undefined });
  }

  /** Only seals come this way. */
  #store(subject: string): unknown {
    for (const [name, stream] of this.#streams) {
      if (sealSubjectOf(name) !== subject) continue;
      stream.last += 1;
      stream.sealAt ??= stream.last;
    }
    return {};
  }
}

function sealSubjectOf(stream: string): string {
  const [, shard = "", generation = ""] = stream.split("_");
  return `log.${shard}.${generation}.${sealProducer}`;
}
