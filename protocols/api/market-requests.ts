/**
 * What anybody may ask about the market and the cluster: the bodies of requests on
 * `outcry.v1.market.…`.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import { closed, count, limit, symbol } from "./fields.ts";
import {
  candlesDefault,
  candlesMax,
  depthLevelsDefault,
  depthLevelsMax,
  displayedOrdersDefault,
  displayedOrdersMax,
  tradesDefault,
  tradesMax,
} from "./limits.ts";
import { candleInterval } from "./market-summaries.ts";

export const depthRequest = Type.Object(
  {
    symbol: symbol(),
    levels: Type.Optional(
      limit(depthLevelsMax, {
        description: "At most so many price levels of each side.",
        default: depthLevelsDefault,
      }),
    ),
  },
  closed,
);

export const displayedOrdersRequest = Type.Object(
  {
    symbol: symbol(),
    limit: Type.Optional(
      limit(displayedOrdersMax, {
        description: "At most so many orders of each side: the first by priority.",
        default: displayedOrdersDefault,
      }),
    ),
  },
  closed,
);

export const tradesRequest = Type.Object(
  {
    symbol: symbol(),
    limit: Type.Optional(
      limit(tradesMax, { description: "At most so many.", default: tradesDefault }),
    ),
  },
  closed,
);

export const candlesRequest = Type.Object(
  {
    symbol: symbol(),
    interval: Type.Optional(candleInterval({ default: "1m" })),
    limit: Type.Optional(
      limit(candlesMax, { description: "At most so many: the latest.", default: candlesDefault }),
    ),
    endUs: Type.Optional(
      count({ description: "Only those that begin before this moment.", unit: "µs since 1970" }),
    ),
  },
  closed,
);

export const statisticsRequest = Type.Object({ symbol: symbol() }, closed);

export const instrumentsRequest = Type.Object({}, closed);
export const assetsRequest = Type.Object({}, closed);
export const statusRequest = Type.Object({}, closed);

export type DepthRequest = Static<typeof depthRequest>;
export type DisplayedOrdersRequest = Static<typeof displayedOrdersRequest>;
export type TradesRequest = Static<typeof tradesRequest>;
export type CandlesRequest = Static<typeof candlesRequest>;
export type StatisticsRequest = Static<typeof statisticsRequest>;
