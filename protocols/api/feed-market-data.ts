/**
 * Depth, displayed orders, trades and best prices of one symbol while a step is rendered: rows of
 * events become the items of the messages of `market-data.ts`, as JSON.
 */
import type { EventCursor } from "../event-cursor.ts";
import {
  bestChangedAt,
  entryAddedAt,
  entryCanceledAt,
  entryExecutedAt,
  EventRow,
  levelChangedAt,
  tradedAt,
} from "../event-rows.ts";
import type { InstrumentSymbol } from "../identifiers.ts";
import { Side } from "../order-terms.ts";
import { clientSubjects } from "../subjects.ts";
import { writeStamp } from "./feed-message.ts";
import type { OpenMessage, StepStamp } from "./feed-message.ts";
import type { JsonBytes } from "./json-bytes.ts";
import { Held, JsonFields, JsonPiece, pieceOf } from "./json-pieces.ts";
import { sideWords } from "./words.ts";

const symbolLabel = new JsonPiece('{"symbol":');
const endOfObject = new JsonPiece("}");

const firstUpdate = new JsonFields([
  [',"first":', levelChangedAt.updateId, Held.integer],
  [',"updates":[[', levelChangedAt.updateId, Held.integer],
]);
const nextUpdate = new JsonFields([["],[", levelChangedAt.updateId, Held.integer]]);
const bid = new JsonFields([
  [',"b",', levelChangedAt.price, Held.integer],
  [",", levelChangedAt.quantity, Held.integer],
]);
const ask = new JsonFields([
  [',"a",', levelChangedAt.price, Held.integer],
  [",", levelChangedAt.quantity, Held.integer],
]);
const endOfUpdates = new JsonFields([[']],"last":', levelChangedAt.updateId, Held.integer]]);

export class OpenDepth implements OpenMessage {
  readonly subject: string;
  readonly json: JsonBytes;
  readonly #rows: DataView;
  #count = 0;
  /** Where the fields of the last level are. */
  #lastAt = 0;

  constructor(json: JsonBytes, symbol: InstrumentSymbol, { rows }: EventCursor) {
    this.subject = clientSubjects.depth(symbol);
    this.json = json;
    this.#rows = rows;
    json.piece(symbolLabel);
    json.text(symbol);
  }

  get count(): number {
    return this.#count;
  }

  get lastUpdateId(): number {
    return this.#rows.getFloat64(this.#lastAt + levelChangedAt.updateId, true);
  }

