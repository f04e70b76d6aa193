/**
 * Events that are rows: their numbers, and how the bytes of each kind lie.
 *
 * Each kind is written and read whole, field after field; beside that stands where its fields are,
 * for `event-cursor.ts`. What is frozen of a kind are its number and its bytes.
 */
import type {
  BestChanged,
  CommandReplied,
  EntryAdded,
  EntryCanceled,
  EntryExecuted,
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
import { putAmount, putInteger } from "./records.ts";
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
  entryAdded: 7,
  entryExecuted: 8,
  entryCanceled: 9,
  /** An order command refused for a limit of risk, and by how much. */
  orderLimited: 10,
} as const;

// What is called `…At` says where the fields of a row begin, counted from the end of its names, and
// where the row ends.

// ---- Replies -------------------------------------------------------------------------------

const originAt = { epoch: 0, frame: 8, index: 16, end: 18 } as const;

/** Tells where its place begins; what follows of the row is to lie behind it. */
function writeOrigin(writer: RecordWriter, origin: Origin, rowBytes: number): number {
  writer.name(origin.producer);
  const at = writer.room(rowBytes);
  const { view } = writer;
  putInteger(view, at + originAt.epoch, origin.epoch);
  putInteger(view, at + originAt.frame, origin.frame);
  view.setUint16(at + originAt.index, origin.index, true);
  return at;
}

function readOrigin(reader: RecordReader): Origin {
  return {
    producer: reader.name(),
    epoch: reader.integer(),
    frame: reader.integer(),
    index: reader.u16(),
  };
}

export const commandRepliedAt = {
  rejectReason: originAt.end,
  detail: originAt.end + 2,
  end: originAt.end + 10,
} as const;

export function writeCommandReplied(writer: RecordWriter, event: CommandReplied): void {
  const is = commandRepliedAt;
  writer.begin(EventRow.commandReplied);
  const at = writeOrigin(writer, event.origin, is.end);
  const { view } = writer;
  view.setUint16(at + is.rejectReason, event.rejectReason, true);
  putInteger(view, at + is.detail, event.detail);
}

export function readCommandReplied(reader: RecordReader): CommandReplied {
  return {
    kind: "command-replied",
    origin: readOrigin(reader),
    rejectReason: reader.u16() as RejectReason,
    detail: reader.integer(),
  };
}

export const orderRepliedAt = {
  rejectReason: originAt.end,
  isDuplicate: originAt.end + 2,
  status: originAt.end + 3,
  closeReason: originAt.end + 4,
  orderId: originAt.end + 6,
  price: originAt.end + 14,
  quantity: originAt.end + 22,
  executed: originAt.end + 30,
  executedNotional: originAt.end + 38,
  fees: originAt.end + 46,
  revision: originAt.end + 54,
  updateId: originAt.end + 58,
  end: originAt.end + 66,
} as const;

/** As of any other reply, and behind it the figures. */
export const orderLimitedAt = {
  limit: orderRepliedAt.end,
  used: orderRepliedAt.end + 8,
  asked: orderRepliedAt.end + 16,
  end: orderRepliedAt.end + 24,
} as const;

export function writeOrderReplied(writer: RecordWriter, event: OrderReplied): void {
  const is = orderRepliedAt;
  const { figures } = event;
  writer.begin(figures === undefined ? EventRow.orderReplied : EventRow.orderLimited);
  const bytes = figures === undefined ? is.end : orderLimitedAt.end;
  const at = writeOrigin(writer, event.origin, bytes);
  const { view } = writer;
  view.setUint16(at + is.rejectReason, event.rejectReason, true);
  view.setUint8(at + is.isDuplicate, event.isDuplicate ? 1 : 0);
  view.setUint8(at + is.status, event.status);
  view.setUint16(at + is.closeReason, event.closeReason, true);
  putInteger(view, at + is.orderId, event.orderId);
  putInteger(view, at + is.price, event.price);
  putInteger(view, at + is.quantity, event.quantity);
  putInteger(view, at + is.executed, event.executed);
  putAmount(view, at + is.executedNotional, event.executedNotional);
  putAmount(view, at + is.fees, event.fees);
  view.setUint32(at + is.revision, event.revision, true);
  putInteger(view, at + is.updateId, event.updateId);
  if (figures === undefined) return;
  putAmount(view, at + orderLimitedAt.limit, figures.limit);
  putAmount(view, at + orderLimitedAt.used, figures.used);
  putAmount(view, at + orderLimitedAt.asked, figures.asked);
}

