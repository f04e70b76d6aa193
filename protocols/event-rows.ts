/**
 * Events that are rows: their numbers, and how the bytes of each kind lie.
 *
 * Each kind is written and read whole, field after field; beside that stands where its fields are,
 * for `event-cursor.ts`. What is frozen of a kind are its number and its bytes.
 */
import type {
  BestChanged,
  CommandReplied,
  ExecutionReport,
  LevelChanged,
  OrderReplied,
  ToldReport,
  Traded,
} from "./events.ts";
import type { Origin } from "./messages.ts";
import type {
  ExecutionType,
  Liquidity,
  OrderStatus,
  OrderType,
  Side,
  TimeInForce,
} from "./order-terms.ts";
import { last } from "./record-fields.ts";
import type { RecordReader, RecordWriter } from "./records.ts";
import type { CloseReason, RejectReason } from "./reject-reasons.ts";

export const EventRow = {
  /** Points at one of the positional lists of `event-codec.ts`. */
  ordinary: 0,
  orderReplied: 1,
  commandReplied: 2,
  executionReport: 3,
  levelChanged: 4,
  traded: 5,
  bestChanged: 6,
} as const;

// What is called `…At` says where the fields of a row begin, counted from the end of its names, and
// where the row ends.

// ---- Replies -------------------------------------------------------------------------------

/** Whoever reads in place has no use for a reply but to pass over it. */
export const orderRepliedAt = { end: 84 } as const;
export const commandRepliedAt = { end: 28 } as const;

function writeOrigin(writer: RecordWriter, origin: Origin): void {
  writer.name(origin.producer);
  writer.integer(origin.epoch);
  writer.integer(origin.frame);
  writer.u16(origin.index);
}

function readOrigin(reader: RecordReader): Origin {
  return {
    producer: reader.name(),
    epoch: reader.integer(),
    frame: reader.integer(),
    index: reader.u16(),
  };
}

export function writeCommandReplied(writer: RecordWriter, event: CommandReplied): void {
  writer.begin(EventRow.commandReplied);
  writeOrigin(writer, event.origin);
  writer.u16(event.rejectReason);
  writer.integer(event.detail);
}

export function readCommandReplied(reader: RecordReader): CommandReplied {
  return {
    kind: "command-replied",
    origin: readOrigin(reader),
    rejectReason: reader.u16() as RejectReason,
    detail: reader.integer(),
  };
}

export function writeOrderReplied(writer: RecordWriter, event: OrderReplied): void {
  writer.begin(EventRow.orderReplied);
  writeOrigin(writer, event.origin);
  writer.u16(event.rejectReason);
  writer.flag(event.isDuplicate);
  writer.u8(event.status);
  writer.u16(event.closeReason);
  writer.integer(event.orderId);
  writer.integer(event.price);
  writer.integer(event.quantity);
  writer.integer(event.executed);
  writer.amount(event.executedNotional);
  writer.amount(event.fees);
  writer.u32(event.revision);
  writer.integer(event.updateId);
}

export function readOrderReplied(reader: RecordReader): OrderReplied {
  const origin = readOrigin(reader);
  const rejectReason = reader.u16() as RejectReason;
  const isDuplicate = reader.flag();
  const status = reader.choice(last.orderStatus) as OrderStatus;
  const closeReason = reader.u16() as CloseReason;
  return {
    kind: "order-replied",
    origin,
    rejectReason,
    isDuplicate,
    orderId: reader.integer(),
    status,
    closeReason,
    price: reader.integer(),
    quantity: reader.integer(),
    executed: reader.integer(),
    executedNotional: reader.amount(),
    fees: reader.amount(),
    revision: reader.u32(),
    updateId: reader.integer(),
  };
}

// ---- Execution reports ---------------------------------------------------------------------

export const executionReportAt = {
  executionType: 0,
  status: 1,
  side: 2,
  orderType: 3,
  timeInForce: 4,
  liquidity: 5,
  rejectReason: 6,
  closeReason: 8,
  orderId: 10,
  price: 18,
  quantity: 26,
  executed: 34,
  remaining: 42,
  executedNotional: 50,
  revision: 58,
  tradeId: 62,
  lastPrice: 70,
  lastQuantity: 78,
  fee: 86,
  /** The last field, as long as its first byte says. */
  clientOrderId: 94,
} as const;