  add({ rows, at }: EventCursor): void {
    const { json } = this;
    json.fields(this.#count === 0 ? firstUpdate : nextUpdate, rows, at);
    json.fields(rows.getUint8(at + levelChangedAt.side) === Side.buy ? bid : ask, rows, at);
    this.#count += 1;
    this.#lastAt = at;
  }

  close(stamp: StepStamp): void {
    const { json } = this;
    json.fields(endOfUpdates, this.#rows, this.#lastAt);
    writeStamp(json, stamp);
    json.piece(endOfObject);
  }
}

const firstEntry = new JsonFields([
  [',"first":', entryAddedAt.updateId, Held.integer],
  [',"updates":[[', entryAddedAt.updateId, Held.integer],
]);
const nextEntry = new JsonFields([["],[", entryAddedAt.updateId, Held.integer]]);
const added = new JsonFields([[',"a",', entryAddedAt.entryId, Held.integer]]);
const addedBid = new JsonFields([
  [',"b",', entryAddedAt.price, Held.integer],
  [",", entryAddedAt.quantity, Held.integer],
]);
const addedAsk = new JsonFields([
  [',"a",', entryAddedAt.price, Held.integer],
  [",", entryAddedAt.quantity, Held.integer],
]);
const executed = new JsonFields([
  [',"e",', entryExecutedAt.entryId, Held.integer],
  [",", entryExecutedAt.quantity, Held.integer],
  [",", entryExecutedAt.tradeId, Held.integer],
]);
const canceled = new JsonFields([
  [',"c",', entryCanceledAt.entryId, Held.integer],
  [",", entryCanceledAt.quantity, Held.integer],
]);
const endOfEntries = new JsonFields([[']],"last":', entryAddedAt.updateId, Held.integer]]);
const depthUpdate = new JsonPiece(',"depthUpdateId":');

/** The rows of all changes of an entry begin with the update id. */
export class OpenOrders implements OpenMessage {
  readonly subject: string;
  readonly json: JsonBytes;
  /** Of the same symbol and step: tells how far depth has come. */
  readonly #topic: DepthTopic;
  readonly #rows: DataView;
  #count = 0;
  #lastAt = 0;

  constructor(json: JsonBytes, topic: DepthTopic, { rows }: EventCursor) {
    this.subject = clientSubjects.orders(topic.name);
    this.json = json;
    this.#topic = topic;
    this.#rows = rows;
    json.piece(symbolLabel);
    json.text(topic.name);
  }

  get count(): number {
    return this.#count;
  }

  add({ kind, rows, at }: EventCursor): void {
    const { json } = this;
    json.fields(this.#count === 0 ? firstEntry : nextEntry, rows, at);
    switch (kind) {
      case EventRow.entryAdded: {
        json.fields(added, rows, at);
        const isBid = rows.getUint8(at + entryAddedAt.side) === Side.buy;
        json.fields(isBid ? addedBid : addedAsk, rows, at);
        break;
      }
      case EventRow.entryExecuted:
        json.fields(executed, rows, at);
        break;
      default:
        json.fields(canceled, rows, at);
    }
    this.#count += 1;
    this.#lastAt = at;
  }

  close(stamp: StepStamp): void {
    const { json } = this;
    json.fields(endOfEntries, this.#rows, this.#lastAt);
    json.integer(depthUpdate, this.#topic.depth?.lastUpdateId ?? 0);
    writeStamp(json, stamp);
    json.piece(endOfObject);
  }
}

/** A symbol, and the message of its depth in the step, once there is one. */
export interface DepthTopic {
  readonly name: InstrumentSymbol;
  readonly depth: OpenDepth | undefined;
}

const firstTrade = new JsonPiece(',"trades":[{');
const nextTrade = new JsonPiece("},{");
const trade = new JsonFields([
  ['"tradeId":', tradedAt.tradeId, Held.integer],
  [',"price":', tradedAt.price, Held.integer],
  [',"quantity":', tradedAt.quantity, Held.integer],
]);
const takerSides = sideWords.map((word) => new JsonPiece(`,"takerSide":"${word}"`));
const tradeUpdate = new JsonFields([[',"updateId":', tradedAt.updateId, Held.integer]]);
const endOfTrades = new JsonPiece("}]");

export class OpenTrades implements OpenMessage {
  readonly subject: string;
  readonly json: JsonBytes;
  #count = 0;

  constructor(json: JsonBytes, symbol: InstrumentSymbol) {
    this.subject = clientSubjects.trades(symbol);
    this.json = json;
    json.piece(symbolLabel);
    json.text(symbol);
  }

  get count(): number {
    return this.#count;
  }

  add({ rows, at }: EventCursor): void {
    const { json } = this;
    json.piece(this.#count === 0 ? firstTrade : nextTrade);
    json.fields(trade, rows, at);
    json.piece(pieceOf(takerSides, rows.getUint8(at + tradedAt.takerSide)));
    json.fields(tradeUpdate, rows, at);
    this.#count += 1;
  }

  close(stamp: StepStamp): void {
    const { json } = this;
    json.piece(endOfTrades);
    writeStamp(json, stamp);
    json.piece(endOfObject);
  }
}

const bestUpdate = new JsonFields([[',"updateId":', bestChangedAt.updateId, Held.integer]]);
const bestBid = new JsonFields([
  [',"bid":[', bestChangedAt.bidPrice, Held.integer],
  [",", bestChangedAt.bidQuantity, Held.integer],
]);
const noBid = new JsonPiece(',"bid":null');
const bestAsk = new JsonFields([
  [',"ask":[', bestChangedAt.askPrice, Held.integer],
  [",", bestChangedAt.askQuantity, Held.integer],
]);
const noAsk = new JsonPiece(',"ask":null');
const endOfSide = new JsonPiece("]");

/** Only the last of a step are told, so nothing is written before the step is over. */
export class OpenBestPrices implements OpenMessage {
  readonly subject: string;
  readonly json: JsonBytes;
  readonly #symbol: InstrumentSymbol;
  readonly #rows: DataView;
  /** Where the fields of the last best prices are. */
  #lastAt = 0;

  constructor(json: JsonBytes, symbol: InstrumentSymbol, { rows }: EventCursor) {
    this.subject = clientSubjects.bbo(symbol);
    this.json = json;
    this.#symbol = symbol;
    this.#rows = rows;
  }

  replace({ at }: EventCursor): void {
    this.#lastAt = at;
  }

  close(stamp: StepStamp): void {
    const { json } = this;
    json.piece(symbolLabel);
    json.text(this.#symbol);
    json.fields(bestUpdate, this.#rows, this.#lastAt);
    if (this.#isZero(bestChangedAt.bidQuantity)) json.piece(noBid);
    else this.#writeSide(bestBid);
    if (this.#isZero(bestChangedAt.askQuantity)) json.piece(noAsk);
    else this.#writeSide(bestAsk);
    writeStamp(json, stamp);
    json.piece(endOfObject);
  }

  #isZero(quantityAt: number): boolean {
    return this.#rows.getFloat64(this.#lastAt + quantityAt, true) === 0;
  }

  #writeSide(side: JsonFields): void {
    this.json.fields(side, this.#rows, this.#lastAt);
    this.json.piece(endOfSide);
  }
}
