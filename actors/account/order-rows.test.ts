/**
 * Method: one window over rows, and beside each row a plain object; random writes of every field,
 * in slots that are taken and given back, through all blocks up to several thousand rows. Nothing
 * that is written to one may be seen in another, in another slot or in the next order of a slot.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  amountMax,
  amountOf,
  CancelFailure,
  InvariantViolation,
  OrderType,
  pack,
  plainInstructions,
  TimeInForce,
  unpack,
  unrevised,
} from "../../protocols/index.ts";
import type {
  Amount,
  CloseReason,
  InstrumentTerms,
  OrderInstructions,
  PlaceOrder,
  RejectReason,
  Side,
} from "../../protocols/index.ts";
import { bareVenue } from "../testing/bare-venue.ts";
import { apples, gold, instruments, pears } from "../testing/instruments.ts";
import { Random } from "../testing/random.ts";
import { settledReplacesMax } from "./order-change.ts";
import type { PendingChange, Successor, SettledReplace, Waiter } from "./order-change.ts";
import { isRefused, orderLifecycle } from "./order-lifecycle.ts";
import { Int, nameBytesMax, OrderRows, rowBytes } from "./order-rows.ts";
import type { OrderChanges, OrderExtras } from "./order-rows.ts";
import { restoreOrders, saveOrders } from "./order-snapshot.ts";
import type { SavedOrders } from "./order-snapshot.ts";
import { Order } from "./order.ts";
import type { OrderTerms } from "./order.ts";
import { hashOfName } from "./slot-index.ts";

const venue = {
  ...bareVenue(),
  instrument: (symbol: string) => instruments.find((terms) => terms.symbol === symbol),
};

const amounts: readonly Amount[] = [
  ...[0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 52, 2 ** 53 - 1],
  ...[amountOf(2n ** 53n), amountOf(2n ** 53n + 1n), 2n ** 62n + 2n ** 31n, amountMax],
];
const integers = [0, 1, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53 - 1];
const names = "abcxyzABCXYZ0189_:-";

/** What a row holds, as a plain object. */
interface Plain {
  orderId: number;
  clientOrderId: string;
  instrument: InstrumentTerms;
  side: Side;
  orderType: OrderType;
  timeInForce: TimeInForce;
  placedAtUs: number;
  price: number;
  quantity: number;
  executed: number;
  executedNotional: Amount;
  fees: Amount;
  feeCredit: number;
  /** What is over has nothing reserved any more: so one word holds the two, the latest of them. */
  held: { reserved: Amount } | { closedAtUs: number };
  lifecycle: number;
  reason: number;
  updateId: number;
  waiting: readonly Waiter[];
  changes: OrderChanges | undefined;
  extras: OrderExtras | undefined;
  link: number;
}

function nameOf(random: Random): string {
  const length = 1 + random.below(nameBytesMax);
  return Array.from({ length }, () => names[random.below(names.length)]).join("");
}

function termsOf(random: Random): OrderTerms {
  return {
    orderId: random.pick(integers),
    clientOrderId: nameOf(random),
    instrument: random.pick(instruments),
    side: random.pick([0, 1] as const),
    orderType: random.pick(Object.values(OrderType)),
    timeInForce: random.pick(Object.values(TimeInForce)),
    price: random.below(2 ** 31),
    quantity: random.pick(integers),
    placedAtUs: 1_700_000_000_000_000 + random.below(1_000_000),
    instructions: instructionsOf(random),
  };
}

function instructionsOf(random: Random): OrderInstructions {
  if (random.isOneOf(50)) return plainInstructions;
  const displayQuantity = 1 + random.below(9);
  const triggerPrice = random.below(9);
  return { ...plainInstructions, displayQuantity, triggerPrice, isHidden: random.isOneOf(50) };
}

