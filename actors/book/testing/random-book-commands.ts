/**
 * A stream of random commands to a book, the same for the same seed: orders of every kind that an
 * account lets pass, changes to them, time, and what is done to a market from outside.
 *
 * It does not look at the book: so any part of a stream is a story, too.
 */
import {
  hasLimit,
  Intervention,
  lotsMax,
  OrderType,
  partOf,
  PegReference,
  plainInstructions,
  PostOnly,
  SelfTradePrevention,
  Side,
  tickBelow,
  ticksMax,
  TimeInForce,
  TriggerSource,
} from "../../../protocols/index.ts";
import type { OrderInstructions, TickSize } from "../../../protocols/index.ts";
import { randomBreakerLevels } from "../../market/testing/random-market.ts";
import { unlimitedBudget } from "../../order-book/book-terms.ts";
import type { SmallRandom } from "../../order-book/testing/small-random.ts";
import type { BookCommand, NewTerms, OrderTerms } from "./book-command.ts";

/** What the stream is made for. */
export interface StreamSource {
  readonly tickSizes: readonly TickSize[];
  /** About where prices are. */
  readonly middle: number;
  /** Of which quantities are multiples. */
  readonly lot: number;
  /** One in so many times that time passes, up to days do. */
  readonly longPauses: number;
  /** One in so many times that time passes, it does so until something is due. */
  readonly skips: number;
  /** Whether orders for auctions are of any use. */
  readonly hasAuctions: boolean;
  /** Of what there is more than of anything else. */
  readonly focus: Focus;
}

export const focuses = ["everything", "waiting", "pegged", "linked", "special"] as const;
type Focus = (typeof focuses)[number];

const { GTC, IOC, FOK, DAY, GTD, ATO, ATC, GFA } = TimeInForce;
const restingTimes = [GTC, GTC, GTC, DAY, GTD];
const auctionTimes = [ATO, ATC, GFA];
const defaultCollar = 1000;

export class RandomBookCommands {
  readonly #random: SmallRandom;
  readonly #source: StreamSource;
  #middle: number;
  #isVenueHalted = false;
  #secondsUnderWay = 0;
  #orderCount = 0;

  constructor(source: StreamSource, random: SmallRandom) {
    this.#source = source;
    this.#random = random;
    this.#middle = source.middle;
  }

