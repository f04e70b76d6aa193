/**
 * What an account is told of its contracts beside what its orders do: of its positions, of its
 * liquidation, and of losses that somebody else has paid. One message for each event.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import { LiquidationStage, PositionCause } from "../events.ts";
import type { FundingPaid, LiquidationMoved, PositionChanged, ShardEvent } from "../events.ts";
import type { AccountId } from "../identifiers.ts";
import { amount, assetId, count, symbol } from "./fields.ts";
import { sum } from "./margin-requests.ts";
import { wordOf, wordsOf } from "./words.ts";

const positionCauseWords = wordsOf(PositionCause);
const liquidationStageWords = wordsOf(LiquidationStage);

/** What a piece of news is about. */
const contractNewsWords = [
  ...(["position", "funding", "handedOver", "takenOver"] as const),
  ...(["liquidation", "liquidationFee", "lossCovered"] as const),
] as const;

const integerMax = Number.MAX_SAFE_INTEGER;
const signedLots = (description: string) =>
  Type.Integer({ minimum: -integerMax, maximum: integerMax, description, unit: "lots" });

export const contractNews = Type.Object(
  {
    index: count({
      description: "Place within the step: (shard, sequence, index) names it for ever.",
    }),
    about: Type.Enum([...contractNewsWords], {
      description:
        "A position is another one; funding was paid; lots were handed over to somebody beside the " +
        "book, or taken over; a liquidation has come to a stage; its fee was paid; a loss beyond what " +
        "the account had was covered.",
    }),
    symbol: Type.Optional(symbol("The contract, where it is about one.")),
    asset: Type.Optional(assetId("What its contracts are paid in, where it is about all of them.")),
    cause: Type.Optional(
      Type.Enum([...positionCauseWords], { description: "Why the position is another one." }),
    ),
    lots: Type.Optional(
      signedLots("The position as it is, or what of it is meant; below zero for a short one."),
    ),
    cost: Type.Optional(sum("What the position has cost; below zero for a short one.")),
    realised: Type.Optional(sum("What this has brought; a loss below zero.")),
    amount: Type.Optional(amount("What was paid; what was received below zero.")),
    lacking: Type.Optional(amount("Of a loss that was covered, what nobody has paid.")),
    price: Type.Optional(count({ description: "At which lots are to go.", unit: "ticks" })),
    stage: Type.Optional(
      Type.Enum([...liquidationStageWords], { description: "How far the liquidation is." }),
    ),
    equity: Type.Optional(sum("What the account has at the marks.")),
    maintenance: Type.Optional(sum("What its positions need to be kept.")),
    orders: Type.Optional(count({ description: "How many of its orders are canceled." })),
  },
  { description: "What became of an account's contracts beside its orders." },
);

export type ContractNews = Static<typeof contractNews>;
type Told = Omit<ContractNews, "index">;

/** What accounts are told of an event, each in a message of its own. */
export function contractNewsOf(event: ShardEvent): readonly (readonly [AccountId, Told])[] {
  switch (event.kind) {
    case "position-changed":
      return [[event.account, positionNews(event)]];
    case "funding-paid":
      return [[event.account, fundingNews(event)]];
    case "deficit-covered": {
      const { account, asset, amount, lacking } = event;
      const paid = { amount: String(amount), lacking: String(lacking) };
      return [[account, { about: "lossCovered", asset, ...paid }]];
    }
    case "liquidation-moved":
      return [[event.account, liquidationNews(event)]];
    case "liquidation-fee-paid": {
      const { account, asset, amount } = event;
      return [[account, { about: "liquidationFee", asset, amount: String(amount) }]];
    }
    case "position-handed-over": {
      // Nobody is told who the other was.
      const { account, taker, symbol, lots, price } = event;
      return [
        [account, { about: "handedOver", symbol, lots, price }],
        [taker, { about: "takenOver", symbol, lots, price }],
      ];
    }
    default:
      return [];
  }
}

function positionNews({ symbol, cause, lots, cost, realised }: PositionChanged): Told {
  const word = wordOf(positionCauseWords, cause);
  const sums = { cost: String(cost), realised: String(realised) };
  return { about: "position", symbol, cause: word, lots, ...sums };
}

function fundingNews({ symbol, lots, amount }: FundingPaid): Told {
  return { about: "funding", symbol, lots, amount: String(amount) };
}

function liquidationNews(event: LiquidationMoved): Told {
  const { asset, symbol, count, price, equity, maintenance } = event;
  const isOfOrders = event.stage === LiquidationStage.canceling;
  return {
    ...{ about: "liquidation", asset, stage: wordOf(liquidationStageWords, event.stage) },
    ...{ equity: String(equity), maintenance: String(maintenance) },
    ...(isOfOrders ? { orders: count } : {}),
    ...(symbol === "" ? {} : { symbol, lots: count }),
    ...(price === 0 ? {} : { price }),
  };
}
