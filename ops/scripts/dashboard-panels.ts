/**
 * The dashboards for Grafana: which panels show what. `ops/scripts/generate-dashboards.ts` writes
 * them as the files that Grafana reads.
 */
export type PanelKind = "timeseries" | "stat" | "state-timeline" | "table";

/** As Grafana calls it. */
type Unit = "s" | "ops" | "short" | "bytes" | "Bps" | "percentunit" | "none";

export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** What a reader should know of it. */
  readonly about: string;
  readonly kind?: PanelKind;
  readonly unit: Unit;
  readonly queries: readonly Query[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  /** Panels in rows, each under a heading. */
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

const rate = "$__rate_interval";

function quantiles(bucket: string, by = "process"): readonly Query[] {
  return [0.5, 0.99, 0.999].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (${by}, le) (rate(${bucket}[${rate}])))`,
    legend: `{{${by}}} p${quantile * 100}`,
  }));
}

/** How far somebody is behind the logs, in two parts. */
function toReadAndWrite(
  kind: "projector" | "exporter" | "surveillant",
  written = "written",
): readonly Query[] {
  const sequence = (of: string): string => `outcry_${kind}_${of}_sequence`;
  return [
    {
      expr: `${sequence("head")} - ${sequence("read")}`,
      legend: "{{process}}, shard {{shard}}: to be read",
    },
    {
      expr: `${sequence("read")} - ${sequence(written)}`,
      legend: "{{process}}, shard {{shard}}: to be written",
    },
  ];
}

const exchange: Dashboard = {
  uid: "outcry-exchange",
  title: "Outcry: exchange",
  rows: [
    {
      title: "Orders",
      panels: [
        {
          title: "Commands on orders",
          about: "What gateways got answers to, by what became of it.",
          unit: "ops",
          queries: [
            {
              expr: `sum by (command, outcome) (rate(outcry_order_commands_total[${rate}]))`,
              legend: "{{command}} {{outcome}}",
            },
          ],
        },
        {
          title: "Refused and unknown, by reason",
          about: "Unknown ones are asked for again by their clients.",
          unit: "ops",
          queries: [
            {
              expr: `sum by (reason) (rate(outcry_order_commands_total{outcome!="done"}[${rate}]))`,
              legend: "{{reason}}",
            },
          ],
        },
        {
          title: "Order to ack",
          about: "From a gateway's admission until the actors' answer is back.",
          unit: "s",
          queries: quantiles("outcry_order_ack_seconds_bucket"),
        },
        {
          title: "Commands in a frame",
          about: "One when little is under way; they gather when the log is busy.",
          unit: "short",
          queries: quantiles("outcry_frame_commands_bucket"),
        },
      ],
    },
    {
      title: "Gateways",
      panels: [
        {
          title: "Requests, and those refused as a whole",
          about: "All kinds of requests; a refused batch counts once.",
          unit: "ops",
          queries: [
            {
              expr: `sum by (process) (rate(outcry_gateway_requests_total[${rate}]))`,
              legend: "{{process}} answered",
            },
            {
              expr: `sum by (process, reason) (rate(outcry_gateway_refusals_total[${rate}]))`,
              legend: "{{process}} {{reason}}",
            },
          ],
        },
        {
          title: "Under way",
          about: "Commands and questions without an answer yet.",
          unit: "short",
          queries: [
            { expr: "outcry_gateway_commands_under_way", legend: "{{process}} commands" },
            { expr: "outcry_gateway_questions_under_way", legend: "{{process}} questions" },
            { expr: "outcry_gateway_frames_under_way", legend: "{{process}} frames, {{shard}}" },
          ],
        },
        {
          title: "Wait before a request is heard",
          about: "Beyond 0.15 s for half a second, gateways refuse what comes unread.",
          unit: "s",
          queries: [{ expr: "outcry_gateway_inbound_wait_seconds", legend: "{{process}}" }],
        },
        {
          title: "Append to a log",
          about: "From handing over a frame until a majority of servers has it on disk.",
          unit: "s",
          queries: quantiles("outcry_append_seconds_bucket"),
        },
      ],
    },
    {
      title: "What is wrong",
      panels: [
        {
          title: "Invariants violated",
          about: "Each stops a replica.",
          kind: "stat",
          unit: "none",
          queries: [
            { expr: "sum(outcry_invariant_violations_total)", legend: "violations" },
            { expr: "sum(outcry_referee_alarm)", legend: "alarms of referees" },
          ],
        },
        {
          title: "Invariants looked at",
          about: "How often all processes held themselves to one.",
          unit: "ops",
          queries: [
            {
              expr: `sum(rate(outcry_invariant_checks_total[${rate}]))`,
              legend: "checks",
            },
          ],
        },
        {
          title: "Alerts that fire",
          about: "Those of alerts.yaml.",
          kind: "table",
          unit: "none",
          queries: [{ expr: 'ALERTS{alertstate="firing"}', legend: "{{alertname}}" }],
        },
      ],
    },
  ],
};

const cluster: Dashboard = {
  uid: "outcry-cluster",
  title: "Outcry: cluster",
  rows: [
    {
      title: "Replicas",
      panels: [
        {
          title: "Behind the log",
          about: "Entries that the log has and a replica has not applied.",
          unit: "short",
          queries: [
            {
              expr: "max by (shard) (outcry_log_head_sequence) - on (shard) group_right () outcry_replica_applied_sequence",
              legend: "{{process}}, shard {{shard}}",
            },
          ],
        },
        {
          title: "Log heads",
          about: "The last entry of each log, as its leader says.",
          unit: "short",
          queries: [
            { expr: "max by (shard) (outcry_log_head_sequence)", legend: "shard {{shard}}" },
          ],
        },
        {
          title: "Cost of an entry",
          about: "Applying it and handing on what it gave.",
          unit: "s",
          queries: [
            {
              expr: `sum by (process) (rate(outcry_replica_apply_seconds_sum[${rate}])) / sum by (process) (rate(outcry_replica_entries_total[${rate}]))`,
              legend: "{{process}}",
            },
          ],
        },
        {
          title: "Entries that came together: time to apply them",
          about: "A replica does nothing else meanwhile.",
          unit: "s",
          queries: quantiles("outcry_replica_apply_seconds_bucket"),
        },
        {
          title: "Since the last snapshot",
          about: "Entries that a start from the newest snapshot has to apply again.",
          unit: "short",
          queries: [
            {
              expr: "max by (shard) (outcry_replica_applied_sequence) - max by (shard) (outcry_replica_snapshot_sequence)",
              legend: "shard {{shard}}",
            },
          ],
        },
        {
          title: "What insurance funds lacked",
          about:
            "Losses in contracts that neither accounts nor funds have paid, in units of an asset.",
          unit: "short",
          queries: [
            {
              expr: "min by (shard, asset) (outcry_ledger_deficit)",
              legend: "{{asset}}, shard {{shard}}",
            },
          ],
        },
        {
          title: "Frames owed to other shards",
          about: "What emitters have not handed over yet.",
          unit: "short",
          queries: [
            {
              expr: "outcry_replica_frames_owed and outcry_replica_emitting == 1",
              legend: "{{process}}, shard {{shard}}",
            },
          ],
        },
      ],
    },
    {
      title: "Who follows",
      panels: [
        {
          title: "Referees behind",
          about: "Entries that they have not compared yet.",
          unit: "short",
          queries: [
            {
              expr: "outcry_referee_head_sequence - outcry_referee_applied_sequence",
              legend: "{{process}}, shard {{shard}}",
            },
          ],
        },
        {
          title: "Auditors behind",
          about: "Entries whose traces are not told yet.",
          unit: "short",
          queries: [
            {
              expr: "outcry_auditor_head_sequence - outcry_auditor_read_sequence",
              legend: "{{process}}, shard {{shard}}",
            },
          ],
        },
        {
          title: "Spans told",
          about: "Taken by the receiver of traces.",
          unit: "ops",
          queries: [{ expr: `rate(outcry_auditor_spans_total[${rate}])`, legend: "{{process}}" }],
        },
        {
          title: "History behind",
          about:
            "Entries that projectors have not read yet, and read ones that are not in SQL yet.",
          unit: "short",
          queries: toReadAndWrite("projector"),
        },
        {
          title: "Rows written",
          about: "Taken by the database of a projector.",
          unit: "ops",
          queries: [{ expr: `rate(outcry_projector_rows_total[${rate}])`, legend: "{{process}}" }],
        },
        {
          title: "CSV behind",
          about: "Entries that exporters have not read yet, and read ones that are in no file yet.",
          unit: "short",
          queries: toReadAndWrite("exporter"),
        },
        {
          title: "CSV files",
          about: "How long they are.",
          unit: "bytes",
          queries: [{ expr: "outcry_exporter_file_bytes", legend: "{{process}} {{file}}" }],
        },
        {
          title: "Surveillance behind",
          about:
            "Entries that surveillants have not read yet, and read ones whose alerts are in no file.",
          unit: "short",
          queries: toReadAndWrite("surveillant", "watched"),
        },
        {
          title: "Alerts of surveillance",
          about: "In the file, by rule: ./outcry surveillance alerts.",
          unit: "short",
          queries: [{ expr: "outcry_surveillant_alerts", legend: "{{process}} {{rule}}" }],
        },
        {
          title: "Wait for a database or a disk",
          about: "1 while what they write is taken by nobody.",
          kind: "state-timeline",
          unit: "none",
          queries: [
            { expr: "outcry_projector_waiting", legend: "{{process}}" },
            { expr: "outcry_exporter_waiting", legend: "{{process}}" },
            { expr: "outcry_surveillant_waiting", legend: "{{process}}" },
          ],
        },
      ],
    },
    {
      title: "Custody",
      panels: [
        {
          title: "Custodian waits",
          about: "1 while something keeps it from its work: its /healthz says what.",
          kind: "state-timeline",
          unit: "none",
          queries: [{ expr: "outcry_custodian_waiting", legend: "{{process}} {{asset}}" }],
        },
        {
          title: "Withdrawals and deposits under way",
          about: "Withdrawals that are not over, and deposits that wait for confirmations.",
          unit: "short",
          queries: [
            { expr: "outcry_custodian_withdrawals", legend: "{{asset}} {{status}}" },
            { expr: "outcry_custodian_deposits_waiting", legend: "{{asset}} deposits waiting" },
          ],
        },
        {
          title: "Wallets",
          about: "What they have, and the bounds that they should be within; units of the asset.",
          unit: "short",
          queries: [
            { expr: "outcry_custodian_wallet_units", legend: "{{asset}} {{wallet}}" },
            { expr: "outcry_custodian_wallet_least_units", legend: "{{asset}} {{wallet}} least" },
            { expr: "outcry_custodian_wallet_most_units", legend: "{{asset}} {{wallet}} most" },
          ],
        },
        {
          title: "Chains",
          about: "Blocks that the custodian has not told of, and what chains took back.",
          unit: "short",
          queries: [
            {
              expr: "outcry_custodian_chain_blocks - outcry_custodian_told_blocks",
              legend: "{{asset}} blocks behind",
            },
            {
              expr: `increase(outcry_custodian_displaced_total[${rate}])`,
              legend: "{{asset}} taken back",
            },
            {
              expr: `increase(outcry_custodian_unassigned_total[${rate}])`,
              legend: "{{asset}} to nobody",
            },
            {
              expr: `rate(outcry_custodian_looks_total[${rate}])`,
              legend: "{{process}} looks per second",
            },
          ],
        },
      ],
    },
    {
      title: "Processes",
      panels: [
        {
          title: "Event loop late",
          about: "How late processes come to what is due.",
          unit: "s",
          queries: quantiles("outcry_event_loop_delay_seconds_bucket"),
        },
        {
          title: "Processor",
          about: "Of one core each; applying a shard is one thread's work.",
          unit: "percentunit",
          queries: [{ expr: `rate(process_cpu_seconds_total[${rate}])`, legend: "{{process}}" }],
        },
        {
          title: "Memory",
          about: "Resident; orders lie outside of the heap.",
          unit: "bytes",
          queries: [
            { expr: "process_resident_memory_bytes", legend: "{{process}} resident" },
            { expr: "nodejs_heap_size_used_bytes", legend: "{{process}} heap" },
          ],
        },
        {
          title: "Time spent on garbage",
          about: "A share of one; everything waits meanwhile.",
          unit: "percentunit",
          queries: [
            {
              expr: `sum by (process, kind) (rate(nodejs_gc_duration_seconds_sum[${rate}]))`,
              legend: "{{process}} {{kind}}",
            },
          ],
        },
        {
          title: "Releases",
          about: "Which process runs which release.",
          kind: "table",
          unit: "none",
          queries: [{ expr: "outcry_process_info", legend: "{{process}} {{version}}" }],
        },
      ],
    },
  ],
};

const nats: Dashboard = {
  uid: "outcry-nats",
  title: "Outcry: NATS",
  rows: [
    {
      title: "Logs",
      panels: [
        {
          title: "Entries of each log a second",
          about: "As the streams' leaders count them.",
          unit: "ops",
          queries: [
            {
              expr: `max by (stream_name) (rate(jetstream_stream_last_seq{stream_name=~"LOG_.*"}[${rate}]))`,
              legend: "{{stream_name}}",
            },
          ],
        },
        {
          title: "Copies behind their leader",
          about: "Messages that a server's copy of a stream lacks.",
          unit: "short",
          queries: [
            {
              expr: "max by (stream_name) (jetstream_stream_last_seq) - on (stream_name) group_right () jetstream_stream_last_seq",
              legend: "{{server_name}} {{stream_name}}",
            },
          ],
        },
        {
          title: "Answer of a log's leader",
          about: "How long it takes to say where the log ends, as engine nodes see it.",
          unit: "s",
          queries: [{ expr: "outcry_log_answer_seconds", legend: "{{process}}, shard {{shard}}" }],
        },
        {
          title: "Stored",
          about: "Bytes of each stream, until its log goes on in the next one.",
          unit: "bytes",
          queries: [
            {
              expr: "max by (stream_name) (jetstream_stream_total_bytes)",
              legend: "{{stream_name}}",
            },
          ],
        },
      ],
    },
    {
      title: "Servers",
      panels: [
        {
          title: "Not healthy",
          about: "0 is healthy.",
          kind: "state-timeline",
          unit: "none",
          queries: [{ expr: "gnatsd_healthz_status", legend: "{{server_id}}" }],
        },
        {
          title: "Certificates: time left",
          about: "Of those that encrypt, as gateways see it. None lasts for more than 825 days.",
          kind: "stat",
          unit: "s",
          queries: [
            {
              expr: "min by (server) (outcry_nats_certificate_expiry_timestamp_seconds) - time()",
              legend: "{{server}}",
            },
          ],
        },
        {
          title: "Room used",
          about: "Of what JetStream may take.",
          unit: "percentunit",
          queries: [
            {
              expr: "jetstream_server_total_message_bytes / jetstream_server_max_storage",
              legend: "{{server_name}}",
            },
          ],
        },
        {
          title: "In and out",
          about: "Bytes by client, route and leaf connections together.",
          unit: "Bps",
          queries: [
            { expr: `rate(gnatsd_varz_in_bytes[${rate}])`, legend: "{{server_id}} in" },
            { expr: `rate(gnatsd_varz_out_bytes[${rate}])`, legend: "{{server_id}} out" },
          ],
        },
        {
          title: "Messages",
          about: "In and out.",
          unit: "ops",
          queries: [
            { expr: `rate(gnatsd_varz_in_msgs[${rate}])`, legend: "{{server_id}} in" },
            { expr: `rate(gnatsd_varz_out_msgs[${rate}])`, legend: "{{server_id}} out" },
          ],
        },
        {
          title: "Connections and slow consumers",
          about: "Who reads too slowly is cut off.",
          unit: "short",
          queries: [
            { expr: "gnatsd_varz_connections", legend: "{{server_id}} connections" },
            { expr: "gnatsd_varz_slow_consumers", legend: "{{server_id}} slow consumers" },
          ],
        },
        {
          title: "Processor and memory",
          about: "Percent of one core, as the server says itself.",
          unit: "short",
          queries: [
            { expr: "gnatsd_varz_cpu", legend: "{{server_id}} processor, percent" },
            { expr: "gnatsd_varz_mem / 1048576", legend: "{{server_id}} memory, MiB" },
          ],
        },
      ],
    },
  ],
};

const failover: Dashboard = {
  uid: "outcry-failover",
  title: "Outcry: failover timeline",
  rows: [
    {
      title: "Who",
      panels: [
        {
          title: "Emitter of each shard",
          about: "1 while a node sends what the shard's steps give.",
          kind: "state-timeline",
          unit: "none",
          queries: [{ expr: "outcry_replica_emitting", legend: "shard {{shard}}: {{process}}" }],
        },
        {
          title: "Leader of each log",
          about: "1 for the nats-server that leads it.",
          kind: "state-timeline",
          unit: "none",
          queries: [
            {
              expr: 'count by (stream_name, server_name) (jetstream_stream_last_seq{is_stream_leader="true", stream_name=~"LOG_.*"})',
              legend: "{{stream_name}}: {{server_name}}",
            },
          ],
        },
        {
          title: "Up and ready",
          about: "0 while a process does not do its work; nothing while it does not answer.",
          kind: "state-timeline",
          unit: "none",
          queries: [{ expr: "outcry_process_ready", legend: "{{process}}" }],
        },
        {
          title: "Log takes entries",
          about: "0 while no leader of its stream answers.",
          kind: "state-timeline",
          unit: "none",
          queries: [
            { expr: "max by (shard) (outcry_log_available)", legend: "log of shard {{shard}}" },
          ],
        },
        {
          title: "Phase of each replica",
          about: "One that fell back replays, then follows.",
          kind: "state-timeline",
          unit: "none",
          queries: [
            {
              expr: 'outcry_replica_phase{phase=~"restoring|replaying|diverged|failed|stopped"}',
              legend: "{{process}}, shard {{shard}}: {{phase}}",
            },
          ],
        },
      ],
    },
    {
      title: "What came of it",
      panels: [
        {
          title: "Answers a second",
          about: "A gap is what clients saw of a failover.",
          unit: "ops",
          queries: [
            {
              expr: `sum by (outcome) (rate(outcry_order_commands_total[${rate}]))`,
              legend: "{{outcome}}",
            },
          ],
        },
        {
          title: "Order to ack",
          about: "The slowest are those that waited for a new emitter, or an election.",
          unit: "s",
          queries: quantiles("outcry_order_ack_seconds_bucket"),
        },
        {
          title: "Changes of the emitter",
          about: "In the last minute, as nodes saw it that served.",
          unit: "short",
          queries: [
            {
              expr: "max by (shard) (increase(outcry_emitter_changes_total[1m]))",
              legend: "shard {{shard}}",
            },
            { expr: "max by (shard) (outcry_emitter_epoch)", legend: "shard {{shard}}, in all" },
          ],
        },
        {
          title: "Appends that failed",
          about: "They are repeated until the log has them.",
          unit: "ops",
          queries: [{ expr: `rate(outcry_append_failures_total[${rate}])`, legend: "{{process}}" }],
        },
        {
          title: "Lines that broke and came back",
          about: "To nats-servers, in the last minute.",
          unit: "short",
          queries: [
            {
              expr: "sum by (process) (increase(outcry_nats_reconnects_total[1m]))",
              legend: "{{process}}",
            },
            { expr: "outcry_nats_connected", legend: "{{process}} {{line}} stands" },
          ],
        },
        {
          title: "Lost on the way",
          about: "Steps that the feed left out, and tails of logs that began anew.",
          unit: "ops",
          queries: [
            {
              expr: `rate(outcry_feed_steps_missed_total[${rate}])`,
              legend: "{{process}}, shard {{shard}}: missed",
            },
            {
              expr: `rate(outcry_feed_steps_total[${rate}])`,
              legend: "{{process}}, shard {{shard}}: heard",
            },
            {
              expr: `rate(outcry_replica_tail_restarts_total[${rate}])`,
              legend: "{{process}}, shard {{shard}}: tail anew",
            },
          ],
        },
        {
          title: "Differences",
          about: "Steps over which replicas differ: one of them is wrong and stops.",
          unit: "short",
          queries: [
            {
              expr: "outcry_replica_differences_total",
              legend: "{{process}}, shard {{shard}}",
            },
          ],
        },
      ],
    },
  ],
};

export const dashboards: readonly Dashboard[] = [exchange, cluster, nats, failover];
