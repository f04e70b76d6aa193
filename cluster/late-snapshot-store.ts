/**
 * A snapshot store that is still being opened: until it is, it is one that cannot be reached.
 *
 * After a power cut of all servers the leader of the bucket that snapshots are in may be elected
 * seconds after that of the log, and a node with snapshots of its own need not wait for it.
 */
import { delay } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { SnapshotStoreUnavailable } from "./faults.ts";
import type { Snapshot, SnapshotName, SnapshotStore } from "./snapshot-store.ts";

export interface LateSnapshotStoreOptions {
  readonly open: () => Promise<SnapshotStore>;
  readonly clock: Clock;
  /** Is told each time that it cannot be opened; after a while it is tried again. */
  readonly report: (fault: SnapshotStoreUnavailable) => void;
}

const retryMs = 1000;

export class LateSnapshotStore implements SnapshotStore {
  /** Resolves once it is open. Rejects with what no trying again is of use against. */
  readonly opened: Promise<void>;
  readonly #options: LateSnapshotStoreOptions;
  #store: SnapshotStore | undefined;
  #isClosed = false;

  constructor(options: LateSnapshotStoreOptions) {
    this.#options = options;
    this.opened = this.#open();
    // Whoever does not wait for it hears of it as of a store out of reach.
    this.opened.catch(() => undefined);
  }

  async #open(): Promise<void> {
    const { open, clock, report } = this.#options;
    while (!this.#isClosed) {
      try {
        this.#store = await open();
        return;
      } catch (error) {
        if (!(error instanceof SnapshotStoreUnavailable)) throw error;
        // Of a process that ends nobody wants to hear that.
        if (this.#isClosed) return;
        report(error);
        await delay(clock, retryMs);
      }
    }
  }

  /** It is tried no more. */
  close(): void {
    this.#isClosed = true;
  }

  async save(snapshot: Snapshot): Promise<void> {
    await this.#reached().save(snapshot);
  }

  async list(shard: number): Promise<readonly SnapshotName[]> {
    return await this.#reached().list(shard);
  }

  async load(name: SnapshotName): Promise<Uint8Array> {
    return await this.#reached().load(name);
  }

  async remove(name: SnapshotName): Promise<void> {
    await this.#reached().remove(name);
  }

  async note(name: SnapshotName, note: Uint8Array): Promise<void> {
    await this.#reached().note(name, note);
  }

  async noteOf(name: SnapshotName): Promise<Uint8Array | undefined> {
    return await this.#reached().noteOf(name);
  }

  #reached(): SnapshotStore {
    if (this.#store === undefined) throw new SnapshotStoreUnavailable("it is not open yet");
    return this.#store;
  }
}
