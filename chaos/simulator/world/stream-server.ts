/**
 * One server's part in a replicated stream: its copy of the log, its role, and what it says to the
 * others.
 *
 * Reference: Raft (Ongaro, Ousterhout 2014), with what is JetStream's own: elections after 4 to 9 s
 * and a heartbeat each second; a leader cut off from the others that goes on believing it leads;
 * messages that are stored when they are applied, and told from then on.
 */
import type { Timer } from "../../../cluster/clock.ts";
import { assert } from "../../../protocols/index.ts";
import type { NatsServers } from "./nats-servers.ts";

/** What a publisher wants to have stored. */
export interface Publication {
  readonly producer: string;
  readonly payload: Uint8Array;
  /** Told that it was stored at that sequence, or not and why; or told nothing. */
  readonly answer: (stored: number | string) => void;
}

interface RaftEntry {
  readonly term: number;
  /** Undefined for what a new leader begins its term with. */
  readonly message:
    { readonly producer: string; readonly payload: Uint8Array; timeUs: number } | undefined;
}

/** A message as a server has stored it. */
export interface StoredMessage {
  readonly sequence: number;
  readonly timeUs: number;
  readonly producer: string;
  readonly payload: Uint8Array;
}

interface AppendRequest {
  readonly term: number;
  readonly leader: string;
  readonly before: number;
  readonly beforeTerm: number;
  readonly entries: readonly RaftEntry[];
  readonly commit: number;
}

interface AppendAnswer {
  readonly peer: string;
  readonly term: number;
  /** Up to where its log is the leader's; or where to look for that. */
  readonly match: number;
  readonly isTaken: boolean;
}

/** What a candidate has: only who has as much may be voted for. */
interface Candidacy {
  readonly term: number;
  readonly last: number;
  readonly lastTerm: number;
}

export interface StreamServerOptions {
  readonly stream: string;
  /** The sequence of the stream's first message. */
  readonly first: number;
  readonly name: string;
  readonly servers: NatsServers;
  readonly peers: () => readonly StreamServer[];
  /** It has stored a message as the leader: whoever tails the stream may be told. */
  readonly onStored: (server: string, message: StoredMessage) => void;
}

const heartbeatMs = 1000;
const electionMsMin = 4000;
const electionMsMax = 9000;
/** Whoever is asked for a vote by somebody who lacks what it has stands itself after so long. */
const campaignMsMin = 100;
const campaignMsMax = 800;
/** A leader that hears of no majority for so long gives up. */
const lostQuorumMs = 10_000;
const entriesPerRequestMax = 200;

export class StreamServer {
  readonly name: string;
  readonly #options: StreamServerOptions;
  readonly #servers: NatsServers;
  // What survives a restart.
  #term = 0;
  #votedFor = "";
  #log: RaftEntry[] = [];
  #stored: StoredMessage[] = [];
  /** How many entries are in `#stored`, or begin a term. */
  #applied = 0;
  readonly #rotten = new Set<number>();
  // What does not.
  #role: "follower" | "candidate" | "leader" = "follower";
  #commit = 0;
  #votes = new Set<string>();
  #next = new Map<string, number>();
  /** Whose log may be another one: asked one thing at a time, until it is known how far it goes. */
  #probed = new Set<string>();
  #match = new Map<string, number>();
  #heardMs = new Map<string, number>();
  #publications = new Map<number, Publication["answer"]>();
  #timer: Timer | undefined;
  #hasEnded = false;
  /** Takes no more: its disk is full. */
  isFull = false;

