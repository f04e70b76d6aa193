/** The load that benchmarks put on a cluster: participants that keep so many orders under way. */
import type { OutcryClient } from "../../clients/sdk/index.ts";
import { delay, systemClock } from "../../cluster/clock.ts";
import { defaultSettings, nodeNames } from "../config/cluster-settings.ts";

export interface OrderLoad {
  readonly seconds: number;
  /** Of each client. */
  readonly underWay: number;
}

export const symbol = "BTC-USDT";
/** Enough for every run; below 2^53 units, where amounts are plain numbers as most people's are. */
export const funds = { BTC: "1000000000000000", USDT: "4000000000000000" };
export const price = 6_400_000;

/** A third of the orders trade. Resolves with how many there were; notes some of their times. */
export async function loadFrom(
  client: OutcryClient,
  { seconds, underWay }: OrderLoad,
  latencies: number[],
): Promise<number> {
  const endMs = systemClock.nowMs() + seconds * 1000;
  let count = 0;
  let next = 0;
  const lane = async (): Promise<void> => {
    while (systemClock.nowMs() < endMs) {
      next += 1;
      const isBuy = next % 2 === 0;
      // Prices from two ticks on the passive side to one on the other: about one in three trades.
      const offset = (next % 4) - 2;
      const startMs = systemClock.nowMs();
      const result = await client.place({
        symbol,
        side: isBuy ? "buy" : "sell",
        type: "limit",
        price: price + (isBuy ? offset : -offset),
        quantity: 1 + (next % 3),
        timeInForce: next % 8 === 0 ? "IOC" : "GTC",
      });
      if (!result.ok) throw new Error(`an order was refused: ${result.error.name}`);
      if (count % 16 === 0) latencies.push(systemClock.nowMs() - startMs);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: underWay }, lane));
  return count;
}

/** Ends what rests, and waits until every process has done with it. */
export async function clear(clients: readonly OutcryClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.cancelAll()));
  for (let round = 0; round < 50; round++) {
    for (const client of clients) await client.depth({ symbol, levels: 1 });
  }
}

const settleTimeoutMs = 60_000;

/**
 * Waits until every shard's first node emits again: while code is compiled under full load, nodes
 * fall silent, and others take emission from them. Resolves with false when that takes too long.
 */
export async function settle(client: OutcryClient): Promise<boolean> {
  const deadlineMs = systemClock.nowMs() + settleTimeoutMs;
  const nodes = nodeNames(defaultSettings);
  for (;;) {
    const { shards } = await client.status();
    if (shards.every(({ shard, emitter }) => emitter === nodes[shard % nodes.length])) {
      return true;
    }
    if (systemClock.nowMs() > deadlineMs) return false;
    await delay(systemClock, 250);
  }
}
