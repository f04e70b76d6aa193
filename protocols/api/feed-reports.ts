/**
 * The execution reports of one account while a step is rendered: rows of events become the items of
 * `reportsMessage` in `market-data.ts`, as JSON.
 */
import { assert } from "../assert.ts";
import { averagePriceOf } from "../average-price.ts";
import type { EventCursor } from "../event-cursor.ts";
import { executionReportAt } from "../event-rows.ts";
import type { AccountId, InstrumentSymbol, OrderId } from "../identifiers.ts";
import { Liquidity } from "../order-terms.ts";
import { CloseReason, RejectReason, rejectReasonName } from "../reject-reasons.ts";
import { clientSubjects } from "../subjects.ts";
import { ScatteredOrderId, tracePrefixOf } from "../trace-ids.ts";
import { amountOf } from "../units.ts";
import { writeStamp } from "./feed-message.ts";
import type { OpenMessage, StepStamp } from "./feed-message.ts";
import type { JsonBytes } from "./json-bytes.ts";
import { Held, JsonFields, JsonPiece, pieceOf } from "./json-pieces.ts";
import {
  closeReasonWords,
  executionTypeWords,
  liquidityWords,
  orderStatusWords,
  orderTypeWords,
  sideWords,
  timeInForceWords,
  wordOf,
} from "./words.ts";

const twoTo32 = 2 ** 32;

const accountLabel = new JsonPiece('{"account":');
const firstReport = new JsonPiece(',"reports":[{"index":');
const nextReport = new JsonPiece('},{"index":');
const endOfReports = new JsonPiece("}]}");

const ids = new JsonFields([
  ['","orderId":', executionReportAt.orderId, Held.integer],
  [',"clientOrderId":"', executionReportAt.clientOrderId, Held.text],
]);
const amounts = new JsonFields([
  [',"price":', executionReportAt.price, Held.integer],
  [',"quantity":', executionReportAt.quantity, Held.integer],
  [',"revision":', executionReportAt.revision, Held.u32],
  [',"executed":', executionReportAt.executed, Held.integer],
  [',"remaining":', executionReportAt.remaining, Held.integer],
  [',"executedNotional":"', executionReportAt.executedNotional, Held.amount],
]);
/** More than half of all reports tell of an order of which nothing was executed. */
const amountsOfUntouched = new JsonFields([
  [',"price":', executionReportAt.price, Held.integer],
  [',"quantity":', executionReportAt.quantity, Held.integer],
  [',"revision":', executionReportAt.revision, Held.u32],
  [',"executed":0,"remaining":', executionReportAt.remaining, Held.integer],
]);
const endOfAmounts = new JsonPiece('"');
const endOfUntouched = new JsonPiece(',"executedNotional":"0"');
const averagePrice = new JsonPiece(',"averagePrice":');
const wholeAveragePrice = new JsonPiece(',"averagePrice":"');
const endOfAveragePrice = new JsonPiece('"');
const closeReasons = closeReasonWords.map((word) => new JsonPiece(`,"closeReason":"${word}"`));
const fill = new JsonFields([
  [',"tradeId":', executionReportAt.tradeId, Held.integer],
  [',"lastPrice":', executionReportAt.lastPrice, Held.integer],
  [',"lastQuantity":', executionReportAt.lastQuantity, Held.integer],
]);
const liquidities = liquidityWords.map((word) => new JsonPiece(`,"liquidity":"${word}"`));
const fee = new JsonFields([[',"fee":"', executionReportAt.fee, Held.amount]]);
const endOfFill = new JsonPiece('"');

export class OpenReports implements OpenMessage {
  readonly subject: string;
  readonly json: JsonBytes;
  #count = 0;

  constructor(json: JsonBytes, account: AccountId, stamp: StepStamp) {
    this.subject = clientSubjects.reports(account);
    this.json = json;
    json.piece(accountLabel);
    json.text(account);
    writeStamp(json, stamp);
  }

  get count(): number {
    return this.#count;
  }

