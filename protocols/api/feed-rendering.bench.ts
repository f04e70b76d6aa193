/**
 * What one order costs the emitter on the way from a step's events to JSON for participants, as
 * nanoseconds and as a ratio to `feed-rendering.reference.ts` with `JSON.stringify` in the same run.
 *
 * The events are those of a market with makers and takers: per order 1.6 execution reports, 1.3
 * level changes, as many of displayed orders, 0.35 trades and one change of the best prices. Times
 * are processor time, not the clock's: other programs on the machine then count for less.
 *
 *   node protocols/api/feed-rendering.bench.ts [rounds]
 */
import { RecordWriter, writeEvent } from "../index.ts";
import type { ExecutionReport, ShardEvent } from "../index.ts";
import { renderPlainly } from "./feed-rendering.reference.ts";
import { FeedRenderer } from "./feed-rendering.ts";

const stamp = { cluster: "outcry", shard: 1, sequence: 123_456, timeUs: 1_795_000_000_000_000 };
const firstId = 2 ** 44;
/** Orders that one round works on, in steps of whatever size. */
const ordersPerRound = 4000;

interface Market {
  readonly ordersPerStep: number;
  readonly accounts: number;
}

const markets: readonly Market[] = [
  { ordersPerStep: 1000, accounts: 4 },
  { ordersPerStep: 1000, accounts: 200 },
  { ordersPerStep: 100, accounts: 4 },
  { ordersPerStep: 10, accounts: 4 },
  { ordersPerStep: 1, accounts: 4 },
];

function stepOf({ ordersPerStep, accounts }: Market): Uint8Array {
  const writer = new RecordWriter();
  for (let n = 0; n < ordersPerStep; n++) {
    for (const event of eventsOfOrder(n, `maker-${String((n * 7) % accounts)}`)) {
      writeEvent(writer, event);
    }
  }
  return writer.finish();
}

function* eventsOfOrder(n: number, account: string): Generator<ShardEvent> {
  const symbol = n % 2 === 0 ? "BTC-USDT" : "ETH-USDT";
  const price = 6_500_000 + (n % 100);
  const quantity = 1 + (n % 50);
  const updateId = 40_000_000 + n;
  const level = { kind: "level-changed", symbol, side: 0, price, quantity } as const;
  const report = reportOf(n, { account, symbol, price, quantity, remaining: quantity });
  if (isAmong(n, 35)) {
    const tradeId = firstId + 1_000_000 + n;
    yield { kind: "traded", symbol, tradeId, price, quantity, takerSide: 1, updateId };
    const executed = { executed: quantity, remaining: 0, executedNotional: price * quantity * 100 };
    const last = { tradeId, lastPrice: price, lastQuantity: quantity };
    const fill = { ...report, ...executed, ...last, executionType: 1, status: 3 } as const;
    yield { ...fill, liquidity: 1, fee: 65_000 };
    yield { ...fill, liquidity: 2, fee: 130_000 };
  } else {
    yield report;
  }
  if (isAmong(n, 25)) {
    yield { ...report, executionType: 2, status: 4, closeReason: 1, remaining: 0 };
  }
  const entry = { symbol, updateId, entryId: 20_000_000 + n } as const;
  if (isAmong(n, 35)) {
    yield { kind: "entry-executed", ...entry, quantity: 0, tradeId: firstId + 1_000_000 + n };
  } else {
    yield { kind: "entry-added", ...entry, side: 0, price, quantity };
  }
  yield { ...level, updateId };
  if (isAmong(n, 30)) {
    yield { kind: "entry-canceled", ...entry, updateId: updateId + 1, quantity: 0 };
    yield { ...level, updateId: updateId + 1, quantity: 0 };
  }
  const bid = { bidPrice: price - 1, bidQuantity: 20 };
  yield { kind: "best-changed", symbol, updateId, ...bid, askPrice: price, askQuantity: quantity };
}

function reportOf(
  n: number,
  more: Pick<ExecutionReport, "account" | "symbol" | "price" | "quantity" | "remaining">,
): ExecutionReport {
  return {
    kind: "execution-report",
    orderId: firstId + 3_000_000 + n,
    clientOrderId: `1kq3x9zt2m-${n.toString(36)}`,
    executionType: 0,
    status: 1,
    side: n % 2 === 0 ? 0 : 1,
    orderType: 0,
    timeInForce: 0,
    executed: 0,
    executedNotional: 0,
    rejectReason: 0,
    closeReason: 0,
    revision: 0,
    tradeId: 0,
    lastPrice: 0,
    lastQuantity: 0,
    liquidity: 0,
    fee: 0,
    ...more,
  };
}

/** Whether the n-th order is among so many of a hundred, spread evenly. */
function isAmong(n: number, ofHundred: number): boolean {
  return (n * 37) % 100 < ofHundred;
}

const encoder = new TextEncoder();
const renderer = new FeedRenderer();
const tickValueOf = (): number => 100;

const ways = {
  reference: (events: Uint8Array) =>
    renderPlainly(events, stamp, tickValueOf).map(({ message }) =>
      encoder.encode(JSON.stringify(message)),
    ),
  renderer: (events: Uint8Array) =>
    renderer.render(events, stamp, tickValueOf).map(({ payload }) => payload),
} as const;

/** Nanoseconds of processor time for one order, in the median of the rounds. */
function measure(market: Market, rounds: number): { reference: number; renderer: number } {
  const events = stepOf(market);
  const steps = Math.ceil(ordersPerRound / market.ordersPerStep);
  const times: Record<keyof typeof ways, number[]> = { reference: [], renderer: [] };
  for (let round = 0; round < rounds; round++) {
    for (const way of ["reference", "renderer"] as const) {
      const before = process.cpuUsage();
      for (let n = 0; n < steps; n++) ways[way](events);
      const { user, system } = process.cpuUsage(before);
      times[way].push(((user + system) * 1000) / (steps * market.ordersPerStep));
    }
  }
  return { reference: medianOf(times.reference), renderer: medianOf(times.renderer) };
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function main(rounds: number): void {
  for (const market of markets) {
    const { reference, renderer } = measure(market, rounds);
    const perOrder = `${reference.toFixed(0).padStart(6)} ns to ${renderer.toFixed(0).padStart(5)} ns`;
    const ratio = `${(reference / renderer).toFixed(2)} times less`;
    const where = `steps of ${String(market.ordersPerStep)}, ${String(market.accounts)} accounts`;
    process.stdout.write(`${perOrder}, ${ratio}: ${where}\n`);
  }
}

main(Number(process.argv[2] ?? 50));
