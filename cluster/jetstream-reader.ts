/**
 * Reading entries out of JetStream streams by sequence.
 *
 * A direct get is answered by any server that has a copy, be it behind the others: not by the
 * one that we are connected to, and not by the same one twice. So what comes back is a piece of the
 * log, but where it ends says nothing about where the log ends.
 */
import type { Msg } from "@nats-io/transport-node";
import { assert } from "../protocols/assert.ts";
import type { Timer } from "./clock.ts";
import { LogClosed, LogUnavailable, type ClusterFault } from "./faults.ts";
import type { JetStreamConnection } from "./jetstream-connection.ts";
import { entryOf } from "./jetstream-entry.ts";
import { isNoResponders, JetStreamInbox } from "./jetstream-inbox.ts";
import type { Piece } from "./jetstream-tail.ts";
import type { LogEntry, ReadLimits } from "./replicated-log.ts";

interface PendingRead {
  readonly stream: string;
  readonly from: number;
  readonly entries: LogEntry[];
  /** The server gives one entry at a time and says no more after it. */
  readonly isSingle: boolean;
  readonly resolve: (piece: Piece) => void;
  readonly reject: (fault: ClusterFault) => void;
  hasHole: boolean;
  lastMessageMs: number;
  timer: Timer;
}

/** How long a server may be silent within an answer. */
const silenceMsMax = 400;
const bytesMaxDefault = 4 * 1024 * 1024;
/**
 * Servers before this one know no batches: they are asked for single entries, so many at a time.
 */
const batchesSince = { major: 2, minor: 11 };
const singlesAtATime = 64;

export class JetStreamReader {
  readonly #connection: JetStreamConnection;
  readonly #inbox: JetStreamInbox;
  readonly #pending = new Map<number, PendingRead>();
  readonly #unsubscribe: () => void;

  constructor(connection: JetStreamConnection) {
    this.#connection = connection;
    this.#inbox = new JetStreamInbox(connection, (token, message) => this.#on(token, message));
    this.#unsubscribe = connection.onBroken(() => this.#rejectAll("the line broke"));
  }

  /** Rejects with `LogUnavailable` when no server answers. */
  read(stream: string, from: number, limits: ReadLimits): Promise<Piece> {
    assert(from >= 1);
    const { major, minor } = batchesSince;
    if (!this.#connection.isServerAtLeast(major, minor)) {
      return this.#readSingles(stream, from, limits);
    }
    const { entriesMax: batch, bytesMax = bytesMaxDefault } = limits;
    return this.#ask(stream, { seq: from, batch, max_bytes: bytesMax });
  }

  /** Each may be answered by another server, so a hole among them says nothing of a log's. */
  async #readSingles(stream: string, from: number, { entriesMax }: ReadLimits): Promise<Piece> {
    const count = Math.min(entriesMax, singlesAtATime);
    const asked = Array.from({ length: count }, (_, index) =>
      this.#ask(stream, { seq: from + index }),
    );
    const entries: LogEntry[] = [];
    for (const piece of await Promise.all(asked)) {
      const [entry] = piece.entries;
      if (entry === undefined) break;
      entries.push(entry);
    }
    return { entries, hasMore: entries.length === count, hasHole: false };
  }

  #ask(
    stream: string,
    body: { readonly seq: number; readonly batch?: number; readonly max_bytes?: number },
  ): Promise<Piece> {
    return new Promise((resolve, reject) => {
      if (this.#connection.isClosed) return reject(new LogClosed(stream));
      if (!this.#connection.isConnected) return reject(this.#unavailable(stream, "not connected"));
      const token = this.#inbox.nextToken();
      const { clock, nats } = this.#connection;
      this.#pending.set(token, {
        stream,
        from: body.seq,
        entries: [],
        isSingle: body.batch === undefined,
        resolve,
        reject,
        hasHole: false,
        lastMessageMs: clock.nowMs(),
        timer: clock.after(silenceMsMax, () => this.#onSilence(token)),
      });
      nats.publish(`$JS.API.DIRECT.GET.${stream}`, JSON.stringify(body), {
        reply: this.#inbox.replySubject(token),
      });
    });
  }

  close(): void {
    this.#unsubscribe();
    for (const [token, read] of this.#pending) {
      this.#forget(token, read);
      read.reject(new LogClosed(read.stream));
    }
    this.#inbox.close();
  }

  #on(token: number, message: Msg): void {
    const read = this.#pending.get(token);
    if (read === undefined) return;
    read.lastMessageMs = this.#connection.clock.nowMs();
    const entry = entryOf(message, read.stream);
    if (entry === undefined) return this.#onEnd(token, read, message);
    if (entry.sequence === read.from + read.entries.length && !read.hasHole)
      read.entries.push(entry);
    else read.hasHole = true;
    if (!read.isSingle) return;
    this.#forget(token, read);
    read.resolve({ entries: read.entries, hasMore: true, hasHole: read.hasHole });
  }

  #onEnd(token: number, read: PendingRead, message: Msg): void {
    this.#forget(token, read);
    if (isNoResponders(message))
      return read.reject(this.#unavailable(read.stream, "no server has a copy"));
    const { headers } = message;
    const isEnd = headers?.code === 204 || headers?.code === 404;
    if (!isEnd)
      return read.reject(
        this.#unavailable(read.stream, headers?.status ?? "an answer without headers"),
      );
    const hasMore = headers.code === 204 && Number(headers.get("Nats-Num-Pending")) > 0;
    read.resolve({ entries: read.entries, hasMore, hasHole: read.hasHole });
  }

  #onSilence(token: number): void {
    const read = this.#pending.get(token);
    if (read === undefined) return;
    const { clock } = this.#connection;
    const silentMs = clock.nowMs() - read.lastMessageMs;
    if (silentMs <= silenceMsMax - 1) {
      read.timer = clock.after(silenceMsMax - silentMs, () => this.#onSilence(token));
      return;
    }
    this.#forget(token, read);
    // What arrived before the server fell silent is as good as any.
    if (read.entries.length === 0) read.reject(this.#unavailable(read.stream, "no answer"));
    else read.resolve({ entries: read.entries, hasMore: true, hasHole: read.hasHole });
  }

  #rejectAll(detail: string): void {
    for (const [token, read] of this.#pending) {
      this.#forget(token, read);
      read.reject(this.#unavailable(read.stream, detail));
    }
  }

  #forget(token: number, read: PendingRead): void {
    read.timer.cancel();
    this.#pending.delete(token);
  }

  #unavailable(stream: string, detail: string): LogUnavailable {
    return new LogUnavailable(stream, detail, this.#connection.lastComplaint);
  }
}
