/**
 * Has the engine node of this container hand over what it emits, with its own settings and its own
 * credentials: what a container runs before it is stopped. Exits with 1 when nobody takes over.
 */
import { systemClock } from "../../cluster/clock.ts";
import { JetStreamBus } from "../../cluster/jetstream-bus.ts";
import { LogClient } from "../../cluster/log-client.ts";
import { resolveSettings } from "../config/effective-settings.ts";
import { settingsOf } from "../config/read-settings.ts";
import { connectAs } from "../processes/connections.ts";
import { toolNames } from "../supervisor/cluster-plan.ts";

const openTimeoutMs = 5000;

const file = process.env["OUTCRY_CONFIG"];
const effective = resolveSettings("engine", { flags: {}, environment: process.env, file });
const { node, servers, ca, engineCredentials } = settingsOf("engine", effective);
const connection = await connectAs({
  ...{ role: "engine", name: node, credentialsFile: engineCredentials },
  ...{ servers, ca, openTimeoutMs },
});
const bus = new JetStreamBus(connection);
const producer = toolNames.operator;
const client = new LogClient({ producer, epoch: Date.now(), logs: [], bus, clock: systemClock });
try {
  const answer = await client.instruct(node, "drain");
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  process.exitCode = answer.ok ? 0 : 1;
} finally {
  await client.close();
  await bus.close();
  await connection.close();
}
