/**
 * A log whose entries are looked at before anybody applies them: one that was altered on a server's
 * disk, or that a server has lost, is refused and fetched from another server.
 *
 * A frame's seal tells for the payload and its producer. What the servers add, sequence and time,
 * no producer can know: there replicas find out by comparing their chains (disputes.ts).
 *
 * When no server has a whole frame there, and all that have something have the same, then that is
 * what was appended: it is handed on, and every replica makes the same of it. When they differ,
 * nobody can tell what was appended, and that ends the tail.
 */
import { assert, isWholeFrameOf } from "../protocols/index.ts";
import { delay } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { ClusterFault, EntryMissing, LogUnavailable } from "./faults.ts";
import { hexOf } from "./hash-chain.ts";
import { isSeal } from "./log-generation.ts";
import { hashOfEntry } from "./log-origin.ts";
import { EntryDamaged, EntryRefused } from "./replica-faults.ts";
import type {
  AppendReceipt,
  EntryCopies,
  LogEntry,
  ReadLimits,
  ReplicatedLog,
  Tail,
  TailListener,
  TailSource,
} from "./replicated-log.ts";

export interface CheckedLogOptions {
  readonly clock: Clock;
  /** Told of each entry that was refused, and where it came from. */
  readonly onFault: (fault: ClusterFault) => void;
}

/** The pause before the servers are asked again for their copies. */
const retryMs = 1000;

export class CheckedLog implements ReplicatedLog {
  readonly name: string;
  readonly #log: ReplicatedLog;
  readonly #options: CheckedLogOptions;
  #isClosed = false;

  constructor(log: ReplicatedLog, options: CheckedLogOptions) {
    this.name = log.name;
    this.#log = log;
    this.#options = options;
  }

  append(producer: string, payload: Uint8Array): Promise<AppendReceipt> {
    return this.#log.append(producer, payload);
  }

  onCut(listener: (last: number) => void): () => void {
    return this.#log.onCut(listener);
  }

  head(): Promise<number> {
    return this.#log.head();
  }

  first(): Promise<number> {
    return this.#log.first();
  }

  async read(from: number, limits: ReadLimits): Promise<readonly LogEntry[]> {
    let entries: readonly LogEntry[];
    try {
      entries = await this.#log.read(from, limits);
    } catch (error) {
      if (!(error instanceof EntryMissing) || this.#log.copies === undefined) throw error;
      return [await this.soundEntry(from)];
    }
    const bad = entries.findIndex((entry) => !isWhole(entry));
    if (bad === -1) return entries;
    return bad > 0 ? entries.slice(0, bad) : [await this.soundEntry(from, entries[0])];
  }

  tail(from: number, listener: TailListener, onFault?: (fault: ClusterFault) => void): Tail {
    return new CheckedTail(this.#log, from, { listener, onFault, log: this });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#log.close();
  }

  /**
   * The entry as it was appended, by what the servers have of it. Rejects with `EntryDamaged` when
   * they contradict one another. Waits while too few of them answer.
   */
  async soundEntry(sequence: number, refused?: LogEntry): Promise<LogEntry> {
    const { clock, onFault } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const copies = await this.#copies(sequence, refused);
      const found = decided(copies);
      if (found !== undefined) {
        const nowhere = new EntryRefused(this.name, sequence, "no server has a frame there");
        onFault(found.isAsAppended ? nowhere : refusal(this.name, sequence, copies));
        return found.entry;
      }
      if (copies.isComplete || this.#isClosed) throw new EntryDamaged(this.name, sequence);
      if (attempt === 1) onFault(refusal(this.name, sequence, copies));
      await delay(clock, retryMs);
    }
  }

  /** A log of one copy has no other to offer. */
  async #copies(sequence: number, refused: LogEntry | undefined): Promise<EntryCopies> {
    if (this.#log.copies === undefined) {
      return { isComplete: true, answers: [{ server: this.name, entry: refused }] };
    }
    try {
      return await this.#log.copies(sequence);
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      return { isComplete: false, answers: [] };
    }
  }
}

interface Decided {
  readonly entry: LogEntry;
  /** It is no frame, and was none when it was appended. */
  readonly isAsAppended: boolean;
}

/** What can be said of an entry by the copies that there are; undefined when it is not enough. */
function decided({ answers, isComplete }: EntryCopies): Decided | undefined {
  const present = answers.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
  const whole = present.find(isWhole);
  if (whole !== undefined) return { entry: whole, isAsAppended: false };
  const [first] = present;
  const isOne = new Set(present.map((entry) => hexOf(hashOfEntry(entry)))).size === 1;
  return first !== undefined && isComplete && isOne
    ? { entry: first, isAsAppended: true }
    : undefined;
}

function refusal(log: string, sequence: number, { answers }: EntryCopies): EntryRefused {
  const bad = answers.filter(({ entry }) => entry === undefined || !isWhole(entry));
  const words = bad.map(
    ({ server, entry }) => `${server} ${entry ? "has it altered" : "lacks it"}`,
  );
  return new EntryRefused(log, sequence, words.join(", ") || "it came altered");
}

/** A generation's seal is no frame: nobody's, and empty. */
function isWhole(entry: LogEntry): boolean {
  return isSeal(entry) || isWholeFrameOf(entry.producer, entry.payload);
}

interface CheckedTailOptions {
  readonly listener: TailListener;
  readonly onFault: ((fault: ClusterFault) => void) | undefined;
  readonly log: CheckedLog;
}

/** A tail that is begun anew behind each entry that had to be fetched elsewhere. */
class CheckedTail implements Tail {
  readonly #log: ReplicatedLog;
  readonly #options: CheckedTailOptions;
  #inner: Tail | undefined;
  #position: number;
  #restartsBefore = 0;
  #isClosed = false;

