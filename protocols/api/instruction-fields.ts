/**
 * The fields of an order's instructions, as requests hold them and as orders are shown with them.
 *
 * Each may be left out, which asks for nothing. Those by which zero would ask for nothing take no
 * zero, so that nobody does so by mistake. Which fields go together is in `place-terms.ts`.
 */
import { Type } from "typebox";
import { basisPointsPerUnit } from "../units.ts";
import { count, integer, positiveAmount, yesOrNo } from "./fields.ts";
import {
  pegReferenceWords,
  postOnlyWords,
  selfTradePreventionWords,
  triggerSourceWords,
  withoutNone,
} from "./words.ts";

const integerMax = Number.MAX_SAFE_INTEGER;

interface SomeText {
  readonly description: string;
  readonly unit: string;
  readonly rule?: string;
}

function atLeastOne(text: SomeText) {
  return Type.Integer({ minimum: 1, maximum: integerMax, ...text });
}

const basisPoints = "hundredths of a percent";

export const instructionFields = {
  quoteBudget: Type.Optional(
    positiveAmount(
      "In place of `quantity`: units of the quote asset that a buy spends at most, or that a sell " +
        "brings in before it stops. Only for a market order that is `IOC`.",
    ),
  ),
  collarBasisPoints: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: basisPointsPerUnit,
      description:
        "How far an order without a limit price may go: a `market` order from the best price that " +
        "it meets first, one that waits from its trigger price as it is when it is set off. The " +
        "latter has 1000 of them, a tenth of its price, if it does not say; in a contract it has " +
        "no more than its maintenance margin.",
      unit: basisPoints,
    }),
  ),
  triggerPrice: Type.Optional(
    atLeastOne({
      description:
        "The price that sets a waiting order off; of a `trailingStop`, the one it begins with.",
      unit: "ticks",
      rule:
        "1 to 2^31; required for `stop`, `stopLimit`, `takeProfit`, `takeProfitLimit` and " +
        "`trailingStop`, forbidden for others",
    }),
  ),
  triggerBy: Type.Optional(
    Type.Enum([...triggerSourceWords], {
      description:
        "Which price sets it off: that of the `last` trade, the `best` of the book or the `mark`.",
      default: "`last`",
    }),
  ),
  trailTicks: Type.Optional(
    atLeastOne({
      description: "How far behind the market the trigger price of a `trailingStop` follows.",
      unit: "ticks",
      rule: "at least 1; a `trailingStop` has it or `trailBasisPoints`",
    }),
  ),
  trailBasisPoints: Type.Optional(
    atLeastOne({
      description: "The same as a part of the market's price.",
      unit: basisPoints,
      rule: "1 to 10000; a `trailingStop` has it or `trailTicks`",
    }),
  ),
  displayQuantity: Type.Optional(
    atLeastOne({
      description: "The slice of it that an iceberg shows. Only for an order with a limit price.",
      unit: "lots",
    }),
  ),
  hidden: Type.Optional(yesOrNo("Nobody sees it in the book. Only for a limit order.")),
  uncovered: Type.Optional(
    yesOrNo("Nothing is set aside for it. Only a limit order of what is settled later."),
  ),
  reduceOnly: Type.Optional(yesOrNo("It closes what the account has of a contract, and no more.")),
  minimumQuantity: Type.Optional(
    atLeastOne({
      description:
        "The least that it trades at once. Only for an order that is `IOC`, hidden or pegged.",
      unit: "lots",
    }),
  ),
  postOnly: Type.Optional(
    Type.Enum([...withoutNone(postOnlyWords)], {
      description:
        "It takes no liquidity: if it would, it is refused (`reject`) or moves behind the price it " +
        "would trade at (`slide`). Only for a limit order that may rest.",
    }),
  ),
  pegTo: Type.Optional(
    Type.Enum([...withoutNone(pegReferenceWords)], {
      description:
        "What a `pegged` order follows: the best price of its own side (`primary`), of the other " +
        "(`market`) or their middle (`midpoint`).",
    }),
  ),
  pegOffset: Type.Optional(
    integer({
      description: "How far a `pegged` order stays behind that: less for a buy.",
      unit: "ticks",
      rule: "at least 0; default 0",
    }),
  ),
  expiresAtUs: Type.Optional(
    atLeastOne({ description: "When a `GTD` order ends.", unit: "µs since 1970" }),
  ),
  selfTradePrevention: Type.Optional(
    Type.Enum([...withoutNone(selfTradePreventionWords)], {
      description:
        "What happens when it comes in and meets an order of its own participant: the one, the " +
        "other or both are canceled, the smaller is taken out of both (`decrement`), or that is " +
        "moved between the accounts without a trade (`transfer`, only for a limit order).",
    }),
  ),
};

/** What a replace may change of them: here zero takes away what there was. */
export const revisedFields = {
  triggerPrice: Type.Optional(
    count({ description: "The new trigger price of an order that waits.", unit: "ticks" }),
  ),
  trailTicks: Type.Optional(count({ description: "The new distance.", unit: "ticks" })),
  trailBasisPoints: Type.Optional(count({ description: "The new distance.", unit: basisPoints })),
  displayQuantity: Type.Optional(
    count({ description: "The new slice; 0 shows all of it.", unit: "lots" }),
  ),
  minimumQuantity: Type.Optional(
    count({ description: "The new minimum; 0 for none.", unit: "lots" }),
  ),
  pegOffset: Type.Optional(count({ description: "The new distance.", unit: "ticks" })),
  keepPriority: Type.Optional(
    yesOrNo("Refuse the replace if the order would lose its place in the queue."),
  ),
};