export function readOrderLimited(reader: RecordReader): OrderReplied {
  const reply = readOrderReplied(reader);
  const [limit, used, asked] = [reader.amount(), reader.amount(), reader.amount()];
  return { ...reply, figures: { limit, used, asked } };
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
  const is = executionReportAt;
  const at = writer.room(is.clientOrderId);
  const { view } = writer;
  view.setUint8(at + is.executionType, event.executionType);
  view.setUint8(at + is.status, event.status);
  view.setUint8(at + is.side, event.side);
  view.setUint8(at + is.orderType, event.orderType);
  view.setUint8(at + is.timeInForce, event.timeInForce);
  view.setUint8(at + is.liquidity, event.liquidity);
  view.setUint16(at + is.rejectReason, event.rejectReason, true);
  view.setUint16(at + is.closeReason, event.closeReason, true);
  putInteger(view, at + is.orderId, event.orderId);
  putInteger(view, at + is.price, event.price);
  putInteger(view, at + is.quantity, event.quantity);
  putInteger(view, at + is.executed, event.executed);
  putInteger(view, at + is.remaining, event.remaining);
  putAmount(view, at + is.executedNotional, event.executedNotional);
  view.setUint32(at + is.revision, event.revision, true);
  putInteger(view, at + is.tradeId, event.tradeId);
  putInteger(view, at + is.lastPrice, event.lastPrice);
  putInteger(view, at + is.lastQuantity, event.lastQuantity);
  putAmount(view, at + is.fee, event.fee);
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
  const is = levelChangedAt;
  writer.begin(EventRow.levelChanged);
  writer.name(event.symbol);
  const at = writer.room(is.end);
  const { view } = writer;
  putInteger(view, at + is.updateId, event.updateId);
  view.setUint8(at + is.side, event.side);
  putInteger(view, at + is.price, event.price);
  putInteger(view, at + is.quantity, event.quantity);
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
  const is = tradedAt;
  writer.begin(EventRow.traded);
  writer.name(event.symbol);
  const at = writer.room(is.end);
  const { view } = writer;
  putInteger(view, at + is.tradeId, event.tradeId);
  putInteger(view, at + is.price, event.price);
  putInteger(view, at + is.quantity, event.quantity);
  view.setUint8(at + is.takerSide, event.takerSide);
  putInteger(view, at + is.updateId, event.updateId);
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
  const is = bestChangedAt;
  writer.begin(EventRow.bestChanged);
  writer.name(event.symbol);
  const at = writer.room(is.end);
  const { view } = writer;
  putInteger(view, at + is.updateId, event.updateId);
  putInteger(view, at + is.bidPrice, event.bidPrice);
  putInteger(view, at + is.bidQuantity, event.bidQuantity);
  putInteger(view, at + is.askPrice, event.askPrice);
  putInteger(view, at + is.askQuantity, event.askQuantity);
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

export const entryAddedAt = {
  updateId: 0,
  entryId: 8,
  side: 16,
  price: 17,
  quantity: 25,
  end: 33,
} as const;

export function writeEntryAdded(writer: RecordWriter, event: EntryAdded): void {
  const is = entryAddedAt;
  writer.begin(EventRow.entryAdded);
  writer.name(event.symbol);
  const at = writer.room(is.end);
  const { view } = writer;
  putInteger(view, at + is.updateId, event.updateId);
  putInteger(view, at + is.entryId, event.entryId);
  view.setUint8(at + is.side, event.side);
  putInteger(view, at + is.price, event.price);
  putInteger(view, at + is.quantity, event.quantity);
}

export function readEntryAdded(reader: RecordReader): EntryAdded {
  return {
    kind: "entry-added",
    symbol: reader.name(),
    updateId: reader.integer(),
    entryId: reader.integer(),
    side: reader.choice(last.side) as Side,
    price: reader.integer(),
    quantity: reader.integer(),
  };
}

export const entryExecutedAt = {
  updateId: 0,
  entryId: 8,
  quantity: 16,
  tradeId: 24,
  end: 32,
} as const;

export function writeEntryExecuted(writer: RecordWriter, event: EntryExecuted): void {
  const is = entryExecutedAt;
  writer.begin(EventRow.entryExecuted);
  writer.name(event.symbol);
  const at = writer.room(is.end);
  const { view } = writer;
  putInteger(view, at + is.updateId, event.updateId);
  putInteger(view, at + is.entryId, event.entryId);
  putInteger(view, at + is.quantity, event.quantity);
  putInteger(view, at + is.tradeId, event.tradeId);
}

export function readEntryExecuted(reader: RecordReader): EntryExecuted {
  return {
    kind: "entry-executed",
    symbol: reader.name(),
    updateId: reader.integer(),
    entryId: reader.integer(),
    quantity: reader.integer(),
    tradeId: reader.integer(),
  };
}

export const entryCanceledAt = { updateId: 0, entryId: 8, quantity: 16, end: 24 } as const;

export function writeEntryCanceled(writer: RecordWriter, event: EntryCanceled): void {
  const is = entryCanceledAt;
  writer.begin(EventRow.entryCanceled);
  writer.name(event.symbol);
  const at = writer.room(is.end);
  const { view } = writer;
  putInteger(view, at + is.updateId, event.updateId);
  putInteger(view, at + is.entryId, event.entryId);
  putInteger(view, at + is.quantity, event.quantity);
}

export function readEntryCanceled(reader: RecordReader): EntryCanceled {
  return {
    kind: "entry-canceled",
    symbol: reader.name(),
    updateId: reader.integer(),
    entryId: reader.integer(),
    quantity: reader.integer(),
  };
}
