/**
 * Engine nodes that come and go by the command line while a client trades, on a cluster of its own
 * that is stopped and started at the end. The steps build on one another.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Pace } from "../../clients/agents/pace.ts";
import { OutcryClient } from "../../clients/sdk/index.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import type { CountedNodes } from "../cli/node-membership.ts";
import { findCluster } from "../cli/running-cluster.ts";
import type { StatusReport } from "../cli/status-report.ts";
import { CommandLine, freePortBase } from "./testing/command-line.ts";

let outcry: CommandLine;
let ports: readonly string[];
let client: OutcryClient;
let pace: Pace;
const asked: Promise<unknown>[] = [];

beforeAll(async () => {
  outcry = new CommandLine();
  ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start("--agents", "none", "--shards", "2", ...ports);
  const { file } = findCluster({ data: outcry.data });
  client = await OutcryClient.connect({
    servers: file.servers.map(({ url }) => url),
    account: "demo",
    credentials: readFileSync(file.credentials.demo, "utf8"),
  });
  pace = new Pace(50, () => asked.push(place()));
});

afterAll(async () => {
  pace.stop();
  await client.close();
  await outcry.release();
});

let placed = 0;
async function place(): Promise<boolean> {
  placed += 1;
  const price = 5_000_000 - (placed % 100);
  const order = { symbol: "BTC-USDT", side: "buy", type: "limit", price, quantity: 1 } as const;
  const { ok } = await client.place(order);
  return ok;
}

/** None of them trades: nobody sells. */
async function openOrders(): Promise<number> {
  let count = 0;
  for (let after = 0; ;) {
    const page = await client.openOrders({ after });
    count += page.length;
    const last = page.at(-1)?.orderId;
    if (last === undefined) return count;
    after = last;
  }
}

const status = (): Promise<StatusReport> => outcry.json<StatusReport>("status");

async function counted(): Promise<readonly (readonly string[])[]> {
  const { shards } = await outcry.json<{ shards: readonly CountedNodes[] }>("node", "list");
  return shards.map(({ nodes }) => nodes);
}

const both = (...nodes: string[]) => [nodes, nodes];

describe("engine nodes", () => {
  it("are one more when one was added, which follows every shard", async () => {
    expect(await counted()).toEqual(both("e1", "e2", "e3"));
    await outcry.json("node", "add");
    expect(await counted()).toEqual(both("e1", "e2", "e3", "e4"));
    const { nodes, processes } = await status();
    const phases = nodes.find(({ node }) => node === "e4")?.replicas.map(({ phase }) => phase);
    expect(phases).toHaveLength(2);
    // It takes emission over at once if the others are slow.
    for (const phase of phases ?? []) expect(phase).toMatch(/^(following|emitting)$/);
    expect(processes.map(({ name }) => name)).toContain("e4");
  });

  it("are one fewer when one was removed, and its shards are emitted by others", async () => {
    await outcry.json("node", "remove", "e1");
    expect(await counted()).toEqual(both("e2", "e3", "e4"));
    const { shards, processes } = await status();
    expect(shards.map(({ emitter }) => emitter)).not.toContain("e1");
    expect(processes.map(({ name }) => name)).not.toContain("e1");
  });

  it("take over from one another, the new one too", async () => {
    const { shards } = await status();
    const [{ emitter = "" } = {}] = shards;
    await outcry.json("kill", emitter);
    await eventually(
      async () => {
        const [shard] = (await status()).shards;
        return shard !== undefined && shard.emitter !== emitter;
      },
      { what: `${emitter} does not emit any more`, deadlineMs: 60_000 },
    );
    await outcry.json("restart", emitter);
  });

  it("are named where a name is wrong, and the last one stays", async () => {
    const refused = async (...args: readonly string[]) => {
      const { exitCode, stderr, stdout } = await outcry.run("node", ...args);
      return `${exitCode} ${stderr}${stdout}`;
    };
    expect(await refused("remove", "e1")).toMatch(/^2 .*there are e2, e3, e4/);
    expect(await refused("add", "no/name")).toMatch(/^1 .*no node's name/);
    expect(await counted()).toEqual(both("e2", "e3", "e4"));
  });

  it("are the same once the cluster was stopped and started, and nothing is missing", async () => {
    pace.stop();
    const answers = await Promise.all(asked);
    expect(answers.length).toBeGreaterThan(100);
    expect(new Set(answers)).toEqual(new Set([true]));
    expect(await openOrders()).toBe(answers.length);
    await outcry.run("stop");
    await outcry.start("--agents", "none", ...ports);
    expect(await counted()).toEqual(both("e2", "e3", "e4"));
    expect((await status()).nodes.map(({ node }) => node).sort()).toEqual(["e2", "e3", "e4"]);
    const { exitCode, stdout } = await outcry.run("replay", "--verify");
    expect(`${exitCode} ${stdout}`).toMatch(/^0 /);
  });
});
