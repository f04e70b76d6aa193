/**
 * Random terms for an order: every type, time in force and instruction, mostly such as go together
 * and now and then such as do not.
 */
import {
  OrderType,
  plainInstructions,
  PostOnly,
  SelfTradePrevention,
  TimeInForce,
  TriggerSource,
} from "../../protocols/index.ts";
import type {
  Lots,
  OrderInstructions,
  PlaceOrder,
  Ticks,
  TimeUs,
  PegReference,
} from "../../protocols/index.ts";
import type { Random } from "./random.ts";

type Terms = Pick<PlaceOrder, "orderType" | "timeInForce" | "price" | "quantity" | "instructions">;

/** What the terms are drawn around. */
export interface OrderSource {
  readonly random: Random;
  readonly price: () => Ticks;
  readonly quantity: () => Lots;
  /** About the time of the log; orders may end some seconds later. */
  readonly timeUs: TimeUs;
}

const restingTimes = [
  TimeInForce.GTC,
  TimeInForce.GTC,
  TimeInForce.GTC,
  TimeInForce.DAY,
  TimeInForce.GTD,
];
const auctionTimes = [TimeInForce.ATO, TimeInForce.ATC, TimeInForce.GFA];
const preventions = Object.values(SelfTradePrevention);

export function randomTerms(source: OrderSource): Terms {
  const { random } = source;
  if (random.isOneOf(55)) return plainTerms(source);
  const terms = specialTerms(source);
  // Something that does not belong there.
  if (random.isOneOf(3)) return { ...terms, timeInForce: random.below(8) as TimeInForce };
  if (random.isOneOf(2)) return { ...terms, orderType: random.below(8) as OrderType };
  return terms;
}

function plainTerms({ random, price, quantity }: OrderSource): Terms {
  const instructions = plainInstructions;
  if (random.isOneOf(15)) {
    const timeInForce = random.isOneOf(20) ? TimeInForce.FOK : TimeInForce.IOC;
    const terms = { orderType: OrderType.market, timeInForce, price: 0 };
    return { ...terms, quantity: quantity(), instructions };
  }
  const timeInForce = random.isOneOf(20) ? TimeInForce.IOC : TimeInForce.GTC;
  const terms = { orderType: OrderType.limit, timeInForce, price: price() };
  return { ...terms, quantity: quantity(), instructions };
}

function specialTerms(source: OrderSource): Terms {
  const { random, price, quantity, timeUs } = source;
  const timeInForce = random.isOneOf(4) ? random.pick(auctionTimes) : random.pick(restingTimes);
  const lots = quantity();
  const some = () => 1 + random.below(lots);
  const expiresAtUs = timeInForce === TimeInForce.GTD ? timeUs + random.below(8_000_000) : 0;
  const selfTradePrevention = random.isOneOf(50)
    ? random.pick(preventions)
    : SelfTradePrevention.none;
  const common = { ...plainInstructions, expiresAtUs, selfTradePrevention };
  const limit = { orderType: OrderType.limit, timeInForce, price: price(), quantity: lots };
  const withPart = (part: Partial<OrderInstructions>) => ({ ...common, ...part });
  switch (random.below(10)) {
    case 0:
      return { ...limit, instructions: withPart({ displayQuantity: some() }) };
    case 1:
      return { ...limit, instructions: withPart({ isHidden: true }) };
    case 2:
      return { ...limit, instructions: withPart({ isHidden: true, minimumQuantity: some() }) };
    case 3: {
      const postOnly = random.isOneOf(50) ? PostOnly.slide : PostOnly.reject;
      return { ...limit, instructions: withPart({ postOnly }) };
    }
    case 4:
      return immediate(source, common);
    case 5:
    case 6:
    case 7:
      return waiting(source, { ...limit, instructions: common });
    case 8: {
      const pegReference = (1 + random.below(3)) as PegReference;
      const pegOffset = random.below(3);
      const instructions = withPart({ pegReference, pegOffset });
      return { ...limit, orderType: OrderType.pegged, instructions };
    }
    default:
      return { ...limit, instructions: common };
  }
}

function immediate(source: OrderSource, common: OrderInstructions): Terms {
  const { random, price, quantity } = source;
  const instructions = { ...common, expiresAtUs: 0 };
  const isMarket = random.isOneOf(50);
  if (!isMarket) {
    const timeInForce = random.isOneOf(50) ? TimeInForce.FOK : TimeInForce.IOC;
    const terms = { orderType: OrderType.limit, timeInForce, price: price() };
    return { ...terms, quantity: quantity(), instructions };
  }
  const terms = { orderType: OrderType.market, timeInForce: TimeInForce.IOC, price: 0 };
  const isByBudget = random.isOneOf(50);
  const collarBasisPoints = random.isOneOf(50) ? random.below(3000) : 0;
  const quoteBudget = isByBudget ? 1 + random.below(100) * price() : 0;
  const limits = { ...instructions, collarBasisPoints, quoteBudget };
  return { ...terms, quantity: isByBudget ? 0 : quantity(), instructions: limits };
}

function waiting({ random, price }: OrderSource, terms: Terms): Terms {
  const orderType = (OrderType.stop + random.below(5)) as OrderType;
  const isLimited = orderType === OrderType.stopLimit || orderType === OrderType.takeProfitLimit;
  const isTrailing = orderType === OrderType.trailingStop;
  const inTicks = random.isOneOf(50);
  const trigger = {
    triggerPrice: price(),
    triggerSource: random.isOneOf(70) ? TriggerSource.last : TriggerSource.best,
    trailTicks: isTrailing && inTicks ? 1 + random.below(10) : 0,
    trailBasisPoints: isTrailing && !inTicks ? 1 + random.below(2000) : 0,
  };
  return {
    ...terms,
    orderType,
    price: isLimited ? terms.price : 0,
    instructions: { ...terms.instructions, ...trigger },
  };
}
