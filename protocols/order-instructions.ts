/**
 * What an order may ask for beyond side, type, price, quantity and time in force.
 *
 * Most orders ask for nothing of it: they share {@link plainInstructions}, and whoever handles
 * orders may compare with it to see at once. What goes with what is checked by the account.
 */
import { PegReference, PostOnly, SelfTradePrevention, TriggerSource } from "./order-terms.ts";
import type { Amount, Lots, Ticks, TimeUs } from "./units.ts";

export interface OrderInstructions {
  /**
   * Quote units that a market buy spends at most, or that a market sell brings in before it stops;
   * 0 for an order by quantity.
   */
  readonly quoteBudget: Amount;
  /**
   * How far a market order may go from the best price that it meets first, in basis points of it;
   * 0 for as far as the instrument allows.
   */
  readonly collarBasisPoints: number;
  /** The price that sets a waiting order off; 0 for an order that does not wait. */
  readonly triggerPrice: Ticks;
  readonly triggerSource: TriggerSource;
  /** How far behind the market the trigger price of a trailing stop follows: ticks, or */
  readonly trailTicks: Ticks;
  /** basis points of the market's price. One of the two is 0. */
  readonly trailBasisPoints: number;
  /** The slice that an iceberg shows; 0 for all of it. */
  readonly displayQuantity: Lots;
  readonly isHidden: boolean;
  /** The fewest lots that it trades at once; 0 for no minimum. */
  readonly minimumQuantity: Lots;
  readonly postOnly: PostOnly;
  readonly pegReference: PegReference;
  /** Ticks that a pegged order stays behind the price it follows: less for a buy. */
  readonly pegOffset: Ticks;
  /** When a good-till-date order ends; 0 for any other. */
  readonly expiresAtUs: TimeUs;
  readonly selfTradePrevention: SelfTradePrevention;
  /**
   * Whether nothing is set aside for it: what it gives is to be there by settlement. Only for who
   * is permitted to, and only what is settled later.
   */
  readonly isUncovered: boolean;
  /** Whether it only closes what its account has of a contract, and never opens anything. */
  readonly isReduceOnly: boolean;
}

export const plainInstructions: OrderInstructions = {
  quoteBudget: 0,
  collarBasisPoints: 0,
  triggerPrice: 0,
  triggerSource: TriggerSource.last,
  trailTicks: 0,
  trailBasisPoints: 0,
  displayQuantity: 0,
  isHidden: false,
  minimumQuantity: 0,
  postOnly: PostOnly.none,
  pegReference: PegReference.none,
  pegOffset: 0,
  expiresAtUs: 0,
  selfTradePrevention: SelfTradePrevention.none,
  isUncovered: false,
  isReduceOnly: false,
};

/** These instructions; the shared ones where they ask for nothing. */
export function sharedIfPlain(instructions: OrderInstructions): OrderInstructions {
  if (instructions === plainInstructions) return plainInstructions;
  return isEqual(instructionNames, instructions, plainInstructions)
    ? plainInstructions
    : instructions;
}

/** Stands for "as it is" among {@link RevisedInstructions}. */
export const asItIs = -1;

/** What a replace changes of an order's instructions; {@link asItIs} for what it leaves alone. */
export interface RevisedInstructions {
  readonly triggerPrice: Ticks;
  readonly trailTicks: Ticks;
  readonly trailBasisPoints: number;
  readonly displayQuantity: Lots;
  readonly minimumQuantity: Lots;
  readonly pegOffset: Ticks;
  /** Refused if the order would lose its place in the queue. */
  readonly mustKeepPriority: boolean;
}

/** Most replaces change price and quantity only: they share this. */
export const unrevised: RevisedInstructions = {
  triggerPrice: asItIs,
  trailTicks: asItIs,
  trailBasisPoints: asItIs,
  displayQuantity: asItIs,
  minimumQuantity: asItIs,
  pegOffset: asItIs,
  mustKeepPriority: false,
};

/** These revised instructions; the shared ones where they change nothing. */
export function sharedIfUnrevised(revised: RevisedInstructions): RevisedInstructions {
  if (revised === unrevised) return unrevised;
  return isEqual(revisedNames, revised, unrevised) ? unrevised : revised;
}

/** Instructions as a replace leaves them. */
export function revisedBy(
  instructions: OrderInstructions,
  revised: RevisedInstructions,
): OrderInstructions {
  if (revised === unrevised) return instructions;
  const { triggerPrice, trailTicks, trailBasisPoints } = revised;
  const { displayQuantity, minimumQuantity, pegOffset } = revised;
  return sharedIfPlain({
    ...instructions,
    triggerPrice: triggerPrice === asItIs ? instructions.triggerPrice : triggerPrice,
    trailTicks: trailTicks === asItIs ? instructions.trailTicks : trailTicks,
    trailBasisPoints:
      trailBasisPoints === asItIs ? instructions.trailBasisPoints : trailBasisPoints,
    displayQuantity: displayQuantity === asItIs ? instructions.displayQuantity : displayQuantity,
    minimumQuantity: minimumQuantity === asItIs ? instructions.minimumQuantity : minimumQuantity,
    pegOffset: pegOffset === asItIs ? instructions.pegOffset : pegOffset,
  });
}

const instructionNames = Object.keys(plainInstructions) as (keyof OrderInstructions)[];
const revisedNames = Object.keys(unrevised) as (keyof RevisedInstructions)[];

function isEqual<Value>(names: readonly (keyof Value)[], a: Value, b: Value): boolean {
  return names.every((name) => a[name] === b[name]);
}
