/**
 * What a step of a shard publishes to participants: from its events as bytes to the messages of
 * `market-data.ts` as JSON, without an object for an event or a message in between.
 *
 * Called by whichever replica emits. The same events give the same bytes on every replica, and
 * each message is small enough for a NATS server however much happened in the step.
 * `feed-rendering.reference.ts` says the same slowly, in the plainest way.
 */
import { ordinaryEventIn } from "../event-codec.ts";
import { EventCursor } from "../event-cursor.ts";
import { EventRow } from "../event-rows.ts";
import type { InstrumentSymbol } from "../identifiers.ts";
import { OpenBestPrices, OpenDepth, OpenOrders, OpenTrades } from "./feed-market-data.ts";
import type { OpenMessage, StepStamp } from "./feed-message.ts";
import { OpenReports, ReportedSymbol, ReportPieces } from "./feed-reports.ts";
import type { TickValueOf } from "./feed-reports.ts";
import { OpenSummary, summariesOf } from "./feed-summaries.ts";
import { JsonBytes } from "./json-bytes.ts";

export type { StepStamp } from "./feed-message.ts";
export type { TickValueOf } from "./feed-reports.ts";

export interface Publication {
  readonly subject: string;
  /** JSON. */
  readonly payload: Uint8Array;
}

/** A message is closed at so many items and another begun; at these, JSON stays below 512 KiB. */
const updatesPerMessageMax = 8000;
const entryUpdatesPerMessageMax = 5000;
const tradesPerMessageMax = 4000;
const reportsPerMessageMax = 800;

/** How much memory for messages that are being written may lie idle between steps. */
const idleBytesMax = 16 * 1024 * 1024;

/** Keeps memory and constant text from step to step: one for each channel is enough. */
export class FeedRenderer {
  readonly #pieces = new ReportPieces();
  /** As many as instruments have ever been listed. */
  readonly #symbols = new Map<InstrumentSymbol, ReportedSymbol>();
  readonly #idle: JsonBytes[] = [];
  #idleBytes = 0;
  /** The messages of the step, in the order in which they were begun. */
  #open: OpenMessage[] = [];
  readonly #memoryFor: (length: number) => Uint8Array;

  /** Payloads are written into the memory that `memoryFor` gives for so many bytes. */
  constructor(memoryFor = (length: number): Uint8Array => new Uint8Array(length)) {
    this.#memoryFor = memoryFor;
  }

  /**
   * What one step tells of markets and of orders. All events of the step must be given: a report is
   * named by its place among them. Of the best prices of a book only the last are told. What
   * `tickValueOf` says of a symbol is asked for once.
   */
  render(events: Uint8Array, stamp: StepStamp, tickValueOf: TickValueOf): Publication[] {
    this.#pieces.begin(stamp);
    const cursor = new EventCursor(events);
    const topics = cursor.names.map((name) => new Topic(name));
    this.#open = [];
    while (cursor.next()) {
      switch (cursor.kind) {
        case EventRow.levelChanged:
          this.#depthOf(topics[cursor.symbol]!, cursor).add(cursor);
          break;
        case EventRow.entryAdded:
        case EventRow.entryExecuted:
        case EventRow.entryCanceled:
          this.#ordersOf(topics[cursor.symbol]!, cursor).add(cursor);
          break;
        case EventRow.traded:
          this.#tradesOf(topics[cursor.symbol]!).add(cursor);
          break;
        case EventRow.bestChanged:
          this.#bestPricesOf(topics[cursor.symbol]!, cursor).replace(cursor);
          break;
        case EventRow.executionReport: {
          const symbol = this.#symbolOf(topics[cursor.symbol]!, tickValueOf);
          this.#reportsOf(topics[cursor.account]!, stamp).add(cursor, symbol, this.#pieces);
          break;
        }
        case EventRow.ordinary:
          this.#summarize(cursor);
          break;
        default:
          break;
      }
    }
    return this.#close(stamp);
  }

  #summarize(cursor: EventCursor): void {
    for (const summary of summariesOf(ordinaryEventIn(cursor.ordinary), cursor.index)) {
      this.#begin(new OpenSummary(this.#json(), summary));
    }
  }

  #depthOf(topic: Topic, cursor: EventCursor): OpenDepth {
    const open = topic.depth;
    if (open !== undefined && open.count < updatesPerMessageMax) return open;
    return this.#begin((topic.depth = new OpenDepth(this.#json(), topic.name, cursor)));
  }

  #ordersOf(topic: Topic, cursor: EventCursor): OpenOrders {
    const open = topic.orders;
    if (open !== undefined && open.count < entryUpdatesPerMessageMax) return open;
    return this.#begin((topic.orders = new OpenOrders(this.#json(), topic, cursor)));
  }

  #tradesOf(topic: Topic): OpenTrades {
    const open = topic.trades;
    if (open !== undefined && open.count < tradesPerMessageMax) return open;
    return this.#begin((topic.trades = new OpenTrades(this.#json(), topic.name)));
  }

  #bestPricesOf(topic: Topic, cursor: EventCursor): OpenBestPrices {
    const open = topic.bestPrices;
    if (open !== undefined) return open;
    return this.#begin((topic.bestPrices = new OpenBestPrices(this.#json(), topic.name, cursor)));
  }

  #reportsOf(topic: Topic, stamp: StepStamp): OpenReports {
    const open = topic.reports;
    if (open !== undefined && open.count < reportsPerMessageMax) return open;
    return this.#begin((topic.reports = new OpenReports(this.#json(), topic.name, stamp)));
  }

  #begin<Message extends OpenMessage>(message: Message): Message {
    this.#open.push(message);
    return message;
  }

  #symbolOf(topic: Topic, tickValueOf: TickValueOf): ReportedSymbol {
    if (topic.inReports !== undefined) return topic.inReports;
    const symbol = this.#symbols.get(topic.name) ?? new ReportedSymbol(topic.name, tickValueOf);
    this.#symbols.set(topic.name, symbol);
    topic.inReports = symbol;
    return symbol;
  }

  #close(stamp: StepStamp): Publication[] {
    return this.#open.map((message) => {
      message.close(stamp);
      const { subject, json } = message;
      const payload = this.#memoryFor(json.length);
      json.moveTo(payload);
      this.#putAside(json);
      return { subject, payload };
    });
  }

  /** The one with most room: whoever writes little makes none grow. */
  #json(): JsonBytes {
    const most = this.#idle.reduce((at, { capacity }, other) => {
      return capacity > (this.#idle[at]?.capacity ?? 0) ? other : at;
    }, 0);
    const [json] = this.#idle.splice(most, 1);
    if (json === undefined) return new JsonBytes();
    this.#idleBytes -= json.capacity;
    return json;
  }

  #putAside(json: JsonBytes): void {
    if (this.#idleBytes + json.capacity > idleBytesMax) return;
    this.#idleBytes += json.capacity;
    this.#idle.push(json);
  }
}

/** A name in the step, be it an account's or a symbol's, and the messages that are open for it. */
class Topic {
  readonly name: string;
  depth: OpenDepth | undefined = undefined;
  orders: OpenOrders | undefined = undefined;
  trades: OpenTrades | undefined = undefined;
  bestPrices: OpenBestPrices | undefined = undefined;
  reports: OpenReports | undefined = undefined;
  /** How reports name it, if it is a symbol. */
  inReports: ReportedSymbol | undefined = undefined;

  constructor(name: string) {
    this.name = name;
  }
}
