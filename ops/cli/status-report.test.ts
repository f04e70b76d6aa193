import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { NodeStatus, ReplicaStatus } from "../../protocols/queries.ts";
import type { StatusReport } from "./status-report.ts";
import { disagreements, renderStatus } from "./status-report.ts";

const replica: ReplicaStatus = {
  shard: 0,
  phase: "following",
  appliedSequence: 120,
  headSequence: 120,
  isEmitter: false,
  emitter: "e1",
  emitterEpoch: 2,
  entriesHash: "aaaaaaaaaaaa",
  outputsHash: "bbbbbbbbbbbb",
  checkpointSequence: 100,
  checkpointHash: "cccccccccccc",
  snapshotSequence: 0,
  commandsApplied: 400,
};

function node(name: string, changes: Partial<ReplicaStatus> = {}): NodeStatus {
  return {
    node: name,
    pid: 1,
    startedAtMs: 0,
    version: "0.1.0",
    natsServer: "127.0.0.1:4222",
    replicas: [{ ...replica, ...changes }],
  };
}

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

  it("disagree when one of them has stopped because it differed", () => {
    expect(disagreements([node("e1"), node("e2", { phase: "diverged" })])).toEqual([
      "e2 diverged on shard 0",
    ]);
  });
});

describe("a status", () => {
  it("shows processes, shards and replicas as tables", () => {
    const report: StatusReport = {
      ok: false,
      startedAt: "2026-11-20T10:00:00.000Z",
      data: "/data",
      processes: [
        { name: "n1", kind: "server", phase: "up", pid: 4711, logFile: "" },
        { name: "e1", kind: "engine", phase: "up", pid: 4712, logFile: "" },
        { name: "e2", kind: "engine", phase: "awaiting", pid: undefined, logFile: "" },
      ],
      shards: [{ shard: 0, head: 123, leader: "n1", emitter: "e1", emitterEpoch: 2 }],
      nodes: [node("e1", { phase: "emitting", isEmitter: true })],
      missing: ["e2"],
      differences: [],
    };
    expect(stripVTControlCharacters(renderStatus(report))).toBe(
      [
        "NOT WELL  /data, since 2026-11-20T10:00:00.000Z",
        "",
        "PROCESS  KIND    STATE      PID  CONNECTED TO",
        "n1       server  up        4711",
        "e1       engine  up        4712  127.0.0.1:4222",
        "e2       engine  awaiting",
        "",
        "SHARD  LOG HEAD  LOG LEADER  EMITTER  EPOCH",
        "    0       123  n1          e1           2",
        "",
        "SHARD  NODE  PHASE     APPLIED  BEHIND  ENTRIES   OUTPUTS   STATE         COMMANDS",
        "    0  e1    emitting      120       3  aaaaaaaa  bbbbbbbb  cccccccc@100       400",
        "e2 does not answer",
      ].join("\n"),
    );
  });
});
