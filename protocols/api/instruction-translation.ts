/**
 * Instructions between requests, commands and what participants are shown.
 *
 * Translating takes well-formed requests only; showing leaves out what an order did not ask for.
 */
import { assert } from "../assert.ts";
import {
  asItIs,
  plainInstructions,
  sharedIfPlain,
  sharedIfUnrevised,
} from "../order-instructions.ts";
import type { OrderInstructions, RevisedInstructions } from "../order-instructions.ts";
import type { PegReference, PostOnly, SelfTradePrevention, TriggerSource } from "../order-terms.ts";
import { parseAmount } from "../units.ts";
import type { Amount } from "../units.ts";
import type { PlaceRequest, ReplaceRequest } from "./order-requests.ts";
import type { ShownInstructions } from "./replies.ts";
import {
  numberOf,
  pegReferenceWords,
  postOnlyWords,
  selfTradePreventionWords,
  triggerSourceWords,
  wordOf,
} from "./words.ts";

export function instructionsOf(request: PlaceRequest): OrderInstructions {
  const { triggerBy = "last", postOnly = "none", pegTo = "none" } = request;
  const { selfTradePrevention = "none" } = request;
  return sharedIfPlain({
    quoteBudget: budgetOf(request),
    collarBasisPoints: plain(request.collarBasisPoints),
    triggerPrice: plain(request.triggerPrice),
    triggerSource: numberOf(triggerSourceWords, triggerBy) as TriggerSource,
    trailTicks: plain(request.trailTicks),
    trailBasisPoints: plain(request.trailBasisPoints),
    displayQuantity: plain(request.displayQuantity),
    isHidden: request.hidden === true,
    minimumQuantity: plain(request.minimumQuantity),
    postOnly: numberOf(postOnlyWords, postOnly) as PostOnly,
    pegReference: numberOf(pegReferenceWords, pegTo) as PegReference,
    pegOffset: plain(request.pegOffset),
    expiresAtUs: plain(request.expiresAtUs),
    selfTradePrevention: numberOf(
      selfTradePreventionWords,
      selfTradePrevention,
    ) as SelfTradePrevention,
    isUncovered: request.uncovered === true,
    isReduceOnly: request.reduceOnly === true,
  });
}

/** Whether a request's budget, if it has one, can be an amount. */
export function hasSoundBudget({ quoteBudget }: PlaceRequest): boolean {
  return quoteBudget === undefined || parseAmount(quoteBudget) !== undefined;
}

function budgetOf({ quoteBudget }: PlaceRequest): Amount {
  const budget = quoteBudget === undefined ? 0 : parseAmount(quoteBudget);
  assert(budget !== undefined, "a budget that is no amount");
  return budget;
}

export function revisedOf(request: ReplaceRequest): RevisedInstructions {
  return sharedIfUnrevised({
    triggerPrice: revisedNumber(request.triggerPrice),
    trailTicks: revisedNumber(request.trailTicks),
    trailBasisPoints: revisedNumber(request.trailBasisPoints),
    displayQuantity: revisedNumber(request.displayQuantity),
    minimumQuantity: revisedNumber(request.minimumQuantity),
    pegOffset: revisedNumber(request.pegOffset),
    mustKeepPriority: request.keepPriority === true,
  });
}

/** Whether a replace has any of the fields that most do not have. */
export function revisesMore(request: ReplaceRequest): boolean {
  return (
    request.triggerPrice !== undefined ||
    request.trailTicks !== undefined ||
    request.trailBasisPoints !== undefined ||
    request.displayQuantity !== undefined ||
    request.minimumQuantity !== undefined ||
    request.pegOffset !== undefined ||
    request.keepPriority !== undefined
  );
}

function revisedNumber(value: number | undefined): number {
  return value === undefined ? asItIs : plain(value);
}

/** What an order asked for, under the names that its request used. */
export function shownInstructions(instructions: OrderInstructions): ShownInstructions {
  const shown: ShownInstructions = {};
  if (instructions === plainInstructions) return shown;
  for (const field of numberFields) {
    const value = instructions[field];
    if (value !== 0) shown[field] = value;
  }
  const { quoteBudget, triggerSource, isHidden, isUncovered, isReduceOnly } = instructions;
  if (quoteBudget !== 0) shown.quoteBudget = String(quoteBudget);
  if (triggerSource !== 0) shown.triggerBy = wordOf(triggerSourceWords, triggerSource);
  if (isHidden) shown.hidden = true;
  if (isUncovered) shown.uncovered = true;
  if (isReduceOnly) shown.reduceOnly = true;
  const postOnly = wordOf(postOnlyWords, instructions.postOnly);
  if (postOnly !== "none") shown.postOnly = postOnly;
  const pegTo = wordOf(pegReferenceWords, instructions.pegReference);
  if (pegTo !== "none") shown.pegTo = pegTo;
  const prevention = wordOf(selfTradePreventionWords, instructions.selfTradePrevention);
  if (prevention !== "none") shown.selfTradePrevention = prevention;
  return shown;
}

/** Those that are shown as they are, unless they are 0. */
const numberFields = [
  "collarBasisPoints",
  "triggerPrice",
  "trailTicks",
  "trailBasisPoints",
  "displayQuantity",
  "minimumQuantity",
  "pegOffset",
  "expiresAtUs",
] as const;

/** JSON knows a minus zero; the log must not. */
export function plain(integer = 0): number {
  return integer + 0;
}
