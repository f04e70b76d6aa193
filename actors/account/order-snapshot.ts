/**
 * Orders as plain data and back: their rows as they lie in memory, and what stands beside the rows.
 *
 * Equal orders give equal data, whichever slots they have and whatever was in them before.
 */
import {
  assert,
  Fields,
  fieldsOfInstructions,
  fieldsOfOrder,
  instructionsIn,
  orderIn,
  unrevised,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  CancelFailure,
  InstrumentSymbol,
  OrderId,
  PlaceOrder,
  RejectReason,
  RevisedInstructions,
  ShardId,
} from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import type { PendingChange, SettledReplace, Waiter } from "./order-change.ts";
import type { ChargedInstrument } from "./fee.ts";
import { Int, keyOf, rowBytes, Short } from "./order-rows.ts";
import type { OrderChanges, OrderExtras } from "./order-rows.ts";
import type { Order } from "./order.ts";

type SavedWaiter = readonly [
  producer: string,
  epoch: number,
  frame: number,
  index: number,
  isDuplicate: boolean,
  then: SavedThen | null,
  /** Left out where the command came here. */
  shard?: ShardId,
];
type SavedChange = readonly [
  kind: PendingChange["kind"],
  revision: number,
  price: number,
  quantity: number,
  waiters: readonly SavedWaiter[],
  revised: SavedRevised | null,
];
type SavedRevised = readonly [...numbers: number[]];
type SavedThen = readonly [placing: readonly unknown[], ifCancelFails: CancelFailure];
type SavedReplace = readonly [
  revision: number,
  price: number,
  quantity: number,
  rejectReason: RejectReason,
];
type SavedChanges = readonly [
  revision: number,
  placedPrice: number,
  placedQuantity: number,
  boundPrice: number,
  boundQuantity: number,
  pending: readonly SavedChange[],
  settled: readonly SavedReplace[],
];
type SavedBeside = readonly [
  row: number,
  waiting: readonly SavedWaiter[],
  changes: SavedChanges | null,
  extras: SavedExtras | null,
];
type SavedExtras = readonly [
  instructions: readonly unknown[],
  linkedOrderId: OrderId,
  then: readonly (readonly unknown[])[],
  /** Left out where the credit is in the row. */
  feeCredit?: Amount,
];
/** An instrument by its symbol, and with fees that are not everybody's. */
type SavedInstrument =
  | InstrumentSymbol
  | readonly [InstrumentSymbol, makerPpm: number, takerPpm: number, minimum: Amount];
/** Rows call instruments by their place in the list. */
export type SavedOrders = readonly [
  instruments: readonly SavedInstrument[],
  rows: Uint8Array,
  beside: readonly SavedBeside[],
];

/** Saves the orders in the given slots, in that order; `order` is moved over them. */
export function saveOrders(order: Order, slots: readonly number[]): SavedOrders {
  const instruments: SavedInstrument[] = [];
  const numberOf = new Map<string, number>();
  const bytes = new Uint8Array(slots.length * rowBytes);
  const ints = new Int32Array(bytes.buffer);
  const shorts = new Uint16Array(bytes.buffer);
  const beside: SavedBeside[] = [];
  for (const [index, slot] of slots.entries()) {
    order.at(slot).copyTo(bytes, index * rowBytes);
    const { instrument } = order;
    const key = keyOf(instrument);
    const number = numberOf.get(key) ?? instruments.push(saveInstrument(instrument)) - 1;
    numberOf.set(key, number);
    shorts[(index * rowBytes) / 2 + Short.instrument] = number;
    ints[(index * rowBytes) / 4 + Int.link] = 0;
    ints[(index * rowBytes) / 4 + Int.beside] = 0;
    const { waiting, changes, extras } = order;
    if (waiting.length > 0 || changes !== undefined || extras !== undefined) {
      beside.push([
        index,
        waiting.map(saveWaiter),
        changes === undefined ? null : saved(changes),
        extras === undefined ? null : saveExtras(extras),
      ]);
    }
  }
  return [instruments, bytes, beside];
}

/**
 * Takes back what {@link saveOrders} gave, and tells the slots; `order` is moved over them. Who
 * waits for an answer has asked `asked`, where that was another shard.
 */
export function restoreOrders(
  order: Order,
  saved: SavedOrders,
  { venue, asked }: { readonly venue: Venue; readonly asked?: ShardId | undefined },
): number[] {
  const [named, bytes, beside] = saved;
  const waiterIn = (waiter: SavedWaiter): Waiter => restoreWaiter(waiter, asked);
  const instruments = named.map((instrument) => restoreInstrument(instrument, venue));
  const slots: number[] = [];
  for (let from = 0; from < bytes.length; from += rowBytes) {
    const slot = order.rows.take();
    slots.push(slot);
    order.at(slot).copyFrom(bytes.subarray(from, from + rowBytes));
    const instrument = instruments[order.instrumentNumber];
    assert(instrument !== undefined);
    order.instrument = instrument;
  }
  for (const [row, waiting, changes, extras] of beside) {
    order.at(slots[row]!);
    order.waiting = waiting.map(waiterIn);
    if (changes !== null) order.changes = restored(changes, waiterIn);
    if (extras !== null) order.extras = restoreExtras(extras);
  }
  return slots;
}

