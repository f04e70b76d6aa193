/**
 * The replicated log's in-memory twin, for tests and for the simulator.
 *
 * `MemoryLogStorage` is the log itself; each `open` gives one more handle on it, as each node has
 * one. Nothing waits: entries are stored within `append`, and answers and deliveries follow in
 * microtasks, so a run depends on nothing but the order of the calls.
 *
 * Generations are marks in one list here: what matters to others is the time between a seal and the
 * moment when a handle has learned of the next generation, in which its receipts are void.
 */
import { assert } from "../protocols/assert.ts";
import { systemClock, type Clock } from "./clock.ts";
import {
  AppendOutcomeUnknown,
  EntryTruncated,
  LogClosed,
  LogUnavailable,
  PayloadTooLarge,
  type ClusterFault,
} from "./faults.ts";
import {
  isSeal,
  sealProducer,
  type LogFollower,
  type LogGeneration,
  type RollingLog,
} from "./log-generation.ts";
import {
  assertProducer,
  assertReadLimits,
  withinBytes,
  type AppendReceipt,
  type LogEntry,
  type ReadLimits,
  type Tail,
  type TailListener,
  type TailSource,
} from "./replicated-log.ts";

/**
 * What becomes of one append: stored; stored as two copies; stored, or not, without the caller ever
 * learning of it (`AppendOutcomeUnknown`); or surely not stored (`LogUnavailable`).
 */
export type AppendFate =
  "stored" | "stored-twice" | "stored-unanswered" | "lost-unanswered" | "unavailable";

export interface MemoryLogOptions {
  readonly name?: string;
  /** Where entries take their time from. */
  readonly clock?: Clock;
  /** Decides each append; everything is stored by default. */
  readonly fate?: (append: { readonly producer: string; readonly head: number }) => AppendFate;
  readonly payloadBytesMax?: number;
  /** Where it begins, 1 unless told otherwise: what comes before is somewhere else. */
  readonly firstSequence?: number;
}

interface MemoryGeneration {
  readonly generation: number;
  readonly first: number;
  /** Its last entry; 0 while it is not sealed. */
  seal: number;
  voids: number;
}

const entriesPerDeliveryMax = 1024;

export class MemoryLogStorage {
  readonly name: string;
  readonly payloadBytesMax: number;
  readonly fate: NonNullable<MemoryLogOptions["fate"]>;
  /** The servers that would hold it besides, as its newest generation tells of them. */
  followingServers: readonly LogFollower[] = [];
  readonly #clock: Clock;
  readonly #entries: LogEntry[] = [];
  readonly #followers = new Set<() => void>();
  readonly #cutListeners = new Set<() => void>();
  readonly #generations: MemoryGeneration[];
  #oldest = 1;
  #first: number;

  constructor(options: MemoryLogOptions = {}) {
    this.#first = options.firstSequence ?? 1;
    this.#generations = [{ generation: 1, first: this.#first, seal: 0, voids: 0 }];
    this.name = options.name ?? "memory";
    this.payloadBytesMax = options.payloadBytesMax ?? 1024 * 1024;
    this.fate = options.fate ?? (() => "stored");
    this.#clock = options.clock ?? systemClock;
  }

  /** One more handle on this log. */
  open(): MemoryLog {
    return new MemoryLog(this);
  }

  get first(): number {
    return this.#first;
  }

  get head(): number {
    return this.#first + this.#entries.length - 1;
  }

  /** The newest generation. */
  get generation(): number {
    return this.#newest.generation;
  }

  /** The oldest that is retained. */
  get oldestGeneration(): number {
    return this.#oldest;
  }

