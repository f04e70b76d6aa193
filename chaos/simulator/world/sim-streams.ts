/**
 * The streams that one log is made of, and the servers' own group that creates and lists them: it
 * answers whoever is connected to a server that sees most of the others.
 */
import { LogUnavailable } from "../../../cluster/faults.ts";
import { isSeal } from "../../../cluster/log-generation.ts";
import type { LogEntry } from "../../../cluster/replicated-log.ts";
import { assert } from "../../../protocols/index.ts";
import type { ShardId } from "../../../protocols/index.ts";
import type { NatsServers } from "./nats-servers.ts";
import type { ServerLine } from "./server-line.ts";
import { SimStream } from "./sim-stream.ts";

interface Listener {
  readonly line: ServerLine;
  readonly heard: (stream: string) => void;
  readonly stops: (() => void)[];
}

/** What the servers answer, and how long they take for it. */
interface Asked<Answer> {
  readonly answer: () => Answer;
  readonly tookMs?: number;
}

function listening(stream: SimStream, { line, heard }: Listener): () => void {
  return stream.listen(line, () => heard(stream.name), isSeal);
}

/** How long it takes to create a stream of three copies. */
const creationMsMin = 20;
const creationMsMax = 80;

export class SimStreams {
  readonly name: string;
  readonly #servers: NatsServers;
  /** By generation, from 1; undefined where it was retired. */
  readonly #streams: (SimStream | undefined)[] = [];
  readonly #listeners = new Set<Listener>();
  #listener: (entry: LogEntry) => void = () => undefined;
  /** Where the log ends, and whether that is a seal with no generation behind it yet. */
  #end = 0;
  #isSealed = false;
  #voids = 0;

  constructor(shard: ShardId, servers: NatsServers) {
    this.name = `LOG_${String(shard)}`;
    this.#servers = servers;
    this.#begin(servers.names[shard % servers.names.length]!);
  }

  /** All that are retained. */
  get streams(): readonly SimStream[] {
    return this.#streams.filter((stream) => stream !== undefined);
  }

  get newest(): SimStream {
    const newest = this.#streams.at(-1);
    assert(newest !== undefined);
    return newest;
  }

  get generations(): number {
    return this.#streams.length;
  }

  /** Entries that were stored behind a seal. */
  get voids(): number {
    return this.#voids;
  }

  /** Called with each entry that counts as it is committed, once. */
  onEntry(listener: (entry: LogEntry) => void): void {
    this.#listener = listener;
  }

  /** Tells of each seal in any of them, those to come included. */
  hearSeals(line: ServerLine, heard: (stream: string) => void): () => void {
    const listener = { line, heard, stops: [] as (() => void)[] };
    this.#listeners.add(listener);
    for (const stream of this.streams) listener.stops.push(listening(stream, listener));
    return () => {
      this.#listeners.delete(listener);
      for (const stop of listener.stops) stop();
    };
  }

  at(generation: number): SimStream | undefined {
    return this.#streams[generation - 1];
  }

  #begin(leader: string): void {
    const generation = this.#streams.length + 1;
    const name = `${this.name}_${String(generation)}`;
    const first = this.#end + 1;
    const stream = new SimStream({ name, servers: this.#servers, leader, first });
    this.#streams.push(stream);
    this.#isSealed = false;
    for (const listener of this.#listeners) listener.stops.push(listening(stream, listener));
    stream.onTruth((entry) => this.#onStored(generation, entry));
  }

  #onStored(generation: number, entry: LogEntry): void {
    if (this.#isSealed || generation < this.#streams.length) {
      this.#voids += 1;
      return;
    }
    assert(entry.sequence === this.#end + 1, "the log has a gap");
    this.#end = entry.sequence;
    this.#isSealed = isSeal(entry);
    this.#listener(entry);
  }

  retire(generation: number): void {
    this.at(generation)?.end();
    this.#streams[generation - 1] = undefined;
  }

  // ---- What is asked of the servers --------------------------------------------------------

  numbers(line: ServerLine, timeoutMs: number): Promise<readonly number[]> {
    const retained = (): readonly number[] =>
      this.#streams.flatMap((stream, index) => (stream === undefined ? [] : [index + 1]));
    return this.#ask(line, timeoutMs, { answer: retained });
  }

  /** Whether there is such a stream. */
  has(line: ServerLine, generation: number, timeoutMs: number): Promise<boolean> {
    return this.#ask(line, timeoutMs, { answer: () => this.at(generation) !== undefined });
  }

  create(
    line: ServerLine,
    { generation, first }: { readonly generation: number; readonly first: number },
    timeoutMs: number,
  ): Promise<void> {
    const { chance } = this.#servers;
    const tookMs = chance.between(creationMsMin, creationMsMax);
    const create = (): void => {
      if (generation <= this.#streams.length) return;
      assert(generation === this.#streams.length + 1, "a generation is left out");
      assert(this.#isSealed && first === this.#end + 1, "a generation begins behind the last seal");
      const alive = this.#servers.names.filter((name) => this.#servers.isAlive(name));
      this.#begin(chance.pick(alive));
    };
    return this.#ask(line, timeoutMs, { answer: create, tookMs });
  }

  #ask<Answer>(line: ServerLine, timeoutMs: number, asked: Asked<Answer>): Promise<Answer> {
    const { answer, tookMs = 0 } = asked;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const { server, machine } = line;
    const fail = (detail: string): void => reject(new LogUnavailable(this.name, detail));
    const timer = line.process.after(timeoutMs, () => fail("no answer"));
    const stopHearing = line.onBroken(() => fail("broken line"));
    const settled = promise.finally(() => {
      timer.cancel();
      stopHearing();
    });
    if (server === undefined) return settled;
    const { network, time } = this.#servers;
    const back = (given: Answer): void => {
      network.send({
        path: [server, machine],
        order: `${this.name}:api>${line.name}`,
        deliver: () => line.act(() => resolve(given)),
      });
    };
    network.send({
      path: [machine, server],
      order: `${this.name}:${line.name}>api`,
      deliver: () => {
        time.after(tookMs, () => {
          if (this.#seesMost(server)) back(answer());
        });
      },
    });
    return settled;
  }

  #seesMost(server: string): boolean {
    const servers = this.#servers;
    const seen = servers.names.filter((name) => {
      return servers.isAlive(name) && servers.areJoined(server, name);
    });
    return servers.isAlive(server) && seen.length * 2 > servers.names.length;
  }
}
