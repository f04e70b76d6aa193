/**
 * Goal: a whole rolling upgrade on real servers and processes, under orders: nothing lost, nobody
 * kept waiting for long, and no way back once the logic is activated.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newestLogic } from "../../actors/logic-versions.ts";
import { freePortBase } from "../../ops/supervisor/testing/command-line.ts";
import { ThrowawayCluster } from "../../ops/supervisor/throwaway-cluster.ts";
import { runOutcry } from "./outcry-command.ts";
import { UpgradeDrill } from "./upgrade-drill.ts";
import type { UpgradeDrillResult } from "./upgrade-drill.ts";

/** On a busy machine that starts a process meanwhile; elections take 4 s and more. */
const waitMsMax = 3500;
let cluster: ThrowawayCluster;
let early: Failure;
let result: UpgradeDrillResult;

interface Failure {
  readonly exitCode: number;
  readonly error: { readonly name: string; readonly message: string };
}

/** Runs a command of the command line that is to fail. */
async function failing(...words: string[]): Promise<Failure> {
  const args = [...words, "--json", "--data", cluster.directory.path];
  const { exitCode, stdout } = await runOutcry(...args);
  if (exitCode === 0) throw new Error(`${words.join(" ")} did not fail: ${stdout}`);
  return { exitCode, error: (JSON.parse(stdout) as Pick<Failure, "error">).error };
}

beforeAll(async () => {
  const logicMax = newestLogic - 1;
  const portBase = await freePortBase(3);
  cluster = await ThrowawayCluster.start({ shards: 3, portBase, gateways: 2, logicMax });
  early = await failing("upgrade", "start");
  result = await new UpgradeDrill({
    ...{ cluster, ordersPerSecond: 20, rounds: 1, servers: ["n1"], say: () => undefined },
  }).run();
});

afterAll(async () => {
  await cluster.close();
});

describe("a rolling upgrade", () => {
  it("does not begin with the logic: nodes that lack it prevent that", () => {
    expect(early).toMatchObject({ exitCode: 1, error: { name: "not-ready" } });
    for (const node of ["e1", "e2", "e3"]) {
      expect(early.error.message).toContain(`${node} carries logic 1 to ${newestLogic - 1}`);
    }
  });

  it("restarts every node, and comes to the newest logic in every shard", () => {
    expect([...result.restarted].sort()).toEqual(["e1", "e2", "e3"]);
    expect(result.logics).toEqual([newestLogic, newestLogic, newestLogic]);
  });

  it("loses no order", () => {
    expect(result.orders).toBeGreaterThan(100);
    expect(result.lost).toEqual([]);
  });

  it("keeps nobody waiting as an election or a crash would", () => {
    for (const window of result.windows) expect(window.waitMsMax).toBeLessThan(waitMsMax);
  });

  it("leaves all replicas with the hashes of a rebuild from the log", () => {
    expect(result.verification).not.toContain("DIFFER");
    expect(result.isVerified).toBe(true);
  });

  it("cannot be called off any more, nor a node be put back to the release before", async () => {
    expect(await failing("upgrade", "abort")).toMatchObject({
      exitCode: 1,
      error: { name: "activated" },
    });
    const logicMax = String(newestLogic - 1);
    const { error } = await failing("restart", "e3", "--renew", "--logic-max", logicMax);
    expect(error.message).toContain("LogicNotCarried");
  });
});