/** What is to follow an order. */
function placingOf(random: Random): PlaceOrder {
  return {
    kind: "place-order",
    account: "alice",
    clientOrderId: nameOf(random),
    symbol: apples.symbol,
    side: random.pick([0, 1] as const),
    orderType: OrderType.stop,
    timeInForce: TimeInForce.DAY,
    price: 0,
    quantity: 1 + random.below(9),
    instructions: { ...plainInstructions, triggerPrice: 5 },
  };
}

function extrasOf(random: Random): OrderExtras | undefined {
  if (random.isOneOf(30)) return undefined;
  return {
    instructions: instructionsOf(random),
    linkedOrderId: random.pick(integers),
    then: Array.from({ length: random.below(3) }, () => placingOf(random)),
  };
}

function plainOf({ instructions, ...terms }: OrderTerms): Plain {
  const isPlain = instructions === plainInstructions;
  return {
    ...terms,
    extras: isPlain ? undefined : { instructions, linkedOrderId: 0, then: [] },
    executed: 0,
    executedNotional: 0,
    fees: 0,
    feeCredit: 0,
    held: { reserved: 0 },
    lifecycle: 0,
    reason: 0,
    updateId: 0,
    waiting: [],
    changes: undefined,
    link: 0,
  };
}

function waitersOf(random: Random): Waiter[] {
  return Array.from({ length: random.below(4) }, (_, index) => ({
    origin: { producer: "gw-1", epoch: random.below(9), frame: random.below(2 ** 31), index },
    isDuplicate: index > 0,
    ...(random.isOneOf(70) ? {} : { then: successorOf(random) }),
  }));
}

function successorOf(random: Random): Successor {
  return { order: placingOf(random), ifCancelFails: CancelFailure.place };
}

function changesOf(random: Random): OrderChanges | undefined {
  if (random.isOneOf(30)) return undefined;
  const number = () => random.pick(integers);
  const revisions = [...Array(random.below(4)).keys()];
  return {
    revision: number(),
    placedPrice: number(),
    placedQuantity: number(),
    boundPrice: number(),
    boundQuantity: number(),
    pending: revisions.map((revision) => ({
      kind: random.pick(["cancel", "replace"] as const),
      revision,
      price: number(),
      quantity: number(),
      waiters: waitersOf(random),
      revised: random.pick([unrevised, { ...unrevised, pegOffset: 3, mustKeepPriority: true }]),
    })),
    settled: revisions.map((revision) => ({
      revision,
      price: number(),
      quantity: number(),
      rejectReason: random.pick([0, 92, 140] as const),
    })),
  };
}

/** Fields that are written as they are, each with what may be drawn for it. */
const draws = {
  orderId: (random: Random) => random.pick(integers),
  clientOrderId: nameOf,
  instrument: (random: Random) => random.pick(instruments),
  side: (random: Random) => random.pick([0, 1] as const),
  orderType: (random: Random) => random.pick(Object.values(OrderType)),
  timeInForce: (random: Random) => random.pick(Object.values(TimeInForce)),
  placedAtUs: (random: Random) => random.pick(integers),
  price: (random: Random) => random.pick(integers),
  quantity: (random: Random) => random.pick(integers),
  executed: (random: Random) => random.pick(integers),
  executedNotional: (random: Random) => random.pick(amounts),
  fees: (random: Random) => random.pick(amounts),
  feeCredit: (random: Random) => random.below(1_000_000),
  lifecycle: (random: Random) => random.below(orderLifecycle.stateCount),
  updateId: (random: Random) => random.pick(integers),
  waiting: waitersOf,
  changes: changesOf,
  extras: extrasOf,
  link: (random: Random) => random.pick([-1, 0, 1, 2 ** 31 - 1]),
} as const;

