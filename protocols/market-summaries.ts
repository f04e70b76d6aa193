/**
 * Candles and statistics as the fields of ordinary records: what is told of a market in sums.
 */
import type { CandleInterval } from "./candle-interval.ts";
import type { CandleClosed, StatisticsChanged } from "./events.ts";
import { last } from "./record-fields.ts";
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField } from "./records.ts";
import { contractFiguresIn, fieldsOfContractFigures } from "./contract-terms.ts";

type SummaryFields = readonly OrdinaryField[];

export function fieldsOfCandle(event: CandleClosed): SummaryFields {
  return [
    event.symbol,
    event.interval,
    event.startUs,
    event.open,
    event.high,
    event.low,
    event.close,
    event.volume,
    event.notional,
    event.trades,
    event.firstTradeId,
    event.lastTradeId,
  ];
}

export function candleIn(fields: Fields): CandleClosed {
  return {
    kind: "candle-closed",
    symbol: fields.symbol(),
    interval: fields.choice(last.candleInterval) as CandleInterval,
    startUs: fields.count(),
    open: fields.count(),
    high: fields.count(),
    low: fields.count(),
    close: fields.count(),
    volume: fields.digits(),
    notional: fields.digits(),
    trades: fields.count(),
    firstTradeId: fields.count(),
    lastTradeId: fields.count(),
  };
}

export function fieldsOfStatistics(event: StatisticsChanged): SummaryFields {
  return [
    event.symbol,
    event.open,
    event.high,
    event.low,
    event.last,
    event.volume,
    event.notional,
    event.trades,
    // Left out of what is no contract: the bytes of before stay as they are.
    ...(event.contract === undefined ? [] : [fieldsOfContractFigures(event.contract)]),
  ];
}

export function statisticsIn(fields: Fields): StatisticsChanged {
  return {
    kind: "statistics-changed",
    symbol: fields.symbol(),
    open: fields.count(),
    high: fields.count(),
    low: fields.count(),
    last: fields.count(),
    volume: fields.digits(),
    notional: fields.digits(),
    trades: fields.count(),
    ...(fields.hasList && { contract: contractFiguresIn(fields.fields()) }),
  };
}
