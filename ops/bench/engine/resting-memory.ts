/**
 * What an order costs that rests: the process's memory after garbage collection, with and without
 * so many of them, over their number. All that is kept of an order is in it: the account's part, its
 * client's name for it, the book's part.
 */
import { OrderType, plainInstructions, Side, TimeInForce } from "../../../protocols/index.ts";
import type { PlaceOrder } from "../../../protocols/index.ts";
import {
  accounts,
  BenchedShard,
  LogWriter,
  openingEntries,
  openingUs,
  symbols,
} from "./bench-venue.ts";
import { memoryInUse } from "../gc-pauses.ts";

export interface MemoryAssignment {
  readonly restingOrders: number;
}

export interface MemoryMeasurement extends MemoryAssignment {
  /** On JavaScript's heap and in array buffers, for each order. */
  readonly bytesPerOrder: number;
  /** Of these, in array buffers. */
  readonly arrayBytesPerOrder: number;
  /** All that the process got from the system, for each order. */
  readonly residentBytesPerOrder: number;
  readonly work: string;
}

const ordersPerFrame = 1000;
/** Each side of each book has so many levels. */
const levelsPerSide = 1000;
const middle = 30_000;

export function measureMemory({ restingOrders }: MemoryAssignment): MemoryMeasurement {
  const log = new LogWriter();
  const shard = new BenchedShard();
  for (const entry of openingEntries(log)) shard.apply(entry);
  const before = memoryInUse();
  rest(shard, log, restingOrders);
  const after = memoryInUse();
  const resting = shard.restingCount;
  if (resting !== restingOrders) throw new Error(`only ${String(resting)} orders rest`);
  return {
    restingOrders,
    bytesPerOrder: (after.used - before.used) / restingOrders,
    arrayBytesPerOrder: (after.arrays - before.arrays) / restingOrders,
    residentBytesPerOrder: (after.resident - before.resident) / restingOrders,
    work: shard.work,
  };
}

/** A shard in which so many orders rest. */
export function restingShard(restingOrders: number): BenchedShard {
  const log = new LogWriter();
  const shard = new BenchedShard();
  for (const entry of openingEntries(log)) shard.apply(entry);
  rest(shard, log, restingOrders);
  return shard;
}

function rest(shard: BenchedShard, log: LogWriter, restingOrders: number): void {
  for (let placed = 0; placed < restingOrders;) {
    const length = Math.min(ordersPerFrame, restingOrders - placed);
    const messages = Array.from({ length }, (_, index) => restingOrder(placed + index));
    shard.apply(log.entry("gateway-1", messages, openingUs));
    placed += length;
  }
}

/** Orders that do not meet, over all books, accounts and levels in turn. */
function restingOrder(index: number): PlaceOrder {
  const side = index % 2 === 0 ? Side.buy : Side.sell;
  const distance = 1 + (Math.trunc(index / (2 * symbols.length)) % levelsPerSide);
  return {
    kind: "place-order",
    account: accounts[Math.trunc(index / 7) % accounts.length]!,
    clientOrderId: `order-${index.toString(36)}`,
    symbol: symbols[Math.trunc(index / 2) % symbols.length]!,
    side,
    orderType: OrderType.limit,
    timeInForce: TimeInForce.GTC,
    price: side === Side.buy ? middle - distance : middle + distance,
    quantity: 1 + (index % 100),
    instructions: plainInstructions,
  };
}
