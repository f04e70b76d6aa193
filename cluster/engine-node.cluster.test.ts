/**
 * Engine nodes on real nats-servers: the same stories as on the twins in memory, where lines,
 * servers and elections are real.
 *
 * Method: three nodes and a gateway's client, each with a connection of its own to another server.
 * Orders go on while something is killed; afterwards each of them must have its outcome, the
 * replicas must be equal, and everybody must own what the orders say.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { shardOfAccount, Side } from "../protocols/index.ts";
import type { Command, PlaceOrder } from "../protocols/index.ts";
import { systemClock } from "./clock.ts";
import { LogClient } from "./log-client.ts";
import { eventually } from "./testing/eventually.ts";
import { NatsCluster } from "./testing/nats-cluster.ts";
import { nodeNames, RealNodes } from "./testing/real-nodes.ts";
import type { Line } from "./testing/real-nodes.ts";
import { openingCommands, placing, totalDeposits } from "./testing/venue.ts";

const accounts = ["alice", "bob"];

let servers: NatsCluster;
/** A stream cannot be emptied: each test has its own. */
let venueNumber = 0;
let venue: RealVenue;

beforeAll(async () => {
  servers = await NatsCluster.start();
});
afterAll(async () => await servers.stop());
beforeEach(() => {
  venueNumber += 1;
});
afterEach(async () => {
  await venue.close();
  for (const name of servers.names) if (!servers.isRunning(name)) await servers.restart(name);
  await servers.healthy();
});

/** Some shards on three nodes, with accounts that have funds. */
class RealVenue {
  readonly nodes: RealNodes;
  readonly client: LogClient;
  readonly #shards: number;
  readonly #line: Line;

  private constructor(nodes: RealNodes, line: Line) {
    const { logs, bus } = line;
    const options = { producer: "gw-1", epoch: Date.now(), logs, bus, clock: systemClock };
    this.nodes = nodes;
    this.client = new LogClient(options);
    this.#shards = logs.length;
    this.#line = line;
  }

  static async open(shards = 1): Promise<RealVenue> {
    const nodes = await RealNodes.start({ servers, shards, venueNumber });
    const opened = new RealVenue(nodes, await nodes.line());
    for (const command of openingCommands(accounts)) await opened.insist(command);
    return opened;
  }

  /** Asks again under the same id as long as the outcome is unknown. */
  async insist(command: Command): Promise<void> {
    for (;;) {
      const [outcome] = await this.client.submit([command], { timeoutMs: 2000 });
      // Only a client that was closed has no place for one: then this would go on for ever.
      if (outcome?.kind === "busy") throw new Error("the client takes no commands");
      if (outcome?.kind !== "replied") continue;
      expect(outcome.reply.rejectReason).toBe(0);
      return;
    }
  }

  /** Orders that trade with one another, a few under way at a time, until told to stop. */
  flow(): Flow {
    let isStopping = false;
    let done = 0;
    const repliedAtMs: number[] = [];
    let number = 0;
    const work = async (): Promise<void> => {
      while (!isStopping) {
        number += 1;
        await this.insist(orderNumbered(number));
        done += 1;
        repliedAtMs.push(performance.now());
      }
    };
    const workers = [1, 2, 3, 4].map(work);
    return {
      longestGapMs: () =>
        Math.max(...repliedAtMs.map((atMs, index) => atMs - (repliedAtMs[index - 1] ?? atMs))),
      past: async (count) => {
        const goal = done + count;
        await eventually(() => done >= goal, {
          what: () => `${String(goal)} orders are done, it is ${String(done)}`,
          deadlineMs: 40_000,
        });
      },
      stop: async () => {
        isStopping = true;
        await Promise.all(workers);
        return number;
      },
    };
  }

  /** Moves a shard's log to its next generation, however long that takes. */
  async roll(shard = 0): Promise<void> {
    const log = this.#line.logs[shard];
    const newest = async () => (await log?.generations())?.at(-1)?.generation ?? 0;
    let generation: number | undefined;
    await eventually(
      async () => {
        generation ??= await newest();
        await log?.roll(generation);
        return (await newest()) > generation;
      },
      { what: "the log is rolled", deadlineMs: 60_000 },
    );
  }

  /** Waits until all replicas have applied the same, and compares what they are then. */
  async expectEqual(): Promise<void> {
    for (let shard = 0; shard < this.#shards; shard++) {
      const statuses = () => this.nodes.engines.map((engine) => engine.replica(shard).status());
      await eventually(
        () => {
          const [first, ...others] = statuses().map(({ appliedSequence }) => appliedSequence);
          return others.every((sequence) => sequence === first);
        },
        { what: "all replicas have applied the same" },
      );
      const proofs = statuses().map(({ entriesHash, outputsHash }) => [entriesHash, outputsHash]);
      expect(proofs).toEqual(proofs.map(() => proofs[0]));
    }
    expect(this.nodes.reports.filter(({ event }) => event.kind === "diverged")).toEqual([]);
  }

  /** Every order is there once, and nothing was made or lost. */
  async expectAll(orders: number): Promise<void> {
    for (let number = 1; number <= orders; number++) {
      const { account, clientOrderId } = orderNumbered(number);
      const shard = shardOfAccount(account, this.#shards);
      const order = await this.client.ask(shard, "order", { account, orderId: 0, clientOrderId });
      expect(order).toMatchObject({ clientOrderId });
    }
    await eventually(async () => isSame(await this.#holdings(), totalDeposits(accounts)), {
      what: "all that was brought in is on the accounts",
    });
  }

  async #holdings(): Promise<ReadonlyMap<string, bigint>> {
    const totals = new Map<string, bigint>();
    for (let shard = 0; shard < this.#shards; shard++) {
      for (const holding of await this.client.ask(shard, "holdings", {})) {
        const { asset, available, reserved } = holding;
        totals.set(asset, (totals.get(asset) ?? 0n) + BigInt(available) + BigInt(reserved));
      }
    }
    return totals;
  }

