/**
 * A stream that three simulated servers replicate, as its users meet it: publishing through the
 * line they have, hearing what the leader stored, asking the nearest copy or the leader.
 */
import { LogUnavailable } from "../../../cluster/faults.ts";
import type { GenerationState } from "../../../cluster/jetstream-generations.ts";
import type { Piece } from "../../../cluster/jetstream-tail.ts";
import { sealProducer } from "../../../cluster/log-generation.ts";
import { withinBytes } from "../../../cluster/replicated-log.ts";
import type { LogEntry, ReadLimits } from "../../../cluster/replicated-log.ts";
import type { NatsServers } from "./nats-servers.ts";
import type { ServerLine } from "./server-line.ts";
import { StreamServer } from "./stream-server.ts";
import type { StoredMessage } from "./stream-server.ts";

interface TailListener {
  readonly line: ServerLine;
  readonly hear: (entry: LogEntry) => void;
  readonly wants: (entry: LogEntry) => boolean;
}

/** Who is asked, and for how long somebody waits. */
interface Asked {
  readonly of: StreamServer | undefined;
  readonly timeoutMs: number;
}

/** How long anybody waits for a copy to answer. */
const silenceMsMax = 400;

export interface SimStreamOptions {
  readonly name: string;
  readonly servers: NatsServers;
  /** Who leads it at first. */
  readonly leader: string;
  /** The sequence of its first message, 1 unless told. */
  readonly first?: number;
}

export class SimStream {
  readonly name: string;
  readonly first: number;
  readonly members: readonly StreamServer[];
  readonly #servers: NatsServers;
  readonly #listeners = new Set<TailListener>();
  /** What was ever stored, in order: what must never change. */
  readonly #truth: StoredMessage[] = [];
  #truthListener: (message: StoredMessage) => void = () => undefined;

  constructor({ name, servers, leader, first = 1 }: SimStreamOptions) {
    this.name = name;
    this.first = first;
    this.#servers = servers;
    this.members = servers.names.map(
      (server) =>
        new StreamServer({
          ...{ stream: name, first },
          name: server,
          servers,
          peers: () => this.members,
          onStored: (by, message) => this.#onStored(by, message),
        }),
    );
    for (const member of this.members) {
      if (member.name !== leader) member.formAs("follower");
    }
    this.member(leader).formAs("leader");
  }

  member(server: string): StreamServer {
    const member = this.members.find(({ name }) => name === server);
    if (member === undefined) throw new RangeError("no such server");
    return member;
  }

  /** All that was ever committed. */
  get truth(): readonly StoredMessage[] {
    return this.#truth;
  }

  /** Called with each entry as it is committed, once. */
  onTruth(listener: (message: StoredMessage) => void): void {
    this.#truthListener = listener;
  }

  get leader(): string | undefined {
    return this.members.find(({ isLeading }) => isLeading)?.name;
  }

