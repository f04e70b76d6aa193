/** Lines to the nats-servers: whether they stand, and how often they broke. */
import type { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import type { Telemetry } from "./telemetry.ts";

export type Lines = Readonly<Record<string, JetStreamConnection>>;

/** Lines by what they are for. While one is broken, the process does not do its work. */
export function measureLines(telemetry: Telemetry, lines: Lines): void {
  const all = Object.entries(lines);
  telemetry.health.readyUnless(() =>
    all
      .filter(([, { isConnected }]) => !isConnected)
      .map(([line]) => `its line to the nats-servers (${line}) is broken`),
  );
  telemetry.measure((scrape) => {
    for (const [line, { isConnected, reconnects }] of all) {
      scrape.value("outcry_nats_connected", { line }, Number(isConnected));
      scrape.value("outcry_nats_reconnects_total", { line }, reconnects);
    }
  });
}
