/**
 * Reading entries out of a JetStream stream by sequence.
 *
 * A direct get is answered by whichever server is nearest and has a copy, be it behind the others.
 * So what comes back is a piece of the log, but where it ends says nothing about where the log
 * ends.
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
  readonly from: number;
  readonly entries: LogEntry[];
  readonly resolve: (piece: Piece) => void;
  readonly reject: (fault: ClusterFault) => void;
  hasHole: boolean;
  lastMessageMs: number;
  timer: Timer;
}

/** How long a server may be silent within an answer. */
const silenceMsMax = 400;
const bytesMaxDefault = 4 * 1024 * 1024;

export class JetStreamReader {
  readonly #connection: JetStreamConnection;
  readonly #stream: string;
  readonly #inbox: JetStreamInbox;
  readonly #pending = new Map<number, PendingRead>();
  readonly #unsubscribe: () => void;

  constructor(connection: JetStreamConnection, stream: string) {
    this.#connection = connection;
    this.#stream = stream;
    this.#inbox = new JetStreamInbox(connection, (token, message) => this.#on(token, message));
    this.#unsubscribe = connection.onBroken(() => this.#rejectAll("the line broke"));
  }

  /** Rejects with `LogUnavailable` when no server answers. */
  read(from: number, limits: ReadLimits): Promise<Piece> {
    assert(from >= 1);
    return new Promise((resolve, reject) => {
      if (this.#connection.isClosed) return reject(new LogClosed(this.#stream));
      if (!this.#connection.isConnected) return reject(this.#unavailable("not connected"));
      const token = this.#inbox.nextToken();
      const { clock, nats } = this.#connection;
      const body = {
        seq: from,
        batch: limits.entriesMax,
        max_bytes: limits.bytesMax ?? bytesMaxDefault,
      };
      this.#pending.set(token, {
        from,
        entries: [],
        resolve,
        reject,
        hasHole: false,
        lastMessageMs: clock.nowMs(),
        timer: clock.after(silenceMsMax, () => this.#onSilence(token)),
      });
      nats.publish(`$JS.API.DIRECT.GET.${this.#stream}`, JSON.stringify(body), {
        reply: this.#inbox.replySubject(token),
      });
    });
  }

  close(): void {
    this.#unsubscribe();
    for (const [token, read] of this.#pending) {
      this.#forget(token, read);
      read.reject(new LogClosed(this.#stream));
    }
    this.#inbox.close();
  }

  #on(token: number, message: Msg): void {
    const read = this.#pending.get(token);
    if (read === undefined) return;
    read.lastMessageMs = this.#connection.clock.nowMs();
    const entry = entryOf(message, this.#stream);
    if (entry === undefined) return this.#onEnd(token, read, message);
    if (entry.sequence === read.from + read.entries.length && !read.hasHole)
      read.entries.push(entry);
    else read.hasHole = true;
  }

  #onEnd(token: number, read: PendingRead, message: Msg): void {
    this.#forget(token, read);
    if (isNoResponders(message)) return read.reject(this.#unavailable("no server has a copy"));
    const { headers } = message;
    const isEnd = headers?.code === 204 || headers?.code === 404;
    if (!isEnd)
      return read.reject(this.#unavailable(headers?.status ?? "an answer without headers"));
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
    if (read.entries.length === 0) read.reject(this.#unavailable("no answer"));
    else read.resolve({ entries: read.entries, hasMore: true, hasHole: read.hasHole });
  }

  #rejectAll(detail: string): void {
    for (const [token, read] of this.#pending) {
      this.#forget(token, read);
      read.reject(this.#unavailable(detail));
    }
  }

  #forget(token: number, read: PendingRead): void {
    read.timer.cancel();
    this.#pending.delete(token);
  }

  #unavailable(detail: string): LogUnavailable {
    return new LogUnavailable(this.#stream, detail, this.#connection.lastComplaint);
  }
}