  /** A leader stored it: to be told to all who listen. */
  #onStored(by: string, message: StoredMessage): void {
    const known = this.#truth[message.sequence - this.first];
    if (known === undefined) {
      if (message.sequence !== this.first + this.#truth.length)
        throw new Error("the stream has a gap");
      this.#truth.push(message);
      this.#servers.trace.tell(
        this.#servers.time.nowMs,
        `${this.name} ${String(message.sequence)} ${message.producer}`,
        message.payload,
      );
      this.#truthListener(message);
    } else if (known.payload !== message.payload || known.timeUs !== message.timeUs) {
      throw new Error("the stream changed what it had stored");
    }
    for (const listener of this.#listeners) {
      const { line } = listener;
      if (line.server === undefined || !this.#servers.areJoined(by, line.server)) continue;
      if (!listener.wants(message)) continue;
      this.#servers.network.send({
        path: [by, line.server, line.machine],
        order: `${this.name}:${by}>${line.name}`,
        deliver: () =>
          line.act(() => {
            if (this.#listeners.has(listener)) listener.hear({ ...message });
          }),
      });
    }
  }

  listen(
    line: ServerLine,
    hear: (entry: LogEntry) => void,
    wants: (entry: LogEntry) => boolean = () => true,
  ): () => void {
    const listener = { line, hear, wants };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** One attempt. `answer` is told the sequence, or why not; or nothing. */
  publish(
    line: ServerLine,
    message: { readonly producer: string; readonly payload: Uint8Array },
    answer: (stored: number | string) => void,
  ): void {
    const { server } = line;
    if (server === undefined) return;
    const leaders = this.#leadersSeenFrom(server);
    if (leaders.length === 0) return this.#back(line, server, () => answer("no leader"));
    const payload = new Uint8Array(message.payload);
    for (const leader of leaders) {
      this.#there(line, leader, () => {
        leader.publish({
          producer: message.producer,
          payload,
          answer: (stored) => this.#back(line, leader.name, () => answer(stored)),
        });
      });
    }
  }

  /** A piece of the copy that is nearest to a line. */
  read(line: ServerLine, from: number, limits: ReadLimits): Promise<Piece> {
    return this.#ask(line, { of: this.#nearestTo(line), timeoutMs: silenceMsMax }, (copy) => {
      const at = Math.max(0, from - this.first);
      const found = from < this.first ? [] : copy.stored.slice(at, at + limits.entriesMax);
      const rottenAt = found.findIndex(({ sequence }) => copy.isRotten(sequence));
      const sound = rottenAt === -1 ? found : found.slice(0, rottenAt);
      const entries = withinBytes(sound, limits.bytesMax ?? Infinity);
      const hasMore = at + entries.length < copy.stored.length;
      return { entries, hasMore, hasHole: rottenAt !== -1 && entries.length === sound.length };
    });
  }

  /** The stream is deleted. */
  end(): void {
    for (const member of this.members) member.end();
  }

  /** As its leader knows it. */
  state(line: ServerLine, timeoutMs: number): Promise<GenerationState> {
    return this.#ask(line, { of: this.#anyLeader(line), timeoutMs }, ({ stored }) => ({
      first: this.first,
      last: this.first + stored.length - 1,
      seals: stored.filter(({ producer }) => producer === sealProducer).length,
      bytes: stored.reduce((sum, { payload }) => sum + payload.length, 0),
      followers: [],
    }));
  }

  /** The first message that was stored as a seal from there on, as its leader has it. */
  nextSeal(line: ServerLine, from: number, timeoutMs: number): Promise<LogEntry | undefined> {
    return this.#ask(line, { of: this.#anyLeader(line), timeoutMs }, ({ stored }) =>
      stored.find(({ producer, sequence }) => producer === sealProducer && sequence >= from),
    );
  }

  entry(line: ServerLine, sequence: number, timeoutMs: number): Promise<LogEntry | undefined> {
    return this.#ask(line, { of: this.#anyLeader(line), timeoutMs }, (copy) => copy.at(sequence));
  }

  // ------------------------------------------------------------------------------------------

  #leadersSeenFrom(server: string): readonly StreamServer[] {
    return this.members.filter(
      (member) => member.isLeading && this.#servers.areJoined(server, member.name),
    );
  }

  #anyLeader({ server }: ServerLine): StreamServer | undefined {
    return server === undefined ? undefined : this.#leadersSeenFrom(server)[0];
  }

  /** The copy of the server at the other end of the line, or any that it is joined to. */
  #nearestTo({ server }: ServerLine): StreamServer | undefined {
    if (server === undefined) return undefined;
    const joined = this.members.filter(({ name }) => this.#servers.areJoined(server, name));
    return joined.find(({ name }) => name === server) ?? joined[0];
  }

  #ask<Answer>(
    line: ServerLine,
    { of: member, timeoutMs }: Asked,
    answer: (copy: StreamServer) => Answer,
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const { server } = line;
    if (server === undefined || member === undefined) {
      const detail = server === undefined ? "not connected" : "nobody answers there";
      line.process.after(1, () => reject(new LogUnavailable(this.name, detail)));
      return promise;
    }
    const timer = line.process.after(timeoutMs, () => {
      reject(new LogUnavailable(this.name, "no answer"));
    });
    const stopHearing = line.onBroken(() => reject(new LogUnavailable(this.name, "broken line")));
    this.#there(line, member, () => {
      const given = answer(member);
      this.#back(line, member.name, () => resolve(given));
    });
    return promise.finally(() => {
      timer.cancel();
      stopHearing();
    });
  }

  #there(line: ServerLine, { name }: StreamServer, act: () => void): void {
    if (line.server === undefined) return;
    this.#servers.network.send({
      path: [line.machine, line.server, name],
      order: `${this.name}:${line.name}>${name}`,
      deliver: () => this.#servers.processOf(name).act(act),
    });
  }

  /** From a server to where the line is now. */
  #back(line: ServerLine, from: string, act: () => void): void {
    if (line.server === undefined) return;
    this.#servers.network.send({
      path: [from, line.server, line.machine],
      order: `${this.name}:${from}>${line.name}`,
      deliver: () => line.act(act),
    });
  }
}
