/**
 * Snapshots in the JetStream object store, where every node finds them.
 *
 * The library reads an object through a consumer, which dies with the server it lives on and says
 * nothing. So no read here waits longer than a few seconds for the next piece, and one that got
 * stuck is begun again.
 */
import { createHash } from "node:crypto";
import {
  jetstream,
  jetstreamManager,
  JetStreamApiError,
  type JetStreamManager,
} from "@nats-io/jetstream";
import { Objm, type ObjectInfo, type ObjectStore } from "@nats-io/obj";
import { assert } from "../protocols/assert.ts";
import { delay } from "./clock.ts";
import {
  ClusterFault,
  SnapshotDamaged,
  SnapshotMissing,
  SnapshotStoreUnavailable,
} from "./faults.ts";
import type { JetStreamConnection } from "./jetstream-connection.ts";
import {
  newestFirst,
  parseSnapshotKey,
  snapshotKey,
  type Snapshot,
  type SnapshotName,
  type SnapshotStore,
} from "./snapshot-store.ts";

export interface JetStreamSnapshotStoreOptions {
  /** The bucket's name: letters, digits, `-` and `_`. */
  readonly bucket?: string;
  readonly replicas?: number;
  /** How long an operation is tried again before it is given up. */
  readonly giveUpMs?: number;
}

const pieceBytes = 128 * 1024;
/** How long the next piece of a snapshot may take. */
const silenceMsMax = 3000;
const retryMs = 100;
/**
 * Servers that elect a leader answer nothing; the library would wait for 5 s before we ask again.
 */
const requestTimeoutMs = 1000;
/** Somebody else stored under that name since we looked. */
const overtaken = new Set([10_071, 10_164]);

export class JetStreamSnapshotStore implements SnapshotStore {
  readonly #connection: JetStreamConnection;
  readonly #bucket: string;
  readonly #objects: ObjectStore;
  readonly #manager: JetStreamManager;
  readonly #giveUpMs: number;

  private constructor(
    connection: JetStreamConnection,
    options: JetStreamSnapshotStoreOptions,
    opened: { readonly objects: ObjectStore; readonly manager: JetStreamManager },
  ) {
    this.#connection = connection;
    this.#bucket = options.bucket ?? bucketDefault;
    this.#objects = opened.objects;
    this.#manager = opened.manager;
    this.#giveUpMs = options.giveUpMs ?? giveUpMsDefault;
  }

  /** Opens the store, creating it if it is the first to do so. */
  static async open(
    connection: JetStreamConnection,
    options: JetStreamSnapshotStoreOptions = {},
  ): Promise<JetStreamSnapshotStore> {
    const { bucket = bucketDefault, replicas = 3, giveUpMs = giveUpMsDefault } = options;
    const opened = await untilDone(connection, giveUpMs, async () => {
      const timeout = requestTimeoutMs;
      const manager = await jetstreamManager(connection.nats, { checkAPI: false, timeout });
      const objects = await new Objm(jetstream(connection.nats, { timeout })).create(bucket, {
        replicas,
      });
      return { objects, manager };
    });
    return new JetStreamSnapshotStore(connection, options, opened);
  }