function saveInstrument({ symbol, fees }: ChargedInstrument): SavedInstrument {
  return fees === undefined ? symbol : [symbol, fees.makerPpm, fees.takerPpm, fees.minimum];
}

function restoreInstrument(saved: SavedInstrument, venue: Venue): ChargedInstrument {
  const instrument = venue.instrument(typeof saved === "string" ? saved : saved[0]);
  assert(instrument !== undefined, "a saved order's instrument is not known");
  if (typeof saved === "string") return instrument;
  const [, makerPpm, takerPpm, minimum] = saved;
  return { ...instrument, fees: { makerPpm, takerPpm, minimum } };
}

function saved(changes: OrderChanges): SavedChanges {
  return [
    changes.revision,
    changes.placedPrice,
    changes.placedQuantity,
    changes.boundPrice,
    changes.boundQuantity,
    changes.pending.map(saveChange),
    changes.settled.map(saveReplace),
  ];
}

function restored(changes: SavedChanges, waiterIn: (saved: SavedWaiter) => Waiter): OrderChanges {
  const [revision, placedPrice, placedQuantity, boundPrice, boundQuantity] = changes;
  const terms = { revision, placedPrice, placedQuantity, boundPrice, boundQuantity };
  const pending = changes[5].map((change) => restoreChange(change, waiterIn));
  return { ...terms, pending, settled: changes[6].map(restoreReplace) };
}

function saveWaiter({ origin, isDuplicate, then }: Waiter): SavedWaiter {
  const { producer, epoch, frame, index, shard } = origin;
  const placing =
    then === undefined ? null : ([fieldsOfOrder(then.order), then.ifCancelFails] as const);
  const saved = [producer, epoch, frame, index, isDuplicate, placing] as const;
  return shard === undefined ? saved : [...saved, shard];
}

function restoreWaiter(saved: SavedWaiter, asked: ShardId | undefined): Waiter {
  const [producer, epoch, frame, index, isDuplicate, placing, shard = asked] = saved;
  const origin = { producer, epoch, frame, index, ...(shard !== undefined && { shard }) };
  const waiter = { origin, isDuplicate };
  if (placing === null) return waiter;
  const [order, ifCancelFails] = placing;
  return { ...waiter, then: { order: placingIn(order), ifCancelFails } };
}

function saveExtras({ instructions, linkedOrderId, then, feeCredit }: OrderExtras): SavedExtras {
  const saved = [
    fieldsOfInstructions(instructions),
    linkedOrderId,
    then.map(fieldsOfOrder),
  ] as const;
  return feeCredit === undefined ? saved : [...saved, feeCredit];
}

function restoreExtras([instructions, linkedOrderId, then, feeCredit]: SavedExtras): OrderExtras {
  return {
    instructions: instructionsIn(new Fields(instructions)),
    linkedOrderId,
    then: then.map(placingIn),
    ...(feeCredit !== undefined && { feeCredit }),
  };
}

function saveChange(change: PendingChange): SavedChange {
  const { kind, revision, price, quantity, waiters, revised } = change;
  const changed = revised === unrevised ? null : saveRevised(revised);
  return [kind, revision, price, quantity, waiters.map(saveWaiter), changed];
}

function restoreChange(
  saved: SavedChange,
  waiterIn: (saved: SavedWaiter) => Waiter,
): PendingChange {
  const [kind, revision, price, quantity, waiters, changed] = saved;
  const revised = changed === null ? unrevised : restoreRevised(changed);
  return { kind, revision, price, quantity, waiters: waiters.map(waiterIn), revised };
}

function placingIn(saved: readonly unknown[]): PlaceOrder {
  const [account] = saved as [AccountId];
  return orderIn(new Fields(saved), account);
}

function saveRevised(revised: RevisedInstructions): SavedRevised {
  const { triggerPrice, trailTicks, trailBasisPoints } = revised;
  const { displayQuantity, minimumQuantity, pegOffset, mustKeepPriority } = revised;
  const quantities = [displayQuantity, minimumQuantity];
  const kept = mustKeepPriority ? 1 : 0;
  return [triggerPrice, trailTicks, trailBasisPoints, ...quantities, pegOffset, kept];
}

function restoreRevised(saved: SavedRevised): RevisedInstructions {
  const [triggerPrice = 0, trailTicks = 0, trailBasisPoints = 0, ...others] = saved;
  const [displayQuantity = 0, minimumQuantity = 0, pegOffset = 0, kept] = others;
  const trail = { trailTicks, trailBasisPoints };
  const quantities = { displayQuantity, minimumQuantity };
  return { triggerPrice, ...trail, ...quantities, pegOffset, mustKeepPriority: kept === 1 };
}

function saveReplace({ revision, price, quantity, rejectReason }: SettledReplace): SavedReplace {
  return [revision, price, quantity, rejectReason];
}

function restoreReplace(saved: SavedReplace): SettledReplace {
  const [revision, price, quantity, rejectReason] = saved;
  return { revision, price, quantity, rejectReason };
}
