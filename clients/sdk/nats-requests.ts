/**
 * Requests on one NATS connection, and the inbox where their answers arrive: one subscription, a
 * numbered subject for each request.
 *
 * The NATS client has requests of its own. It makes an error, with a stack, for each that was
 * answered; here nothing is made but a timer, and whoever owns the line ends all that waits when
 * it breaks.
 */
import { createInbox, headers } from "@nats-io/transport-node";
import type { Msg, NatsConnection, PublishOptions } from "@nats-io/transport-node";
import { ClientClosed, NotPermitted } from "./faults.ts";
import type { RequestTerms, WireAnswer } from "./wire.ts";

interface OpenRequest {
  readonly subject: string;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (answer: WireAnswer) => void;
  readonly reject: (fault: NotPermitted | ClientClosed) => void;
}

export class NatsRequests {
  readonly #connection: NatsConnection;
  readonly #inboxPrefix: string;
  readonly #open = new Map<number, OpenRequest>();
  /** What a reply subject begins with; undefined while nobody listens there. */
  #inbox: string | undefined;
  /** Never given again, so that a late answer finds nobody. */
  #lastNumber = 0;

  constructor(connection: NatsConnection, inboxPrefix: string) {
    this.#connection = connection;
    this.#inboxPrefix = inboxPrefix;
  }

  /** On a line that is there. Rejects with `NotPermitted` or `ClientClosed`, and nothing else. */
  send(
    subject: string,
    payload: Uint8Array,
    { timeoutMs, traceparent }: RequestTerms,
  ): Promise<WireAnswer> {
    const number = ++this.#lastNumber;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#open.delete(number);
        resolve(noAnswer);
      }, timeoutMs);
      this.#open.set(number, { subject, timer, resolve, reject });
      try {
        this.#inbox ??= this.#openInbox();
        const reply = this.#inbox + String(number);
        this.#connection.publish(subject, payload, { reply, ...headerOf(traceparent) });
      } catch (error) {
        // The line broke or was closed under it.
        if (this.#connection.isClosed()) this.#take(number)?.reject(new ClientClosed(error));
        else this.#take(number)?.resolve(noAnswer);
      }
    });
  }

  /** The line broke: what was sent on it gets no answer. */
  loseAll(): void {
    for (const number of this.#open.keys()) this.#take(number)?.resolve(noAnswer);
  }

  /** The servers do not let us publish there. */
  refuse(subject: string, cause: unknown): void {
    for (const [number, request] of this.#open) {
      if (request.subject === subject) this.#take(number)?.reject(new NotPermitted(subject, cause));
    }
  }

  close(cause: unknown): void {
    for (const number of this.#open.keys()) this.#take(number)?.reject(new ClientClosed(cause));
  }

  #openInbox(): string {
    const inbox = `${createInbox(this.#inboxPrefix)}.`;
    this.#connection.subscribe(`${inbox}*`, {
      callback: (error, message) => {
        if (error === null) this.#hear(Number(message.subject.slice(inbox.length)), message);
        else this.#loseInbox(error);
      },
    });
    return inbox;
  }

  /** The servers do not let us listen there. The next request tries again. */
  #loseInbox(cause: unknown): void {
    this.#inbox = undefined;
    for (const [number, { subject }] of this.#open) {
      this.#take(number)?.reject(new NotPermitted(subject, cause));
    }
  }

  #hear(number: number, message: Msg): void {
    this.#take(number)?.resolve(
      isNoResponders(message) ? { kind: "not-heard" } : { kind: "answered", payload: message.data },
    );
  }

  #take(number: number): OpenRequest | undefined {
    const request = this.#open.get(number);
    if (request === undefined) return undefined;
    this.#open.delete(number);
    clearTimeout(request.timer);
    return request;
  }
}

function headerOf(traceparent: string | undefined): PublishOptions {
  if (traceparent === undefined) return {};
  const header = headers();
  header.set("traceparent", traceparent);
  return { headers: header };
}

const noAnswer: WireAnswer = { kind: "no-answer" };

/** Whether this is the server saying that nobody listens on the subject of the request. */
function isNoResponders(message: Msg): boolean {
  return message.data.length === 0 && message.headers?.code === 503;
}
