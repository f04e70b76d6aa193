/**
 * Messages as records: the number and the bytes of every kind that is a row of its own here. What
 * books answer is in `answer-rows.ts`, and what is no row is in `ordinary-messages.ts`.
 *
 * The numbers are in the log for ever. A change of a kind's bytes takes a new number; golden bytes
 * in the tests hold each one fast. Decoding checks types, lengths and closed lists, nothing of the
 * market: that is the actors' business.
 */
import { readAnswer, writeAnswer } from "./answer-rows.ts";
import {
  readInstructions,
  readRevised,
  writeInstructions,
  writeRevised,
} from "./instruction-columns.ts";
import type { Message, PlaceOrder, ReplaceOrder, SubmitOrder, SubmitReplace } from "./messages.ts";
import {
  plainInstructions,
  sharedIfPlain,
  sharedIfUnrevised,
  unrevised,
} from "./order-instructions.ts";
import { listOfMessage, messageInList } from "./ordinary-messages.ts";
import type { OrderType, Side, TimeInForce } from "./order-terms.ts";
import {
  accountName,
  clientOrderIdIn,
  clientOrderIdOrNone,
  last,
  participantName,
  symbolName,
} from "./record-fields.ts";
import type { RecordReader, RecordWriter } from "./records.ts";
import type { CloseReason } from "./reject-reasons.ts";

/**
 * Kinds that are rows. 0 marks an ordinary record. Orders and replaces that ask for nothing beyond
 * their terms have a row that is shorter by what they do not ask for.
 */
const Row = {
  placeOrder: 1,
  cancelOrder: 2,
  replaceOrder: 3,
  placeOrderInstructed: 4,
  replaceOrderRevised: 5,
  submitOrder: 10,
  submitCancel: 11,
  submitReplace: 12,
  submitOrderInstructed: 13,
  submitReplaceRevised: 14,
} as const;

/** Appends a message to a batch. */
export function writeMessage(writer: RecordWriter, message: Message): void {
  switch (message.kind) {
    case "place-order":
      writePlaceOrder(writer, message);
      return;
    case "cancel-order":
      writer.begin(Row.cancelOrder);
      writer.name(message.account, accountName);
      writer.integer(message.orderId);
      writer.text(message.clientOrderId);
      return;
    case "replace-order":
      writeReplaceOrder(writer, message);
      return;
    case "submit-order":
      writeSubmitOrder(writer, message);
      return;
    case "submit-cancel":
      writer.begin(Row.submitCancel);
      writer.name(message.symbol, symbolName);
      writer.name(message.account, accountName);
      writer.integer(message.orderId);
      writer.u16(message.reason);
      return;
    case "submit-replace":
      writeSubmitReplace(writer, message);
      return;
    case "order-rested":
    case "order-filled":
    case "order-removed":
    case "order-refused":
    case "order-replaced":
    case "change-refused":
    case "order-triggered":
    case "order-repriced":
    case "order-prevented":
      writeAnswer(writer, message);
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
    case Row.placeOrderInstructed:
      return readPlaceOrder(kind, reader);
    case Row.cancelOrder:
      return {
        kind: "cancel-order",
        account: reader.name(accountName),
        orderId: reader.integer(),
        clientOrderId: clientOrderIdOrNone(reader.text()),
      };
    case Row.replaceOrder:
    case Row.replaceOrderRevised:
      return readReplaceOrder(kind, reader);
    case Row.submitOrder:
    case Row.submitOrderInstructed:
      return readSubmitOrder(kind, reader);
    case Row.submitCancel:
      return {
        kind: "submit-cancel",
        symbol: reader.name(symbolName),
        account: reader.name(accountName),
        orderId: reader.integer(),
        reason: reader.u16() as CloseReason,
      };
    case Row.submitReplace:
    case Row.submitReplaceRevised:
      return readSubmitReplace(kind, reader);
    default:
      return readAnswer(kind, reader);
  }
}

// ---- Orders --------------------------------------------------------------------------------

function writePlaceOrder(writer: RecordWriter, message: PlaceOrder): void {
  const instructions = sharedIfPlain(message.instructions);
  const isPlain = instructions === plainInstructions;
  writer.begin(isPlain ? Row.placeOrder : Row.placeOrderInstructed);
  writer.name(message.account, accountName);
  writer.name(message.symbol, symbolName);
  writer.u8(message.side);
  writer.u8(message.orderType);
  writer.u8(message.timeInForce);
  writer.integer(message.price);
  writer.integer(message.quantity);
  writer.text(message.clientOrderId);
  if (!isPlain) writeInstructions(writer, instructions);
}

