/**
 * Depth, trades, instruments and the cluster's status as the API shows them: from what replicas
 * answer to plain objects for JSON.
 */
import type {
  AssetView,
  DepthView,
  DisplayedOrdersView,
  InstrumentView,
  NodeStatus,
  OpenCandleView,
  ReplicaStatus,
  StatisticsView,
  TradeView,
} from "../queries.ts";
import { renderContractFigures, renderContractTerms } from "./contract-terms.ts";
import type { Candle, Statistics } from "./market-summaries.ts";
import type {
  Asset,
  CandlesReply,
  DepthReply,
  DisplayedOrdersReply,
  Instrument,
  NodeDescription,
  ShardStatus,
  StatusReply,
  TradesReply,
} from "./replies.ts";
import { renderTradingTerms } from "./trading-terms-translation.ts";
import { sideWords, tradingPhaseWords, wordOf } from "./words.ts";

type CandlesName = Pick<CandlesReply, "symbol" | "interval">;
type Level = [number, number, number];
type Shown = [number, number, number];

export function renderDepth(depth: DepthView): DepthReply {
  return {
    ok: true,
    symbol: depth.symbol,
    updateId: depth.updateId,
    phase: wordOf(tradingPhaseWords, depth.phase),
    isHalted: depth.isHalted,
    bids: depth.bids.map(([price, quantity, orders]): Level => [price, quantity, orders]),
    asks: depth.asks.map(([price, quantity, orders]): Level => [price, quantity, orders]),
  };
}

export function renderDisplayedOrders(view: DisplayedOrdersView): DisplayedOrdersReply {
  return {
    ok: true,
    symbol: view.symbol,
    updateId: view.updateId,
    depthUpdateId: view.depthUpdateId,
    bids: view.bids.map(([entryId, price, quantity]): Shown => [entryId, price, quantity]),
    asks: view.asks.map(([entryId, price, quantity]): Shown => [entryId, price, quantity]),
  };
}

export function renderTrades(symbol: string, trades: readonly TradeView[]): TradesReply {
  return {
    ok: true,
    symbol,
    trades: trades.map((trade) => ({
      tradeId: trade.tradeId,
      price: trade.price,
      quantity: trade.quantity,
      takerSide: wordOf(sideWords, trade.takerSide),
      timeUs: trade.timeUs,
    })),
  };
}

export function renderCandles(ask: CandlesName, candles: readonly OpenCandleView[]): CandlesReply {
  return { ok: true, ...ask, candles: candles.map(renderCandle) };
}

export function renderCandle(view: OpenCandleView): Candle {
  return {
    startUs: view.startUs,
    open: view.open,
    high: view.high,
    low: view.low,
    close: view.close,
    volume: view.volume,
    notional: view.notional,
    trades: view.trades,
    firstTradeId: view.firstTradeId,
    lastTradeId: view.lastTradeId,
    isClosed: view.isClosed,
  };
}

export function renderStatistics(view: StatisticsView): Statistics {
  return {
    open: view.open,
    high: view.high,
    low: view.low,
    last: view.last,
    priceChange: view.last - view.open,
    volume: view.volume,
    notional: view.notional,
    trades: view.trades,
    ...(view.contract !== undefined && { contract: renderContractFigures(view.contract) }),
  };
}

export function renderInstrument({ terms, shard }: InstrumentView): Instrument {
  return {
    symbol: terms.symbol,
    base: terms.base,
    quote: terms.quote,
    baseUnitsPerLot: terms.baseUnitsPerLot,
    quoteUnitsPerTickLot: terms.quoteUnitsPerTickLot,
    makerFeeBasisPoints: terms.makerFeeBasisPoints,
    takerFeeBasisPoints: terms.takerFeeBasisPoints,
    ...(terms.trading === undefined ? {} : { trading: renderTradingTerms(terms.trading) }),
    ...(terms.contract === undefined ? {} : { contract: renderContractTerms(terms.contract) }),
    shard,
  };
}

export function renderAsset({ asset, decimals }: AssetView): Asset {
  return { asset, decimals };
}

/** Process ids and server addresses stay inside: participants have no use for them. */
export function renderStatus(nodes: readonly NodeStatus[]): StatusReply {
  const byName = [...nodes].sort((a, b) => (a.node < b.node ? -1 : 1));
  return { ok: true, shards: shardsOf(byName), nodes: byName.map(renderNode) };
}

function renderNode(node: NodeStatus): NodeDescription {
  return {
    node: node.node,
    version: node.version,
    startedAtMs: Math.floor(node.startedAtMs),
    replicas: [...node.replicas].sort((a, b) => a.shard - b.shard).map(renderReplica),
  };
}

function renderReplica(replica: ReplicaStatus): NodeDescription["replicas"][number] {
  return {
    shard: replica.shard,
    phase: replica.phase,
    appliedSequence: replica.appliedSequence,
    headSequence: replica.headSequence,
    isEmitter: replica.isEmitter,
    emitter: replica.emitter,
    emitterEpoch: replica.emitterEpoch,
    entriesHash: replica.entriesHash,
    outputsHash: replica.outputsHash,
    checkpointSequence: replica.checkpointSequence,
    checkpointHash: replica.checkpointHash,
    snapshotSequence: replica.snapshotSequence,
    commandsApplied: replica.commandsApplied,
  };
}

/** The replica that has applied most knows best who emits. */
function shardsOf(nodes: readonly NodeStatus[]): ShardStatus[] {
  const shards = new Map<number, ShardStatus>();
  for (const node of nodes) {
    for (const replica of node.replicas) {
      const known = shards.get(replica.shard);
      const isNewest = known === undefined || replica.appliedSequence > known.appliedSequence;
      shards.set(replica.shard, {
        shard: replica.shard,
        emitter: isNewest ? replica.emitter : known.emitter,
        emitterEpoch: isNewest ? replica.emitterEpoch : known.emitterEpoch,
        headSequence: Math.max(replica.headSequence, known?.headSequence ?? 0),
        appliedSequence: Math.max(replica.appliedSequence, known?.appliedSequence ?? 0),
        replicas: (known?.replicas ?? 0) + 1,
      });
    }
  }
  return [...shards.values()].sort((a, b) => a.shard - b.shard);
}
