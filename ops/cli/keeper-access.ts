/** The keeper's side of a running cluster: for what only an operator may do to its streams. */
import type { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import { loadKeys } from "../credentials/keys.ts";
import { ensureUser } from "../credentials/users.ts";
import { connectAs } from "../processes/connections.ts";
import { toolNames } from "../supervisor/cluster-plan.ts";
import type { RunningCluster } from "./running-cluster.ts";
import { lineOf } from "./running-cluster.ts";

const openTimeoutMs = 3000;

export async function withKeeper<Result>(
  cluster: RunningCluster,
  action: (nats: JetStreamConnection["nats"]) => Promise<Result>,
): Promise<Result> {
  const name = toolNames.engine;
  const { file } = await ensureUser(await loadKeys(cluster.file.keys), { role: "keeper", name });
  const user = { role: "keeper", name, credentialsFile: file } as const;
  const connection = await connectAs({ ...user, ...lineOf(cluster), openTimeoutMs });
  try {
    return await action(connection.nats);
  } finally {
    await connection.close();
  }
}