  next(): BookCommand {
    const random = this.#random;
    if (random.oneIn(12)) this.#wander();
    if (this.#isVenueHalted && random.oneIn(8)) return this.#haltVenue(false);
    if (this.#secondsUnderWay > 0 && random.oneIn(2)) return this.#second();
    const number = random.below(1000);
    if (number < 500) {
      const isPair = this.#source.focus === "linked" && random.oneIn(3);
      return isPair ? this.#pair() : { kind: "submit", order: this.#order() };
    }
    if (number < 570) return this.#pair();
    if (number < 660) return this.#cancel();
    if (number < 800) return this.#replace();
    if (number < 945) return this.#time();
    if (number < 976) return { kind: "mark", price: this.#price() };
    if (number < 980) return { kind: "watch", levels: randomBreakerLevels(random) };
    if (number < 983) return this.#haltVenue(true);
    if (number < 995) return this.#intervene();
    return { kind: "restore" };
  }

  // ---- What is not an order ------------------------------------------------------------------

  #time(): BookCommand {
    const random = this.#random;
    const entropy = random.below(2 ** 32);
    if (random.oneIn(this.#source.skips))
      return { kind: "skip", of: random.oneIn(2) ? "market" : "book", entropy };
    if (random.oneIn(this.#source.longPauses)) {
      return { kind: "pass", us: 2 ** random.between(24, 37) + random.below(2 ** 24), entropy };
    }
    // Figures are told once in so long.
    if (random.oneIn(20)) {
      const us = random.oneIn(3) ? 100_000 : 1_000_000;
      return { kind: "pass", us: us - random.below(2), entropy };
    }
    const mostUs = random.oneIn(3) ? 5_000_000 : 300_000;
    return { kind: "pass", us: random.oneIn(5) ? 0 : random.below(mostUs), entropy };
  }

  #haltVenue(isHalted: boolean): BookCommand {
    this.#isVenueHalted = isHalted;
    return { kind: "halt-venue", isHalted };
  }

  #intervene(): BookCommand {
    const random = this.#random;
    if (random.oneIn(12)) {
      return { kind: "intervene", intervention: Intervention.restrict, isPurged: true };
    }
    const intervention = random.oneIn(6) ? Intervention.halt : Intervention.resume;
    return { kind: "intervene", intervention, isPurged: false };
  }

  #cancel(): BookCommand {
    const random = this.#random;
    const of = { pick: random.below(2 ** 20) };
    return { kind: "cancel", of, isByAnother: random.oneIn(40) };
  }

  #second(): BookCommand {
    this.#secondsUnderWay -= 1;
    return { kind: "submit-second", of: { pick: this.#random.below(4) } };
  }

  #replace(): BookCommand {
    const random = this.#random;
    const isReduced = random.oneIn(3);
    const more = random.oneIn(3) ? 0 : random.between(isReduced ? -8 : 0, isReduced ? 0 : 8);
    const { lot } = this.#source;
    const sometimes = (value: () => number): number | undefined =>
      random.oneIn(3) ? value() : undefined;
    const terms: NewTerms = {
      price: random.oneIn(3) ? undefined : this.#price(),
      more: more * lot,
      triggerPrice: sometimes(() => this.#price()),
      trail: sometimes(() => random.between(1, 6) * (random.oneIn(2) ? 100 : 1)),
      displayQuantity: sometimes(() => random.between(1, 4) * lot),
      minimumQuantity: sometimes(() => random.between(1, 6) * lot),
      pegOffset: sometimes(() => random.below(4)),
      mustKeepPriority: random.oneIn(8),
    };
    return { kind: "replace", of: { pick: random.below(2 ** 20) }, terms };
  }

  // ---- Prices --------------------------------------------------------------------------------

  #wander(): void {
    const random = this.#random;
    const { middle } = this.#source;
    this.#middle += random.between(-3, 3);
    // Never for long far away from where it began.
    if (Math.abs(this.#middle - middle) > 30 || this.#middle < 1) this.#middle = middle;
  }

  #price(side?: Side): number {
    const random = this.#random;
    // So dear that an account lets only small quantities pass.
    const highest = this.#source.lot === 1 ? ticksMax : this.#middle;
    if (random.oneIn(300)) return this.#onTick(random.oneIn(2) ? highest : random.between(1, 3));
    const isReaching = random.oneIn(3);
    const away = random.between(0, 6);
    const towards = side === Side.buy ? -1 : 1;
    const by = side === undefined || isReaching ? random.between(-6, 6) : away * towards;
    return this.#onTick(this.#middle + by);
  }

  #onTick(price: number): number {
    const { tickSizes } = this.#source;
    const below = tickBelow(tickSizes, Math.min(price, ticksMax));
    return below < 1 ? (tickSizes[0]?.size ?? 1) : below;
  }

  // ---- Orders --------------------------------------------------------------------------------

  #order(): OrderTerms {
    const random = this.#random;
    const side = random.oneIn(2) ? Side.buy : Side.sell;
    const { focus } = this.#source;
    if (random.oneIn(3)) {
      if (focus === "waiting") return this.#waiting(side);
      if (focus === "pegged") return this.#pegged(side);
      if (focus === "special") return this.#specialLimit(side);
    }
    switch (random.below(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.#limit(side, {});
      case 4:
      case 5:
        return this.#market(side);
      case 6:
      case 7:
        return this.#waiting(side);
      case 8:
        return this.#pegged(side);
      default:
        return this.#specialLimit(side);
    }
  }

  #common(side: Side): OrderTerms {
    const random = this.#random;
    const selfTradePrevention = random.oneIn(3) ? random.below(5) : SelfTradePrevention.none;
    this.#orderCount += 1;
    return {
      orderId: this.#orderCount,
      account: ["alice", "alice", "bob", "bob", "carol", "dave"][random.below(6)]!,
      side,
      orderType: OrderType.limit,
      timeInForce: random.oneIn(2) ? GTC : restingTimes[random.below(5)]!,
      price: this.#price(side),
      quantity: random.between(1, random.oneIn(4) ? 20 : 8) * this.#source.lot,
      budget: unlimitedBudget,
      instructions: {
        ...plainInstructions,
        selfTradePrevention: selfTradePrevention as SelfTradePrevention,
      },
      expiresInUs: random.oneIn(10) ? -random.below(500_000) : random.below(6_000_000),
    };
  }

  #limit(side: Side, terms: Partial<OrderTerms>): OrderTerms {
    const random = this.#random;
    const common = this.#common(side);
    const { transfer } = SelfTradePrevention;
    const instructions = random.oneIn(12)
      ? { ...common.instructions, selfTradePrevention: transfer }
      : common.instructions;
    const isPlain = random.oneIn(2);
    return {
      ...common,
      ...terms,
      instructions: isPlain ? plainInstructions : instructions,
      timeInForce: isPlain ? GTC : common.timeInForce,
      ...(random.oneIn(8) ? { timeInForce: random.oneIn(2) ? IOC : FOK } : {}),
    };
  }