  add(report: EventCursor, symbol: ReportedSymbol, pieces: ReportPieces): void {
    const { json } = this;
    const { rows, at } = report;
    json.integer(this.#count === 0 ? firstReport : nextReport, report.index);
    json.piece(symbol.piece);
    pieces.writeTraceId(json, rows.getFloat64(at + executionReportAt.orderId, true));
    json.fields(ids, rows, at);
    json.piece(pieces.terms(report));
    const isNew = isUntouched(report);
    json.fields(isNew ? amountsOfUntouched : amounts, rows, at);
    json.piece(isNew ? endOfUntouched : endOfAmounts);
    if (!isNew) writeAveragePrice(json, report, symbol.tickValue);
    const rejectReason = rows.getUint16(at + executionReportAt.rejectReason, true);
    if (rejectReason !== RejectReason.none) json.piece(pieces.rejectReason(rejectReason));
    const closeReason = rows.getUint16(at + executionReportAt.closeReason, true);
    if (closeReason !== CloseReason.none) json.piece(pieceOf(closeReasons, closeReason));
    const liquidity = rows.getUint8(at + executionReportAt.liquidity);
    if (liquidity !== Liquidity.none) {
      json.fields(fill, rows, at);
      json.piece(pieceOf(liquidities, liquidity));
      json.fields(fee, rows, at);
      json.piece(endOfFill);
    }
    this.#count += 1;
  }

  close(): void {
    this.json.piece(endOfReports);
  }
}

/** Whether {@link amountsOfUntouched} tells the amounts of a report. */
function isUntouched({ rows, at }: EventCursor): boolean {
  return (
    rows.getFloat64(at + executionReportAt.executed, true) === 0 &&
    rows.getUint32(at + executionReportAt.executedNotional, true) === 0 &&
    rows.getUint32(at + executionReportAt.executedNotional + 4, true) === 0
  );
}

/** Most orders execute at one price, which is whole. */
function writeAveragePrice(json: JsonBytes, { rows, at }: EventCursor, tickValue: number): void {
  const executed = rows.getFloat64(at + executionReportAt.executed, true);
  if (executed <= 0) return;
  const from = at + executionReportAt.executedNotional;
  const notional = rows.getInt32(from + 4, true) * twoTo32 + rows.getUint32(from, true);
  const divisor = executed * tickValue;
  const price = notional / divisor;
  if (
    Number.isSafeInteger(notional) &&
    Number.isSafeInteger(price) &&
    price * divisor === notional
  ) {
    json.integer(wholeAveragePrice, price);
    json.piece(endOfAveragePrice);
    return;
  }
  const executedNotional = amountOf(rows.getBigInt64(from, true));
  json.piece(averagePrice);
  json.text(averagePriceOf({ executedNotional, executed, tickValue }));
}

/** Quote units that a tick of one lot is worth: an instrument's `quoteUnitsPerTickLot`. */
export type TickValueOf = (symbol: InstrumentSymbol) => number;

/** What is the same in all reports of one symbol. */
export class ReportedSymbol {
  readonly piece: JsonPiece;
  readonly tickValue: number;

  constructor(symbol: InstrumentSymbol, tickValueOf: TickValueOf) {
    this.piece = new JsonPiece(`,"symbol":${JSON.stringify(symbol)}`);
    this.tickValue = tickValueOf(symbol);
  }
}

const termsCount =
  executionTypeWords.length *
  orderStatusWords.length *
  sideWords.length *
  orderTypeWords.length *
  timeInForceWords.length;

/** The number of a combination of words, put together one list after the other. */
function numberedBy(number: number, words: readonly string[], word: number): number {
  assert(word < words.length, "a number without a word");
  return number * words.length + word;
}

/** Words that stand together in many reports, joined when they first do. */
export class ReportPieces {
  readonly #terms = new Array<JsonPiece | undefined>(termsCount).fill(undefined);
  readonly #rejectReasons = new Map<number, JsonPiece>();
  readonly #scattered = new ScatteredOrderId();
  #cluster: string | undefined;
  #traceLabel = new JsonPiece("");

  /** Whose orders are reported of from now on. */
  begin({ cluster }: StepStamp): void {
    if (cluster === this.#cluster) return;
    this.#cluster = cluster;
    this.#traceLabel = new JsonPiece(`,"traceId":"${tracePrefixOf(cluster)}`);
  }

  /** All but the quote behind it. */
  writeTraceId(json: JsonBytes, orderId: OrderId): void {
    const { high, low } = this.#scattered.set(orderId);
    json.hex(this.#traceLabel, high, low);
  }

  terms({ rows, at }: EventCursor): JsonPiece {
    const executionType = rows.getUint8(at + executionReportAt.executionType);
    const status = rows.getUint8(at + executionReportAt.status);
    const side = rows.getUint8(at + executionReportAt.side);
    const orderType = rows.getUint8(at + executionReportAt.orderType);
    const timeInForce = rows.getUint8(at + executionReportAt.timeInForce);
    let number = numberedBy(0, executionTypeWords, executionType);
    number = numberedBy(number, orderStatusWords, status);
    number = numberedBy(number, sideWords, side);
    number = numberedBy(number, orderTypeWords, orderType);
    number = numberedBy(number, timeInForceWords, timeInForce);
    return (this.#terms[number] ??= new JsonPiece(
      `","executionType":"${wordOf(executionTypeWords, executionType)}"` +
        `,"status":"${wordOf(orderStatusWords, status)}"` +
        `,"side":"${wordOf(sideWords, side)}"` +
        `,"type":"${wordOf(orderTypeWords, orderType)}"` +
        `,"timeInForce":"${wordOf(timeInForceWords, timeInForce)}"`,
    ));
  }

  rejectReason(reason: number): JsonPiece {
    let piece = this.#rejectReasons.get(reason);
    if (piece === undefined) {
      piece = new JsonPiece(`,"rejectReason":"${rejectReasonName(reason)}"`);
      this.#rejectReasons.set(reason, piece);
    }
    return piece;
  }
}
