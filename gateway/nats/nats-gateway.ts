/**
 * The gateway on NATS: every request is an endpoint of the service `outcry`, seen by `nats micro
 * ls`, `info` and `stats`; gateways share the work by a queue group.
 *
 * From a message it takes the account (the subject's, which the servers' permissions vouch for),
 * the body and the format, and it answers into the requester's inbox only.
 *
 * When requests wait too long before they are even heard, they are refused unread: reading is most
 * of what a refusal costs, and what is taken shall not wait for what is not.
 */
import type { ServiceMsg } from "@nats-io/services";
import { headers } from "@nats-io/transport-node";
import type { MsgHdrs, NatsConnection } from "@nats-io/transport-node";
import { requestNames, requests, subjectPatternOfRequest } from "../../protocols/api/requests.ts";
import type { RequestName } from "../../protocols/api/requests.ts";
import { RejectReason, rootSpanIdOf, traceIdOfOrder } from "../../protocols/index.ts";
import type { Asker } from "../asker.ts";
import type { Gateway, GatewayCounts } from "../gateway.ts";
import { AnsweringService } from "./answering-service.ts";
import { formatOf } from "./body.ts";
import { InboundWait } from "./inbound-wait.ts";
import { mayReplyTo } from "./reply-subject.ts";
import { traceparentOf } from "./request-traceparent.ts";
import { askerNamed, bytesOf, nameIn, replyTo } from "./request-bytes.ts";
import type { WireReply } from "./request-bytes.ts";

export interface NatsGatewayOptions {
  /** Where participants are. The caller made it and closes it, after {@link NatsGateway.close}. */
  readonly connection: NatsConnection;
  readonly gateway: Gateway;
  /** The release, as a semantic version. */
  readonly version: string;
  /** What this gateway is called in the service's metadata. */
  readonly name: string;
  /** The name that the cluster's traces go by. */
  readonly cluster: string;
}

export interface NatsGatewayCounts extends GatewayCounts {
  /** Requests that were not looked at, because their answer was to go elsewhere. */
  readonly repliesNotAllowed: number;
  /** How long what comes now waits before it is heard. */
  readonly inboundWaitMs: number;
}

export class NatsGateway {
  readonly #gateway: Gateway;
  readonly #connection: NatsConnection;
  readonly #cluster: string;
  readonly #inboundWait: InboundWait;
  #service: AnsweringService | undefined;
  #repliesNotAllowed = 0;

  private constructor({ gateway, connection, cluster }: NatsGatewayOptions) {
    this.#gateway = gateway;
    this.#cluster = cluster;
    this.#connection = connection;
    this.#inboundWait = new InboundWait({ connection });
  }

  /** Resolves when every endpoint listens. */
  static async start(options: NatsGatewayOptions): Promise<NatsGateway> {
    const gateway = new NatsGateway(options);
    await gateway.#listen(options);
    return gateway;
  }

  get counts(): NatsGatewayCounts {
    return {
      ...this.#gateway.counts,
      repliesNotAllowed: this.#repliesNotAllowed,
      inboundWaitMs: this.#inboundWait.ms,
    };
  }

  /** Resolves when the gateway has stopped listening: with null when it was closed. */
  get stopped(): Promise<Error | null> {
    return this.#service?.stopped ?? Promise.resolve(null);
  }

  /** Listens no more, and resolves when all that is under way has been answered. */
  async close(): Promise<void> {
    this.#inboundWait.stop();
    await this.#service?.close();
  }

  async #listen({ connection, version, name }: NatsGatewayOptions): Promise<void> {
    const config = {
      name: "outcry",
      version,
      description: "The exchange's client API",
      metadata: { gateway: name },
      queue: "outcry-gateways",
      statsHandler: () => Promise.resolve(this.counts),
    };
    this.#service = await AnsweringService.start(
      connection,
      config,
      requestNames.map((request) => ({
        name: request,
        subject: subjectPatternOfRequest(request),
        summary: requests[request].summary,
        hear: (message) => this.#hear(request, message),
      })),
    );
    this.#inboundWait.start();
  }

  #hear(request: RequestName, message: ServiceMsg): Promise<void> | undefined {
    const { scope } = requests[request];
    const name = nameIn(request, message.subject);
    if (!mayReplyTo(scope, name, message.reply ?? "")) {
      this.#repliesNotAllowed += 1;
      return undefined;
    }
    if (scope !== "admin" && this.#inboundWait.isTooLong) {
      const reply = this.#gateway.refuse(RejectReason.busy);
      this.#send(message, { format: formatOf(message.data), reply });
      return undefined;
    }
    const traceparent = traceparentOf(message);
    const asker = { ...askerNamed(request, name), traceparent };
    return this.#answer(request, asker, message);
  }

  async #answer(request: RequestName, asker: Asker, message: ServiceMsg): Promise<void> {
    const answer = await replyTo(this.#gateway, { request, asker }, message.data);
    // Only whoever has a trace of its own wants to know of ours.
    const isTraced = asker.traceparent !== undefined;
    this.#send(message, answer, isTraced ? this.#traceparentOf(answer) : undefined);
  }

  /** Of the trace of the order that is told of, if one is. */
  #traceparentOf({ reply }: WireReply): string | undefined {
    if (reply instanceof Uint8Array || !("order" in reply)) return undefined;
    const { orderId } = reply.order;
    const traceId = traceIdOfOrder(this.#cluster, orderId);
    return `00-${traceId}-${rootSpanIdOf(traceId)}-01`;
  }

  #send(message: ServiceMsg, answer: WireReply, traceparent?: string): void {
    if (this.#connection.isClosed()) return;
    const bytes = bytesOf(answer);
    const bytesMax = this.#connection.info?.max_payload ?? bytes.length;
    if (bytes.length <= bytesMax) {
      message.respond(bytes, traceparent === undefined ? {} : { headers: headerOf(traceparent) });
    } else {
      const text = "The answer does not fit into one message.";
      const reply = this.#gateway.refuse(RejectReason["cluster-unavailable"], text);
      message.respond(bytesOf({ format: answer.format, reply }));
    }
  }
}

function headerOf(traceparent: string): MsgHdrs {
  const header = headers();
  header.set("traceparent", traceparent);
  return header;
}
