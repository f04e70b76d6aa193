/**
 * What anybody may ask about the market and the cluster: the bodies of requests on
 * `outcry.v1.market.…`.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import { closed, limit, symbol } from "./fields.ts";
import { depthLevelsDefault, depthLevelsMax, tradesDefault, tradesMax } from "./limits.ts";

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

export const tradesRequest = Type.Object(
  {
    symbol: symbol(),
    limit: Type.Optional(
      limit(tradesMax, { description: "At most so many.", default: tradesDefault }),
    ),
  },
  closed,
);

export const instrumentsRequest = Type.Object({}, closed);
export const assetsRequest = Type.Object({}, closed);
export const statusRequest = Type.Object({}, closed);

export type DepthRequest = Static<typeof depthRequest>;
export type TradesRequest = Static<typeof tradesRequest>;
