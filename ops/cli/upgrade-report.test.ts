/** What is said of an upgrade before, during and after it. */
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { NodeStatus, ReplicaStatus } from "../../protocols/queries.ts";
import { aheadOf, neededLogic, renderUpgrade, reportOf, whyNotAborted } from "./upgrade-report.ts";
import type { UpgradeSeen } from "./upgrade-report.ts";

const shards = [0, 1, 2];

/** A node of three; it emits the shards named, the others follow. */
function node(
  name: string,
  { logicMax = 1, logic = [1, 1, 1], emits = [] as number[], release = "0.1.0" } = {},
): NodeStatus {
  const replicas = shards.map((shard): ReplicaStatus => {
    const isEmitter = emits.includes(shard);
    return {
      ...{ shard, phase: isEmitter ? "emitting" : "following", isEmitter },
      ...{ appliedSequence: 10, headSequence: 10, emitter: `e${shard + 1}`, emitterEpoch: 1 },
      ...{ nodes: [], nodesEpoch: 0 },
      ...{ entriesHash: "", outputsHash: "", checkpointSequence: 0, checkpointHash: "" },
      ...{ snapshotSequence: 0, commandsApplied: 1, logic: logic[shard] ?? 1, violation: "" },
      ...({ placementEpoch: 0, moving: "" } as const),
    };
  });
  const process = { pid: 1, startedAtMs: 0, natsServer: "", invariants: [] };
  return { node: name, ...process, version: release, logicMax, isDrained: false, replicas };
}

function seen(nodes: readonly NodeStatus[], readers: readonly string[] = []): UpgradeSeen {
  const installed = { release: "0.2.0", logic: 2 };
  return { installed, configured: ["e1", "e2", "e3"], nodes, shards: 3, readers };
}

const old = {
  e1: node("e1", { emits: [0, 2] }),
  e2: node("e2", { emits: [1] }),
  e3: node("e3"),
};
const renewed = { logicMax: 2, release: "0.2.0" };

describe("an upgrade that has not begun", () => {
  const report = reportOf(seen([old.e1, old.e2, old.e3]));

  it("restarts those first that emit least", () => {
    expect(report.state).toBe("restarts-due");
    expect(report.restarts).toEqual(["e3", "e2", "e1"]);
  });

  it("restarts who reads the logs before all that write them", () => {
    const withReaders = reportOf(seen([old.e1, old.e2, old.e3], ["ref-1", "prj-1"]));
    expect(stripVTControlCharacters(renderUpgrade(withReaders))).toContain(
      "To restart, in this order: ref-1, prj-1, e3, e2, e1 (./outcry upgrade run)",
    );
  });

  it("may not be activated, and says for which nodes", () => {
    expect(report.activates).toEqual(shards.map((shard) => ({ shard, from: 1, to: 2 })));
    expect(report.prevented).toEqual([
      "e1 carries logic 1 to 1, not 2",
      "e2 carries logic 1 to 1, not 2",
      "e3 carries logic 1 to 1, not 2",
    ]);
  });

  it("has nothing to be called off", () => {
    expect([whyNotAborted(report), aheadOf(report)]).toEqual([undefined, []]);
  });
});

describe("an upgrade of which some nodes were restarted", () => {
  const e3 = node("e3", renewed);
  const report = reportOf(seen([old.e1, old.e2, e3]));

  it("goes on with the others", () => {
    expect(report.restarts).toEqual(["e2", "e1"]);
    expect(report.prevented.length).toBe(2);
  });

  it("is called off by restarting those back", () => {
    expect([whyNotAborted(report), aheadOf(report)]).toEqual([undefined, ["e3"]]);
  });

  it("may not be activated while a node does not answer or does not follow", () => {
    const nodes = ["e1", "e2", "e3"].map((name) => node(name, renewed));
    expect(reportOf(seen(nodes)).prevented).toEqual([]);
    expect(reportOf(seen(nodes.slice(0, 2))).prevented).toEqual(["e3 does not answer"]);
    const failed = nodes.map((status, index) => ({
      ...status,
      replicas: status.replicas.map((replica) => {
        return index === 1 && replica.shard === 2 ? { ...replica, phase: "failed" } : replica;
      }),
    }));
    expect(reportOf(seen(failed)).prevented).toEqual(["e2 is failed on shard 2"]);
    expect(reportOf(seen([])).prevented).toContain("nobody says by which logic shard 0 goes");
  });

  it("counts a release that carries the same logic as another one", () => {
    const nodes = ["e1", "e2", "e3"].map((name) => node(name, { ...renewed, release: "0.1.9" }));
    expect(reportOf(seen(nodes))).toMatchObject({ restarts: ["e1", "e2", "e3"], prevented: [] });
  });
});

describe("an upgrade that is activated", () => {
  const active = { ...renewed, logic: [2, 1, 1] };
  const partly = reportOf(seen(["e1", "e2", "e3"].map((name) => node(name, active))));
  const whole = reportOf(
    seen(["e1", "e2", "e3"].map((name) => node(name, { ...renewed, logic: [2, 2, 2] }))),
  );

  it("in some shards goes on in the others", () => {
    expect(partly.state).toBe("activation-due");
    expect(partly.activates).toEqual([
      { shard: 1, from: 1, to: 2 },
      { shard: 2, from: 1, to: 2 },
    ]);
  });

  it("cannot be called off, in whichever shard it is", () => {
    expect(whyNotAborted(partly)).toContain("logic 2 is in force in shard 0: ");
    expect(whyNotAborted(whole)).toContain("logic 2 is in force in shard 0, 1, 2: ");
  });

  it("needs a release that carries what is in force anywhere", () => {
    expect([neededLogic(partly), neededLogic(whole)]).toEqual([2, 2]);
  });

  it("everywhere is over", () => {
    expect(whole).toMatchObject({ state: "current", restarts: [], activates: [] });
  });
});

describe("the text of an upgrade", () => {
  it("shows nodes, shards and what is next", () => {
    const e3 = { ...node("e3", renewed), isDrained: true };
    const report = reportOf(seen([old.e1, e3]));
    expect(stripVTControlCharacters(renderUpgrade(report))).toBe(
      [
        "nodes to be restarted  release 0.2.0 is installed, with logic 1 to 2",
        "",
        "NODE  RELEASE          CARRIES LOGIC  EMITS SHARDS",
        "e1    0.1.0            1 to 1         0, 2",
        "e2    does not answer",
        "e3    0.2.0            1 to 2                       drained",
        "",
        "SHARD  LOGIC  EMITTER",
        "    0      1  e1",
        "    1      1  e2",
        "    2      1  e3",
        "",
        "To restart, in this order: e1 (./outcry upgrade run)",
        "",
        "To activate: shard 0 from logic 1 to 2, shard 1 from logic 1 to 2, shard 2 from logic 1 to 2 " +
          "(./outcry upgrade start)",
        "  not yet: e1 carries logic 1 to 1, not 2",
        "  not yet: e2 does not answer",
      ].join("\n"),
    );
  });
});
