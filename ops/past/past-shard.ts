/**
 * A shard as it was at some place of its log: the newest verified snapshot from before that place,
 * and the entries from there on. Without such a snapshot it begins with the first entry.
 *
 * On the way its hashes are held against those that others know. It can go on to the next place at
 * which somebody knows them: the chains there depend on all that came before, so that what was
 * restored and replayed wrongly shows at the latest then.
 */
import { Shard } from "../../actors/index.ts";
import { systemClock } from "../../cluster/clock.ts";
import { ClusterFault } from "../../cluster/faults.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import { headOfSameLog } from "../../cluster/log-origin.ts";
import { stateHashOf } from "../../cluster/replica-snapshot.ts";
import type { ReplicaSnapshot } from "../../cluster/replica-snapshot.ts";
import type { LogEntry, ReplicatedLog } from "../../cluster/replicated-log.ts";
import { Snapshotter } from "../../cluster/snapshotter.ts";
import type { SnapshotStore } from "../../cluster/snapshot-store.ts";
import { assert } from "../../protocols/index.ts";
import type { ShardId } from "../../protocols/index.ts";
import { piecesOf } from "../downstream/log-pieces.ts";
import { hashedParts } from "./known-hashes.ts";
import type { HashedPart, Hashes, KnownHashes } from "./known-hashes.ts";
import { PastFault } from "./past-fault.ts";
import type { MomentPlace } from "./past-place.ts";

/** From its first entry on, with what is archived of it. */
export type WholeLog = Pick<ReplicatedLog, "name" | "first" | "head" | "read">;

export interface PastShardOptions {
  readonly shard: ShardId;
  /** How many there are today. */
  readonly shards: number;
  readonly log: WholeLog;
  readonly snapshots: SnapshotStore;
  readonly known: readonly KnownHashes[];
  /** Told of snapshots that could not be begun with. */
  readonly report: (fault: ClusterFault) => void;
  /** Entries that were replayed, and that may have to be; both the same at the end. */
  readonly onProgress?: ((read: number, all: number) => void) | undefined;
}

/** What somebody knows of an entry, and what came out here. */
export interface HashComparison {
  readonly by: string;
  readonly what: HashedPart;
  readonly sequence: number;
  readonly same: boolean;
}

export interface PastShardReport extends Hashes {
  readonly shard: ShardId;
  /** The last entry that is included, 0 for none. */
  readonly sequence: number;
  /** Log time behind it. */
  readonly timeUs: number;
  /** The snapshot it began with; 0 where it began with the log's first entry. */
  readonly snapshot: number;
  /** Entries applied to come there. */
  readonly replayed: number;
  readonly comparisons: readonly HashComparison[];
}

/** The last entry that may be applied, and the time that none may be later than. */
interface End {
  readonly upTo: number;
  readonly timeUs: number;
}

export class PastShard {
  readonly #options: PastShardOptions;
  readonly #hashed: HashedShard;
  readonly #snapshot: number;
  readonly #comparisons: HashComparison[] = [];
  #reached: Omit<PastShardReport, "comparisons"> | undefined;

  private constructor(options: PastShardOptions, begun: HashedShard) {
    this.#options = options;
    this.#hashed = begun;
    this.#snapshot = begun.shard.sequence;
  }

  /**
   * Rejects with {@link PastFault} where the log does not reach to the place, or nothing that is
   * left leads there, and with what the log and the store reject with.
   */
  static async at(
    options: PastShardOptions,
    place: { readonly sequence: number } | MomentPlace,
  ): Promise<PastShard> {
    const { log } = options;
    const head = await log.head();
    const end: End = { upTo: head, timeUs: Infinity, ...endOf(place) };
    if (end.upTo > head) {
      const where = `the log of shard ${options.shard} ends with entry ${head}`;
      throw new PastFault("no-such-place", where);
    }
    const past = new PastShard(options, await beginning(options, end));
    await past.#reach(end);
    return past;
  }

  /** As of the place, until it is verified; to be read. */
  get actors(): Shard {
    return this.#hashed.shard;
  }

