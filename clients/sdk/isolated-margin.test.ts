/** Goal: an account isolates its position by the client, and moves its margin once. */
import { afterEach, beforeEach, expect, it } from "vitest";
import type { OutcryClient } from "./outcry-client.ts";
import { MemoryExchange } from "./testing/memory-exchange.ts";
import type { MemoryWire } from "./testing/memory-exchange.ts";

const symbol = "BTC-USDT-FUT";
const contract = {
  ...{ kind: "future", expiresAtUs: 4_000_000_000_000_000, fundAccount: "insurance" },
  ...{ initialMarginPpm: 50_000, maintenanceMarginPpm: 25_000, markClampPpm: 10_000 },
  liquidationFeePpm: 5000,
};
const order = { symbol, type: "limit", price: 100, quantity: 40 } as const;

let exchange: MemoryExchange;
let wire: MemoryWire;
let client: OutcryClient;

beforeEach(async () => {
  exchange = await MemoryExchange.open();
  const { place } = exchange;
  await place.must("account.open", { account: "insurance" });
  const { instruments } = await place.must("instruments", {});
  const { baseUnitsPerLot, quoteUnitsPerTickLot } = instruments[0]!;
  await place.must("instrument.list", {
    ...{ symbol, base: "BTC", quote: "USDT", baseUnitsPerLot, quoteUnitsPerTickLot },
    ...{ makerFeeBasisPoints: 0, takerFeeBasisPoints: 0, contract },
  });
  await place.must("indexPrice.publish", { symbol, price: 100 });
  for (const account of ["demo", "maker"]) {
    await place.must("margin.setAccount", { account, isMargin: true, reason: "agreed" });
  }
  wire = exchange.wire();
  const quick = { attemptTimeoutMs: 10, deadlineMs: 1000 };
  client = exchange.clientOn(wire, "demo", { timing: quick });
});
afterEach(() => exchange.close());

async function open(): Promise<void> {
  await exchange.client("maker").place({ ...order, side: "sell" });
  await client.place({ ...order, side: "buy" });
}

const posted = async (): Promise<bigint> => BigInt((await client.positions())[0]!.posted);

it("a position is isolated, and has what opens it to itself", async () => {
  expect(await client.isolated.setMode({ symbol, mode: "isolated" })).toEqual({ ok: true });
  await open();
  const [position] = await client.positions();
  expect(position).toMatchObject({ mode: "isolated", lots: 40, liquidation: "" });
  expect(await posted()).toBe(BigInt(position!.initialMargin));
  const again = await client.isolated.setMode({ symbol, mode: "cross" });
  expect(again).toMatchObject({ ok: false, error: { name: "margin-mode-in-use" } });
});

it("margin is moved once, though the first answer was lost", async () => {
  await client.isolated.setMode({ symbol, mode: "isolated" });
  await open();
  const before = await posted();
  let count = 0;
  wire.fateOf = (subject) => {
    if (!subject.includes(".margin.")) return "delivered";
    count += 1;
    return count % 2 === 1 ? "answer-lost" : "delivered";
  };
  const added = await client.isolated.add({ symbol, amount: "500", reference: "a" });
  const removed = await client.isolated.remove({ symbol, amount: "200", reference: "r" });
  expect([added, removed, count]).toEqual([{ ok: true }, { ok: true }, 4]);
  expect(await posted()).toBe(before + 300n);
});
