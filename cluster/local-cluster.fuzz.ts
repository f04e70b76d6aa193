/**
 * Whole clusters under random trading, whole and broken.
 *
 * Method: the first property trades one command after the other on one shard, on three, and on
 * three whose actors move, and compares what everybody owns. The second kills, stops, cuts off and
 * starts nodes, lets appends fail or double, and moves logs to their next generations and actors to
 * other shards, while orders are under way; clients ask again under the same id as long as an
 * outcome is unknown. Then everything is started, drained and audited: what an account owns must be
 * what the stories of its orders add up to, nothing may be reserved once all orders are canceled,
 * no unit of any asset may have appeared or vanished, and all replicas must be equal.
 */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOfAccount, addressOfBook } from "../protocols/index.ts";
import type { ActorAddress, Command, OrderView, ReplicaStatus } from "../protocols/index.ts";
import type { AppendFate } from "./memory-log.ts";
import { ownedAfter, totalsOf, traders, tradingCommand } from "./testing/trading.ts";
import { cancelingAll, openingCommands, symbols, totalDeposits } from "./testing/venue.ts";
import { VirtualCluster } from "./testing/virtual-cluster.ts";

const accounts = [...traders];

async function openVenue(options: Parameters<typeof VirtualCluster.open>[0]) {
  const world = await VirtualCluster.open(options);
  for (const command of openingCommands(accounts)) await world.submit(command);
  return world;
}

/** Balances and orders of an account, told in words that do not depend on the number of shards. */
async function storyOf(world: VirtualCluster, account: string, orderCount: number) {
  const actor = addressOfAccount(account);
  const balances = await world.askActor(actor, "balances", { account });
  const orders: OrderView[] = [];
  for (let number = 1; number <= orderCount; number++) {
    const ask = { account, orderId: 0, clientOrderId: `c-${String(number)}` };
    const order = await world.askActor(actor, "order", ask);
    if (order !== null) orders.push(order);
  }
  return { balances: balances ?? [], orders };
}

function withoutIds(orders: readonly OrderView[]) {
  return orders.map(({ orderId: _orderId, placedAtUs: _placedAtUs, ...rest }) => rest);
}

describe("one shard and three", () => {
  it("leave everybody with the same after the same trading, wherever they are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(tradingCommand(), { minLength: 10, maxLength: 60 }),
        async (makers) => {
          const stories = [];
          for (const { shards, isMoving } of [
            { shards: 1, isMoving: false },
            { shards: 3, isMoving: false },
            { shards: 3, isMoving: true },
          ]) {
            const world = await openVenue({ shards });
            for (const [index, make] of makers.entries()) {
              if (isMoving && index % 3 === 0) void world.cluster.client.submit([moveAt(index)]);
              const [outcome] = await world.submit(make(index + 1));
              expect(outcome?.kind).toBe("replied");
            }
            await world.drained();
            const { epoch } = await world.ask(0, "placement", {});
            expect(epoch > 0).toBe(isMoving);
            expect(world.holdings()).toEqual(totalDeposits(accounts));
            const told = [];
            for (const account of accounts) {
              const { balances, orders } = await storyOf(world, account, makers.length);
              told.push({ account, balances, orders: withoutIds(orders) });
              expect(totalsOf(balances)).toEqual(ownedAfter(orders));
            }
            stories.push(told);
            await world.close();
          }
          expect(stories[1]).toEqual(stories[0]);
          expect(stories[2]).toEqual(stories[0]);
        },
      ),
      { numRuns: 25 },
    );
  });
});

/** Accounts and the book take turns, and so do shards. */
function moveAt(index: number): Command {
  const turn = index / 3;
  const actors = [...accounts.map(addressOfAccount), addressOfBook(symbols[0])];
  const actor = actors[turn % actors.length]!;
  const shard = (turn + Math.floor(turn / actors.length)) % 3;
  return { kind: "place-actor", actor, shard, author: "ops", reason: "fuzz" };
}

type Act =
  | { readonly kind: "trade"; readonly make: (number: number) => Command }
  | { readonly kind: "kill" | "stop" | "start" | "cut" | "join"; readonly node: string }
  | { readonly kind: "seal" | "next"; readonly shard: number }
  | { readonly kind: "move"; readonly actor: ActorAddress; readonly to: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 12, arbitrary: tradingCommand().map((make) => ({ kind: "trade", make }) as const) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom("kill", "stop", "start", "start", "cut", "join", "join"),
      node: fc.constantFrom("e1", "e2", "e3"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("move"),
      actor: fc.constantFrom(...accounts.map(addressOfAccount), addressOfBook(symbols[0])),
      to: fc.integer({ min: 0, max: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("seal", "next"),
      shard: fc.integer({ min: 0, max: 2 }),
    }),
  },
);

const fates: readonly AppendFate[] = [
  "stored-twice",
  "stored-unanswered",
  "lost-unanswered",
  "unavailable",
];

/** Mostly stored. */
const fate: fc.Arbitrary<AppendFate> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<AppendFate>("stored") },
  { weight: 1, arbitrary: fc.constantFrom(...fates) },
);

