/**
 * A log with its archive: entries that the log no longer retains come from there, so that whoever
 * reads or tails it from the beginning never learns that a generation was retired.
 */
import { ClusterFault, EntryTruncated } from "../faults.ts";
import type {
  AppendReceipt,
  EntryCopies,
  LogEntry,
  ReadLimits,
  ReplicatedLog,
  Tail,
  TailListener,
  TailSource,
} from "../replicated-log.ts";
import type { LogArchive } from "./log-archive.ts";

const readLimits: ReadLimits = { entriesMax: 1024, bytesMax: 4 * 1024 * 1024 };

export class ArchivedLog implements ReplicatedLog {
  readonly name: string;
  /** Only of a log that has several copies of an entry. */
  readonly copies?: NonNullable<ReplicatedLog["copies"]>;
  readonly #log: ReplicatedLog;
  readonly #archive: LogArchive;

  constructor(log: ReplicatedLog, archive: LogArchive) {
    this.name = log.name;
    this.#log = log;
    this.#archive = archive;
    const copies = log.copies?.bind(log);
    if (copies !== undefined) this.copies = (sequence) => this.#copies(copies, sequence);
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

  /** 1 when the archive reaches to what the log retains. */
  async first(): Promise<number> {
    const first = await this.#log.first();
    if (first === 1) return 1;
    const { sequence } = await this.#archive.end();
    return sequence >= first - 1 ? 1 : first;
  }

  async read(from: number, limits: ReadLimits): Promise<readonly LogEntry[]> {
    try {
      return await this.#log.read(from, limits);
    } catch (error) {
      if (!(error instanceof EntryTruncated)) throw error;
      const archived = await this.#archive.read(from, limits);
      if (archived.length === 0) throw error;
      return archived;
    }
  }

  /** What is no longer retained has one copy: the archive's, whose hashes have been checked. */
  async #copies(
    ofServers: NonNullable<ReplicatedLog["copies"]>,
    sequence: number,
  ): Promise<EntryCopies> {
    try {
      return await ofServers(sequence);
    } catch (error) {
      if (!(error instanceof EntryTruncated)) throw error;
      const [entry] = await this.#archive.read(sequence, { entriesMax: 1 });
      return { isComplete: true, answers: [{ server: "the archive", entry }] };
    }
  }

  tail(from: number, listener: TailListener, onFault?: (fault: ClusterFault) => void): Tail {
    return new ArchivedTail(this.#log, this.#archive, { from, listener, onFault });
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

interface TailOptions {
  readonly from: number;
  readonly listener: TailListener;
  readonly onFault: ((fault: ClusterFault) => void) | undefined;
}

/** Tails the log, and reads from the archive what it finds is gone from there. */
class ArchivedTail implements Tail {
  readonly #log: ReplicatedLog;
  readonly #archive: LogArchive;
  readonly #options: TailOptions;
  /** Undefined while the archive is read. */
  #inner: Tail | undefined;
  #position: number;
  #isClosed = false;

  constructor(log: ReplicatedLog, archive: LogArchive, options: TailOptions) {
    this.#log = log;
    this.#archive = archive;
    this.#options = options;
    this.#position = options.from - 1;
    this.#follow();
  }

  get position(): number {
    return this.#inner?.position ?? this.#position;
  }

  get source(): TailSource {
    return this.#isClosed ? "stopped" : (this.#inner?.source ?? "catching-up");
  }

  get restarts(): number {
    return this.#inner?.restarts ?? 0;
  }

  expect(sequence: number): void {
    this.#inner?.expect(sequence);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#inner?.close();
  }

  #follow(): void {
    this.#inner = this.#log.tail(
      this.#position + 1,
      (entries) => this.#hear(entries),
      (fault) => {
        if (!(fault instanceof EntryTruncated)) return this.#fail(fault);
        this.#inner = undefined;
        this.#readArchive(fault).catch((error: unknown) => this.#fail(error));
      },
    );
  }

  #hear(entries: readonly LogEntry[]): void {
    if (this.#isClosed) return;
    this.#position = entries.at(-1)?.sequence ?? this.#position;
    this.#options.listener(entries);
  }

  async #readArchive(fault: EntryTruncated): Promise<void> {
    while (!this.#isClosed && this.#position + 1 < fault.firstSequence) {
      const entries = await this.#archive.read(this.#position + 1, readLimits);
      if (entries.length === 0) throw fault;
      this.#hear(entries);
    }
    if (!this.#isClosed) this.#follow();
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { onFault } = this.#options;
    if (error instanceof ClusterFault && onFault !== undefined) return onFault(error);
    // Nobody else is there to notice.
    queueMicrotask(() => {
      throw error;
    });
  }
}
