/**
 * Metrics that others export and our dashboards and alerts ask for: those of
 * prometheus-nats-exporter, started with `-varz -healthz -jsz=all`, and Prometheus's own.
 *
 * The exporter makes `gnatsd_varz_<field>` of each number in a server's `/varz`; a test holds the
 * fields here against a real server. The others are fixed in its code: `collector/jsz.go` and
 * `healthz.go`.
 */
import type { KnownMetrics } from "./promql.ts";

/** Numbers in a nats-server's `/varz`, from 2.9 on. */
export const varzFields = [
  ...["connections", "total_connections", "routes", "subscriptions", "slow_consumers"],
  ...["in_msgs", "in_bytes", "out_msgs", "out_bytes", "mem", "cpu", "max_payload"],
] as const;

const server = ["server_id", "server_name", "cluster", "domain", "meta_leader", "is_meta_leader"];
const stream = [
  ...server,
  ...["account", "account_id", "stream_name", "stream_leader", "is_stream_leader"],
];

const ofServers = [
  ...["total_streams", "total_consumers", "total_messages", "total_message_bytes"],
  ...["max_memory", "max_storage", "jetstream_disabled"],
];
const ofStreams = ["total_messages", "total_bytes", "first_seq", "last_seq", "consumer_count"];

export const foreignMetrics: KnownMetrics = new Map([
  ["up", new Set<string>()],
  ["ALERTS", new Set(["alertname", "alertstate", "severity"])],
  ["gnatsd_healthz_status", new Set(["server_id"])],
  ...varzFields.map((field) => [`gnatsd_varz_${field}`, new Set(["server_id"])] as const),
  ...ofServers.map((name) => [`jetstream_server_${name}`, new Set(server)] as const),
  ...ofStreams.map((name) => [`jetstream_stream_${name}`, new Set(stream)] as const),
]);
