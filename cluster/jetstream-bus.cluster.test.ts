import { afterAll, beforeAll, describe } from "vitest";
import { busConformance } from "./bus.conformance.ts";
import type { Bus } from "./bus.ts";
import { JetStreamBus } from "./jetstream-bus.ts";
import { JetStreamConnection } from "./jetstream-connection.ts";
import { eventually } from "./testing/eventually.ts";
import { NatsCluster } from "./testing/nats-cluster.ts";

let cluster: NatsCluster;

beforeAll(async () => {
  cluster = await NatsCluster.start();
});
afterAll(async () => await cluster.stop());

describe("JetStream bus", () => {
  busConformance(async () => {
    const opened: { connection: JetStreamConnection; bus: Bus }[] = [];
    return {
      async connect() {
        // Each on another server, so that messages travel between servers too.
        const server = cluster.urls[opened.length % cluster.urls.length] ?? "";
        const connection = await JetStreamConnection.open({ servers: [server], name: "test" });
        const bus = new JetStreamBus(connection);
        opened.push({ connection, bus });
        return bus;
      },
      async interrupt(bus, during) {
        const connection = opened.find((candidate) => candidate.bus === bus)?.connection;
        const before = connection?.reconnects ?? 0;
        connection?.move();
        await during();
        await eventually(() => connection?.reconnects === before + 1, { what: "it is back" });
      },
      async stop() {
        for (const { connection, bus } of opened) {
          await bus.close();
          await connection.close();
        }
      },
    };
  });
});
