/**
 * Candles, statistics, checksums, what goes on in a market and news of contracts as messages of `market-data.ts`: one
 * for each event.
 *
 * There are few of them, so they are made of objects, unlike what happens thousands of times a
 * second.
 */
import type { ShardEvent } from "../events.ts";
import { clientSubjects } from "../subjects.ts";
import { contractNewsOf } from "./contract-news.ts";
import { writeStamp } from "./feed-message.ts";
import type { OpenMessage, StepStamp } from "./feed-message.ts";
import type { JsonBytes } from "./json-bytes.ts";
import { JsonPiece } from "./json-pieces.ts";
import { candleIntervalWords } from "./market-summaries.ts";
import { renderCandle, renderStatistics } from "./market-rendering.ts";
import { sideWords, tradingPhaseWords, wordOf } from "./words.ts";

/** A message but for the step that it comes from. */
export interface Summary {
  readonly subject: string;
  readonly content: object;
}

/** What is told of an event in messages of their own, given its place within the step. */
export function summariesOf(event: ShardEvent, index: number): readonly Summary[] {
  const forAll = summaryOf(event);
  if (forAll !== undefined) return [forAll];
  return contractNewsOf(event).map(([account, told]) => {
    const content = { account, reports: [], news: [{ index, ...told }] };
    return { subject: clientSubjects.reports(account), content };
  });
}

/** For everybody; undefined if nothing. */
function summaryOf(event: ShardEvent): Summary | undefined {
  switch (event.kind) {
    case "candle-closed": {
      const { symbol } = event;
      const interval = wordOf(candleIntervalWords, event.interval);
      const candle = renderCandle({ ...event, isClosed: true });
      const subject = clientSubjects.candles(symbol, interval);
      return { subject, content: { symbol, interval, candle } };
    }
    case "statistics-changed": {
      const { symbol } = event;
      const content = { symbol, statistics: renderStatistics(event) };
      return { subject: clientSubjects.statistics(symbol), content };
    }
    case "depth-checksummed": {
      const { symbol, updateId, checksum } = event;
      const subject = clientSubjects.checksums(symbol);
      return { subject, content: { symbol, updateId, checksum } };
    }
    default:
      return phaseNewsOf(event);
  }
}

/** What goes on in a market, and who interfered with it. */
function phaseNewsOf(event: ShardEvent): Summary | undefined {
  switch (event.kind) {
    case "phase-changed": {
      const { symbol } = event;
      const phase = wordOf(tradingPhaseWords, event.phase);
      return { subject: clientSubjects.phases(symbol), content: { symbol, phase } };
    }
    case "auction-indicated": {
      const { symbol, price, volume, surplus } = event;
      const surplusSide = wordOf(sideWords, event.surplusSide);
      const content = { symbol, price, volume, surplusSide, surplus };
      return { subject: clientSubjects.auctions(symbol), content };
    }
    case "bands-changed": {
      const { symbol, referencePrice, lower, upper, isLimitState } = event;
      const content = { symbol, referencePrice, lower, upper, isLimitState };
      return { subject: clientSubjects.bands(symbol), content };
    }
    case "intervention-recorded": {
      const { command, target, author, reason } = event;
      const content = { command, target, author, reason };
      return { subject: clientSubjects.interventions, content };
    }
    default:
      return undefined;
  }
}

const endOfObject = new JsonPiece("}");

export class OpenSummary implements OpenMessage {
  readonly subject: string;
  readonly json: JsonBytes;

  constructor(json: JsonBytes, { subject, content }: Summary) {
    this.subject = subject;
    this.json = json;
    json.piece(new JsonPiece(JSON.stringify(content).slice(0, -1)));
  }

  close(stamp: StepStamp): void {
    writeStamp(this.json, stamp);
    this.json.piece(endOfObject);
  }
}
