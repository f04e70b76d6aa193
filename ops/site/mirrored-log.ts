/**
 * A shard's log as this site has mirrored it, generation by generation, for the archive to copy
 * from. A generation ends with its first seal here as there, and where the mirrors end it ends.
 */
import type { ArchivedSource } from "../../cluster/archive/log-archive.ts";
import { EntryTruncated } from "../../cluster/faults.ts";
import type { JetStreamReader } from "../../cluster/jetstream-reader.ts";
import { sealProducer, throughSeal } from "../../cluster/log-generation.ts";
import type { LogEntry, ReadLimits } from "../../cluster/replicated-log.ts";
import type { StreamApi } from "./stream-api.ts";

/** A mirrored stream that has something. */
interface Generation {
  readonly stream: string;
  readonly first: number;
  /** The last entry that counts, as far as it is here. */
  readonly last: number;
}

export class MirroredLog implements ArchivedSource {
  readonly #shard: number;
  readonly #api: StreamApi;
  readonly #reader: JetStreamReader;
  /** By stream: sealed ones never change. */
  readonly #sealed = new Map<string, Generation>();

  constructor(
    shard: number,
    { api, reader }: { readonly api: StreamApi; readonly reader: JetStreamReader },
  ) {
    this.#shard = shard;
    this.#api = api;
    this.#reader = reader;
  }

  async first(): Promise<number> {
    return (await this.#generations())[0]?.first ?? 1;
  }

  async head(): Promise<number> {
    return (await this.#generations()).at(-1)?.last ?? 0;
  }

  async read(from: number, limits: ReadLimits): Promise<readonly LogEntry[]> {
    const generations = await this.#generations();
    const first = generations[0]?.first ?? 1;
    if (from < first) throw new EntryTruncated(`LOG_${this.#shard}`, from, first);
    const within = generations.findLast((of) => of.first <= from);
    if (within === undefined || from > within.last) return [];
    const { entries } = await this.#reader.read(within.stream, from, limits);
    return throughSeal(entries).entries;
  }

  /** Those that follow on from one another; what comes behind a gap is not there yet. */
  async #generations(): Promise<readonly Generation[]> {
    const found: Generation[] = [];
    for (const number of (await this.#api.generations(this.#shard)) ?? []) {
      const generation = await this.#generation(number);
      const before = found.at(-1);
      if (generation === undefined) break;
      if (before !== undefined && before.last + 1 !== generation.first) break;
      found.push(generation);
    }
    return found;
  }

  async #generation(number: number): Promise<Generation | undefined> {
    const stream = `LOG_${this.#shard}_${number}`;
    const known = this.#sealed.get(stream);
    if (known !== undefined) return known;
    const info = await this.#api.ask(`STREAM.INFO.${stream}`);
    const sealedAt = await this.#firstSeal(stream, `log.${this.#shard}.${number}.${sealProducer}`);
    const { messages = 0, first_seq: first = 0, last_seq: stored = 0 } = info?.state ?? {};
    if (messages === 0) return undefined;
    const generation = { stream, first, last: Math.min(stored, sealedAt ?? stored) };
    if (sealedAt !== undefined) this.#sealed.set(stream, generation);
    return generation;
  }

  /** What says something is no seal, whatever its subject. */
  async #firstSeal(stream: string, subject: string): Promise<number | undefined> {
    for (let from = 1; ;) {
      const asked = { next_by_subj: subject, seq: from };
      const { message } = (await this.#api.ask(`STREAM.MSG.GET.${stream}`, asked)) ?? {};
      if (message === undefined) return undefined;
      if ((message.data ?? "") === "") return message.seq;
      from = message.seq + 1;
    }
  }
}