  /** One that asks for something that only limit orders may ask for. */
  #specialLimit(side: Side): OrderTerms {
    const random = this.#random;
    const common = this.#common(side);
    const { lot } = this.#source;
    const some = () => random.between(1, common.quantity / lot) * lot;
    const having = (part: Partial<OrderInstructions>): OrderTerms => ({
      ...common,
      instructions: { ...common.instructions, ...part },
    });
    switch (random.below(8)) {
      case 0:
      case 1:
        return this.#maybeForAuction(having({ displayQuantity: Math.min(some(), 4 * lot) }));
      case 2:
        return this.#maybeForAuction(having({ isHidden: true }));
      case 3:
        return this.#maybeForAuction(having({ isHidden: true, minimumQuantity: some() }));
      case 4:
        return having({ postOnly: PostOnly.reject });
      case 5:
        return having({ postOnly: PostOnly.slide });
      case 6:
        return { ...having({ minimumQuantity: some() }), timeInForce: IOC };
      default: {
        if (this.#source.hasAuctions) return this.#forAuction(common);
        return having({ selfTradePrevention: SelfTradePrevention.transfer });
      }
    }
  }

  #maybeForAuction(order: OrderTerms): OrderTerms {
    return this.#random.oneIn(6) ? this.#forAuction(order) : order;
  }

  #forAuction(order: OrderTerms): OrderTerms {
    return { ...order, timeInForce: auctionTimes[this.#random.below(3)]! };
  }

  #market(side: Side): OrderTerms {
    const random = this.#random;
    const common = this.#common(side);
    const { quantity } = common;
    const isForAuction = this.#source.hasAuctions && random.oneIn(3);
    const isByBudget = !isForAuction && random.oneIn(5);
    const isFillOrKill = !isByBudget && random.oneIn(3);
    const about = random.between(0, 8) * this.#middle + random.below(this.#middle);
    const funds = random.oneIn(3) ? Math.max(about, 1) : 40 * ticksMax;
    const quoteBudget = isByBudget ? Math.max(about, 1) : 0;
    const collarBasisPoints = random.oneIn(3) ? random.between(1, 800) : 0;
    const minimumQuantity = !isFillOrKill && !isForAuction && random.oneIn(8) ? quantity : 0;
    const isBuy = side === Side.buy;
    const order: OrderTerms = {
      ...common,
      orderType: OrderType.market,
      timeInForce: isFillOrKill ? FOK : IOC,
      price: 0,
      quantity: isByBudget && isBuy ? Math.min(quoteBudget, lotsMax) : quantity,
      budget: isByBudget ? quoteBudget : isBuy ? funds : unlimitedBudget,
      instructions: {
        ...(random.oneIn(3) ? plainInstructions : common.instructions),
        ...{ collarBasisPoints, quoteBudget, minimumQuantity: isByBudget ? 0 : minimumQuantity },
      },
    };
    return isForAuction ? this.#forAuction(order) : order;
  }

  #pegged(side: Side): OrderTerms {
    const random = this.#random;
    const common = this.#common(side);
    const { primary, market, midpoint } = PegReference;
    const isLoose = random.oneIn(2);
    const { lot } = this.#source;
    const worst = side === Side.buy ? this.#middle * 2 : Math.max(this.#middle - 50, 1);
    return {
      ...common,
      orderType: OrderType.pegged,
      price: isLoose ? this.#onTick(worst) : common.price,
      instructions: {
        ...common.instructions,
        pegReference: [primary, market, midpoint][random.below(3)]!,
        pegOffset: random.oneIn(2) ? 0 : random.below(4),
        minimumQuantity: random.oneIn(4) ? random.between(1, common.quantity / lot) * lot : 0,
      },
    };
  }

  #waiting(side: Side): OrderTerms {
    const random = this.#random;
    const common = this.#common(side);
    const orderType = random.between(OrderType.stop, OrderType.trailingStop) as OrderType;
    const isLimited = hasLimit(orderType);
    const isTrailing = orderType === OrderType.trailingStop;
    const isInTicks = random.oneIn(2);
    const triggerPrice = this.#price();
    const collar = random.oneIn(2) ? defaultCollar : random.between(1, 1500);
    const { last, best, mark } = TriggerSource;
    const isFleeting = isLimited && random.oneIn(5);
    const { quantity } = common;
    const { lot } = this.#source;
    const isIceberg = isLimited && !isFleeting && random.oneIn(6);
    return {
      ...common,
      orderType,
      timeInForce: isFleeting ? (random.oneIn(2) ? IOC : FOK) : common.timeInForce,
      price: isLimited ? common.price : side === Side.buy ? dearest(triggerPrice, collar) : 0,
      instructions: {
        ...common.instructions,
        triggerPrice,
        triggerSource: [last, last, best, mark][random.below(4)]!,
        trailTicks: isTrailing && isInTicks ? random.between(1, 6) : 0,
        trailBasisPoints: isTrailing && !isInTicks ? random.between(1, 700) : 0,
        collarBasisPoints: isLimited ? 0 : collar,
        displayQuantity: isIceberg ? random.between(1, Math.min(quantity / lot, 4)) * lot : 0,
      },
    };
  }

  #pair(): BookCommand {
    const random = this.#random;
    const side = random.oneIn(2) ? Side.buy : Side.sell;
    const another = random.oneIn(3)
      ? this.#waiting(side)
      : random.oneIn(2)
        ? this.#limit(side, {})
        : this.#specialLimit(side);
    const second = this.#waiting(side);
    const { account, quantity } = second;
    const { displayQuantity, minimumQuantity } = another.instructions;
    const instructions = {
      ...another.instructions,
      displayQuantity: Math.min(displayQuantity, quantity),
      minimumQuantity: Math.min(minimumQuantity, quantity),
    };
    this.#secondsUnderWay += 1;
    const first = { ...another, account, quantity, instructions };
    return { kind: "submit-first", first, second };
  }
}

function dearest(triggerPrice: number, collarBasisPoints: number): number {
  return Math.min(triggerPrice + partOf(triggerPrice, collarBasisPoints), ticksMax);
}