  get generations(): readonly LogGeneration[] {
    return this.#generations.slice(this.#oldest - 1).map(({ generation, first, seal, voids }) => {
      const last = seal === 0 ? this.head : seal;
      const start = Math.max(0, first - this.#first);
      const entries = this.#entries.slice(start, start + last - first + 1);
      const bytes = entries.reduce((sum, { payload }) => sum + payload.length, 0);
      const followers = generation === this.generation ? this.followingServers : [];
      return { generation, first, last, isSealed: seal !== 0, voids, bytes, followers };
    });
  }

  /** The last entry of a generation that is not the newest one. */
  sealOf(generation: number): number {
    const seal = this.#generations[generation - 1]?.seal ?? 0;
    assert(seal > 0 && generation < this.generation);
    return seal;
  }

  /** Forgets the entries before `sequence`. */
  truncateBefore(sequence: number): void {
    assert(sequence >= this.#first);
    assert(sequence <= this.head + 1);
    this.#entries.splice(0, sequence - this.#first);
    this.#first = sequence;
  }

  /** Stores into that generation, the newest unless told otherwise. Behind a seal it is void. */
  store(producer: string, payload: Uint8Array, generation = this.generation): number {
    const into = this.#generations[generation - 1];
    assert(into !== undefined && generation >= this.#oldest, "that generation is not retained");
    if (into.seal !== 0) {
      into.voids += 1;
      return into.seal + into.voids;
    }
    const sequence = this.head + 1;
    const timeUs = Math.floor(this.#clock.nowMs() * 1000);
    this.#entries.push({ sequence, timeUs, producer, payload: payload.slice() });
    assert(this.head === sequence);
    if (isSeal({ producer, payload })) into.seal = sequence;
    for (const follower of this.#followers) follower();
    return sequence;
  }

  /** Ends the newest generation: what comes before `beginNext` is void. */
  seal(): void {
    if (this.#newest.seal === 0) this.store(sealProducer, new Uint8Array());
  }

  /** Begins the generation after a sealed one. */
  beginNext(): void {
    const { generation, seal } = this.#newest;
    assert(seal !== 0, "the newest generation is not sealed");
    this.#generations.push({ generation: generation + 1, first: seal + 1, seal: 0, voids: 0 });
    for (const listener of [...this.#cutListeners]) listener();
  }

  roll(): void {
    this.seal();
    this.beginNext();
  }

  /** Forgets the oldest generation. */
  retire(): void {
    assert(this.#oldest < this.generation, "the newest generation is never retired");
    const behind = this.sealOf(this.#oldest) + 1;
    this.#oldest += 1;
    if (behind > this.#first) this.truncateBefore(behind);
  }

  /** Calls back within each `beginNext`, until the returned function is called. */
  onNext(listener: () => void): () => void {
    this.#cutListeners.add(listener);
    return () => void this.#cutListeners.delete(listener);
  }

  get #newest(): MemoryGeneration {
    const newest = this.#generations.at(-1);
    assert(newest !== undefined);
    return newest;
  }

  slice(from: number, entriesMax: number): readonly LogEntry[] {
    assert(from >= this.#first);
    const start = from - this.#first;
    return this.#entries.slice(start, start + entriesMax);
  }

  /** Calls back within each `store`, until the returned function is called. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }
}

export class MemoryLog implements RollingLog {
  readonly name: string;
  readonly #storage: MemoryLogStorage;
  readonly #tails = new Set<MemoryTail>();
  readonly #cutListeners = new Set<(last: number) => void>();
  readonly #stopHearing: () => void;
  #state: "open" | "cut-off" | "closed" = "open";
  /** Where this handle appends; it learns of the next one a moment after that has begun. */
  #generation: number;
  #isLookDue = false;

  /** The only handle on a new log of that name. */
  static open(name?: string): MemoryLog {
    return new MemoryLogStorage(name === undefined ? {} : { name }).open();
  }

  constructor(storage: MemoryLogStorage) {
    this.name = storage.name;
    this.#storage = storage;
    this.#generation = storage.generation;
    this.#stopHearing = storage.onNext(() => this.#lookSoon());
  }

  /** Whether this handle reaches the log; while it does not, calls fail and its tails stand. */
  setReachable(reachable: boolean): void {
    assert(this.#state !== "closed");
    this.#state = reachable ? "open" : "cut-off";
    for (const tail of this.#tails) tail.setReachable(reachable);
    if (reachable) this.#lookSoon();
  }

  onCut(listener: (last: number) => void): () => void {
    this.#cutListeners.add(listener);
    return () => void this.#cutListeners.delete(listener);
  }

  async generations(): Promise<readonly LogGeneration[]> {
    this.#assertReachable();
    return this.#storage.generations;
  }

  async roll(generation: number): Promise<void> {
    this.#assertReachable();
    if (generation === this.#storage.generation) this.#storage.roll();
  }

  /** As an adapter does that hears of the seal, or looks when it has not heard. */
  #lookSoon(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    queueMicrotask(() => {
      this.#isLookDue = false;
      if (this.#state === "open") this.#look();
    });
  }

  #look(): void {
    while (this.#generation < this.#storage.generation) {
      const last = this.#storage.sealOf(this.#generation);
      this.#generation += 1;
      for (const listener of [...this.#cutListeners]) listener(last);
    }
  }

  async append(producer: string, payload: Uint8Array): Promise<AppendReceipt> {
    assertProducer(producer);
    const storage = this.#storage;
    const { payloadBytesMax } = storage;
    this.#assertReachable();
    if (payload.length > payloadBytesMax)
      throw new PayloadTooLarge(payload.length, payloadBytesMax);
    if (this.#generation < storage.oldestGeneration) this.#look();
    const fate = storage.fate({ producer, head: storage.head });
    if (fate === "unavailable") throw new LogUnavailable(this.name, "as the test wished");
    if (fate === "lost-unanswered") throw new AppendOutcomeUnknown(this.name, 1);
    if (fate === "stored-twice") storage.store(producer, payload, this.#generation);
    const sequence = storage.store(producer, payload, this.#generation);
    if (fate === "stored-unanswered") throw new AppendOutcomeUnknown(this.name, 1);
    return { sequence };
  }

  async head(): Promise<number> {
    this.#assertReachable();
    return this.#storage.head;
  }

  async first(): Promise<number> {
    this.#assertReachable();
    return this.#storage.first;
  }

  async read(from: number, limits: ReadLimits): Promise<readonly LogEntry[]> {
    assertReadLimits(from, limits);
    this.#assertReachable();
    const { first } = this.#storage;
    if (from < first) throw new EntryTruncated(this.name, from, first);
    const entries = this.#storage.slice(from, limits.entriesMax);
    return withinBytes(entries, limits.bytesMax ?? Infinity);
  }

  tail(from: number, listener: TailListener, onFault?: (fault: ClusterFault) => void): Tail {
    assert(from >= 1);
    if (this.#state === "closed") throw new LogClosed(this.name);
    const tail: MemoryTail = new MemoryTail(this.#storage, from, {
      listener,
      onFault,
      onEnd: () => this.#tails.delete(tail),
    });
    this.#tails.add(tail);
    tail.setReachable(this.#state === "open");
    return tail;
  }

  async close(): Promise<void> {
    this.#state = "closed";
    this.#stopHearing();
    await Promise.all([...this.#tails].map((tail) => tail.close()));
    assert(this.#tails.size === 0);
  }

  #assertReachable(): void {
    if (this.#state === "closed") throw new LogClosed(this.name);
    if (this.#state === "cut-off") throw new LogUnavailable(this.name, "this handle is cut off");
  }
}

interface MemoryTailCallbacks {
  readonly listener: TailListener;
  readonly onFault: ((fault: ClusterFault) => void) | undefined;
  readonly onEnd: () => void;
}

class MemoryTail implements Tail {
  position: number;
  source: TailSource = "catching-up";
  restarts = 0;
  readonly #storage: MemoryLogStorage;
  readonly #callbacks: MemoryTailCallbacks;
  readonly #unfollow: () => void;
  #reachable = false;
  #isDeliveryDue = false;

  constructor(storage: MemoryLogStorage, from: number, callbacks: MemoryTailCallbacks) {
    this.position = from - 1;
    this.#storage = storage;
    this.#callbacks = callbacks;
    this.#unfollow = storage.follow(() => this.#deliverSoon());
  }

  setReachable(reachable: boolean): void {
    this.#reachable = reachable;
    if (!reachable) return;
    if (this.source === "live" && this.position < this.#storage.head) {
      this.restarts += 1;
      this.source = "catching-up";
    }
    this.#deliverSoon();
  }

  /** Nothing gets lost on the way to this tail, so there is nothing to look for. */
  expect(sequence: number): void {
    assert(sequence >= 1);
  }

  async close(): Promise<void> {
    this.source = "stopped";
    this.#unfollow();
    this.#callbacks.onEnd();
  }

  #deliverSoon(): void {
    if (this.#isDeliveryDue) return;
    this.#isDeliveryDue = true;
    queueMicrotask(() => {
      this.#isDeliveryDue = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    if (this.source === "stopped" || !this.#reachable) return;
    const from = this.position + 1;
    const { first, head } = this.#storage;
    if (from < first) return this.#fail(new EntryTruncated(this.#storage.name, from, first));
    const entries = this.#storage.slice(from, entriesPerDeliveryMax);
    this.position += entries.length;
    if (this.position >= head) this.source = "live";
    else this.#deliverSoon();
    if (entries.length > 0) this.#callbacks.listener(entries);
  }

  #fail(fault: ClusterFault): void {
    void this.close();
    if (this.#callbacks.onFault === undefined) throw fault;
    this.#callbacks.onFault(fault);
  }
}
