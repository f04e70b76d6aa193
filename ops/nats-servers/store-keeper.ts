/**
 * Brings servers back that have given up their store. A nats-server whose disk is full stops
 * storing for good and goes on as a relay, until it is started anew: that is done here, as soon as
 * there is room again.
 */
import { statfs } from "node:fs/promises";

export interface KeptServer {
  readonly name: string;
  readonly monitorUrl: string;
  readonly storeDirectory: string;
}

export interface StoreKeeperOptions {
  /** Those that run and were not told to go. */
  readonly servers: () => readonly KeptServer[];
  /** Whether it says that it stores nothing any more. */
  readonly hasGivenUp: (server: KeptServer) => Promise<boolean>;
  readonly freeBytes?: (folder: string) => Promise<number>;
  readonly restart: (name: string) => Promise<void>;
  readonly everyMs?: number;
}

/** With less it would give up again at once. */
const freeBytesMin = 64 * 1024 * 1024;

export class StoreKeeper {
  readonly #options: Required<StoreKeeperOptions>;
  /** Those that said so in the last round, too: one that starts says it for a moment. */
  #suspects: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StoreKeeperOptions) {
    this.#options = { freeBytes: freeBytesOf, everyMs: 2000, ...options };
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
    const { servers, hasGivenUp, freeBytes, restart } = this.#options;
    const suspects = new Set<string>();
    for (const server of servers()) {
      if (!(await hasGivenUp(server))) continue;
      suspects.add(server.name);
      if (!this.#suspects.has(server.name)) continue;
      if ((await freeBytes(server.storeDirectory)) >= freeBytesMin) await restart(server.name);
    }
    this.#suspects = suspects;
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
