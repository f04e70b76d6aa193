/**
 * Events as records: the number and the bytes of every kind that a step emits.
 *
 * These bytes are hashed on every replica at every step, and travel to the gateways as they are.
 */
import { unreachable } from "./assert.ts";
import type { CommandReplied, ExecutionReport, OrderReplied, ShardEvent } from "./events.ts";
import type { Origin } from "./messages.ts";
import type {
  ExecutionType,
  Liquidity,
  OrderStatus,
  OrderType,
  Side,
  TimeInForce,
} from "./order-terms.ts";
import { Fields, fieldsOfTerms } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import type { RecordReader, RecordWriter } from "./records.ts";
import type { CloseReason, RejectReason } from "./reject-reasons.ts";

const Row = {
  orderReplied: 1,
  commandReplied: 2,
  executionReport: 3,
  levelChanged: 4,
  traded: 5,
  bestChanged: 6,
} as const;

const Ordinary = {
  balanceChanged: 100,
  instrumentListed: 101,
  phaseChanged: 102,
  emitterChanged: 103,
  stateHashed: 104,
} as const;

export function writeEvent(writer: RecordWriter, event: ShardEvent): void {
  switch (event.kind) {
    case "order-replied":
      writeOrderReplied(writer, event);
      return;
    case "command-replied":
      writer.begin(Row.commandReplied);
      writeOrigin(writer, event.origin);
      writer.u16(event.rejectReason);
      writer.integer(event.detail);
      return;
    case "execution-report":
      writeExecutionReport(writer, event);
      return;
    case "level-changed":
      writer.begin(Row.levelChanged);
      writer.name(event.symbol);
      writer.integer(event.updateId);
      writer.u8(event.side);
      writer.integer(event.price);
      writer.integer(event.quantity);
      return;
    case "traded":
      writer.begin(Row.traded);
      writer.name(event.symbol);
      writer.integer(event.tradeId);
      writer.integer(event.price);
      writer.integer(event.quantity);
      writer.u8(event.takerSide);
      writer.integer(event.updateId);
      return;
    case "best-changed":
      writer.begin(Row.bestChanged);
      writer.name(event.symbol);
      writer.integer(event.updateId);
      writer.integer(event.bidPrice);
      writer.integer(event.bidQuantity);
      writer.integer(event.askPrice);
      writer.integer(event.askQuantity);
      return;
    case "balance-changed":
      writer.ordinary([
        Ordinary.balanceChanged,
        event.account,
        event.asset,
        event.available,
        event.reserved,
      ]);
      return;
    case "instrument-listed":
      writer.ordinary([Ordinary.instrumentListed, ...fieldsOfTerms(event.terms)]);
      return;
    case "phase-changed":
      writer.ordinary([Ordinary.phaseChanged, event.symbol, event.isHalted]);
      return;
    case "emitter-changed":
      writer.ordinary([Ordinary.emitterChanged, event.node, event.emitterEpoch]);
      return;
    case "state-hashed":
      writer.ordinary([Ordinary.stateHashed, event.label]);
      return;
    default:
      unreachable(event);
  }
}

function writeOrigin(writer: RecordWriter, origin: Origin): void {
  writer.name(origin.producer);
  writer.integer(origin.epoch);
  writer.integer(origin.frame);
  writer.u16(origin.index);
}

function writeOrderReplied(writer: RecordWriter, event: OrderReplied): void {
  writer.begin(Row.orderReplied);
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

function writeExecutionReport(writer: RecordWriter, event: ExecutionReport): void {
  writer.begin(Row.executionReport);
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
  writer.text(event.clientOrderId);
}

/** Reads the next event of a batch. Throws {@link MalformedRecords}. */
export function readEvent(reader: RecordReader): ShardEvent {
  const kind = reader.kind();
  switch (kind) {
    case 0:
      return eventInList(reader.ordinary());
    case Row.orderReplied:
      return readOrderReplied(reader);
    case Row.commandReplied:
      return readCommandReplied(reader);
    case Row.executionReport:
      return readExecutionReport(reader);
    case Row.levelChanged:
      return {
        kind: "level-changed",
        symbol: reader.name(),
        updateId: reader.integer(),
        side: reader.choice(1) as Side,
        price: reader.integer(),
        quantity: reader.integer(),
      };
    case Row.traded:
      return {
        kind: "traded",
        symbol: reader.name(),
        tradeId: reader.integer(),
        price: reader.integer(),
        quantity: reader.integer(),
        takerSide: reader.choice(1) as Side,
        updateId: reader.integer(),
      };
    case Row.bestChanged:
      return {
        kind: "best-changed",
        symbol: reader.name(),
        updateId: reader.integer(),
        bidPrice: reader.integer(),
        bidQuantity: reader.integer(),
        askPrice: reader.integer(),
        askQuantity: reader.integer(),
      };
    default:
      throw new MalformedRecords(`no event kind ${String(kind)}`);
  }
}

function readOrigin(reader: RecordReader): Origin {
  return {
    producer: reader.name(),
    epoch: reader.integer(),
    frame: reader.integer(),
    index: reader.u16(),
  };
}

function readCommandReplied(reader: RecordReader): CommandReplied {
  return {
    kind: "command-replied",
    origin: readOrigin(reader),
    rejectReason: reader.u16() as RejectReason,
    detail: reader.integer(),
  };
}

function readOrderReplied(reader: RecordReader): OrderReplied {
  const origin = readOrigin(reader);
  const rejectReason = reader.u16() as RejectReason;
  const isDuplicate = reader.flag();
  const status = reader.choice(8) as OrderStatus;
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

function readExecutionReport(reader: RecordReader): ExecutionReport {
  const account = reader.name();
  const symbol = reader.name();
  const executionType = reader.choice(5) as ExecutionType;
  const status = reader.choice(8) as OrderStatus;
  const side = reader.choice(1) as Side;
  const orderType = reader.choice(1) as OrderType;
  const timeInForce = reader.choice(1) as TimeInForce;
  const liquidity = reader.choice(2) as Liquidity;
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

function eventInList(list: readonly unknown[]): ShardEvent {
  const fields = new Fields(list);
  const event = ordinaryEvent(fields.integer(), fields);
  fields.end();
  return event;
}

function ordinaryEvent(number: number, fields: Fields): ShardEvent {
  switch (number) {
    case Ordinary.balanceChanged:
      return {
        kind: "balance-changed",
        account: fields.account(),
        asset: fields.asset(),
        available: fields.amount(),
        reserved: fields.amount(),
      };
    case Ordinary.instrumentListed:
      return { kind: "instrument-listed", terms: fields.terms() };
    case Ordinary.phaseChanged:
      return { kind: "phase-changed", symbol: fields.symbol(), isHalted: fields.boolean() };
    case Ordinary.emitterChanged:
      return { kind: "emitter-changed", node: fields.party(), emitterEpoch: fields.count() };
    case Ordinary.stateHashed:
      return { kind: "state-hashed", label: fields.text() };
    default:
      throw new MalformedRecords(`no event kind ${String(number)}`);
  }
}
