/**
 * Where answers to our own requests arrive: one subscription, one numbered subject per request.
 *
 * The client library has requests of its own; these differ in that the answer's handler runs at
 * once, several answers may come, and waiting is left to the caller and its clock.
 */
import type { Msg, Subscription } from "@nats-io/transport-node";
import type { JetStreamConnection } from "./jetstream-connection.ts";

export type InboxListener = (token: number, message: Msg) => void;

export class JetStreamInbox {
  readonly #subscription: Subscription;
  readonly #prefix: string;
  #lastToken = 0;

  constructor(connection: JetStreamConnection, listener: InboxListener) {
    this.#prefix = `${connection.newInbox()}.`;
    this.#subscription = connection.nats.subscribe(`${this.#prefix}*`, {
      callback: (error, message) => {
        // A permission we lack; the connection keeps it, and who waits runs into its deadline.
        if (error !== null) return;
        listener(Number(message.subject.slice(this.#prefix.length)), message);
      },
    });
  }

  /** A number for the next request, never given before. */
  nextToken(): number {
    this.#lastToken += 1;
    return this.#lastToken;
  }

  replySubject(token: number): string {
    return this.#prefix + String(token);
  }

  close(): void {
    this.#subscription.unsubscribe();
  }
}

/** Whether this is the server saying that nobody listens on the subject of the request. */
export function isNoResponders(message: Msg): boolean {
  return message.data.length === 0 && message.headers?.code === 503;
}
