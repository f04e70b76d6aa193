/**
 * What anybody may ask about the market and the cluster, answered by replicas.
 */
import {
  renderAsset,
  renderCandles,
  renderDepth,
  renderDisplayedOrders,
  renderInstrument,
  renderStatistics,
  renderStatus,
  renderTrades,
} from "../protocols/api/market-rendering.ts";
import {
  candlesDefault,
  depthLevelsDefault,
  displayedOrdersDefault,
  tradesDefault,
} from "../protocols/api/limits.ts";
import type {
  CandlesRequest,
  DepthRequest,
  DisplayedOrdersRequest,
  StatisticsRequest,
  TradesRequest,
} from "../protocols/api/market-requests.ts";
import type {
  AssetsReply,
  CandlesReply,
  DepthReply,
  DisplayedOrdersReply,
  InstrumentsReply,
  Refusal,
  StatisticsReply,
  StatusReply,
  TradesReply,
} from "../protocols/api/replies.ts";
import { renderFeeSchedule } from "../protocols/api/fee-rendering.ts";
import type { FeeSchedulesReply } from "../protocols/api/fee-requests.ts";
import { addressOfBook, CandleInterval, governorShard, RejectReason } from "../protocols/index.ts";
import type { ClusterClient } from "../cluster/client.ts";
import { refuse } from "./order-answers.ts";

export class MarketQuestions {
  readonly #cluster: ClusterClient;

  constructor(cluster: ClusterClient) {
    this.#cluster = cluster;
  }

  async depth({ symbol, levels }: DepthRequest): Promise<DepthReply | Refusal> {
    const ask = { symbol, levels: levels ?? depthLevelsDefault };
    const depth = await this.#cluster.askActor(addressOfBook(symbol), "depth", ask);
    return depth === null ? refuse(unknownInstrument) : renderDepth(depth);
  }

  async displayedOrders({
    symbol,
    limit = displayedOrdersDefault,
  }: DisplayedOrdersRequest): Promise<DisplayedOrdersReply | Refusal> {
    const view = await this.#cluster.askActor(addressOfBook(symbol), "displayed-orders", {
      symbol,
      limit,
    });
    return view === null ? refuse(unknownInstrument) : renderDisplayedOrders(view);
  }

  async trades({ symbol, limit }: TradesRequest): Promise<TradesReply | Refusal> {
    const ask = { symbol, limit: limit ?? tradesDefault };
    const trades = await this.#cluster.askActor(addressOfBook(symbol), "trades", ask);
    return trades === null ? refuse(unknownInstrument) : renderTrades(symbol, trades);
  }

  async candles(request: CandlesRequest): Promise<CandlesReply | Refusal> {
    const { symbol, interval = "1m", limit = candlesDefault, endUs = 0 } = request;
    const ask = { symbol, interval: CandleInterval[interval], limit, endUs };
    const candles = await this.#cluster.askActor(addressOfBook(symbol), "candles", ask);
    return candles === null
      ? refuse(unknownInstrument)
      : renderCandles({ symbol, interval }, candles);
  }

  async statistics({ symbol }: StatisticsRequest): Promise<StatisticsReply | Refusal> {
    const view = await this.#cluster.askActor(addressOfBook(symbol), "statistics", { symbol });
    if (view === null) return refuse(unknownInstrument);
    return { ok: true, symbol, statistics: renderStatistics(view) };
  }

  /** Every shard knows them all; the governor's is the first to. */
  async instruments(): Promise<InstrumentsReply> {
    const views = await this.#cluster.ask(governorShard, "instruments", {});
    const instruments = views.map(renderInstrument);
    return { ok: true, instruments: instruments.sort((a, b) => (a.symbol < b.symbol ? -1 : 1)) };
  }

  async feeSchedules(): Promise<FeeSchedulesReply> {
    const schedules = await this.#cluster.ask(governorShard, "feeSchedules", {});
    return { ok: true, schedules: schedules.map(renderFeeSchedule) };
  }

  async assets(): Promise<AssetsReply> {
    const views = await this.#cluster.ask(governorShard, "assets", {});
    const assets = views.map(renderAsset);
    return { ok: true, assets: assets.sort((a, b) => (a.asset < b.asset ? -1 : 1)) };
  }

  async status(): Promise<StatusReply> {
    return renderStatus(await this.#cluster.nodes());
  }
}

const unknownInstrument = { reason: RejectReason["instrument-unknown"] };
