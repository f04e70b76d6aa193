import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { assert } from "../../protocols/assert.ts";
import type {
  NodeStatus,
  RefereeAlarm,
  RefereeStatus,
  ReplicaStatus,
} from "../../protocols/queries.ts";
import type { StatusReport, StatusSeen } from "./status-report.ts";
import {
  disagreements,
  invariantsOf,
  judge,
  renderInvariants,
  renderStatus,
} from "./status-report.ts";

const replica: ReplicaStatus = {
  shard: 0,
  phase: "following",
  appliedSequence: 120,
  headSequence: 120,
  isEmitter: false,
  emitter: "e1",
  emitterEpoch: 2,
  nodes: [],
  nodesEpoch: 0,
  entriesHash: "aaaaaaaaaaaa",
  outputsHash: "bbbbbbbbbbbb",
  checkpointSequence: 100,
  checkpointHash: "cccccccccccc",
  logic: 1,
  snapshotSequence: 0,
  commandsApplied: 400,
  placementEpoch: 0,
  moving: "",
  violation: "",
};

function node(name: string, changes: Partial<ReplicaStatus> = {}): NodeStatus {
  return {
    node: name,
    pid: 1,
    startedAtMs: 0,
    version: "0.1.0",
    logicMax: 1,
    isDrained: false,
    natsServer: "127.0.0.1:4222",
    replicas: [{ ...replica, ...changes }],
    invariants: [{ name: "book-not-crossed", checks: 1500, violations: 0 }],
  };
}

function refereeAt(appliedSequence: number, alarm: RefereeAlarm | null = null): RefereeStatus {
  const phase = alarm === null ? "following" : "alarmed";
  const of = { shard: 0, phase, appliedSequence, headSequence: 120, comparedSteps: 1, alarm };
  return { referee: "ref-1", pid: 3, version: "0.1.0", shards: [of] };
}

describe("moves of actors", () => {
  const seen: StatusReport = {
    ...{ ok: true, state: "well", problems: [], startedAt: "", data: "", processes: [] },
    ...{ shards: [], referees: [], missing: [], differences: [], halted: [] },
    ...{ doesGatewayAnswer: true, nodes: [] },
  };
  const text = (changes: Partial<ReplicaStatus>): string =>
    renderStatus({ ...seen, nodes: [node("e1", { appliedSequence: 1 }), node("e2", changes)] });

  it("are told by the replica of the governor's shard that is furthest, once there are any", () => {
    expect(text({})).not.toContain("moves of actors");
    expect(text({ placementEpoch: 7 })).toContain("  7 moves of actors so far\n");
    expect(text({ placementEpoch: 8, moving: "book/BTC-USDT" })).toContain(
      "8 moves of actors so far; book/BTC-USDT moves now",
    );
    expect(text({ placementEpoch: 9, shard: 1 })).not.toContain("moves of actors");
  });
});

describe("replicas", () => {
  it("agree when their hashes at the same sequence are the same", () => {
    expect(disagreements([node("e1"), node("e2")])).toEqual([]);
  });

  it("are not compared where they are at different sequences", () => {
    const ahead = node("e2", { appliedSequence: 121, entriesHash: "d", outputsHash: "e" });
    expect(disagreements([node("e1"), ahead])).toEqual([]);
  });

  it("disagree when any hash at the same sequence differs", () => {
    expect(disagreements([node("e1"), node("e2", { outputsHash: "d" })])).toEqual([
      "e1 and e2 differ on shard 0 at 120: outputs",
    ]);
    expect(disagreements([node("e1"), node("e2", { checkpointHash: "d" })])).toEqual([
      "e1 and e2 differ on shard 0 at 100: state",
    ]);
  });

  it("say which invariant one of them found broken", () => {
    const violation = "book-not-crossed: crossed (entry 119)";
    expect(disagreements([node("e1"), node("e2", { phase: "failed", violation })])).toEqual([
      "e2 failed on shard 0: book-not-crossed: crossed (entry 119)",
    ]);
  });

  it("disagree when one of them has stopped because it differed", () => {
    expect(disagreements([node("e1"), node("e2", { phase: "diverged" })])).toEqual([
      "e2 diverged on shard 0",
    ]);
  });
});

