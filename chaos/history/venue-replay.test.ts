/**
 * Goal: what clients saw of an exchange that keeps its promises is found right, however many
 * requests and answers get lost; and what they were told wrong is found. Method: a whole exchange
 * in memory, traded on by a drill's own clients over wires that lose things as a seed says.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SeededRandom } from "../../clients/agents/seeded-random.ts";
import { MemoryExchange } from "../../clients/sdk/testing/memory-exchange.ts";
import type { Fate } from "../../clients/sdk/testing/memory-exchange.ts";
import { MemoryLog } from "../../cluster/memory-log.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { shardOfAccount, shardOfInstrument } from "../../protocols/index.ts";
import { Trader } from "../workload/trader.ts";
import { checkHistory } from "./check-history.ts";
import type { History } from "./operation.ts";
import { VenueReplay } from "./venue-replay.ts";
import type { VenueRecord } from "./venue-record.ts";

const shards = 2;
const accounts = ["demo", "maker"];
const symbol = "BTC-USDT";
const requestsMin = 120;
let exchange: MemoryExchange;

beforeEach(async () => {
  exchange = await MemoryExchange.open({ shards, nodes: 2 });
});

afterEach(() => exchange.close());

/** What clients of wires with these fates saw, and what the logs say. */
async function traded(seed: number, fates: readonly Fate[]): Promise<[History, VenueRecord]> {
  const random = new SeededRandom(seed);
  const wires = accounts.map(() => exchange.wire());
  const traders = accounts.map((account, index) => {
    const wire = wires[index] ?? exchange.wire();
    wire.fateOf = (subject) => {
      if (!subject.endsWith("order.batch") || !random.percent(20)) return "delivered";
      return fates[random.between(0, fates.length - 1)] ?? "delivered";
    };
    const timing = { attemptTimeoutMs: 20, deadlineMs: 5000 };
    const client = exchange.clientOn(wire, account, { timing });
    const places = [shardOfAccount(account, shards), shardOfInstrument(symbol, shards)];
    return new Trader({ client, symbol, shards: [...new Set(places)], random });
  });
  for (const trader of traders) trader.start(400);
  await eventually(() => wires.every(({ requested }) => requested.length >= requestsMin), {
    what: "clients have asked for much",
  });
  await Promise.all(traders.map((trader) => trader.stop()));
  const standings = [];
  for (const trader of traders) standings.push(await trader.clear());
  const taken = traders.map((trader) => trader.takeHistory());
  const history = {
    operations: taken.flatMap(({ operations }) => operations),
    heardFills: taken.flatMap(({ heardFills }) => heardFills),
    heardEarlier: [],
    standings,
  };
  const { cluster } = exchange.place;
  const replay = new VenueReplay({ shards, nodes: cluster.nodeNames });
  const logs = cluster.storages.map((storage) => new MemoryLog(storage));
  const { record } = await replay.read({ client: cluster.client, logs }, accounts);
  return [history, record];
}

describe("the history of an exchange that keeps its promises", () => {
  it.each([
    [1, ["delivered"]],
    [2, ["lost", "not-heard"]],
    [3, ["answer-lost", "lost", "answer-lost"]],
  ] as const)("is found right, with seed %i and losses %j", async (seed, fates) => {
    const [history, record] = await traded(seed, fates);
    expect(checkHistory(history, record)).toEqual([]);
    expect(record.missing).toEqual([]);
    const kinds = new Set(history.operations.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(["cancel", "place", "replace"]);
    expect(record.fills.length).toBeGreaterThan(20);
    expect(history.heardFills.length).toBeGreaterThan(20);
    expect(record.replicas).toHaveLength(shards * 2 * 3);
    expect(record.sums.map(({ asset }) => asset).sort()).toEqual(["BTC", "USDT"]);
  });

  it("is found wrong as soon as one answer, fill or balance is told otherwise", async () => {
    const [history, record] = await traded(4, ["answer-lost"]);
    const found = (told: Partial<History>): readonly string[] => {
      const violations = checkHistory({ ...history, ...told }, record);
      return violations.map(({ promise }) => promise);
    };
    const { operations, heardFills, standings } = history;
    const at = operations.findIndex(({ outcome }) => outcome.kind === "done");
    const operation = operations[at]!;
    expect(
      found({ operations: operations.with(at, { ...operation, clientOrderId: "no" }) }),
    ).toEqual(["nothing-lost"]);
    const denied = { ...operation, outcome: { kind: "not-done" } } as const;
    expect(found({ operations: operations.with(at, denied) })).toEqual(["answers-true"]);
    expect(found({ heardFills: [...heardFills, heardFills[0]!] })).toEqual(["fills-once"]);
    const poorer = { ...standings[0]!, balances: [["BTC", "1", "0"]] as const };
    expect(found({ standings: standings.with(0, poorer) })).toEqual(["answers-true"]);
  });
});