type Written = keyof typeof draws;
const writes: readonly ((order: Order, plain: Plain, random: Random) => void)[] = [
  ...(Object.keys(draws) as Written[]).map((field) => {
    return (order: Order, plain: Plain, random: Random): void => {
      const value = { [field]: draws[field](random) };
      Object.assign(order, value);
      Object.assign(plain, value);
    };
  }),
  (order, plain, random) => {
    const reserved = random.pick(amounts);
    order.reserved = reserved;
    plain.held = { reserved };
  },
  (order, plain, random) => {
    const closedAtUs = random.pick(integers);
    order.closedAtUs = closedAtUs;
    plain.held = { closedAtUs };
  },
  (order, plain, random) => {
    const reason: CloseReason = random.pick([0, 1, 2, 3] as const);
    order.closeReason = reason;
    plain.reason = reason;
  },
  (order, plain, random) => {
    const reason: RejectReason = random.pick([0, 130, 150, 1040] as const);
    order.refusedBecause = reason;
    plain.reason = reason;
  },
];

/** What the window tells of a row, in the words of the plain object. */
function told(order: Order, held: Plain["held"]): unknown {
  const fields = Object.keys(draws).map((field) => [field, order[field as Written]] as const);
  return {
    ...Object.fromEntries(fields),
    held: "reserved" in held ? { reserved: order.reserved } : { closedAtUs: order.closedAtUs },
    closeReason: order.closeReason,
    refusedBecause: order.refusedBecause,
    placedPrice: order.placedPrice,
    placedQuantity: order.placedQuantity,
    boundPrice: order.boundPrice,
    boundQuantity: order.boundQuantity,
    revision: order.revision,
    pending: order.pending,
    settled: order.settled,
    instructions: order.instructions,
    linkedOrderId: order.linkedOrderId,
    then: order.then,
  };
}

function expected({ reason, ...plain }: Plain): unknown {
  const { price, quantity, changes, extras } = plain;
  const refused = isRefused(plain.lifecycle);
  return {
    ...plain,
    closeReason: refused ? 0 : reason,
    refusedBecause: refused ? reason : 0,
    placedPrice: changes?.placedPrice ?? price,
    placedQuantity: changes?.placedQuantity ?? quantity,
    boundPrice: changes?.boundPrice ?? price,
    boundQuantity: changes?.boundQuantity ?? quantity,
    revision: changes?.revision ?? 0,
    pending: changes?.pending ?? [],
    settled: changes?.settled ?? [],
    instructions: extras?.instructions ?? plainInstructions,
    linkedOrderId: extras?.linkedOrderId ?? 0,
    then: extras?.then ?? [],
  };
}

/** The bytes of the row that the window is at. */
function bytesOf(order: Order): Uint8Array {
  const bytes = new Uint8Array(rowBytes);
  order.copyTo(bytes, 0);
  return bytes;
}

/** A change of which only the given terms are to be looked at. */
function changeTo(kind: PendingChange["kind"], terms: Partial<PendingChange> = {}): PendingChange {
  const unasked = { revision: 0, price: 0, quantity: 0, waiters: [] };
  return { kind, ...unasked, revised: unrevised, ...terms };
}

const zeros = new Uint8Array(rowBytes);
/** All ones, but for what would stand beside the row. */
const ones = new Uint8Array(rowBytes).fill(0xff).fill(0, Int.beside * 4, Int.beside * 4 + 4);

