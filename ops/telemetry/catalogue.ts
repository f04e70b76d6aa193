/**
 * Every metric that our processes tell, by name: what it means, and which labels it has.
 *
 * This is the only list. Names follow Prometheus: base units, `_total` for what only rises while a
 * process lives. All have the labels `process` and `kind` besides, of the process that tells them.
 * What Node and the operating system say of a process has the names of prom-client.
 */
const counter = <const Labels extends readonly string[]>(labels: Labels, help: string) =>
  ({ type: "counter", labels, help }) as const;
const gauge = <const Labels extends readonly string[]>(labels: Labels, help: string) =>
  ({ type: "gauge", labels, help }) as const;

const histogram = <const Labels extends readonly string[]>(labels: Labels, help: string) =>
  ({ type: "histogram", labels, help }) as const;

export const catalogue = {
  // ---- Every process ------------------------------------------------------------------------
  outcry_process_info: gauge(["version"], "Always 1; the release that the process runs"),
  outcry_process_started: gauge([], "1 once the process has started, as /healthz/started says"),
  outcry_process_ready: gauge([], "1 while it does its work, as /healthz/ready says"),
  outcry_process_live: gauge([], "1 unless only a restart can help, as /healthz/live says"),
  outcry_nats_connected: gauge(["line"], "1 while a line to a nats-server stands"),
  outcry_nats_reconnects_total: counter(["line"], "How often a broken line came back"),
  outcry_event_loop_delay_seconds: histogram([], "How late a process came to what was due"),
  outcry_invariant_checks_total: counter(["invariant"], "How often it was looked at"),
  outcry_invariant_violations_total: counter(["invariant"], "How often it was found broken"),

  // ---- Engine nodes -------------------------------------------------------------------------
  outcry_replica_phase: gauge(["shard", "phase"], "1 for the phase that a replica is in"),
  outcry_replica_applied_sequence: gauge(["shard"], "The last log entry that it has applied"),
  outcry_replica_head_sequence: gauge(
    ["shard"],
    "The last log entry that a replica has heard of; it lags by what is here but not applied",
  ),
  outcry_replica_emitting: gauge(["shard"], "1 while it sends what the shard's steps give"),
  outcry_replica_snapshot_sequence: gauge(["shard"], "The entry of the last snapshot it saved"),
  outcry_replica_commands_applied: gauge(
    ["shard"],
    "Commands applied since the log began, by whoever applied them",
  ),
  outcry_replica_entries_total: counter(["shard"], "Entries applied by this process"),
  outcry_replica_apply_seconds: histogram(
    ["shard"],
    "Time that it took to apply the entries that came together, and to hand on what they gave",
  ),
  outcry_ledger_deficit: gauge(
    ["shard", "asset"],
    "Units that insurance funds were to pay and did not have: as far below zero",
  ),
  outcry_replica_frames_owed: gauge(["shard"], "Frames for other shards that they do not have yet"),
  outcry_replica_differences_total: counter(
    ["shard"],
    "Steps of which another replica said something else than was computed here",
  ),
  outcry_replica_tail_restarts_total: counter(["shard"], "How often reading the log began anew"),
  outcry_emitter_epoch: gauge(["shard"], "How often the log has made somebody the emitter"),
  outcry_emitter_changes_total: counter(["shard"], "Changes of the emitter, seen while it served"),
  outcry_feed_steps_total: counter(["shard"], "Steps of which it heard on the feed"),
  outcry_feed_steps_missed_total: counter(
    ["shard"],
    "Steps that the feed left out, as messages got lost on the way",
  ),
  outcry_log_available: gauge(["shard"], "1 when the leader of the log's stream answers"),
  outcry_log_head_sequence: gauge(
    ["shard"],
    "The last log entry, as the leader of its stream says",
  ),
  outcry_log_answer_seconds: gauge(["shard"], "How long that leader took to say so"),
  outcry_node_drained: gauge([], "1 while it leaves emission and questions to the others"),

  // ---- Whoever appends: engine nodes and gateways -------------------------------------------
  outcry_append_seconds: histogram([], "Time from handing a frame to a log until it is stored"),
  outcry_append_failures_total: counter([], "Appends that failed or of which nobody knows"),

  // ---- Gateways -----------------------------------------------------------------------------
  outcry_order_commands_total: counter(
    ["command", "outcome", "reason"],
    "Commands on orders by what became of them: done, refused for that reason, or unknown",
  ),
  outcry_order_ack_seconds: histogram(
    [],
    "Time from the admission of a command on orders until the actors' answer is back, or given up",
  ),
  outcry_frame_commands: histogram([], "Commands in a frame"),
  outcry_frame_bytes: histogram([], "Size of a frame"),
  outcry_gateway_frames_under_way: gauge(["shard"], "Frames that the shard has not counted yet"),
  outcry_gateway_shard_commands_under_way: gauge(
    ["shard"],
    "Commands on their way into the shard's log, or without an outcome",
  ),
  outcry_gateway_inbound_wait_seconds: gauge(
    [],
    "How long what comes now waits before it is heard",
  ),
  outcry_gateway_requests_total: counter([], "Requests answered"),
  outcry_gateway_refusals_total: counter(["reason"], "Requests refused as a whole, by reason"),
  outcry_gateway_replies_not_allowed_total: counter(
    [],
    "Requests dropped unread, because their answer was to go to somebody else",
  ),
  outcry_gateway_commands_under_way: gauge([], "Commands handed to the cluster, not answered yet"),
  outcry_gateway_questions_under_way: gauge([], "Questions put to replicas, not answered yet"),
  outcry_nats_certificate_expiry_timestamp_seconds: gauge(
    ["server"],
    "When the certificate that a nats-server shows expires, in seconds since 1970",
  ),

  // ---- Referees -----------------------------------------------------------------------------
  outcry_referee_applied_sequence: gauge(["shard"], "The last log entry that it has refereed"),
  outcry_referee_head_sequence: gauge(["shard"], "The last log entry that it has heard of"),
  outcry_referee_alarm: gauge(["shard"], "1 when it found a difference there"),

  // ---- Auditors -----------------------------------------------------------------------------
  outcry_auditor_read_sequence: gauge(["shard"], "The last log entry that it has read"),
  outcry_auditor_head_sequence: gauge(["shard"], "The log's last entry when it last asked"),
  outcry_auditor_spans_total: counter([], "Spans that a receiver has taken"),

  // ---- Projectors ---------------------------------------------------------------------------
  outcry_projector_read_sequence: gauge(["shard"], "The last log entry that it has read"),
  outcry_projector_head_sequence: gauge(["shard"], "The log's last entry when it last asked"),
  outcry_projector_written_sequence: gauge(
    ["shard"],
    "The log entry up to which all is in the database",
  ),
  outcry_projector_rows_total: counter([], "Rows that the database has taken"),
  outcry_projector_waiting: gauge([], "1 while the database takes nothing"),

  // ---- Exporters ----------------------------------------------------------------------------
  outcry_exporter_read_sequence: gauge(["shard"], "The last log entry that it has read"),
  outcry_exporter_head_sequence: gauge(["shard"], "The log's last entry when it last asked"),
  outcry_exporter_written_sequence: gauge(
    ["shard"],
    "The log entry up to which all is in the files",
  ),
  outcry_exporter_file_bytes: gauge(["file"], "How long a file is"),
  outcry_exporter_waiting: gauge([], "1 while the disk takes nothing"),

  // ---- Surveillants -------------------------------------------------------------------------
  outcry_surveillant_read_sequence: gauge(["shard"], "The last log entry that it has read"),
  outcry_surveillant_head_sequence: gauge(["shard"], "The log's last entry when it last asked"),
  outcry_surveillant_watched_sequence: gauge(
    ["shard"],
    "The log entry up to which all alerts are in the file",
  ),
  outcry_surveillant_alerts: gauge(["rule"], "Alerts in the file"),
  outcry_surveillant_waiting: gauge([], "1 while the disk takes nothing"),

  // ---- Custodians ---------------------------------------------------------------------------
  outcry_custodian_looks_total: counter([], "Looks at the exchange and all chains that it ended"),
  outcry_custodian_waiting: gauge(["asset"], "1 while something keeps it from its work"),
  outcry_custodian_chain_blocks: gauge(["asset"], "How many blocks the chain has"),
  outcry_custodian_told_blocks: gauge(["asset"], "Up to which block it has told of deposits"),
  outcry_custodian_withdrawals: gauge(["asset", "status"], "Withdrawals that are not over"),
  outcry_custodian_deposits_waiting: gauge(
    ["asset"],
    "Deposits in a block that wait for confirmations",
  ),
  outcry_custodian_displaced_total: counter(
    ["asset"],
    "Deposits and withdrawals that a reorganisation took out of the chain",
  ),
  outcry_custodian_unassigned_total: counter(
    ["asset"],
    "Outputs to tags of wallets that nobody has",
  ),
  outcry_custodian_wallet_units: gauge(["asset", "wallet"], "What a wallet has"),
  outcry_custodian_wallet_least_units: gauge(["asset", "wallet"], "What it should have at least"),
  outcry_custodian_wallet_most_units: gauge(["asset", "wallet"], "What it should have at most"),
} as const;

type Catalogue = typeof catalogue;

export type MetricName = keyof Catalogue;

type NameOfType<Type extends string> = {
  [Name in MetricName]: Catalogue[Name]["type"] extends Type ? Name : never;
}[MetricName];

export type PlainName = NameOfType<"counter" | "gauge">;
export type HistogramName = NameOfType<"histogram">;

/** A value for each of a metric's labels. */
export type LabelsOf<Name extends MetricName> = {
  readonly [Label in Catalogue[Name]["labels"][number]]: string | number;
};