function readPlaceOrder(kind: number, reader: RecordReader): PlaceOrder {
  return {
    kind: "place-order",
    account: reader.name(accountName),
    symbol: reader.name(symbolName),
    side: reader.choice(last.side) as Side,
    orderType: reader.choice(last.orderType) as OrderType,
    timeInForce: reader.choice(last.timeInForce) as TimeInForce,
    price: reader.integer(),
    quantity: reader.integer(),
    clientOrderId: clientOrderIdIn(reader.text()),
    instructions: kind === Row.placeOrder ? plainInstructions : readInstructions(reader),
  };
}

function writeSubmitOrder(writer: RecordWriter, message: SubmitOrder): void {
  const instructions = sharedIfPlain(message.instructions);
  const isPlain = instructions === plainInstructions && message.linkedOrderId === 0;
  writer.begin(isPlain ? Row.submitOrder : Row.submitOrderInstructed);
  writer.name(message.symbol, symbolName);
  writer.name(message.account, accountName);
  writer.name(message.participant, participantName);
  writer.integer(message.orderId);
  writer.u8(message.side);
  writer.u8(message.orderType);
  writer.u8(message.timeInForce);
  writer.integer(message.price);
  writer.integer(message.quantity);
  writer.integer(message.budget);
  if (isPlain) return;
  writeInstructions(writer, instructions);
  writer.integer(message.linkedOrderId);
}

function readSubmitOrder(kind: number, reader: RecordReader): SubmitOrder {
  return {
    kind: "submit-order",
    symbol: reader.name(symbolName),
    account: reader.name(accountName),
    participant: reader.name(participantName),
    orderId: reader.integer(),
    side: reader.choice(last.side) as Side,
    orderType: reader.choice(last.orderType) as OrderType,
    timeInForce: reader.choice(last.timeInForce) as TimeInForce,
    price: reader.integer(),
    quantity: reader.integer(),
    budget: reader.integer(),
    instructions: kind === Row.submitOrder ? plainInstructions : readInstructions(reader),
    linkedOrderId: kind === Row.submitOrder ? 0 : reader.integer(),
  };
}

// ---- Replaces ------------------------------------------------------------------------------

function writeReplaceOrder(writer: RecordWriter, message: ReplaceOrder): void {
  const revised = sharedIfUnrevised(message.revised);
  const isUnrevised = revised === unrevised;
  writer.begin(isUnrevised ? Row.replaceOrder : Row.replaceOrderRevised);
  writer.name(message.account, accountName);
  writer.integer(message.orderId);
  writer.text(message.clientOrderId);
  writer.integer(message.price);
  writer.integer(message.quantity);
  writer.u32(message.revision);
  if (!isUnrevised) writeRevised(writer, revised);
}

function readReplaceOrder(kind: number, reader: RecordReader): ReplaceOrder {
  return {
    kind: "replace-order",
    account: reader.name(accountName),
    orderId: reader.integer(),
    clientOrderId: clientOrderIdOrNone(reader.text()),
    price: reader.integer(),
    quantity: reader.integer(),
    revision: reader.u32(),
    revised: kind === Row.replaceOrder ? unrevised : readRevised(reader),
  };
}

function writeSubmitReplace(writer: RecordWriter, message: SubmitReplace): void {
  const revised = sharedIfUnrevised(message.revised);
  const isUnrevised = revised === unrevised;
  writer.begin(isUnrevised ? Row.submitReplace : Row.submitReplaceRevised);
  writer.name(message.symbol, symbolName);
  writer.name(message.account, accountName);
  writer.integer(message.orderId);
  writer.integer(message.price);
  writer.integer(message.quantity);
  if (!isUnrevised) writeRevised(writer, revised);
}

function readSubmitReplace(kind: number, reader: RecordReader): SubmitReplace {
  return {
    kind: "submit-replace",
    symbol: reader.name(symbolName),
    account: reader.name(accountName),
    orderId: reader.integer(),
    price: reader.integer(),
    quantity: reader.integer(),
    revised: kind === Row.submitReplace ? unrevised : readRevised(reader),
  };
}
