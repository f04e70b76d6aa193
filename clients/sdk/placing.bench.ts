/**
 * What one order costs a program that uses the SDK: from `place` to its result, with a line that
 * answers every batch at once. Times are processor time.
 *
 *   node clients/sdk/placing.bench.ts [rounds]
 */
import { decodeOrderBatch, encodeOrderReplies } from "../../protocols/api/order-batch.ts";
import type { PlaceRequest } from "../../protocols/api/order-requests.ts";
import { OrderStatus } from "../../protocols/index.ts";
import { OutcryClient } from "./outcry-client.ts";
import type { Wire } from "./wire.ts";

const ordersPerRound = 1000;

const reply = {
  kind: "order-replied",
  origin: { producer: "gw-1", epoch: 1_795_000_000_000, frame: 77, index: 0 },
  rejectReason: 0,
  isDuplicate: false,
  orderId: 1_000_000,
  status: OrderStatus.new,
  closeReason: 0,
  price: 6_500_000,
  quantity: 20,
  executed: 0,
  executedNotional: 0,
  fees: 0,
  revision: 0,
  updateId: 1,
} as const;

/** Answers to full batches are made once, so that making them is not measured. */
const fullAnswer = encodeOrderReplies(Array.from({ length: ordersPerRound }, () => reply));

const wire: Wire = {
  request: async (_, payload) => {
    const decoded = isFull(payload) ? undefined : decodeOrderBatch(payload, "demo");
    const count = decoded?.kind === "commands" ? decoded.commands.length : 0;
    const answer =
      decoded === undefined ? fullAnswer : encodeOrderReplies(Array(count).fill(reply));
    return { kind: "answered", payload: answer };
  },
  subscribe: () => ({ close: () => undefined }),
  onReconnect: () => undefined,
  close: () => Promise.resolve(),
};

function isFull(payload: Uint8Array): boolean {
  return payload.length > ordersPerRound * 35;
}

async function main(rounds: number): Promise<void> {
  const client = new OutcryClient(wire, { account: "demo" });
  const order: PlaceRequest = {
    symbol: "BTC-USDT",
    side: "buy",
    type: "limit",
    price: 6_500_000,
    quantity: 20,
  };
  const orders = Array.from({ length: ordersPerRound }, () => order);
  for (let n = 0; n < rounds / 4; n++) await client.placeMany(orders);
  const before = process.cpuUsage();
  let accepted = 0;
  for (let n = 0; n < rounds; n++) {
    for (const result of await client.placeMany(orders)) if (result.ok) accepted += 1;
  }
  const { user, system } = process.cpuUsage(before);
  const ns = ((user + system) * 1000) / accepted;
  process.stdout.write(`${ns.toFixed(0)} ns for each of ${String(accepted)} orders\n`);
}

await main(Number(process.argv[2] ?? 500));
