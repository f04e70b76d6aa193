/**
 * The load of a drill: for each shard a client whose account and book both live there, so that its
 * silence tells of that shard alone, and, where there are several, one that trades in the next
 * shard's book.
 */
import { SeededRandom } from "../../clients/agents/seeded-random.ts";
import type { AdminResult } from "../../clients/sdk/index.ts";
import type { ThrowawayCluster } from "../../ops/supervisor/throwaway-cluster.ts";
import { shardOfAccount, shardOfInstrument } from "../../protocols/index.ts";
import type { History } from "../history/operation.ts";
import { Trader } from "./trader.ts";

export interface WorkloadOptions {
  readonly cluster: ThrowawayCluster;
  readonly seed: number;
  /** Commands a second, of all clients together. */
  readonly rate: number;
  /** Where clients find the servers. */
  readonly servers: readonly string[];
}

/** Far more than a drill can trade away. */
const funds = { BTC: "10000000000000", USDT: "100000000000000" };
const terms = {
  base: "BTC",
  quote: "USDT",
  baseUnitsPerLot: 10_000,
  quoteUnitsPerTickLot: 1,
  makerFeeBasisPoints: 10,
  takerFeeBasisPoints: 20,
};

export class Workload {
  readonly traders: readonly Trader[];
  readonly #rate: number;

  private constructor(traders: readonly Trader[], rate: number) {
    this.traders = traders;
    this.#rate = rate;
  }

  /** Lists an instrument on each shard, opens accounts, and connects their clients. */
  static async open({ cluster, seed, rate, servers }: WorkloadOptions): Promise<Workload> {
    const { shards } = cluster.file;
    const numbers = Array.from({ length: shards }, (_, shard) => shard);
    const symbolOf = new Map(numbers.map((shard) => [shard, symbolOn(shard, shards)]));
    const admin = await cluster.admin();
    const listed = [...symbolOf.values()].map(async (symbol) => {
      done(await admin.listInstrument({ symbol, ...terms }));
    });
    await Promise.all(listed);
    await admin.close();
    const places = numbers.flatMap((shard) => {
      const next = (shard + 1) % shards;
      // Alone, a client would have nobody to trade with.
      return next === shard ? [[shard], [shard]] : [[shard], [shard, next]];
    });
    const accounts = places.map(([home = 0], index) => accountOn(home, shards, index));
    const clients = await cluster.participants(accounts, funds, { servers });
    const traders = clients.map((client, index) => {
      const shardsOfTrader = places[index] ?? [];
      const symbol = symbolOf.get(shardsOfTrader.at(-1) ?? 0) ?? "";
      const random = new SeededRandom(seed, client.account);
      return new Trader({ client, symbol, shards: shardsOfTrader, random });
    });
    return new Workload(traders, rate);
  }

  get accounts(): readonly string[] {
    return this.traders.map(({ account }) => account);
  }

  /** How many commands the logs have answered, ever. */
  get acknowledgedCount(): number {
    return this.traders.reduce((sum, trader) => sum + trader.acknowledgedCount, 0);
  }

  start(): void {
    for (const trader of this.traders) trader.start(this.#rate / this.traders.length);
  }

  /** Resolves when everything that was asked for is answered or given up. */
  async stop(): Promise<void> {
    await Promise.all(this.traders.map((trader) => trader.stop()));
  }

  /** Cancels what rests and gives what happened since the last call. */
  async takeHistory(): Promise<History> {
    const standings = [];
    // One after the other: a cancel ends what another client's order could have traded with.
    for (const trader of this.traders) standings.push(await trader.clear());
    const taken = this.traders.map((trader) => trader.takeHistory());
    return {
      operations: taken.flatMap(({ operations }) => operations),
      heardFills: taken.flatMap(({ heardFills }) => heardFills),
      heardEarlier: taken.flatMap(({ heardEarlier }) => heardEarlier),
      standings,
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.traders.map((trader) => trader.close()));
  }
}

function symbolOn(shard: number, shards: number): string {
  for (let number = 1; ; number++) {
    const symbol = `DRILL${number}-USDT`;
    if (shardOfInstrument(symbol, shards) === shard) return symbol;
  }
}

function accountOn(shard: number, shards: number, index: number): string {
  for (let number = 1; ; number++) {
    const account = `drill-${index}-${number}`;
    if (shardOfAccount(account, shards) === shard) return account;
  }
}

function done(result: AdminResult): void {
  if (!result.ok) throw new Error(`a drill's market was refused: ${result.error.message}`);
}
