/**
 * The fields that requests, replies and market data are made of, each defined once: its type, its
 * unit and what it must look like.
 *
 * The gateway checks requests against these and the documentation is generated from them. They
 * say what is well-formed; what the market allows (a positive price, a known symbol) is for the
 * actors to say, so that every way into the exchange gets the same answer to the same order.
 */
import { Type } from "typebox";
import type { TSchema } from "typebox";
import { identifierPatterns } from "../identifiers.ts";
import {
  closeReasonWords,
  executionTypeWords,
  liquidityWords,
  orderStatusWords,
  orderTypeWords,
  sideWords,
  timeInForceWords,
  withoutNone,
} from "./words.ts";

const integerMax = Number.MAX_SAFE_INTEGER;

/** A request has the fields that are listed and no others: a misspelt field is an error. */
export const closed = { additionalProperties: false } as const;

interface FieldText {
  readonly description: string;
  readonly unit?: string;
  /** The limits that actors enforce, told to readers beside those that a schema can hold. */
  readonly rule?: string;
}

/** An integer of any sign that JSON carries exactly. */
export function integer(text: FieldText) {
  return Type.Integer({ minimum: -integerMax, maximum: integerMax, ...text });
}

/** An integer of at least zero: an id, a count or a sequence. */
export function count(text: FieldText) {
  return Type.Integer({ minimum: 0, maximum: integerMax, ...text });
}

/** How many to return, with what happens when it is left out. */
export function limit(maximum: number, text: FieldText & { readonly default: number }) {
  return Type.Integer({ minimum: 1, maximum, ...text });
}

export function accountId(description = "The account.") {
  return Type.String({ pattern: identifierPatterns.accountId, description });
}

export function actorAddress(description: string) {
  return Type.String({ pattern: identifierPatterns.actorAddress, description });
}

export function symbol(description = "The instrument.") {
  return Type.String({ pattern: identifierPatterns.symbol, description });
}

export function assetId(description = "The asset.") {
  return Type.String({ pattern: identifierPatterns.assetId, description });
}

export function participantId(description: string) {
  return Type.String({ pattern: identifierPatterns.accountId, description });
}

export function quoteId(description: string) {
  return Type.String({ pattern: identifierPatterns.quoteId, description });
}

export function clientOrderId(description: string) {
  return Type.String({ pattern: identifierPatterns.clientOrderId, description });
}

export function orderId(description = "The exchange's id of the order.") {
  return Type.Integer({ minimum: 1, maximum: integerMax, description });
}

/** Units of one asset as text, because there may be more of them than a JSON number can count. */
export function amount(description: string) {
  return Type.String({ pattern: "^-?[0-9]{1,19}$", unit: "units of the asset", description });
}

/** The same of something that there is some of. */
export function positiveAmount(description: string) {
  return Type.String({ pattern: "^[1-9][0-9]{0,18}$", unit: "units of the asset", description });
}

/** Counts the replaces of one order. It is 32 bits wide in the log. */
export function revision(text: FieldText & { readonly default?: string }) {
  return Type.Integer({ minimum: 0, maximum: 0xffffffff, ...text });
}

/** A line of text from a person. */
export function remark(description: string) {
  return Type.String({
    pattern: "^[^\\u0000-\\u001f\\u007f]{1,200}$",
    description,
    rule: "1 to 200 characters, no control characters",
  });
}

export function yesOrNo(description: string) {
  return Type.Boolean({ description });
}

export function list<Item extends TSchema>(item: Item, description: string) {
  return Type.Array(item, { description });
}

export const side = Type.Enum([...sideWords], { description: "Whether the order buys or sells." });

export const takerSide = Type.Enum([...sideWords], {
  description: "The side of the order that came in and met a resting one.",
});

export const orderType = Type.Enum([...orderTypeWords], {
  description:
    "`limit` trades at its price or better, `market` at whatever price there is. `stop` and " +
    "`takeProfit` wait for `triggerPrice` and are market orders then, `stopLimit` and " +
    "`takeProfitLimit` are limit orders then; the trigger price of a `trailingStop` follows the " +
    "market. The price of a `pegged` order follows the book.",
});

export function timeInForce(text: { readonly more?: string; readonly default?: string } = {}) {
  const { more = "", ...rest } = text;
  return Type.Enum([...timeInForceWords], {
    description:
      "`GTC` works until it is filled or canceled, `IOC` cancels what it cannot fill at once, " +
      "`FOK` fills all of it at once or nothing, `DAY` works until the trading day ends, `GTD` " +
      "until `expiresAtUs`; `ATO`, `ATC` and `GFA` only take part in the opening, the closing or " +
      "the next auction." +
      more,
    ...rest,
  });
}

export const orderStatus = Type.Enum([...orderStatusWords], {
  description: "Where the order stands. FIX OrdStatus (39) in words.",
});

export const executionType = Type.Enum([...executionTypeWords], {
  description:
    "What happened. FIX ExecType (150) in words. `restated` says that the exchange changed the " +
    "order's price or quantity.",
});

export const liquidity = Type.Enum([...withoutNone(liquidityWords)], {
  description:
    "Whether the fill made liquidity, took it, came of an auction or was a transfer between " +
    "accounts of one participant; only if this is a fill.",
});

export const closeReason = Type.Enum([...closeReasonWords], {
  description: "Why an accepted order left the book other than by a fill; `none` when it did not.",
});

export const orderPrice = count({
  description: "The limit price; 0 for an order without one.",
  unit: "ticks",
});
export const orderQuantity = count({
  description: "The whole quantity; of an order by `quoteBudget`, the most that it can come to.",
  unit: "lots",
});
export const executed = count({ description: "Executed so far.", unit: "lots" });
export const executedNotional = amount(
  "Quote units executed so far: divided by `executed`, the average price of a lot.",
);
export const averagePrice = Type.String({
  pattern: "^-?(0|[1-9][0-9]{0,18})(\\.[0-9]{1,6})?$",
  unit: "ticks",
  description:
    "What a lot was executed at on average: a decimal number with at most six decimals, rounded " +
    "half up; only once something was executed.",
});
export const fees = amount("Quote units charged in fees so far.");
export const updateId = count({
  description: "The book's update id: counts the changes of one book from 1, without a gap.",
});
export const entryId = Type.Integer({
  minimum: 1,
  maximum: integerMax,
  description:
    "A displayed order's place in its queue (FIX MDEntryID): at one price, the lower it is the " +
    "earlier it trades. It is no order id.",
});
export const tradeId = Type.Integer({
  minimum: 1,
  maximum: integerMax,
  description: "The exchange's id of the trade.",
});
export const tradePrice = Type.Integer({
  minimum: 1,
  maximum: integerMax,
  unit: "ticks",
  description: "The price it traded at.",
});
export const tradeQuantity = Type.Integer({
  minimum: 1,
  maximum: integerMax,
  unit: "lots",
  description: "How much traded.",
});

export const shard = count({ description: "The shard that says so." });
export const sequence = count({
  description: "The entry of the shard's log that caused it.",
});
export const timeUs = count({
  description: "When, by the log.",
  unit: "µs since 1970",
});

/** Why an order of a report was closed: only of one that was. */
export const closedBecause = Type.Enum([...withoutNone(closeReasonWords)], {
  description: "Why the order left the book other than by a fill; only if it did.",
});