  constructor(options: StreamServerOptions) {
    this.#options = options;
    this.#servers = options.servers;
    this.name = options.name;
    this.#servers.onStart(this.name, () => {
      if (!this.#hasEnded) this.#begin();
    });
  }

  /** The group's first leader is made, not elected. */
  formAs(role: "leader" | "follower"): void {
    this.#term = 1;
    if (role === "leader") this.#lead();
    else this.#awaitElection();
  }

  #begin(): void {
    this.#role = "follower";
    this.#commit = this.#applied;
    this.#publications = new Map();
    this.#awaitElection();
  }

  get isLeading(): boolean {
    const isReady = this.#applied > 0 && this.#log[this.#applied - 1]?.term === this.#term;
    const isThere = !this.#hasEnded && this.#servers.isUp(this.name);
    return this.#role === "leader" && isReady && isThere;
  }

  /** What this server has, be it behind the others. */
  get stored(): readonly StoredMessage[] {
    return this.#stored;
  }

  isRotten(sequence: number): boolean {
    return this.#rotten.has(sequence);
  }

  /** Of its log, what is not committed yet included. */
  get length(): number {
    return this.#log.length;
  }

  /** A message as this server has it. */
  at(sequence: number): StoredMessage | undefined {
    return this.#stored[sequence - this.#options.first];
  }

  // ---- Faults ------------------------------------------------------------------------------

  /** The stream is deleted: nothing of it goes on. */
  end(): void {
    this.#timer?.cancel();
    this.#hasEnded = true;
  }

  /** This copy of a message says something else from now on, and nobody else's does. */
  alter(sequence: number, payload: Uint8Array): void {
    const stored = this.at(sequence);
    assert(stored !== undefined, "no such message");
    this.#stored[sequence - this.#options.first] = { ...stored, payload };
  }

  /** A message of its copy cannot be read any more. */
  rot(sequence: number): void {
    this.#rotten.add(sequence);
  }

  /** What could not be read has been fetched from the others. */
  mend(): void {
    this.#rotten.clear();
  }

  /** While it is down: what it had not synced is gone. */
  forgetLast(count: number): void {
    assert(!this.#servers.isUp(this.name), "a server forgets while it is down");
    this.#truncate(Math.max(0, this.#log.length - count));
  }

  /** While it is down: all it had is gone. */
  wipe(): void {
    this.forgetLast(this.#log.length);
    this.#rotten.clear();
  }

  /** Hands its leadership to whoever has most, as an operator may ask. */
  stepDown(): void {
    if (this.#role !== "leader") return;
    const held = (peer: StreamServer): number => this.#match.get(peer.name) ?? 0;
    const [heir] = [...this.#peers].sort((a, b) => held(b) - held(a));
    this.#follow(this.#term);
    if (heir !== undefined) this.#send(heir, () => heir.#campaign());
  }

  // ---- Publishing --------------------------------------------------------------------------

  publish({ producer, payload, answer }: Publication): void {
    if (!this.isLeading) return;
    if (this.isFull) return answer("insufficient storage");
    const timeUs = Math.floor(this.#servers.wallMs(this.name) * 1000);
    this.#log.push({ term: this.#term, message: { producer, payload, timeUs } });
    this.#publications.set(this.#log.length, answer);
    this.#replicate();
  }

  // ---- Leading -----------------------------------------------------------------------------

  #lead(): void {
    this.#role = "leader";
    const nowMs = this.#process.nowMs();
    this.#probed = new Set();
    for (const { name } of this.#peers) {
      this.#next.set(name, this.#log.length + 1);
      this.#match.set(name, 0);
      this.#heardMs.set(name, nowMs);
    }
    this.#log.push({ term: this.#term, message: undefined });
    this.#replicate();
    this.#beatLater();
  }

  #beatLater(): void {
    this.#timer?.cancel();
    this.#timer = this.#process.after(heartbeatMs, () => {
      if (this.#role !== "leader") return;
      if (this.#hasLostQuorum) return this.#follow(this.#term);
      this.#replicate(true);
      this.#beatLater();
    });
  }

  get #hasLostQuorum(): boolean {
    const nowMs = this.#process.nowMs();
    const heard = [...this.#heardMs.values()].filter((atMs) => nowMs - atMs < lostQuorumMs);
    return !this.#isMajority(heard.length + 1);
  }

  /** Tells those who follow, and at a heartbeat all. */
  #replicate(isHeartbeat = false): void {
    for (const peer of this.#peers) {
      if (isHeartbeat || !this.#probed.has(peer.name)) this.#sendTo(peer);
    }
  }

  #sendTo(peer: StreamServer): void {
    const next = this.#next.get(peer.name) ?? 1;
    const entries = this.#log.slice(next - 1, next - 1 + entriesPerRequestMax);
    const request: AppendRequest = {
      term: this.#term,
      leader: this.name,
      before: next - 1,
      beforeTerm: this.#log[next - 2]?.term ?? 0,
      entries,
      commit: this.#commit,
    };
    // Those that follow need not wait for the answer.
    if (!this.#probed.has(peer.name)) this.#next.set(peer.name, next + entries.length);
    this.#send(peer, () => peer.#onAppend(request));
  }

  #onAppended({ peer, term, match, isTaken }: AppendAnswer): void {
    if (this.#noteTerm(term) || this.#role !== "leader") return;
    this.#heardMs.set(peer, this.#process.nowMs());
    if (!isTaken) return this.#probe(peer, match + 1);
    this.#probed.delete(peer);
    this.#match.set(peer, Math.max(match, this.#match.get(peer) ?? 0));
    this.#next.set(peer, Math.max(match + 1, this.#next.get(peer) ?? 1));
    for (let index = this.#log.length; index > this.#commit; index--) {
      const holders = [...this.#match.values()].filter((held) => held >= index).length + 1;
      if (!this.#isMajority(holders) || this.#log[index - 1]?.term !== this.#term) continue;
      this.#commit = index;
      this.#apply();
      // With nothing else to say, it says how far that is.
      if (index === this.#log.length) return this.#replicate();
      break;
    }
    if (match < this.#log.length && this.#next.get(peer) === match + 1)
      this.#sendTo(this.#peer(peer));
  }

  /** It lacks what was sent on: what it has is looked for from there backwards. */
  #probe(peer: string, next: number): void {
    const isNearer = next < (this.#next.get(peer) ?? 1);
    if (this.#probed.has(peer) && !isNearer) return;
    this.#probed.add(peer);
    this.#next.set(peer, Math.max(1, next));
    this.#sendTo(this.#peer(peer));
  }

  // ---- Following ---------------------------------------------------------------------------

  #onAppend(request: AppendRequest): void {
    const leader = this.#peer(request.leader);
    if (request.term >= this.#term) this.#follow(request.term);
    // A full disk says nothing: the leader tries again with its next heartbeat.
    if (this.isFull && request.entries.length > 0) return;
    const { before, beforeTerm, entries, commit } = request;
    const isOurs = request.term === this.#term;
    const holds = before === 0 || this.#log[before - 1]?.term === beforeTerm;
    if (!isOurs || !holds) {
      const hint = Math.min(before - 1, this.#log.length);
      const term = this.#term;
      return this.#send(leader, () =>
        leader.#onAppended({ peer: this.name, term, match: Math.max(0, hint), isTaken: false }),
      );
    }
    for (const [offset, entry] of entries.entries()) {
      const index = before + offset + 1;
      const own = this.#log[index - 1];
      if (own !== undefined && own.term !== entry.term) this.#truncate(index - 1);
      if (this.#log.length < index) this.#log.push(entry);
    }
    const match = before + entries.length;
    this.#commit = Math.max(this.#commit, Math.min(commit, match));
    this.#apply();
    const term = this.#term;
    this.#send(leader, () => leader.#onAppended({ peer: this.name, term, match, isTaken: true }));
  }

  #truncate(length: number): void {
    this.#log.length = Math.min(this.#log.length, length);
    if (this.#applied <= length) return;
    this.#applied = length;
    const messages = this.#log.filter(({ message }) => message !== undefined).length;
    this.#stored.length = messages;
    this.#commit = Math.min(this.#commit, length);
  }

  #apply(): void {
    while (this.#applied < this.#commit) {
      const entry = this.#log[this.#applied];
      assert(entry !== undefined);
      this.#applied += 1;
      const { message } = entry;
      if (message === undefined) continue;
      const sequence = this.#options.first + this.#stored.length;
      const stored: StoredMessage = { sequence, ...message };
      this.#stored.push(stored);
      if (this.#role !== "leader") continue;
      this.#publications.get(this.#applied)?.(sequence);
      this.#publications.delete(this.#applied);
      this.#options.onStored(this.name, stored);
    }
  }

  // ---- Elections ---------------------------------------------------------------------------

  #follow(term: number): void {
    if (term > this.#term) {
      this.#term = term;
      this.#votedFor = "";
    }
    this.#role = "follower";
    this.#publications.clear();
    this.#awaitElection();
  }

  #awaitElection(): void {
    this.#campaignWithin(electionMsMin, electionMsMax);
  }

  #campaignWithin(msMin: number, msMax: number): void {
    this.#timer?.cancel();
    const waitMs = this.#servers.chance.between(msMin, msMax);
    this.#timer = this.#process.after(waitMs, () => this.#campaign());
  }

  #campaign(): void {
    this.#role = "candidate";
    this.#term += 1;
    this.#votedFor = this.name;
    this.#votes = new Set([this.name]);
    const lastTerm = this.#log.at(-1)?.term ?? 0;
    const candidacy = { term: this.#term, last: this.#log.length, lastTerm };
    for (const peer of this.#peers) {
      this.#send(peer, () => peer.#onVoteAsked(this, candidacy));
    }
    this.#awaitElection();
  }

  #onVoteAsked(candidate: StreamServer, { term, last, lastTerm }: Candidacy): void {
    const isNewTerm = this.#noteTerm(term);
    const ownTerm = this.#log.at(-1)?.term ?? 0;
    const isCurrent = lastTerm > ownTerm || (lastTerm === ownTerm && last >= this.#log.length);
    const mayVote = this.#votedFor === "" || this.#votedFor === candidate.name;
    if (isNewTerm && !isCurrent) return this.#campaignWithin(campaignMsMin, campaignMsMax);
    if (term < this.#term || !isCurrent || !mayVote) return;
    this.#votedFor = candidate.name;
    this.#awaitElection();
    this.#send(candidate, () => candidate.#onVote(this.name, term));
  }

  #onVote(voter: string, term: number): void {
    if (this.#role !== "candidate" || term !== this.#term) return;
    this.#votes.add(voter);
    if (this.#isMajority(this.#votes.size)) this.#lead();
  }

  /** Whether that term is later than ours: then we follow in it. */
  #noteTerm(term: number): boolean {
    if (term <= this.#term) return false;
    this.#follow(term);
    return true;
  }

  // ------------------------------------------------------------------------------------------

  get #peers(): readonly StreamServer[] {
    return this.#options.peers().filter((peer) => peer !== this);
  }

  #peer(name: string): StreamServer {
    const peer = this.#peers.find((candidate) => candidate.name === name);
    assert(peer !== undefined, "no such server");
    return peer;
  }

  get #process() {
    return this.#servers.processOf(this.name);
  }

  #isMajority(count: number): boolean {
    return count * 2 > this.#options.peers().length;
  }

  #send(peer: StreamServer, act: () => void): void {
    if (this.#hasEnded || !this.#servers.isUp(this.name)) return;
    this.#servers.network.send({
      path: [this.name, peer.name],
      order: `${this.#options.stream}:${this.name}>${peer.name}`,
      // To whichever process runs there when it arrives.
      deliver: () => peer.#process.act(act),
    });
  }
}