describe("a cluster", () => {
  const seen: StatusSeen = {
    startedAt: "",
    data: "/data",
    processes: [
      { name: "e1", kind: "engine", phase: "up", pid: 1, logFile: "" },
      { name: "gw-1", kind: "gateway", phase: "up", pid: 2, logFile: "" },
    ],
    shards: [{ shard: 0, head: 120, leader: "n1", emitter: "e1", emitterEpoch: 2, logic: 2 }],
    nodes: [node("e1", { isEmitter: true })],
    referees: [],
    missing: [],
    differences: [],
    doesGatewayAnswer: true,
    halted: [],
  };
  const [engine, gateway] = seen.processes;
  assert(engine !== undefined && gateway !== undefined);

  it("is well when everybody runs, every shard has its emitter and a gateway answers", () => {
    expect(judge(seen)).toEqual({ ok: true, state: "well", problems: [] });
    expect(judge({ ...seen, halted: ["BTC-USDT"] }).ok).toBe(true);
  });

  it("is degraded when one that should run does not, or does not answer", () => {
    const processes = [engine, { ...gateway, phase: "down", pid: undefined }];
    expect(judge({ ...seen, processes })).toEqual({
      ok: false,
      state: "degraded",
      problems: ["gw-1 does not run (down)"],
    });
    expect(judge({ ...seen, missing: ["e2"] })).toEqual({
      ok: false,
      state: "degraded",
      problems: ["e2 does not answer"],
    });
  });

  it("says that one more nats-server lost would end the quorum, and that it is lost", () => {
    const servers = (...phases: string[]): Partial<StatusSeen> => ({
      processes: phases.map((phase, index) => {
        return { name: `n${index + 1}`, kind: "server", phase, pid: undefined, logFile: "" };
      }),
    });
    expect(judge({ ...seen, ...servers("down", "up", "up") })).toEqual({
      ok: false,
      state: "degraded",
      problems: [
        "n1 does not run (down)",
        "2 of 3 nats-servers run: one more lost ends the quorum",
      ],
    });
    expect(judge({ ...seen, ...servers("down", "down", "up") })).toMatchObject({
      state: "not-well",
      problems: [
        "no quorum: 1 of 3 nats-servers run",
        "n1 does not run (down)",
        "n2 does not run (down)",
      ],
    });
    expect(judge({ ...seen, ...servers("up") }).state).toBe("well");
  });

  it.each<[string, Partial<StatusSeen>]>([
    ["no gateway answers", { doesGatewayAnswer: false }],
    [
      "ref-1: alarm at shard 0 entry 119: they differ",
      { referees: [refereeAt(119, { shard: 0, sequence: 119, what: "they differ" })] },
    ],
    ["shard 0 has no emitter", { nodes: [node("e1")] }],
    [
      "e1 and e2 differ on shard 0 at 100: state",
      { differences: ["e1 and e2 differ on shard 0 at 100: state"] },
    ],
    [
      "shard 0 is unavailable: its log has no leader",
      { shards: [{ shard: 0, head: null, leader: "", emitter: "e1", emitterEpoch: 2, logic: 2 }] },
    ],
  ])("is not well when %s", (problem, change) => {
    expect(judge({ ...seen, ...change })).toEqual({
      ok: false,
      state: "not-well",
      problems: [problem],
    });
  });
});

describe("a status", () => {
  it("shows processes, shards and replicas as tables", () => {
    const report: StatusReport = {
      ok: false,
      state: "not-well",
      problems: ["shard 1 is unavailable: its log has no leader", "e2 does not run (awaiting)"],
      startedAt: "2026-11-20T10:00:00.000Z",
      data: "/data",
      processes: [
        { name: "n1", kind: "server", phase: "up", pid: 4711, logFile: "" },
        {
          ...{ name: "e1", kind: "engine", phase: "up", pid: 4712, logFile: "" },
          telemetryUrl: "http://127.0.0.1:9561",
        },
        { name: "e2", kind: "engine", phase: "awaiting", pid: undefined, logFile: "" },
      ],
      shards: [
        { shard: 0, head: 123, leader: "n1", emitter: "e1", emitterEpoch: 2, logic: 2 },
        { shard: 1, head: null, leader: "", emitter: "", emitterEpoch: 0, logic: 0 },
      ],
      nodes: [{ ...node("e1", { phase: "emitting", isEmitter: true }), isDrained: true }],
      referees: [refereeAt(118)],
      history: {
        ...{ database: "/data/history", written: [100, 7], read: [110, 7], heads: [110, 7] },
        ...{ rowsWritten: 1234, isWaiting: true },
      },
      traces: {
        ...{ otlp: "http://tempo:4318/v1/traces", read: [123, 9], heads: [123, 9] },
        ...{ told: [23, 9], spansTold: 56_214, isWaiting: false },
      },
      csv: {
        ...{ folder: "/data/csv", written: [123, 9], read: [123, 9], heads: [123, 9] },
        ...{ fileBytes: {}, isWaiting: false },
      },
      missing: ["e2"],
      differences: [],
      doesGatewayAnswer: true,
      halted: ["BTC-USDT"],
    };
    expect(stripVTControlCharacters(renderStatus(report))).toBe(
      [
        "NOT WELL  /data, since 2026-11-20T10:00:00.000Z",
        "  shard 1 is unavailable: its log has no leader",
        "  e2 does not run (awaiting)",
        "  trading is halted in BTC-USDT",
        "  invariants 1 checked 1,500 times, 0 violated",
        "  referee ref-1: shard 0 following at 118, 2 behind",
        "  history in /data/history: 1,234 rows written since it started, 23 entries behind; " +
          "the database takes nothing now",
        "  traces to http://tempo:4318/v1/traces: 56,214 spans told since it started, " +
          "100 entries behind",
        "  CSV files in /data/csv: what 132 entries came to",
        "",
        "PROCESS  KIND    STATE         PID  METRICS AT      CONNECTED TO    RELEASE",
        "n1       server  up           4711",
        "e1       engine  up, drained  4712  127.0.0.1:9561  127.0.0.1:4222  0.1.0, logic 1 to 1",
        "e2       engine  awaiting",
        "",
        "SHARD  LOG HEAD  LOG LEADER   EMITTER  EPOCH  LOGIC",
        "    0       123  n1           e1           2      2",
        "    1            unavailable  none         0",
        "",
        "SHARD  NODE  PHASE     APPLIED  BEHIND  ENTRIES   OUTPUTS   STATE         COMMANDS",
        "    0  e1    emitting      120       3  aaaaaaaa  bbbbbbbb  cccccccc@100       400",
      ].join("\n"),
    );
  });

  it("shows each invariant with what all nodes together counted", () => {
    const table = renderInvariants(invariantsOf([node("e1"), node("e2")]));
    expect(stripVTControlCharacters(table)).toBe(
      [
        "INVARIANT         CHECKED  VIOLATED  AT EACH      SAYS THAT",
        "book-not-crossed    3,000         0  market data  in continuous trading the best bid is below the best ask",
      ].join("\n"),
    );
  });
});
