/** Moving what one nats-server leads to the others, on real servers. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import { LogUnavailable } from "./faults.ts";
import { JetStreamConnection } from "./jetstream-connection.ts";
import { JetStreamLeaders } from "./jetstream-leaders.ts";
import { JetStreamLog } from "./jetstream-log.ts";
import { NatsCluster } from "./testing/nats-cluster.ts";

let servers: NatsCluster;
let connection: JetStreamConnection;
let logs: readonly JetStreamLog[];

beforeAll(async () => {
  servers = await NatsCluster.start();
  connection = await JetStreamConnection.open({ servers: servers.urls, name: "test" });
  logs = await Promise.all([0, 1, 2].map((shard) => JetStreamLog.open(connection, { shard })));
  for (const log of logs) await log.preferLeader("n1");
});

afterAll(async () => {
  for (const log of logs) await log.close();
  await connection.close();
  await servers.stop();
});

const deadlineMs = (): number => systemClock.nowMs() + 15_000;

it("a server that is drained leads nothing, and the others share it", async () => {
  const leaders = new JetStreamLeaders(connection);
  const before = await leaders.list(deadlineMs());
  expect(before.map(({ stream, leader }) => [stream, leader])).toEqual([
    ["LOG_0_1", "n1"],
    ["LOG_1_1", "n1"],
    ["LOG_2_1", "n1"],
  ]);
  const moved = await leaders.moveFrom("n1", deadlineMs());
  expect(moved.map(({ stream }) => stream)).toEqual(["LOG_0_1", "LOG_1_1", "LOG_2_1"]);
  const after = (await leaders.list(deadlineMs())).map(({ leader }) => leader);
  expect(new Set(after)).toEqual(new Set(["n2", "n3"]));
  expect(await leaders.moveFrom("n1", deadlineMs())).toEqual([]);
});

it("what is appended meanwhile is stored once and in order", async () => {
  const leaders = new JetStreamLeaders(connection);
  const [log] = logs;
  const payloads = Array.from({ length: 100 }, (_, number) => new Uint8Array([number]));
  const appends = Promise.all(payloads.map((payload) => log!.append("gw-1", payload)));
  for (const server of servers.names) await leaders.moveFrom(server, deadlineMs());
  const receipts = (await appends).map(({ sequence }) => sequence);
  expect(receipts).toEqual(receipts.toSorted((a, b) => a - b));
  const entries = await log!.read(receipts[0]!, { entriesMax: 1000 });
  const stored = receipts.map((sequence) => entries[sequence - receipts[0]!]?.payload[0]);
  expect(stored).toEqual(payloads.map(([byte]) => byte));
});

it("nobody is made the leader who does not have all of it", async () => {
  const leaders = new JetStreamLeaders(connection);
  const [led] = await leaders.list(deadlineMs());
  const others = servers.names.filter((name) => name !== led?.leader);
  for (const name of others) await servers.kill(name);
  const soon = systemClock.nowMs() + 3000;
  await expect(leaders.moveFrom(led!.leader!, soon)).rejects.toBeInstanceOf(LogUnavailable);
  for (const name of others) await servers.restart(name);
  await servers.healthy();
});
