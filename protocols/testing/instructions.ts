/**
 * Instructions of orders that ask for something: a fixed example of each kind, and arbitrary ones.
 */
import fc from "fast-check";
import {
  asItIs,
  plainInstructions,
  sharedIfPlain,
  sharedIfUnrevised,
  unrevised,
} from "../order-instructions.ts";
import type { OrderInstructions, RevisedInstructions } from "../order-instructions.ts";
import { PegReference, PostOnly, SelfTradePrevention, TriggerSource } from "../order-terms.ts";
import { amounts } from "./amounts.ts";
import { counts, integers } from "./identifiers.ts";

/** No order could ask for all of it; bytes can. */
export const instructionsExample: OrderInstructions = {
  quoteBudget: 9_223_372_036_854_775_807n,
  collarBasisPoints: 150,
  triggerPrice: 6_400_000,
  triggerSource: TriggerSource.mark,
  trailTicks: 500,
  trailBasisPoints: 25,
  displayQuantity: 10,
  isHidden: true,
  minimumQuantity: 5,
  postOnly: PostOnly.slide,
  pegReference: PegReference.midpoint,
  pegOffset: -2,
  expiresAtUs: 1_795_000_000_000_000,
  selfTradePrevention: SelfTradePrevention.decrement,
  isUncovered: false,
  isReduceOnly: false,
};

export const revisedExample: RevisedInstructions = {
  triggerPrice: 6_400_001,
  trailTicks: asItIs,
  trailBasisPoints: 30,
  displayQuantity: 0,
  minimumQuantity: asItIs,
  pegOffset: 3,
  mustKeepPriority: true,
};

const memberOf = <Member extends number>(list: Readonly<Record<string, Member>>) =>
  fc.constantFrom(...Object.values(list));

/** Plain ones are the shared object, as decoders give them. */
export const instructions: fc.Arbitrary<OrderInstructions> = fc.oneof(
  fc.constant(plainInstructions),
  fc
    .record(
      {
        quoteBudget: amounts,
        collarBasisPoints: counts,
        triggerPrice: integers,
        triggerSource: memberOf(TriggerSource),
        trailTicks: integers,
        trailBasisPoints: counts,
        displayQuantity: integers,
        isHidden: fc.boolean(),
        minimumQuantity: integers,
        postOnly: memberOf(PostOnly),
        pegReference: memberOf(PegReference),
        pegOffset: integers,
        expiresAtUs: counts,
        selfTradePrevention: memberOf(SelfTradePrevention),
        isUncovered: fc.boolean(),
        isReduceOnly: fc.boolean(),
      },
      { noNullPrototype: true },
    )
    .map(sharedIfPlain),
);

export const revisedInstructions: fc.Arbitrary<RevisedInstructions> = fc.oneof(
  fc.constant(unrevised),
  fc
    .record(
      {
        triggerPrice: integers,
        trailTicks: integers,
        trailBasisPoints: integers,
        displayQuantity: integers,
        minimumQuantity: integers,
        pegOffset: integers,
        mustKeepPriority: fc.boolean(),
      },
      { noNullPrototype: true },
    )
    .map(sharedIfUnrevised),
);
