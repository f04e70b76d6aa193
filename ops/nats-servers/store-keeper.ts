/**
 * Brings servers back that are at odds with their store:
 *
 * - A nats-server whose disk is full stops storing for good and goes on as a relay, until it is
 *   started anew: that is done as soon as there is room again.
 * - One may never finish reading a store that was damaged: it is started with an empty one, and
 *   fetches everything from the others. Only while these are sure to have it all.
 */
import { statfs } from "node:fs/promises";

export interface KeptServer {
  readonly name: string;
  readonly monitorUrl: string;
  readonly storeDirectory: string;
  /** For how long it has tried to come to serve; undefined once it did. */
  readonly startingMs: number | undefined;
}

export interface StoreKeeperOptions {
  /** Those that run and were not told to go. */
  readonly servers: () => readonly KeptServer[];
  /** Whether it says that it stores nothing any more. */
  readonly hasGivenUp: (server: KeptServer) => Promise<boolean>;
  readonly isReading: (server: KeptServer) => Promise<boolean>;
  /** How much it has to read. */
  readonly storedBytes: (folder: string) => Promise<number>;
  /** Whether all that it may have stored is to be had from the others. */
  readonly isDispensable: (server: KeptServer) => Promise<boolean>;
  readonly freeBytes?: (folder: string) => Promise<number>;
  readonly restart: (name: string) => Promise<void>;
  readonly setAside: (name: string) => Promise<void>;
  /** It serves: from now on it is not starting any more. */
  readonly onServing: (name: string) => void;
  readonly everyMs?: number;
  /** How long one may read, whatever the size of its store. */
  readonly patienceMs?: number;
}

/** With less it would give up again at once. */
const freeBytesMin = 64 * 1024 * 1024;

/** A tenth of what a server was seen to read its store with, and less. */
const readBytesPerMs = 20_000;

export class StoreKeeper {
  readonly #options: Required<StoreKeeperOptions>;
  /** Those that said so in the last round, too: one that starts says it for a moment. */
  #suspects: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StoreKeeperOptions) {
    this.#options = { freeBytes: freeBytesOf, everyMs: 2000, patienceMs: 30_000, ...options };
  }

  start(): void {
    this.#timer ??= setTimeout(() => void this.#round(), this.#options.everyMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #round(): Promise<void> {
    await this.look();
    // It may have been stopped meanwhile.
    this.#timer = this.#timer?.refresh();
  }

  /** One after the other: two servers fewer would be too many. */
  async look(): Promise<void> {
    const { servers, hasGivenUp, freeBytes, restart, setAside } = this.#options;
    const suspects = new Set<string>();
    for (const server of servers()) {
      if (await this.#isStuck(server)) {
        await setAside(server.name);
        continue;
      }
      if (!(await hasGivenUp(server))) continue;
      suspects.add(server.name);
      if (!this.#suspects.has(server.name)) continue;
      if ((await freeBytes(server.storeDirectory)) >= freeBytesMin) await restart(server.name);
    }
    this.#suspects = suspects;
  }

  /** Whether it has read its store for longer than that takes, and can do without. */
  async #isStuck(server: KeptServer): Promise<boolean> {
    const { isReading, storedBytes, isDispensable, onServing, patienceMs } = this.#options;
    const { startingMs, storeDirectory } = server;
    if (startingMs === undefined) return false;
    if (!(await isReading(server))) {
      onServing(server.name);
      return false;
    }
    if (startingMs < patienceMs) return false;
    if (startingMs < patienceMs + (await storedBytes(storeDirectory)) / readBytesPerMs)
      return false;
    return await isDispensable(server);
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
