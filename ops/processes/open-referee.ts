/** A referee on its own line to the nats-servers. Whoever opens it starts it. */
import type { Clock } from "../../cluster/clock.ts";
import { JetStreamBus } from "../../cluster/jetstream-bus.ts";
import type { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import { Referee } from "../../cluster/referee.ts";
import type { RefereeOptions } from "../../cluster/referee.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import { version } from "../config/release.ts";
import { connectAs, openLogs, stopReading, wholeLogs } from "./connections.ts";
import type { Undo } from "./process-host.ts";

export interface RefereeLine {
  readonly name: string;
  readonly shards: number;
  readonly replicas: number;
  readonly servers: readonly string[];
  /** The certificate file of the authority that vouches for them. */
  readonly ca?: string | undefined;
  /** The folder in which the logs are archived. */
  readonly archive: string;
  /** A credentials file of the role `referee`. */
  readonly refereeCredentials: string;
}

export interface RefereeHost extends Pick<RefereeOptions, "onAlarm" | "onFault"> {
  readonly clock: Clock;
  /** Is told of the line once it stands. */
  readonly onConnected?: (connection: JetStreamConnection) => void;
  /** Is told of the logs that it reads, by shard. */
  readonly onOpened?: (logs: readonly ReplicatedLog[]) => void;
  /** What ends it, and closes the line. */
  readonly undo: Undo;
}

export async function openReferee(line: RefereeLine, host: RefereeHost): Promise<Referee> {
  const { name, servers, ca, refereeCredentials: credentialsFile } = line;
  const { clock, undo, onAlarm, onFault } = host;
  const connection = await connectAs({ role: "referee", name, credentialsFile, servers, ca });
  undo.defer(() => connection.close());
  host.onConnected?.(connection);
  const retained = await openLogs(connection, { ...line, creates: false });
  for (const log of retained) undo.defer(() => log.close());
  host.onOpened?.(retained);
  const bus = new JetStreamBus(connection);
  undo.defer(() => bus.close());
  const logs = wholeLogs(line, retained, onFault);
  const { pid } = process;
  const referee = new Referee({ name, logs, bus, clock, pid, version, onAlarm, onFault });
  undo.defer(() => stopReading(referee, logs));
  return referee;
}
