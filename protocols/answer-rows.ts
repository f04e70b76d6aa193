/**
 * What books say to accounts as rows: the number and the bytes of each kind.
 *
 * The numbers are in the log for ever, as those of `message-codec.ts` are, and share their range.
 */
import { assert, unreachable } from "./assert.ts";
import type {
  AccountMessage,
  ApplyAccountFees,
  BlockAccount,
  CreateAccount,
  CreditDeposit,
  OrderFilled,
} from "./messages.ts";
import type { ApplyFailPermission, SettlementMessage } from "./clearing-messages.ts";
import type { LiquidationMessage } from "./liquidation-messages.ts";
import type { MarginMessage } from "./margin-messages.ts";
import type { Liquidity } from "./order-terms.ts";
import { accountName, last } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import type { RecordReader, RecordWriter } from "./records.ts";
import type { CloseReason, RejectReason } from "./reject-reasons.ts";

export type BookAnswer = Exclude<
  AccountMessage,
  | (CreateAccount | BlockAccount | CreditDeposit | ApplyAccountFees)
  | (ApplyFailPermission | SettlementMessage | MarginMessage | LiquidationMessage)
>;

const Row = {
  orderRested: 20,
  orderFilled: 21,
  orderRemoved: 22,
  orderRefused: 23,
  orderReplaced: 24,
  changeRefused: 25,
  orderTriggered: 26,
  orderRepriced: 27,
  orderPrevented: 28,
  /** With its settlement date. */
  orderFilledToSettle: 196,
  /** Of a contract: with its funding index. */
  orderFilledOfContract: 212,
  /** Likewise, of a trade that one of the orders is uncovered of. */
  orderFilledOnDelivery: 199,
} as const;

export function writeAnswer(writer: RecordWriter, message: BookAnswer): void {
  switch (message.kind) {
    case "order-rested":
      begin(writer, Row.orderRested, message);
      writer.integer(message.updateId);
      return;
    case "order-filled":
      writeFilled(writer, message);
      return;
    case "order-removed":
      begin(writer, Row.orderRemoved, message);
      writer.integer(message.canceled);
      writer.u16(message.reason);
      writer.integer(message.updateId);
      return;
    case "order-refused":
      begin(writer, Row.orderRefused, message);
      writer.u16(message.reason);
      return;
    case "order-replaced":
      begin(writer, Row.orderReplaced, message);
      writer.integer(message.price);
      writer.integer(message.quantity);
      writer.integer(message.updateId);
      return;
    case "change-refused":
      begin(writer, Row.changeRefused, message);
      writer.u16(message.reason);
      writer.integer(message.updateId);
      return;
    case "order-triggered":
      begin(writer, Row.orderTriggered, message);
      writer.integer(message.updateId);
      return;
    case "order-repriced":
      begin(writer, Row.orderRepriced, message);
      writer.integer(message.price);
      writer.integer(message.updateId);
      return;
    case "order-prevented":
      begin(writer, Row.orderPrevented, message);
      writer.integer(message.price);
      writer.integer(message.quantity);
      writer.integer(message.remaining);
      writer.integer(message.updateId);
      return;
    default:
      unreachable(message);
  }
}

function writeFilled(writer: RecordWriter, message: OrderFilled): void {
  const { settlementDate, fundingIndex } = message;
  assert(settlementDate === undefined || fundingIndex === undefined, "a contract is not cleared");
  begin(writer, rowOfFill(message), message);
  writer.integer(message.tradeId);
  writer.integer(message.price);
  writer.integer(message.quantity);
  writer.integer(message.remaining);
  writer.u8(message.liquidity);
  writer.integer(message.updateId);
  if (settlementDate !== undefined) writer.u32(settlementDate);
  if (fundingIndex !== undefined) writer.amount(fundingIndex);
}

function rowOfFill({ settlementDate, fundingIndex, isOnDelivery }: OrderFilled): number {
  if (fundingIndex !== undefined) return Row.orderFilledOfContract;
  if (settlementDate === undefined) return Row.orderFilled;
  return isOnDelivery === true ? Row.orderFilledOnDelivery : Row.orderFilledToSettle;
}

function readFilled(reader: RecordReader): OrderFilled {
  return {
    kind: "order-filled",
    account: reader.name(accountName),
    orderId: reader.integer(),
    tradeId: reader.integer(),
    price: reader.integer(),
    quantity: reader.integer(),
    remaining: reader.integer(),
    liquidity: reader.choice(last.liquidity) as Liquidity,
    updateId: reader.integer(),
  };
}

/** Every answer begins with whose order it is about. */
function begin(writer: RecordWriter, row: number, { account, orderId }: BookAnswer): void {
  writer.begin(row);
  writer.name(account, accountName);
  writer.integer(orderId);
}

/** Reads a row whose kind is none of `message-codec.ts`. Throws {@link MalformedRecords}. */
export function readAnswer(kind: number, reader: RecordReader): BookAnswer {
  switch (kind) {
    case Row.orderRested:
      return {
        kind: "order-rested",
        account: reader.name(accountName),
        orderId: reader.integer(),
        updateId: reader.integer(),
      };
    case Row.orderFilled:
      return readFilled(reader);
    case Row.orderFilledToSettle:
      return { ...readFilled(reader), settlementDate: reader.u32() };
    case Row.orderFilledOfContract:
      return { ...readFilled(reader), fundingIndex: reader.amount() };
    case Row.orderFilledOnDelivery:
      return { ...readFilled(reader), settlementDate: reader.u32(), isOnDelivery: true };
    case Row.orderRemoved:
      return {
        kind: "order-removed",
        account: reader.name(accountName),
        orderId: reader.integer(),
        canceled: reader.integer(),
        reason: reader.u16() as CloseReason,
        updateId: reader.integer(),
      };
    case Row.orderRefused:
      return {
        kind: "order-refused",
        account: reader.name(accountName),
        orderId: reader.integer(),
        reason: reader.u16() as RejectReason,
      };
    case Row.orderReplaced:
      return {
        kind: "order-replaced",
        account: reader.name(accountName),
        orderId: reader.integer(),
        price: reader.integer(),
        quantity: reader.integer(),
        updateId: reader.integer(),
      };
    case Row.changeRefused:
      return {
        kind: "change-refused",
        account: reader.name(accountName),
        orderId: reader.integer(),
        reason: reader.u16() as RejectReason,
        updateId: reader.integer(),
      };
    default:
      return readChange(kind, reader);
  }
}

/** What a book did to an order of its own accord. */
function readChange(kind: number, reader: RecordReader): BookAnswer {
  switch (kind) {
    case Row.orderTriggered:
      return {
        kind: "order-triggered",
        account: reader.name(accountName),
        orderId: reader.integer(),
        updateId: reader.integer(),
      };
    case Row.orderRepriced:
      return {
        kind: "order-repriced",
        account: reader.name(accountName),
        orderId: reader.integer(),
        price: reader.integer(),
        updateId: reader.integer(),
      };
    case Row.orderPrevented:
      return {
        kind: "order-prevented",
        account: reader.name(accountName),
        orderId: reader.integer(),
        price: reader.integer(),
        quantity: reader.integer(),
        remaining: reader.integer(),
        updateId: reader.integer(),
      };
    default:
      throw new MalformedRecords(`no message kind ${String(kind)}`);
  }
}