  report(): PastShardReport {
    assert(this.#reached !== undefined);
    return { ...this.#reached, comparisons: this.#comparisons };
  }

  /**
   * Goes on to the next entry at which somebody knows the hashes, if nobody does right here. The
   * actors are those of that place then. Resolves with false where nobody knows of a later one.
   */
  async verify(): Promise<boolean> {
    const { known } = this.#options;
    const { sequence } = this.actors;
    const later = known.map((of) => of.sequence).filter((of) => of >= sequence);
    if (later.length === 0) return false;
    await this.#replay({ upTo: Math.min(...later), timeUs: Infinity });
    return true;
  }

  async #reach(end: End): Promise<void> {
    this.#compare();
    await this.#replay(end);
    const { shard } = this.#hashed;
    this.#reached = {
      ...{ shard: shard.shard, sequence: shard.sequence, timeUs: shard.timeUs },
      ...{ snapshot: this.#snapshot, replayed: shard.sequence - this.#snapshot },
      ...{ entries: this.#hash("entries"), outputs: this.#hash("outputs") },
      state: this.#hash("state"),
    };
  }

  async #replay({ upTo, timeUs }: End): Promise<void> {
    const { log, onProgress } = this.#options;
    const { shard } = this.#hashed;
    const from = shard.sequence;
    const all = upTo - from;
    let isThere = from >= upTo;
    for await (const entries of piecesOf(log, { from: from + 1, upTo })) {
      const end = entries.findIndex(({ timeUs: at }) => at > timeUs);
      for (const entry of end === -1 ? entries : entries.slice(0, end)) this.#apply(entry);
      isThere = end !== -1 || shard.sequence === upTo;
      onProgress?.(isThere ? all : shard.sequence - from, all);
      if (isThere) break;
    }
    assert(isThere, "a log ends before its head");
  }

  #apply(entry: LogEntry): void {
    this.#hashed.apply(entry);
    this.#compare();
  }

  #compare(): void {
    const { sequence } = this.actors;
    for (const known of this.#options.known) {
      if (known.sequence !== sequence || sequence === 0) continue;
      for (const what of hashedParts) {
        const expected = known[what];
        if (expected === undefined) continue;
        const same = expected === this.#hash(what);
        this.#comparisons.push({ by: known.by, what, sequence, same });
      }
    }
  }

  #hash(what: HashedPart): string {
    switch (what) {
      case "entries":
        return this.#hashed.entries.hex;
      case "outputs":
        return this.#hashed.outputs.hex;
      case "state":
        return hexOf(stateHashOf(this.actors));
    }
  }
}

function endOf(place: { readonly sequence: number } | MomentPlace): Partial<End> {
  return "timeUs" in place ? { timeUs: place.timeUs } : { upTo: place.sequence };
}

/** The newest verified snapshot that is not later than the place, or else the log's beginning. */
async function beginning(options: PastShardOptions, { upTo, timeUs }: End): Promise<HashedShard> {
  const { shard, shards, log, snapshots: store, report } = options;
  const of = { shard, shards, store, clock: systemClock, everyEntries: 1 };
  const snapshotter = new Snapshotter({ ...of, onSaved: () => undefined, onFault: report });
  let last = upTo;
  for (;;) {
    const saved = await snapshotter.best("verified", last);
    if (saved === undefined) break;
    // An entry's own time can be earlier than log time: only the shard knows.
    const isEarly = saved.shard.timeUs <= timeUs;
    if (isEarly && (await isOf(log, saved, report))) return new HashedShard(saved.shard, saved);
    last = saved.shard.sequence - 1;
  }
  const first = await log.first();
  if (first > 1) {
    const gone = `the log of shard ${shard} begins with entry ${first}`;
    const message = `${gone}, no archive reaches there and no verified snapshot is early enough`;
    throw new PastFault("no-way-there", message);
  }
  return new HashedShard(new Shard(shard, shards));
}

async function isOf(
  log: WholeLog,
  { shard, lastEntryHash }: ReplicaSnapshot,
  report: (fault: ClusterFault) => void,
): Promise<boolean> {
  try {
    await headOfSameLog(log, { sequence: shard.sequence, lastEntryHash });
    return true;
  } catch (error) {
    if (!(error instanceof ClusterFault) || error.disposition !== "fatal") throw error;
    report(error);
    return false;
  }
}