export function writeExecutionReport(writer: RecordWriter, event: ToldReport): void {
  writer.begin(EventRow.executionReport);
  writer.name(event.account);
  writer.name(event.symbol);
  writer.u8(event.executionType);
  writer.u8(event.status);
  writer.u8(event.side);
  writer.u8(event.orderType);
  writer.u8(event.timeInForce);
  writer.u8(event.liquidity);
  writer.u16(event.rejectReason);
  writer.u16(event.closeReason);
  writer.integer(event.orderId);
  writer.integer(event.price);
  writer.integer(event.quantity);
  writer.integer(event.executed);
  writer.integer(event.remaining);
  writer.amount(event.executedNotional);
  writer.u32(event.revision);
  writer.integer(event.tradeId);
  writer.integer(event.lastPrice);
  writer.integer(event.lastQuantity);
  writer.amount(event.fee);
  const { clientOrderId } = event;
  if (typeof clientOrderId === "string") writer.text(clientOrderId);
  else writer.ascii(clientOrderId);
}

export function readExecutionReport(reader: RecordReader): ExecutionReport {
  const account = reader.name();
  const symbol = reader.name();
  const executionType = reader.choice(last.executionType) as ExecutionType;
  const status = reader.choice(last.orderStatus) as OrderStatus;
  const side = reader.choice(last.side) as Side;
  const orderType = reader.choice(last.orderType) as OrderType;
  const timeInForce = reader.choice(last.timeInForce) as TimeInForce;
  const liquidity = reader.choice(last.liquidity) as Liquidity;
  const rejectReason = reader.u16() as RejectReason;
  const closeReason = reader.u16() as CloseReason;
  return {
    kind: "execution-report",
    account,
    symbol,
    executionType,
    status,
    side,
    orderType,
    timeInForce,
    liquidity,
    rejectReason,
    closeReason,
    orderId: reader.integer(),
    price: reader.integer(),
    quantity: reader.integer(),
    executed: reader.integer(),
    remaining: reader.integer(),
    executedNotional: reader.amount(),
    revision: reader.u32(),
    tradeId: reader.integer(),
    lastPrice: reader.integer(),
    lastQuantity: reader.integer(),
    fee: reader.amount(),
    clientOrderId: reader.text(),
  };
}

// ---- Market data ---------------------------------------------------------------------------

export const levelChangedAt = { updateId: 0, side: 8, price: 9, quantity: 17, end: 25 } as const;

export function writeLevelChanged(writer: RecordWriter, event: LevelChanged): void {
  writer.begin(EventRow.levelChanged);
  writer.name(event.symbol);
  writer.integer(event.updateId);
  writer.u8(event.side);
  writer.integer(event.price);
  writer.integer(event.quantity);
}

export function readLevelChanged(reader: RecordReader): LevelChanged {
  return {
    kind: "level-changed",
    symbol: reader.name(),
    updateId: reader.integer(),
    side: reader.choice(last.side) as Side,
    price: reader.integer(),
    quantity: reader.integer(),
  };
}

export const tradedAt = {
  tradeId: 0,
  price: 8,
  quantity: 16,
  takerSide: 24,
  updateId: 25,
  end: 33,
} as const;

export function writeTraded(writer: RecordWriter, event: Traded): void {
  writer.begin(EventRow.traded);
  writer.name(event.symbol);
  writer.integer(event.tradeId);
  writer.integer(event.price);
  writer.integer(event.quantity);
  writer.u8(event.takerSide);
  writer.integer(event.updateId);
}

export function readTraded(reader: RecordReader): Traded {
  return {
    kind: "traded",
    symbol: reader.name(),
    tradeId: reader.integer(),
    price: reader.integer(),
    quantity: reader.integer(),
    takerSide: reader.choice(last.side) as Side,
    updateId: reader.integer(),
  };
}

export const bestChangedAt = {
  updateId: 0,
  bidPrice: 8,
  bidQuantity: 16,
  askPrice: 24,
  askQuantity: 32,
  end: 40,
} as const;

export function writeBestChanged(writer: RecordWriter, event: BestChanged): void {
  writer.begin(EventRow.bestChanged);
  writer.name(event.symbol);
  writer.integer(event.updateId);
  writer.integer(event.bidPrice);
  writer.integer(event.bidQuantity);
  writer.integer(event.askPrice);
  writer.integer(event.askQuantity);
}

export function readBestChanged(reader: RecordReader): BestChanged {
  return {
    kind: "best-changed",
    symbol: reader.name(),
    updateId: reader.integer(),
    bidPrice: reader.integer(),
    bidQuantity: reader.integer(),
    askPrice: reader.integer(),
    askQuantity: reader.integer(),
  };
}
