/**
 * Messages as records: the number and the bytes of every kind that is a row; the others are in
 * `ordinary-messages.ts`.
 *
 * The numbers are in the log for ever. A change of a kind's bytes takes a new number; golden bytes
 * in the tests hold each one fast. Decoding checks types, lengths and closed lists, nothing of the
 * market: that is the actors' business.
 */
import type { Message } from "./messages.ts";
import { listOfMessage, messageInList } from "./ordinary-messages.ts";
import type { OrderType, Side, TimeInForce } from "./order-terms.ts";
import { accountName, clientOrderIdIn, clientOrderIdOrNone, symbolName } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import type { RecordReader, RecordWriter } from "./records.ts";
import type { CloseReason, RejectReason } from "./reject-reasons.ts";

/** Kinds that are rows. 0 marks an ordinary record. */
const Row = {
  placeOrder: 1,
  cancelOrder: 2,
  replaceOrder: 3,
  submitOrder: 10,
  submitCancel: 11,
  submitReplace: 12,
  orderRested: 20,
  orderFilled: 21,
  orderRemoved: 22,
  orderRefused: 23,
  orderReplaced: 24,
  changeRefused: 25,
} as const;

/** Appends a message to a batch. */
export function writeMessage(writer: RecordWriter, message: Message): void {
  switch (message.kind) {
    case "place-order":
      writer.begin(Row.placeOrder);
      writer.name(message.account, accountName);
      writer.name(message.symbol, symbolName);
      writer.u8(message.side);
      writer.u8(message.orderType);
      writer.u8(message.timeInForce);
      writer.integer(message.price);
      writer.integer(message.quantity);
      writer.text(message.clientOrderId);
      return;
    case "cancel-order":
      writer.begin(Row.cancelOrder);
      writer.name(message.account, accountName);
      writer.integer(message.orderId);
      writer.text(message.clientOrderId);
      return;
    case "replace-order":
      writer.begin(Row.replaceOrder);
      writer.name(message.account, accountName);
      writer.integer(message.orderId);
      writer.text(message.clientOrderId);
      writer.integer(message.price);
      writer.integer(message.quantity);
      writer.u32(message.revision);
      return;
    case "submit-order":
      writer.begin(Row.submitOrder);
      writer.name(message.symbol, symbolName);
      writer.name(message.account, accountName);
      writer.integer(message.orderId);
      writer.u8(message.side);
      writer.u8(message.orderType);
      writer.u8(message.timeInForce);
      writer.integer(message.price);
      writer.integer(message.quantity);
      writer.integer(message.budget);
      return;
    case "submit-cancel":
      writer.begin(Row.submitCancel);
      writer.name(message.symbol, symbolName);
      writer.name(message.account, accountName);
      writer.integer(message.orderId);
      return;
    case "submit-replace":
      writer.begin(Row.submitReplace);
      writer.name(message.symbol, symbolName);
      writer.name(message.account, accountName);
      writer.integer(message.orderId);
      writer.integer(message.price);
      writer.integer(message.quantity);
      return;
    default:
      writeAnswer(writer, message);
  }
}

/** What books say to accounts. */
function writeAnswer(
  writer: RecordWriter,
  message: Exclude<
    Message,
    { kind: `${"place" | "cancel" | "replace"}-order` | `submit-${string}` }
  >,
): void {
  switch (message.kind) {
    case "order-rested":
      writer.begin(Row.orderRested);
      writer.name(message.account, accountName);
      writer.integer(message.orderId);
      writer.integer(message.updateId);
      return;
    case "order-filled":
      writer.begin(Row.orderFilled);
      writer.name(message.account, accountName);
      writer.integer(message.orderId);
      writer.integer(message.tradeId);
      writer.integer(message.price);
      writer.integer(message.quantity);
      writer.integer(message.remaining);
      writer.flag(message.isTaker);
      writer.integer(message.updateId);
      return;
    case "order-removed":
      writer.begin(Row.orderRemoved);
      writer.name(message.account, accountName);
      writer.integer(message.orderId);
      writer.integer(message.canceled);
      writer.u16(message.reason);
      writer.integer(message.updateId);
      return;
    case "order-refused":
      writer.begin(Row.orderRefused);
      writer.name(message.account, accountName);
      writer.integer(message.orderId);
      writer.u16(message.reason);
      return;
    case "order-replaced":
      writer.begin(Row.orderReplaced);
      writer.name(message.account, accountName);
      writer.integer(message.orderId);
      writer.integer(message.price);
      writer.integer(message.quantity);
      writer.integer(message.updateId);
      return;
    case "change-refused":
      writer.begin(Row.changeRefused);
      writer.name(message.account, accountName);
      writer.integer(message.orderId);
      writer.u16(message.reason);
      writer.integer(message.updateId);
      return;
    default:
      writer.ordinary(listOfMessage(message));
  }
}

/** Reads the next message of a batch. Throws {@link MalformedRecords}. */
export function readMessage(reader: RecordReader): Message {
  const kind = reader.kind();
  switch (kind) {
    case 0:
      return messageInList(reader.ordinary());
    case Row.placeOrder:
      return {
        kind: "place-order",
        account: reader.name(accountName),
        symbol: reader.name(symbolName),
        side: reader.choice(1) as Side,
        orderType: reader.choice(1) as OrderType,
        timeInForce: reader.choice(1) as TimeInForce,
        price: reader.integer(),
        quantity: reader.integer(),
        clientOrderId: clientOrderIdIn(reader.text()),
      };
    case Row.cancelOrder:
      return {
        kind: "cancel-order",
        account: reader.name(accountName),
        orderId: reader.integer(),
        clientOrderId: clientOrderIdOrNone(reader.text()),
      };
    case Row.replaceOrder:
      return {
        kind: "replace-order",
        account: reader.name(accountName),
        orderId: reader.integer(),
        clientOrderId: clientOrderIdOrNone(reader.text()),
        price: reader.integer(),
        quantity: reader.integer(),
        revision: reader.u32(),
      };
    case Row.submitOrder:
      return {
        kind: "submit-order",
        symbol: reader.name(symbolName),
        account: reader.name(accountName),
        orderId: reader.integer(),
        side: reader.choice(1) as Side,
        orderType: reader.choice(1) as OrderType,
        timeInForce: reader.choice(1) as TimeInForce,
        price: reader.integer(),
        quantity: reader.integer(),
        budget: reader.integer(),
      };
    case Row.submitCancel:
      return {
        kind: "submit-cancel",
        symbol: reader.name(symbolName),
        account: reader.name(accountName),
        orderId: reader.integer(),
      };
    case Row.submitReplace:
      return {
        kind: "submit-replace",
        symbol: reader.name(symbolName),
        account: reader.name(accountName),
        orderId: reader.integer(),
        price: reader.integer(),
        quantity: reader.integer(),
      };
    default:
      return readAnswer(kind, reader);
  }
}

function readAnswer(kind: number, reader: RecordReader): Message {
  switch (kind) {
    case Row.orderRested:
      return {
        kind: "order-rested",
        account: reader.name(accountName),
        orderId: reader.integer(),
        updateId: reader.integer(),
      };
    case Row.orderFilled:
      return {
        kind: "order-filled",
        account: reader.name(accountName),
        orderId: reader.integer(),
        tradeId: reader.integer(),
        price: reader.integer(),
        quantity: reader.integer(),
        remaining: reader.integer(),
        isTaker: reader.flag(),
        updateId: reader.integer(),
      };
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
      throw new MalformedRecords(`no message kind ${String(kind)}`);
  }
}