class BrokenWorld {
  readonly world: VirtualCluster;
  readonly #cut = new Set<string>();
  readonly #starting: Promise<void>[] = [];
  readonly #moves: Promise<unknown>[] = [];

  constructor(world: VirtualCluster) {
    this.world = world;
  }

  async perform(act: Exclude<Act, { kind: "trade" }>): Promise<void> {
    if ("shard" in act) return this.#roll(act);
    if ("actor" in act) return this.#move(act);
    const { kind, node } = act;
    const { cluster } = this.world;
    const isRunning = cluster.isRunning(node);
    if (kind === "start" && !isRunning) this.#starting.push(cluster.startNode(node));
    if (!isRunning) return;
    if (kind === "kill") await cluster.killNode(node);
    if (kind === "stop") await cluster.stopNode(node);
    if (kind === "kill" || kind === "stop") this.#cut.delete(node);
    if (kind === "cut") this.#reach(node, false);
    if (kind === "join") this.#reach(node, true);
  }

  async heal(): Promise<void> {
    for (const node of this.#cut) this.#reach(node, true);
    for (const shard of this.world.cluster.storages.keys()) this.#roll({ kind: "next", shard });
    for (const node of this.world.cluster.nodeNames) await this.perform({ kind: "start", node });
    await this.world.settled(Promise.all(this.#starting));
    await this.world.settled(Promise.all(this.#moves));
  }

  /** Between the two, what is appended is void. */
  #roll({ kind, shard }: Extract<Act, { readonly shard: number }>): void {
    const storage = this.world.cluster.storages[shard];
    const isSealed = storage?.generations.at(-1)?.isSealed === true;
    if (kind === "seal") storage?.seal();
    else if (isSealed) storage?.beginNext();
  }

  /** Whether it is done or refused, because another one is not over, is all the same. */
  #move({ actor, to: shard }: Extract<Act, { readonly kind: "move" }>): void {
    const by = { author: "ops", reason: "fuzz" };
    this.#moves.push(
      this.world.cluster.client.submit([{ kind: "place-actor", actor, shard, ...by }]),
    );
  }

  #reach(node: string, isReachable: boolean): void {
    this.world.cluster.setReachable(node, isReachable);
    if (isReachable) this.#cut.delete(node);
    else this.#cut.add(node);
  }
}

/** As a client does: asks again under the same id as long as the outcome is unknown. */
async function insist(world: VirtualCluster, command: Command): Promise<void> {
  for (;;) {
    const [outcome] = await world.cluster.client.submit([command], { timeoutMs: 1000 });
    if (outcome?.kind === "replied") return;
  }
}

describe("three shards on three nodes that are killed, cut off, started and rolled", () => {
  it("lose nothing, double nothing, and end equal", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(act, fc.integer({ min: 0, max: 120 })), { minLength: 20, maxLength: 80 }),
        fc.array(fate, { maxLength: 300 }),
        async (acts, dealt) => {
          let isHarsh = false;
          const left = [...dealt];
          const world = await openVenue({
            shards: 3,
            nodes: 3,
            timing: { snapshotEveryEntries: 20 },
            fate: () => (isHarsh ? (left.shift() ?? "stored") : "stored"),
          });
          isHarsh = true;
          const broken = new BrokenWorld(world);
          const orders: Promise<void>[] = [];
          for (const [index, [act, pauseMs]] of acts.entries()) {
            if (act.kind === "trade") orders.push(insist(world, act.make(index + 1)));
            else await broken.perform(act);
            await world.run(pauseMs);
          }
          isHarsh = false;
          await broken.heal();
          await world.settled(Promise.all(orders));
          await audit(world, acts.length);
          await world.close();
        },
      ),
      { numRuns: 40 },
    );
  });
});

async function audit(world: VirtualCluster, orderCount: number): Promise<void> {
  await world.drained();
  expect(world.reported("diverged")).toEqual([]);
  for (const account of accounts) {
    const { balances, orders } = await storyOf(world, account, orderCount);
    expect(totalsOf(balances), account).toEqual(ownedAfter(orders));
    await world.submit(cancelingAll(account));
  }
  await world.drained();
  expect(world.holdings()).toEqual(totalDeposits(accounts));
  for (const account of accounts) {
    const actor = addressOfAccount(account);
    const balances = (await world.askActor(actor, "balances", { account })) ?? [];
    expect(balances.map(({ reserved }) => reserved)).toEqual(balances.map(() => 0));
  }
  for (let shard = 0; shard < world.shards; shard++) {
    void world.cluster.client.submitTo(shard, [{ kind: "checkpoint", label: "audit" }]);
  }
  await world.drained();
  for (let shard = 0; shard < world.shards; shard++) {
    const proofs = world.statuses(shard).map(proofOf);
    expect(proofs.length).toBe(3);
    expect(proofs[0]?.checkpointSequence).toBe(proofs[0]?.appliedSequence);
    expect(proofs).toEqual(proofs.map(() => proofs[0]));
  }
}

/** What must be the same on all replicas of a shard that have applied the same. */
function proofOf(status: ReplicaStatus) {
  const { appliedSequence, entriesHash, outputsHash, checkpointSequence, checkpointHash } = status;
  return { appliedSequence, entriesHash, outputsHash, checkpointSequence, checkpointHash };
}
