/**
 * What one order costs a gateway on the fast path: a batch in records from bytes to commands, its
 * answers from outcomes to bytes, and both together with all that stands between.
 *
 * The cluster is a stand-in that answers at once, so what is measured is the gateway's own. Times are
 * processor time, not the clock's: other programs on the machine then count for less.
 *
 *   node gateway/order-batch.bench.ts [rounds]
 */
import {
  decodeOrderBatch,
  encodeOrderReplies,
  OrderBatchWriter,
} from "../protocols/api/order-batch.ts";
import { FrameBuilder, OrderStatus, plainInstructions } from "../protocols/index.ts";
import type { OrderReplied } from "../protocols/index.ts";
import { Gateway } from "./gateway.ts";
import { ScriptedCluster } from "./testing/scripted-cluster.ts";

const ordersPerBatch = 1000;

function batchOf(orders: number): Uint8Array {
  const writer = new OrderBatchWriter();
  for (let n = 0; n < orders; n++) {
    writer.add({
      kind: "place-order",
      account: "demo",
      clientOrderId: `1kq3x9zt2m-${n.toString(36)}`,
      symbol: n % 2 === 0 ? "BTC-USDT" : "ETH-USDT",
      side: n % 2 === 0 ? 0 : 1,
      orderType: 0,
      timeInForce: 0,
      price: 6_500_000 + (n % 100),
      quantity: 1 + (n % 50),
      instructions: plainInstructions,
    });
  }
  return writer.finish();
}

function replyTo(index: number): OrderReplied {
  return {
    kind: "order-replied",
    origin: { producer: "gw-1", epoch: 1_795_000_000_000, frame: 77, index },
    rejectReason: 0,
    isDuplicate: false,
    orderId: 1_000_000 + index,
    status: OrderStatus.new,
    closeReason: 0,
    price: 6_500_000,
    quantity: 20,
    executed: 0,
    executedNotional: 0,
    fees: 0,
    revision: 0,
    updateId: index,
  };
}

/** Nanoseconds of processor time that one order took, on average over all rounds. */
async function measure(rounds: number, round: () => unknown): Promise<number> {
  for (let n = 0; n < rounds / 4; n++) await round();
  const before = process.cpuUsage();
  for (let n = 0; n < rounds; n++) await round();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / rounds / ordersPerBatch;
}

async function main(rounds: number): Promise<void> {
  const bytes = batchOf(ordersPerBatch);
  const replies = Array.from({ length: ordersPerBatch }, (_, index) => replyTo(index));
  const cluster = new ScriptedCluster();
  const frame = new FrameBuilder();
  let index = 0;
  cluster.outcomeOf = () => ({ kind: "replied", reply: replies[index++ % ordersPerBatch]! });
  const gateway = new Gateway(cluster);

  const decoded = decodeOrderBatch(bytes, "demo");
  const commands = decoded.kind === "commands" ? decoded.commands : [];
  const rows: [string, number][] = [
    ["decode and check", await measure(rounds, () => decodeOrderBatch(bytes, "demo"))],
    ["encode the answers", await measure(rounds, () => encodeOrderReplies(replies))],
    [
      "gateway, bytes to bytes",
      await measure(rounds, () => {
        cluster.submitted.length = 0;
        return gateway.answerRecords({ account: "demo", administrator: "" }, bytes);
      }),
    ],
    [
      "write into a frame (the cluster client's)",
      await measure(rounds, () => {
        for (const command of commands) frame.add(command);
        frame.finish({ producer: "gw-1", epoch: 1, frame: 1, expiresAtUs: 0 });
      }),
    ],
  ];
  for (const [what, ns] of rows) process.stdout.write(`${ns.toFixed(0).padStart(6)} ns  ${what}\n`);
}

await main(Number(process.argv[2] ?? 1000));
