/**
 * Orders as plain data and back: their rows as they lie in memory, and what stands beside the rows.
 *
 * Equal orders give equal data, whichever slots they have and whatever was in them before.
 */
import { assert } from "../../protocols/index.ts";
import type { InstrumentSymbol, RejectReason } from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import type { PendingChange, SettledReplace, Waiter } from "./order-change.ts";
import { Int, rowBytes, Short } from "./order-rows.ts";
import type { OrderChanges } from "./order-rows.ts";
import type { Order } from "./order.ts";

type SavedWaiter = readonly [
  producer: string,
  epoch: number,
  frame: number,
  index: number,
  isDuplicate: boolean,
];
type SavedChange = readonly [
  kind: PendingChange["kind"],
  revision: number,
  price: number,
  quantity: number,
  waiters: readonly SavedWaiter[],
];
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
];
/** Rows call instruments by their place in the list of symbols. */
export type SavedOrders = readonly [
  symbols: readonly InstrumentSymbol[],
  rows: Uint8Array,
  beside: readonly SavedBeside[],
];

/** Saves the orders in the given slots, in that order; `order` is moved over them. */
export function saveOrders(order: Order, slots: readonly number[]): SavedOrders {
  const symbols: InstrumentSymbol[] = [];
  const numberOf = new Map<InstrumentSymbol, number>();
  const bytes = new Uint8Array(slots.length * rowBytes);
  const ints = new Int32Array(bytes.buffer);
  const shorts = new Uint16Array(bytes.buffer);
  const beside: SavedBeside[] = [];
  for (const [index, slot] of slots.entries()) {
    order.at(slot).copyTo(bytes, index * rowBytes);
    const { symbol } = order.instrument;
    const number = numberOf.get(symbol) ?? symbols.push(symbol) - 1;
    numberOf.set(symbol, number);
    shorts[(index * rowBytes) / 2 + Short.instrument] = number;
    ints[(index * rowBytes) / 4 + Int.link] = 0;
    ints[(index * rowBytes) / 4 + Int.waiters] = 0;
    const { waiting, changes } = order;
    if (waiting.length > 0 || changes !== undefined) {
      beside.push([index, waiting.map(saveWaiter), changes === undefined ? null : saved(changes)]);
    }
  }
  return [symbols, bytes, beside];
}

/** Takes back what {@link saveOrders} gave, and tells the slots; `order` is moved over them. */
export function restoreOrders(order: Order, saved: SavedOrders, venue: Venue): number[] {
  const [symbols, bytes, beside] = saved;
  const instruments = symbols.map((symbol) => {
    const instrument = venue.instrument(symbol);
    assert(instrument !== undefined, "a saved order's instrument is not known");
    return instrument;
  });
  const slots: number[] = [];
  for (let from = 0; from < bytes.length; from += rowBytes) {
    const slot = order.rows.take();
    slots.push(slot);
    order.at(slot).copyFrom(bytes.subarray(from, from + rowBytes));
    const instrument = instruments[order.instrumentNumber];
    assert(instrument !== undefined);
    order.instrument = instrument;
  }
  for (const [row, waiting, changes] of beside) {
    order.at(slots[row]!);
    order.waiting = waiting.map(restoreWaiter);
    if (changes !== null) order.changes = restored(changes);
  }
  return slots;
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

function restored(changes: SavedChanges): OrderChanges {
  const [revision, placedPrice, placedQuantity, boundPrice, boundQuantity] = changes;
  const terms = { revision, placedPrice, placedQuantity, boundPrice, boundQuantity };
  const [pending, settled] = [changes[5].map(restoreChange), changes[6].map(restoreReplace)];
  return { ...terms, pending, settled };
}

function saveWaiter({ origin, isDuplicate }: Waiter): SavedWaiter {
  return [origin.producer, origin.epoch, origin.frame, origin.index, isDuplicate];
}

function restoreWaiter([producer, epoch, frame, index, isDuplicate]: SavedWaiter): Waiter {
  return { origin: { producer, epoch, frame, index }, isDuplicate };
}

function saveChange(change: PendingChange): SavedChange {
  const { kind, revision, price, quantity, waiters } = change;
  return [kind, revision, price, quantity, waiters.map(saveWaiter)];
}

function restoreChange([kind, revision, price, quantity, waiters]: SavedChange): PendingChange {
  return { kind, revision, price, quantity, waiters: waiters.map(restoreWaiter) };
}

function saveReplace({ revision, price, quantity, rejectReason }: SettledReplace): SavedReplace {
  return [revision, price, quantity, rejectReason];
}

function restoreReplace(saved: SavedReplace): SettledReplace {
  const [revision, price, quantity, rejectReason] = saved;
  return { revision, price, quantity, rejectReason };
}