  constructor(log: ReplicatedLog, from: number, options: CheckedTailOptions) {
    this.#log = log;
    this.#options = options;
    this.#position = from - 1;
    this.#follow();
  }

  get position(): number {
    return this.#position;
  }

  get source(): TailSource {
    if (this.#isClosed) return "stopped";
    return this.#inner?.source ?? "catching-up";
  }

  get restarts(): number {
    return this.#restartsBefore + (this.#inner?.restarts ?? 0);
  }

  expect(sequence: number): void {
    this.#inner?.expect(sequence);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#leave();
  }

  #follow(): void {
    const from = this.#position + 1;
    const inner = this.#log.tail(
      from,
      (entries) => {
        if (this.#inner === inner) this.#take(entries);
      },
      (fault) => {
        if (this.#inner !== inner) return;
        const isLost = fault instanceof EntryMissing && fault.sequence === this.#position + 1;
        if (isLost && this.#log.copies !== undefined) this.#fetch();
        else this.#fail(fault);
      },
    );
    this.#inner = inner;
  }

  #take(entries: readonly LogEntry[]): void {
    const bad = entries.findIndex((entry) => !isWhole(entry));
    const sound = bad === -1 ? entries : entries.slice(0, bad);
    if (sound.length > 0) this.#handOver(sound);
    if (bad !== -1 && !this.#isClosed) this.#fetch(entries[bad]);
  }

  #handOver(entries: readonly LogEntry[]): void {
    assert(entries[0]?.sequence === this.#position + 1);
    this.#position += entries.length;
    this.#options.listener(entries);
  }

  #fetch(refused?: LogEntry): void {
    void this.#leave();
    const { log } = this.#options;
    log.soundEntry(this.#position + 1, refused).then(
      (entry) => {
        if (this.#isClosed) return;
        this.#handOver([entry]);
        if (!this.#isClosed) this.#follow();
      },
      (error: unknown) => {
        if (!(error instanceof ClusterFault)) throw error;
        if (!this.#isClosed) this.#fail(error);
      },
    );
  }

  async #leave(): Promise<void> {
    const inner = this.#inner;
    this.#inner = undefined;
    this.#restartsBefore += (inner?.restarts ?? 0) + (this.#isClosed ? 0 : 1);
    await inner?.close();
  }

  #fail(fault: ClusterFault): void {
    void this.close();
    const { onFault } = this.#options;
    if (onFault === undefined) throw fault;
    onFault(fault);
  }
}