  async close(): Promise<void> {
    await this.nodes.close();
    await this.client.close();
    await this.#line.connection.close();
  }
}

interface Flow {
  /** Resolves when so many more orders are done. */
  past(count: number): Promise<void>;
  /** Resolves with how many there were. */
  stop(): Promise<number>;
  /** The longest time in which no order was done. */
  longestGapMs(): number;
}

/** Buys and sells at one price, in turn. */
function orderNumbered(number: number): PlaceOrder {
  const isBuy = number % 2 === 0;
  const account = accounts[number % accounts.length] ?? "";
  const side = isBuy ? Side.buy : Side.sell;
  return placing({ account, side, clientOrderId: `c-${String(number)}`, quantity: 1 });
}

function isSame(a: ReadonlyMap<string, bigint>, b: ReadonlyMap<string, bigint>): boolean {
  return a.size === b.size && [...a].every(([asset, amount]) => b.get(asset) === amount);
}

describe("three nodes on three servers", () => {
  it("stay equal while orders flow, and keep one emitter", async () => {
    venue = await RealVenue.open();
    const flow = venue.flow();
    await flow.past(300);
    await venue.expectAll(await flow.stop());
    await venue.expectEqual();
    expect(venue.nodes.emitterOf(0)).toBe("e1");
    const statuses = await venue.client.nodes();
    expect(statuses.map(({ node }) => node)).toEqual(nodeNames);
    expect(statuses.map(({ replicas }) => replicas[0]?.emitterEpoch)).toEqual([1, 1, 1]);
  });

  it("go on when the emitter is killed, and take it back", async () => {
    venue = await RealVenue.open();
    const flow = venue.flow();
    await flow.past(100);
    await venue.nodes.kill("e1");
    await flow.past(5);
    await venue.nodes.start("e1");
    await flow.past(100);
    await venue.expectAll(await flow.stop());
    await venue.expectEqual();
    const restored = venue.nodes.engine("e1").replica(0).status();
    expect(restored.snapshotSequence).toBeGreaterThan(0);
  });

  it("go on when the emitter is stopped and hands over", async () => {
    venue = await RealVenue.open();
    const flow = venue.flow();
    await flow.past(50);
    await venue.nodes.stop("e1");
    await flow.past(5);
    await venue.expectAll(await flow.stop());
    await venue.expectEqual();
    expect(venue.nodes.emitterOf(0)).toBe("e2");
  });

  it("lose nothing when the server that leads the log is killed", async () => {
    venue = await RealVenue.open();
    const flow = venue.flow();
    await flow.past(50);
    await servers.kill(await servers.leaderOf(venue.nodes.streamOf(0)));
    await flow.past(50);
    await venue.expectAll(await flow.stop());
    await venue.expectEqual();
  });

  it("lose nothing when the emitter dies together with the server it is connected to", async () => {
    venue = await RealVenue.open();
    const flow = venue.flow();
    await flow.past(50);
    await Promise.all([servers.kill("n1"), venue.nodes.kill("e1")]);
    await flow.past(50);
    await venue.expectAll(await flow.stop());
    await venue.expectEqual();
  });

  it("trade across three shards while nodes and a server are killed", async () => {
    venue = await RealVenue.open(3);
    const flow = venue.flow();
    await flow.past(30);
    await venue.nodes.kill("e2");
    await flow.past(30);
    await venue.nodes.start("e2");
    await servers.kill("n3");
    await flow.past(30);
    await venue.nodes.kill("e1");
    await flow.past(30);
    await venue.nodes.start("e1");
    await venue.expectAll(await flow.stop());
    await venue.expectEqual();
  });

  it("trade on while their logs move from generation to generation", async () => {
    venue = await RealVenue.open(3);
    const flow = venue.flow();
    for (let generation = 1; generation <= 3; generation += 1) {
      await flow.past(40);
      await Promise.all([0, 1, 2].map((shard) => venue.roll(shard)));
    }
    await flow.past(40);
    await venue.expectAll(await flow.stop());
    await venue.expectEqual();
    // Frames that nobody appended again after a seal would be too late after 10 s.
    expect(flow.longestGapMs()).toBeLessThan(9000);
  });

  it("lose nothing when a log's leader is killed in the middle of a roll", async () => {
    venue = await RealVenue.open();
    const flow = venue.flow();
    await flow.past(50);
    await venue.roll();
    await flow.past(50);
    const leader = await servers.leaderOf(venue.nodes.streamOf(0, 2));
    await Promise.all([venue.roll(), servers.kill(leader)]);
    await flow.past(50);
    await venue.nodes.kill("e2");
    await venue.nodes.start("e2");
    await venue.expectAll(await flow.stop());
    await venue.expectEqual();
  });

  it("start anew from nothing but the log", async () => {
    venue = await RealVenue.open();
    const flow = venue.flow();
    await flow.past(60);
    await venue.roll();
    await flow.past(60);
    const orders = await flow.stop();
    for (const name of nodeNames) await venue.nodes.kill(name);
    venue.nodes.forgetSnapshots();
    for (const name of nodeNames) await venue.nodes.start(name);
    await venue.expectAll(orders);
    await venue.expectEqual();
  });
});