/** Rows in use, each with its plain object. */
class Beside {
  readonly order = new Order("alice", new OrderRows());
  readonly plain = new Map<number, Plain>();
  /** The slots that are taken, in any order. */
  readonly slots: number[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  take(): void {
    const slot = this.order.rows.take();
    expect(this.plain.has(slot)).toBe(false);
    expect(bytesOf(this.order.at(slot))).toEqual(zeros);
    const terms = termsOf(this.#random);
    this.order.open(terms);
    this.plain.set(slot, plainOf(terms));
    this.slots.push(slot);
  }

  give(): void {
    const at = this.#random.below(this.slots.length);
    const slot = this.slots[at]!;
    this.slots[at] = this.slots.at(-1)!;
    this.slots.pop();
    this.order.at(slot).waiting = [];
    this.order.rows.give(slot);
    this.plain.delete(slot);
  }

  write(): void {
    const slot = this.#random.pick(this.slots);
    this.#random.pick(writes)(this.order.at(slot), this.plain.get(slot)!, this.#random);
  }

  expectEqual(slot: number): void {
    const plain = this.plain.get(slot)!;
    expect(told(this.order.at(slot), plain.held)).toEqual(expected(plain));
  }
}

describe("orders in rows", () => {
  it("are what was last written of each, restored or not", () => {
    const property = fc.property(fc.integer(), fc.nat({ max: 5000 }), (seed, count) => {
      const random = new Random(seed);
      const beside = new Beside(random);
      for (let taken = 0; taken < count; taken++) beside.take();
      for (let move = 0; move < count * 2; move++) {
        const chance = random.below(20);
        if (chance === 0) beside.take();
        if (chance === 1 && beside.slots.length > 0) beside.give();
        if (beside.slots.length === 0) continue;
        for (let writes = 0; writes < 4; writes++) beside.write();
        if (random.isOneOf(10)) beside.expectEqual(random.pick(beside.slots));
      }
      for (const slot of beside.slots) beside.expectEqual(slot);

      const { order, slots, plain } = beside;
      const saved = saveOrders(order, slots);
      const copy = new Order("alice", usedRows(random));
      const copies = restoreOrders(copy, unpack(pack(saved)) as SavedOrders, { venue });
      expect(new Set(copies).size).toBe(slots.length);
      for (const [index, slot] of slots.entries()) {
        const was = plain.get(slot)!;
        // Where it stands among others is whoever's business who keeps them.
        expect(told(copy.at(copies[index]!), was.held)).toEqual(expected({ ...was, link: 0 }));
      }
      expect(pack(saveOrders(copy, copies))).toEqual(pack(saved));
    });
    fc.assert(property, { numRuns: 8 });
  });

  /** Rows in which other orders were and are, and that met the instruments in another turn. */
  function usedRows(random: Random): OrderRows {
    const other = new Beside(random);
    const { rows } = other.order;
    for (const instrument of [gold, pears]) rows.takeInstrument(instrument);
    for (let taken = 0; taken < 200; taken++) other.take();
    for (let move = 0; move < 1000; move++) other.write();
    for (let given = 0; given < 100; given++) other.give();
    return rows;
  }

  it("have names where they lie, and their hashes", () => {
    const random = new Random(3);
    const beside = new Beside(random);
    for (let taken = 0; taken < 300; taken++) beside.take();
    const { order, plain } = beside;
    for (const [slot, { clientOrderId }] of plain) {
      const { bytes, from, end } = order.at(slot).nameBytes;
      expect(new TextDecoder().decode(bytes.subarray(from, end))).toBe(clientOrderId);
      expect(order.nameHash(77)).toBe(hashOfName(clientOrderId, 77));
      expect(order.slot).toBe(slot);
    }
  });

  it("take numbers of fees that no order has any more for others, of any instrument", () => {
    const rows = new OrderRows();
    const order = new Order("alice", rows);
    const terms = termsOf(new Random(1));
    const charged = (takerPpm: number) => {
      return { ...apples, fees: { makerPpm: 0, takerPpm, minimum: 0 } };
    };
    const first = rows.take();
    order.at(first).open({ ...terms, instrument: charged(100_000) });
    for (let takerPpm = 0; takerPpm < 2 ** 16 + 10; takerPpm++) {
      const [slot, same] = [rows.take(), rows.take()];
      order.at(slot).open({ ...terms, instrument: charged(takerPpm) });
      order.at(same).open({ ...terms, instrument: charged(takerPpm) });
      rows.give(slot);
      expect(order.at(same).instrument.fees?.takerPpm).toBe(takerPpm);
      rows.give(same);
    }
    order.at(rows.take()).open({ ...terms, instrument: { ...charged(7), symbol: "PEAR-COIN" } });
    expect(order.instrument.symbol).toBe("PEAR-COIN");
    expect(order.instrumentNumber).toBe(1);
    expect(order.at(first).instrument.fees?.takerPpm).toBe(100_000);
  });

  it("call instruments by numbers, the same for all of one symbol", () => {
    const rows = new OrderRows();
    const [one, other] = [new Order("alice", rows), new Order("bob", rows)];
    for (const order of [one, other]) order.at(rows.take());
    one.instrument = apples;
    expect(one.instrumentNumber).toBe(rows.takeInstrument(apples));
    other.instrument = pears;
    expect(other.instrumentNumber).not.toBe(one.instrumentNumber);
    other.instrument = { ...apples };
    expect(other.instrumentNumber).toBe(one.instrumentNumber);
    expect(other.instrument).toBe(apples);
  });

  it("hold what fits and nothing more", () => {
    const rows = new OrderRows();
    const order = new Order("alice", rows).at(rows.take());
    order.clientOrderId = "x".repeat(36);
    expect(order.clientOrderId).toBe("x".repeat(36));
    expect(() => (order.clientOrderId = "y".repeat(37))).toThrow(InvariantViolation);
    expect(order.clientOrderId).toBe("x".repeat(36));
    expect(() => {
      for (let number = 0; number <= 2 ** 16; number++) {
        order.instrument = { ...apples, symbol: `S${String(number)}` };
      }
    }).toThrow(InvariantViolation);
    expect(order.instrument.symbol).toBe("S65535");
  });
});

describe("a slot", () => {
  it("has a row that is all zeros when it is taken, whatever was there, and no other", () => {
    const rows = new OrderRows();
    const order = new Order("alice", rows);
    const slots = Array.from({ length: 300 }, () => rows.take());
    expect(slots).toEqual([...slots.keys()]);
    for (const slot of slots) order.at(slot).copyFrom(ones);
    for (const slot of [0, 1, 63, 64, 65, 127, 128, 255, 256, 299]) {
      rows.give(slot);
      expect(rows.take()).toBe(slot);
      expect(bytesOf(order.at(slot))).toEqual(zeros);
      order.copyFrom(ones);
      for (const other of slots) expect(bytesOf(order.at(other))).toEqual(ones);
    }
  });

  it("that is given back is the next to be taken", () => {
    const rows = new OrderRows();
    for (let taken = 0; taken < 5; taken++) rows.take();
    rows.give(1);
    rows.give(3);
    expect([rows.take(), rows.take(), rows.take()]).toEqual([3, 1, 5]);
  });

  it("that was never taken cannot be given back, nor be looked at far from all others", () => {
    const rows = new OrderRows();
    expect(() => rows.give(0)).toThrow(InvariantViolation);
    rows.take();
    expect(() => rows.give(1)).toThrow(InvariantViolation);
    rows.give(0);
    expect(() => new Order("alice", rows).at(1000)).toThrow(InvariantViolation);
  });

  it("keeps nothing of what stood beside the row of an order that is gone", () => {
    const rows = new OrderRows();
    const order = new Order("alice", rows).at(rows.take());
    order.begin(changeTo("cancel"));
    order.extend({ linkedOrderId: 7 });
    expect(rows.besideCount).toBe(1);
    rows.give(order.slot);
    expect(rows.besideCount).toBe(0);
    order.at(rows.take());
    expect([order.changes, order.pending]).toEqual([undefined, []]);
    expect([order.extras, order.linkedOrderId]).toEqual([undefined, 0]);
  });
});

describe("the name of an order", () => {
  it("is compared where it lies", () => {
    const rows = new OrderRows();
    const order = new Order("alice", rows).at(rows.take());
    order.clientOrderId = "abc-1";
    const others = ["", "abc-", "abc-2", "bbc-1", "abc-10", "abc-\u0131"];
    expect(order.hasName("abc-1")).toBe(true);
    expect(others.filter((name) => order.hasName(name))).toEqual([]);
    order.at(rows.take());
    expect([order.hasName(""), order.hasName("\0")]).toEqual([true, false]);
  });
});

describe("what was asked of an order", () => {
  /** As if every order had all of these fields. */
  interface Asked {
    revision: number;
    price: number;
    quantity: number;
    readonly placedPrice: number;
    readonly placedQuantity: number;
    boundPrice: number;
    boundQuantity: number;
    pending: readonly PendingChange[];
    settled: readonly SettledReplace[];
  }

  function ask(order: Order, asked: Asked, random: Random): void {
    if (random.isOneOf(30)) {
      const cancel = changeTo("cancel", { waiters: waitersOf(random) });
      order.begin(cancel);
      asked.pending = [...asked.pending, cancel];
      return;
    }
    const [price, quantity] = [1 + random.below(100), 1 + random.below(100)];
    asked.revision += 1;
    asked.boundPrice = Math.max(asked.boundPrice, price);
    asked.boundQuantity = Math.max(asked.boundQuantity, quantity);
    const { revision, boundPrice, boundQuantity } = asked;
    const waiters = waitersOf(random);
    const change = changeTo("replace", { revision, price, quantity, waiters });
    asked.pending = [...asked.pending, change];
    order.beginReplace(change, { price: boundPrice, quantity: boundQuantity });
  }

  function answer(order: Order, asked: Asked, random: Random): void {
    const change = order.settleNext();
    expect(change).toEqual(asked.pending[0]);
    asked.pending = asked.pending.slice(1);
    const { kind, revision, price, quantity } = change;
    if (kind === "replace") {
      const rejectReason = random.pick([0, 92, 140] as const);
      if (rejectReason === 0) {
        Object.assign(order, { price, quantity });
        Object.assign(asked, { price, quantity });
      }
      order.remember(change, rejectReason);
      const settled = [...asked.settled, { revision, price, quantity, rejectReason }];
      asked.settled = settled.slice(-settledReplacesMax);
    }
    if (asked.pending.length > 0) return;
    order.narrowBounds();
    asked.boundPrice = asked.price;
    asked.boundQuantity = asked.quantity;
  }

  it("is told in turn, and beside it the terms of its placing and its bounds", () => {
    const property = fc.property(fc.integer(), (seed) => {
      const random = new Random(seed);
      const rows = new OrderRows();
      const order = new Order("alice", rows);
      const all = Array.from({ length: 5 }, (_, index): { slot: number; asked: Asked } => {
        const [price, quantity] = [10 + index, 20 + index];
        const slot = rows.take();
        order.at(slot).open({ ...termsOf(random), price, quantity });
        const placed = { price, quantity, placedPrice: price, placedQuantity: quantity };
        const bounds = { boundPrice: price, boundQuantity: quantity };
        return { slot, asked: { ...placed, ...bounds, revision: 0, pending: [], settled: [] } };
      });
      for (let step = 0; step < 150; step++) {
        const { slot, asked } = random.pick(all);
        order.at(slot);
        if (asked.pending.length === 0 || random.isOneOf(45)) ask(order, asked, random);
        else answer(order, asked, random);
        for (const { slot, asked } of all) expect(order.at(slot)).toMatchObject(asked);
      }
      expect(rows.besideCount).toBeLessThanOrEqual(all.length);
    });
    fc.assert(property, { numRuns: 20 });
  });

  it("leaves nothing behind when it was a cancel", () => {
    const rows = new OrderRows();
    const order = new Order("alice", rows).at(rows.take());
    order.open({ ...termsOf(new Random(1)), price: 5, quantity: 6 });
    const cancel = changeTo("cancel");
    order.begin(cancel);
    order.begin(cancel);
    order.settleNext();
    expect([order.pending, order.boundPrice]).toEqual([[cancel], 5]);
    order.settleNext();
    order.narrowBounds();
    expect([order.changes, rows.besideCount]).toEqual([undefined, 0]);
    expect(() => order.settleNext()).toThrow(InvariantViolation);
  });

  it("makes those wait who asked, each in his turn, and for nobody else's order", () => {
    const rows = new OrderRows();
    const order = new Order("alice", rows);
    const [one, two] = [rows.take(), rows.take()];
    const origins = [1, 2, 3].map((frame) => ({ producer: "gw", epoch: 1, frame, index: 0 }));
    order.at(one).addWaiter(origins[0]!);
    order.at(two).addWaiter(origins[1]!);
    order.at(one).addWaiter(origins[2]!);
    expect(order.at(one).takeWaiting()).toEqual([
      { origin: origins[0], isDuplicate: false },
      { origin: origins[2], isDuplicate: true },
    ]);
    expect(order.takeWaiting()).toEqual([]);
    expect(order.at(two).waiting).toEqual([{ origin: origins[1], isDuplicate: false }]);
    // The list that was free is the next to be used.
    order.at(one).addWaiter(origins[2]!);
    expect(order.at(two).takeWaiting()).toEqual([{ origin: origins[1], isDuplicate: false }]);
    expect(order.at(one).takeWaiting()).toEqual([{ origin: origins[2], isDuplicate: false }]);
  });

  it("has a place beside its row, which is used again once nothing is in it", () => {
    const rows = new OrderRows();
    const order = new Order("alice", rows);
    const slots = [rows.take(), rows.take(), rows.take()];
    const origin = { producer: "gw", epoch: 1, frame: 1, index: 0 };
    for (const slot of slots) order.at(slot).addWaiter(origin);
    expect(rows.besideCount).toBe(3);
    order.at(slots[1]!).takeWaiting();
    expect([rows.besideCount, order.waiting]).toEqual([2, []]);
    // Setting nothing where nothing is takes no place.
    order.waiting = [];
    order.changes = undefined;
    order.extras = undefined;
    expect(rows.besideCount).toBe(2);
    expect(rows.takeBeside()).toBe(2);
    expect([rows.beside(2).waiting, rows.beside(0).waiting]).toEqual([[], []]);
    expect(order.at(slots[0]!).waiting).toHaveLength(1);
    expect(order.at(slots[2]!).waiting).toHaveLength(1);
  });
});

describe("saved orders", () => {
  it("are none without their instruments", () => {
    const rows = new OrderRows();
    const order = new Order("alice", rows).at(rows.take());
    order.open({ ...termsOf(new Random(1)), instrument: apples });
    const saved = saveOrders(order, [order.slot]);
    const [symbols, bytes, beside] = saved;
    expect(symbols).toEqual([apples.symbol]);
    const unknown = { ...venue, instrument: () => undefined };
    expect(() => restoreOrders(order, saved, { venue: unknown })).toThrow(InvariantViolation);
    expect(() => restoreOrders(order, [[], bytes, beside], { venue })).toThrow(InvariantViolation);
  });

  it("are in the order that was asked for, and number instruments as they come", () => {
    const rows = new OrderRows();
    const order = new Order("alice", rows);
    const slots = [gold, apples, pears, apples].map((instrument, index) => {
      const slot = rows.take();
      order.at(slot).open({ ...termsOf(new Random(index)), instrument, orderId: index + 1 });
      return slot;
    });
    const saved = saveOrders(order, slots.toReversed());
    expect(saved[0]).toEqual([apples.symbol, pears.symbol, gold.symbol]);
    const copy = new Order("alice", new OrderRows());
    const copies = restoreOrders(copy, saved, { venue });
    expect(copies.map((slot) => copy.at(slot).orderId)).toEqual([4, 3, 2, 1]);
    expect(copies.map((slot) => copy.at(slot).instrument)).toEqual([apples, pears, apples, gold]);
  });
});
