/**
 * Has a nats-server whose disk stands still stand still, too, until that goes again: so the others
 * choose another leader for what it leads, and its clients go to them. By itself it goes on telling
 * the others that it leads, and stores nothing.
 *
 * Only one at a time, and only while the others' disks answer: where all of them are one disk, or
 * the whole machine is slow, stopping a server would make it worse.
 *
 * Time is counted in turns of this process's own event loop, and a turn counts little: a loop that
 * stood still has read no answers because of itself.
 */
import { open } from "node:fs/promises";
import { join } from "node:path";

export interface WatchedDisk {
  /** The server's. */
  readonly name: string;
  /** On the disk that its store is on. */
  readonly folder: string;
}

export interface DiskWatchOptions {
  /** Those of all servers, while all of them run. */
  readonly disks: () => readonly WatchedDisk[];
  readonly onStalled: (name: string) => void;
  /** It goes again, after that time. */
  readonly onMoving: (name: string, stalledMs: number) => void;
  /** Resolves or rejects when the disk has answered. */
  readonly probe?: (folder: string) => Promise<void>;
}

/** How often `turn` is called, and what one counts at most. */
export const turnMs = 50;
const turnMsMax = 2 * turnMs;
const probeEveryMs = 250;
/** Much longer than a busy disk takes, and short against an election, which takes 4 to 9 s. */
const stalledAfterMs = 600;
const freshMs = 400;
/** Two of the others are what a log needs to go on. */
const othersMin = 2;

interface Watched {
  /** How long its probe has been under way; undefined between two. */
  probingMs: number | undefined;
  /** Since it has answered. */
  quietMs: number;
  isStalled: boolean;
}

export class DiskWatch {
  readonly #options: Required<DiskWatchOptions>;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #turnedAtMs = 0;

  constructor(options: DiskWatchOptions) {
    this.#options = { probe: writeThrough, ...options };
  }

  start(): void {
    this.#turnedAtMs = performance.now();
    this.#timer ??= setInterval(() => {
      const nowMs = performance.now();
      this.turn(nowMs - this.#turnedAtMs);
      this.#turnedAtMs = nowMs;
    }, turnMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  turn(elapsedMs: number): void {
    const countedMs = Math.min(elapsedMs, turnMsMax);
    const disks = this.#options.disks();
    for (const disk of disks) this.#look(disk, countedMs);
    for (const { name } of disks) {
      const watched = this.#of(name);
      if (watched.isStalled || (watched.probingMs ?? 0) < stalledAfterMs) continue;
      const others = disks.filter((disk) => disk.name !== name);
      if (others.length < othersMin || !others.every((disk) => this.#answers(disk))) continue;
      watched.isStalled = true;
      this.#options.onStalled(name);
    }
  }

  #look({ name, folder }: WatchedDisk, countedMs: number): void {
    const watched = this.#of(name);
    watched.quietMs += countedMs;
    if (watched.probingMs !== undefined) watched.probingMs += countedMs;
    else if (watched.quietMs >= probeEveryMs) void this.#probe(watched, { name, folder });
  }

  async #probe(watched: Watched, { name, folder }: WatchedDisk): Promise<void> {
    watched.probingMs = 0;
    // A full disk answers, too.
    await this.#options.probe(folder).catch(() => undefined);
    const stalledMs = watched.probingMs;
    watched.probingMs = undefined;
    watched.quietMs = 0;
    if (!watched.isStalled) return;
    watched.isStalled = false;
    this.#options.onMoving(name, stalledMs);
  }

  /** Whether it answered a moment ago. */
  #answers({ name }: WatchedDisk): boolean {
    const { isStalled, quietMs } = this.#of(name);
    return !isStalled && quietMs < freshMs;
  }

  #of(name: string): Watched {
    const known = this.#watched.get(name);
    if (known !== undefined) return known;
    const watched: Watched = { probingMs: undefined, quietMs: probeEveryMs, isStalled: false };
    this.#watched.set(name, watched);
    return watched;
  }
}

async function writeThrough(folder: string): Promise<void> {
  const file = await open(join(folder, "disk-probe"), "w", 0o600);
  try {
    await file.write("outcry\n");
    await file.datasync();
  } finally {
    await file.close();
  }
}