  async save({ shard, sequence, bytes }: Snapshot): Promise<void> {
    const name = snapshotKey({ shard, sequence });
    const metadata = { sha256: digestOf(bytes) };
    await this.#untilDone(async () => {
      const previousRevision = (await this.#objects.info(name))?.revision ?? 0;
      try {
        await this.#objects.put({ name, metadata }, streamOf(bytes), { previousRevision });
      } catch (error) {
        // Another node saved the same snapshot meanwhile, and one of them is enough.
        if (!(error instanceof JetStreamApiError && overtaken.has(error.code))) throw error;
      }
    });
  }

  async list(shard: number): Promise<readonly SnapshotName[]> {
    const names = await this.#untilDone(async () => {
      const prefix = `$O.${this.#bucket}.M.`;
      const { state } = await this.#manager.streams.info(`OBJ_${this.#bucket}`, {
        subjects_filter: `${prefix}>`,
      });
      const subjects = Object.keys(state.subjects ?? {});
      const keys = subjects.map((subject) => decodeKey(subject.slice(prefix.length)));
      const ofShard = keys.filter((key) => parseSnapshotKey(key)?.shard === shard);
      const infos = await Promise.all(ofShard.map((key) => this.#objects.info(key)));
      const present = infos.filter((info) => info !== null && !info.deleted);
      return present.map((info) => parseSnapshotKey(info?.name ?? ""));
    });
    return names.filter((name) => name !== undefined).sort(newestFirst);
  }

  async load(name: SnapshotName): Promise<Uint8Array> {
    const key = snapshotKey(name);
    return await this.#untilDone(async () => {
      const info = await this.#objects.info(key);
      if (info === null || info.deleted) throw new SnapshotMissing(key);
      const bytes = await this.#read(key, info);
      if (digestOf(bytes) !== info.metadata?.["sha256"]) {
        throw new SnapshotDamaged(key, "its digest differs");
      }
      return bytes;
    });
  }

  async remove(name: SnapshotName): Promise<void> {
    const key = snapshotKey(name);
    await this.#untilDone(async () => {
      const info = await this.#objects.info(key);
      if (info !== null && !info.deleted) await this.#objects.delete(key);
    });
  }

  /** Kept with the object's description, so that nothing is left of it when that is removed. */
  async note(name: SnapshotName, note: Uint8Array): Promise<void> {
    const key = snapshotKey(name);
    await this.#untilDone(async () => {
      const info = await this.#objects.info(key);
      if (info === null || info.deleted) throw new SnapshotMissing(key);
      const text = Buffer.from(note).toString("base64");
      await this.#objects.update(key, { name: key, metadata: { ...info.metadata, note: text } });
    });
  }

  async noteOf(name: SnapshotName): Promise<Uint8Array | undefined> {
    const info = await this.#untilDone(async () => await this.#objects.info(snapshotKey(name)));
    const text = info === null || info.deleted ? undefined : info.metadata?.["note"];
    return text === undefined ? undefined : new Uint8Array(Buffer.from(text, "base64"));
  }

  async #read(key: string, info: ObjectInfo): Promise<Uint8Array> {
    const result = await this.#objects.get(key);
    if (result === null) throw new SnapshotMissing(key);
    // It fails as the pieces do, and they are waited for.
    result.error.catch(() => undefined);
    const reader = result.data.getReader();
    const bytes = new Uint8Array(info.size);
    let received = 0;
    try {
      for (;;) {
        const { done, value } = await this.#soon(reader.read());
        if (done) break;
        if (received + value.length > info.size) {
          throw new SnapshotDamaged(key, "it is longer than it was");
        }
        bytes.set(value, received);
        received += value.length;
      }
    } catch (error) {
      await reader.cancel().catch(() => undefined);
      // With all of it there, the library has nothing to complain of but its own digest.
      if (received === info.size) throw new SnapshotDamaged(key, "its digest differs", error);
      throw error;
    }
    if (received < info.size) throw new SnapshotDamaged(key, "some of it is missing");
    return bytes;
  }

  async #soon<Result>(promise: Promise<Result>): Promise<Result> {
    return await new Promise<Result>((resolve, reject) => {
      const timer = this.#connection.clock.after(silenceMsMax, () =>
        reject(new SnapshotStoreUnavailable("the server sends no more")),
      );
      promise.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  #untilDone<Result>(attempt: () => Promise<Result>): Promise<Result> {
    return untilDone(this.#connection, this.#giveUpMs, attempt);
  }
}

const bucketDefault = "SNAPSHOTS";
const giveUpMsDefault = 20_000;

/** Tries until it succeeds, fails for good, or the time is over. */
async function untilDone<Result>(
  connection: JetStreamConnection,
  giveUpMs: number,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const { clock } = connection;
  const deadlineMs = clock.nowMs() + giveUpMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof ClusterFault && error.disposition === "fatal") throw error;
      if (clock.nowMs() >= deadlineMs || connection.isClosed) {
        throw new SnapshotStoreUnavailable("JetStream does not answer", error);
      }
    }
    await delay(clock, retryMs);
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(sent, sent + pieceBytes));
      sent += pieceBytes;
    },
  });
}

/** The library's form of an object's name within a subject. */
function decodeKey(token: string): string {
  const key = Buffer.from(token, "base64url").toString();
  assert(key.length > 0);
  return key;
}
