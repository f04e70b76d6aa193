/**
 * Appending to a JetStream stream so that a payload gets there once or more, or its caller is told.
 *
 * The client library makes one attempt. During an election there is nobody to attempt it with, for
 * seconds, and in a crash the acknowledgement may be lost though the message is not. So each
 * producer gets a lane (`jetstream-append-lane.ts`) that goes on until it knows; this file is the
 * lane's way to the servers.
 */
import type { Msg } from "@nats-io/transport-node";
import { assert } from "../protocols/assert.ts";
import { AppendLane, type AppendPolicy } from "./jetstream-append-lane.ts";
import type { JetStreamConnection } from "./jetstream-connection.ts";
import { isNoResponders, JetStreamInbox } from "./jetstream-inbox.ts";
import type { AppendReceipt } from "./replicated-log.ts";

/** What the servers answer when they will never take it, however often it is tried. */
const refusedForEver = new Set([
  10_054, // the message is larger than the stream takes
  10_109, // the stream is sealed
]);

export interface AppenderOptions {
  readonly log: string;
  /** On which subject a producer appends now. */
  readonly subjectOf: (producer: string) => string;
  /** Whether appends have somewhere to go: between two generations they wait. */
  readonly isOpen: () => boolean;
  /** Whether what that stream stored at that sequence is in the log, as far as is known. */
  readonly counts: (stream: string, sequence: number) => boolean;
  readonly policy: AppendPolicy;
  /** Told of whatever is sent. */
  readonly onSent: () => void;
  /** Told of each sequence that an append of ours got. */
  readonly onReceipt: (sequence: number) => void;
}

/** All lanes of one handle. */
export class JetStreamAppender {
  readonly #connection: JetStreamConnection;
  readonly #options: AppenderOptions;
  readonly #lanes = new Map<
    string,
    { readonly lane: AppendLane; readonly inbox: JetStreamInbox }
  >();
  readonly #stopHearing: readonly (() => void)[];
  #closed = false;

  constructor(connection: JetStreamConnection, options: AppenderOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#stopHearing = [
      connection.onBroken(() => this.#lanes.forEach(({ lane }) => lane.onBroken())),
      connection.onReturn(() => this.#lanes.forEach(({ lane }) => lane.onReturn())),
    ];
  }

  append(producer: string, payload: Uint8Array): Promise<AppendReceipt> {
    assert(!this.#closed);
    const opened = this.#lanes.get(producer) ?? this.#openLane(producer);
    return opened.lane.append(payload);
  }

  /** The log went on in its next generation, behind that sequence. */
  cut(last: number): void {
    for (const { lane } of this.#lanes.values()) lane.onCut(last);
  }

  close(): void {
    this.#closed = true;
    for (const stopHearing of this.#stopHearing) stopHearing();
    for (const { lane, inbox } of this.#lanes.values()) {
      lane.close();
      inbox.close();
    }
  }

  #openLane(producer: string): { readonly lane: AppendLane; readonly inbox: JetStreamInbox } {
    const connection = this.#connection;
    const { log, policy, subjectOf, isOpen, onSent, onReceipt } = this.#options;
    const inbox = new JetStreamInbox(connection, (publication, answer) =>
      this.#tell(lane, publication, answer),
    );
    const port = {
      log,
      clock: connection.clock,
      get isConnected() {
        return connection.isConnected && isOpen();
      },
      get complaint() {
        return connection.lastComplaint;
      },
      publish(payload: Uint8Array) {
        const publication = inbox.nextToken();
        const reply = inbox.replySubject(publication);
        connection.nats.publish(subjectOf(producer), payload, { reply });
        onSent();
        return publication;
      },
      random: () => Math.random(),
      suspect: () => connection.suspect(),
      onReceipt,
    };
    const lane: AppendLane = new AppendLane(port, policy);
    const opened = { lane, inbox };
    this.#lanes.set(producer, opened);
    return opened;
  }

  #tell(lane: AppendLane, publication: number, answer: Msg): void {
    if (isNoResponders(answer)) return lane.onNotNow(publication, "no leader");
    const { error, stream, seq } = answer.json<PublishAnswer>();
    if (error !== undefined) {
      const detail = `${error.err_code} ${error.description}`;
      if (refusedForEver.has(error.err_code)) return lane.onRefused(publication, detail);
      return lane.onNotNow(publication, detail);
    }
    assert(stream !== undefined, "the answer is from a stream");
    assert(seq !== undefined && seq >= 1);
    if (!this.#options.counts(stream, seq)) return;
    lane.onStored(publication, seq);
  }
}

interface PublishAnswer {
  readonly stream?: string;
  readonly seq?: number;
  readonly error?: { readonly err_code: number; readonly description: string };
}
