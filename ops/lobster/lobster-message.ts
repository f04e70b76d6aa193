/**
 * One line of a LOBSTER message file: what happened at the exchange that was recorded.
 *
 * Prices are dollars times 10,000 and sizes are shares, both integers.
 * Reference: lobsterdata.com, "LOBSTER output: message file".
 */
import { Side } from "../../protocols/index.ts";
import { malformed } from "./lobster-fault.ts";
import type { FilePlace } from "./lobster-fault.ts";

export const MessageType = {
  newOrder: 1,
  partialCancel: 2,
  deletion: 3,
  execution: 4,
  hiddenExecution: 5,
  crossTrade: 6,
  halt: 7,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

export interface LobsterMessage {
  readonly type: MessageType;
  readonly orderId: number;
  readonly size: number;
  readonly price: number;
  /** Of the order that rests, or rested. */
  readonly side: Side;
}

/** Throws a {@link LobsterFault} that names the line and the field. */
export function parseMessage(line: string, place: FilePlace): LobsterMessage {
  const fields = line.split(",");
  // Files that LOBSTER makes today have a seventh column for the market participant.
  if (fields.length !== 6 && fields.length !== 7) {
    throw malformed(place, `a message has 6 fields, this line has ${fields.length}`);
  }
  const [time = "", typeText = "", idText = "", sizeText = "", priceText = "", sideText = ""] =
    fields;
  if (!/^[0-9]+(\.[0-9]+)?(e-?[0-9]+)?$/i.test(time)) {
    throw malformed(place, `time must be seconds after midnight, is "${time}"`);
  }
  const type = integerIn(typeText, "type", place);
  if (!isMessageType(type)) throw malformed(place, `type must be 1 to 7, is "${typeText}"`);
  const orderId = integerIn(idText, "order id", place);
  const size = integerIn(sizeText, "size", place);
  const price = integerIn(priceText, "price", place);
  if (sideText !== "1" && sideText !== "-1") {
    throw malformed(place, `direction must be 1 or -1, is "${sideText}"`);
  }
  if (changesBook(type)) {
    if (size < 1) throw malformed(place, `size must be above 0, is "${sizeText}"`);
    if (price < 1) throw malformed(place, `price must be above 0, is "${priceText}"`);
  }
  return { type, orderId, size, price, side: sideText === "1" ? Side.buy : Side.sell };
}

/** Hidden executions, cross trades and halts leave the visible book as it was. */
export function changesBook(type: MessageType): boolean {
  return type <= MessageType.execution;
}

function isMessageType(type: number): type is MessageType {
  return type >= MessageType.newOrder && type <= MessageType.halt;
}

function integerIn(text: string, field: string, place: FilePlace): number {
  const value = /^-?[0-9]{1,16}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value)) return value;
  throw malformed(place, `${field} must be a whole number, is "${text.slice(0, 40)}"`);
}
