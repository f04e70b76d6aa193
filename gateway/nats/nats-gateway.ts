/**
 * The gateway on NATS: every request is an endpoint of the service `outcry`, seen by `nats micro
 * ls`, `info` and `stats`; gateways share the work by a queue group.
 *
 * From a message it takes the account (the subject's, which the servers' permissions vouch for),
 * the body and the format, and it answers into the requester's inbox only.
 */
import { Svcm } from "@nats-io/services";
import type { Service, ServiceMsg } from "@nats-io/services";
import { ClosedConnectionError, RequestError } from "@nats-io/transport-node";
import type { NatsConnection } from "@nats-io/transport-node";
import { requestNames, requests, subjectPatternOfRequest } from "../../protocols/api/requests.ts";
import type { RequestName } from "../../protocols/api/requests.ts";
import { isAccountId, RejectReason } from "../../protocols/index.ts";
import type { Asker, Gateway, GatewayCounts, Reply } from "../gateway.ts";
import { decodeBody, encodeReply } from "./body.ts";
import type { BodyFormat } from "./body.ts";
import { mayReplyTo } from "./reply-subject.ts";

export interface NatsGatewayOptions {
  /** Where participants are. The caller made it and closes it, after {@link NatsGateway.close}. */
  readonly connection: NatsConnection;
  readonly gateway: Gateway;
  /** The release, as a semantic version. */
  readonly version: string;
  /** What this gateway is called in the service's metadata. */
  readonly name: string;
}

export interface NatsGatewayCounts extends GatewayCounts {
  /** Requests that were not looked at, because their answer was to go elsewhere. */
  readonly repliesNotAllowed: number;
}

export class NatsGateway {
  readonly #gateway: Gateway;
  readonly #connection: NatsConnection;
  readonly #underWay = new Set<Promise<void>>();
  #service: Service | undefined;
  #repliesNotAllowed = 0;

  private constructor({ gateway, connection }: NatsGatewayOptions) {
    this.#gateway = gateway;
    this.#connection = connection;
  }

  /** Resolves when every endpoint listens. */
  static async start(options: NatsGatewayOptions): Promise<NatsGateway> {
    const gateway = new NatsGateway(options);
    await gateway.#listen(options);
    return gateway;
  }

  get counts(): NatsGatewayCounts {
    return { ...this.#gateway.counts, repliesNotAllowed: this.#repliesNotAllowed };
  }

  /** Resolves when the gateway has stopped listening: with null when it was closed. */
  get stopped(): Promise<Error | null> {
    return this.#service?.stopped ?? Promise.resolve(null);
  }

  /** Listens no more, and resolves when all that is under way has been answered. */
  async close(): Promise<void> {
    await this.#service?.stop();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    try {
      await this.#connection.flush();
    } catch (error) {
      // The line broke or was closed: its answers are lost, and whoever asked asks again.
      const isLineBroken = error instanceof RequestError || error instanceof ClosedConnectionError;
      if (!isLineBroken) throw error;
    }
  }

  async #listen({ connection, version, name }: NatsGatewayOptions): Promise<void> {
    const service = await new Svcm(connection).add({
      name: "outcry",
      version,
      description: "The exchange's client API",
      metadata: { gateway: name },
      queue: "outcry-gateways",
      statsHandler: () => Promise.resolve(this.counts),
    });
    for (const request of requestNames) {
      service.addEndpoint(request.replaceAll(".", "-"), {
        subject: subjectPatternOfRequest(request),
        metadata: { summary: requests[request].summary },
        handler: (error, message) => {
          if (error === null) this.#hear(request, message);
        },
      });
    }
    this.#service = service;
    await connection.flush();
  }

  /** Only a defect of ours rejects what is started here, and that ends the process. */
  #hear(request: RequestName, message: ServiceMsg): void {
    const { scope } = requests[request];
    // The servers let nobody publish under another one's name.
    const name = scope === "market" ? "" : (message.subject.split(".")[3] ?? "");
    if (!mayReplyTo(scope, name, message.reply ?? "")) {
      this.#repliesNotAllowed += 1;
      return;
    }
    const asker =
      scope === "admin"
        ? { account: "", administrator: name }
        : { account: name, administrator: "" };
    const answered = this.#answer(request, asker, message);
    this.#underWay.add(answered);
    void answered.finally(() => this.#underWay.delete(answered));
  }

  async #answer(request: RequestName, asker: Asker, message: ServiceMsg): Promise<void> {
    const decoded = decodeBody(message.data);
    if (requests[request].scope === "account" && !isAccountId(asker.account)) {
      this.#send(message, decoded.format, this.#gateway.refuse(RejectReason["subject-unknown"]));
    } else if (decoded.kind === "records" && request === "order.batch") {
      const answer = await this.#gateway.answerRecords(asker.account, message.data);
      this.#send(message, "msgpack", answer);
    } else if (decoded.kind === "body") {
      const answer = await this.#gateway.answer(request, asker, decoded.body);
      this.#send(message, decoded.format, answer);
    } else {
      this.#send(message, decoded.format, this.#gateway.refuse(RejectReason["request-malformed"]));
    }
  }

  #send(message: ServiceMsg, format: BodyFormat, answer: Reply | Uint8Array): void {
    if (this.#connection.isClosed()) return;
    const bytes = answer instanceof Uint8Array ? answer : encodeReply(format, answer);
    const bytesMax = this.#connection.info?.max_payload ?? bytes.length;
    if (bytes.length <= bytesMax) {
      message.respond(bytes);
    } else {
      const text = "The answer does not fit into one message.";
      const refusal = this.#gateway.refuse(RejectReason["cluster-unavailable"], text);
      message.respond(encodeReply(format, refusal));
    }
  }
}
