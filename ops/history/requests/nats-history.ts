/**
 * Requests about the past over NATS: endpoints of the service `outcry-history`, beside those of the
 * gateways. Projectors that keep the same history share the work by a queue group.
 *
 * As at a gateway the account is the subject's, which the servers' permissions vouch for, and
 * answers go into the requester's inbox only.
 */
import type { ServiceMsg } from "@nats-io/services";
import type { NatsConnection } from "@nats-io/transport-node";
import { AnsweringService } from "../../../gateway/nats/answering-service.ts";
import { decodeBody, encodeReply } from "../../../gateway/nats/body.ts";
import { mayReplyTo } from "../../../gateway/nats/reply-subject.ts";
import { refuse } from "../../../gateway/order-answers.ts";
import {
  historyRequestNames,
  historyRequests,
  subjectPatternOfHistory,
} from "../../../protocols/api/history.ts";
import type { HistoryRequestName } from "../../../protocols/api/history.ts";
import { RejectReason } from "../../../protocols/index.ts";
import type { HistoryAnswers, HistoryReply } from "./history-answers.ts";

export interface NatsHistoryOptions {
  /** Where participants are. The caller made it and closes it, after {@link NatsHistory.close}. */
  readonly connection: NatsConnection;
  readonly answers: HistoryAnswers;
  /** The release, as a semantic version. */
  readonly version: string;
  /** What this projector is called in the service's metadata. */
  readonly name: string;
}

export class NatsHistory {
  readonly #answers: HistoryAnswers;
  readonly #connection: NatsConnection;
  #service: AnsweringService | undefined;

  private constructor({ answers, connection }: NatsHistoryOptions) {
    this.#answers = answers;
    this.#connection = connection;
  }

  /** Resolves when every endpoint listens. */
  static async start(options: NatsHistoryOptions): Promise<NatsHistory> {
    const history = new NatsHistory(options);
    await history.#listen(options);
    return history;
  }

  /** Resolves when it has stopped listening: with null when it was closed. */
  get stopped(): Promise<Error | null> {
    return this.#service?.stopped ?? Promise.resolve(null);
  }

  /** Listens no more, and resolves when all that is under way has been answered. */
  async close(): Promise<void> {
    await this.#service?.close();
  }

  async #listen({ connection, version, name }: NatsHistoryOptions): Promise<void> {
    const config = {
      name: "outcry-history",
      version,
      description: "What happened at the exchange",
      metadata: { projector: name },
      queue: "outcry-history",
    };
    this.#service = await AnsweringService.start(
      connection,
      config,
      historyRequestNames.map((request) => ({
        name: request,
        subject: subjectPatternOfHistory(request),
        summary: historyRequests[request].summary,
        hear: (message) => this.#hear(request, message),
      })),
    );
  }

  #hear(name: HistoryRequestName, message: ServiceMsg): Promise<void> | undefined {
    const { scope } = historyRequests[name];
    const account = scope === "account" ? (message.subject.split(".")[3] ?? "") : "";
    if (!mayReplyTo(scope, account, message.reply ?? "")) return undefined;
    return this.#answer({ name, account }, message);
  }

  async #answer(
    asked: Parameters<HistoryAnswers["answer"]>[0],
    message: ServiceMsg,
  ): Promise<void> {
    const decoded = decodeBody(message.data);
    const { format } = decoded;
    const reply: HistoryReply =
      decoded.kind === "body"
        ? await this.#answers.answer(asked, decoded.body)
        : refuse({ reason: RejectReason["request-malformed"] });
    if (!this.#connection.isClosed()) message.respond(encodeReply(format, reply));
  }
}
