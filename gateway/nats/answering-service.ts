/**
 * A service on NATS whose every answer is given before it closes: seen by `nats micro ls`, `info`
 * and `stats`, and shared with others of its kind by a queue group.
 */
import { Svcm } from "@nats-io/services";
import type { Service, ServiceConfig, ServiceMsg } from "@nats-io/services";
import { ClosedConnectionError, RequestError } from "@nats-io/transport-node";
import type { NatsConnection } from "@nats-io/transport-node";

/** What is asked by one name. */
export interface AnsweredRequest {
  /** Such as `order.place`. */
  readonly name: string;
  readonly subject: string;
  readonly summary: string;
  /**
   * Resolves when the message is answered; undefined for one that gets no answer, or has it
   * already. Only a defect of ours rejects, and that ends the process.
   */
  readonly hear: (message: ServiceMsg) => Promise<void> | undefined;
}

export class AnsweringService {
  readonly #connection: NatsConnection;
  readonly #service: Service;
  readonly #underWay = new Set<Promise<void>>();

  private constructor(connection: NatsConnection, service: Service) {
    this.#connection = connection;
    this.#service = service;
  }

  /** Resolves when all requests are listened for. The caller closes the connection afterwards. */
  static async start(
    connection: NatsConnection,
    config: ServiceConfig,
    requests: readonly AnsweredRequest[],
  ): Promise<AnsweringService> {
    const service = new AnsweringService(connection, await new Svcm(connection).add(config));
    for (const request of requests) service.#listen(request);
    await connection.flush();
    return service;
  }

  #listen({ name, subject, summary, hear }: AnsweredRequest): void {
    this.#service.addEndpoint(name.replaceAll(".", "-"), {
      subject,
      metadata: { summary },
      handler: (error, message) => {
        if (error !== null) return;
        const answered = hear(message);
        if (answered === undefined) return;
        this.#underWay.add(answered);
        void answered.finally(() => this.#underWay.delete(answered));
      },
    });
  }

  /** Resolves when it has stopped listening: with null when it was closed. */
  get stopped(): Promise<Error | null> {
    return this.#service.stopped;
  }

  /** Listens no more, and resolves when all that is under way has been answered. */
  async close(): Promise<void> {
    await this.#service.stop();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    try {
      await this.#connection.flush();
    } catch (error) {
      // The line broke or was closed: its answers are lost, and whoever asked asks again.
      const isLineBroken = error instanceof RequestError || error instanceof ClosedConnectionError;
      if (!isLineBroken) throw error;
    }
  }
}
