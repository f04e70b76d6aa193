/**
 * What a fuzz run has come to: counts, in words, of what happened to orders of each kind.
 */
import {
  CandleInterval,
  CloseReason,
  isForAuctions,
  isWaitingType,
  Liquidity,
  nameIn,
  OrderType,
  PegReference,
  PostOnly,
  RejectReason,
  SelfTradePrevention,
  TimeInForce,
  TradingPhase,
  TriggerSource,
} from "../../../protocols/index.ts";
import type { ActorMessage, SubmitOrder, ToldEvent } from "../../../protocols/index.ts";
import { unlimitedBudget } from "../../order-book/book-terms.ts";
import type { KnownOrder } from "./account-view.ts";
import type { BookCommand } from "./book-command.ts";

const waitingTypes = ["stop", "stopLimit", "takeProfit", "takeProfitLimit", "trailingStop"];

export class Reached {
  readonly counts = new Map<string, number>();
  /** In which all that is heard happens. */
  phase = "";

  count(words: string): void {
    this.counts.set(words, (this.counts.get(words) ?? 0) + 1);
  }

  command({ kind }: BookCommand): void {
    this.count(`${kind} in ${this.phase}`);
  }

  hearEvent(event: ToldEvent): void {
    switch (event.kind) {
      case "phase-changed":
        this.count(`the phase is ${nameIn(TradingPhase, event.phase)}`);
        break;
      case "bands-changed":
        this.count(event.isLimitState ? "a limit state" : "bands move");
        break;
      case "auction-indicated":
        this.count(event.volume === 0 ? "an auction of nothing is told" : "an auction is told");
        break;
      case "candle-closed":
        this.count(`a candle of ${nameIn(CandleInterval, event.interval)}`);
        if (event.trades > 1) this.count("a candle of several trades");
        break;
      default:
        this.count(event.kind);
    }
  }

  /** What an account is told of an order, as it knows the order before. */
  hear(message: ActorMessage, known: KnownOrder | undefined): void {
    if (known === undefined) return;
    const { submitted } = known;
    switch (message.kind) {
      case "order-filled":
        this.#filled(nameIn(Liquidity, message.liquidity), submitted);
        if (this.phase === "tradingAtLast") this.#filled("the last", submitted);
        break;
      case "order-triggered":
        this.#triggered(submitted);
        break;
      case "order-prevented":
        this.count("quantity is taken out of both");
        break;
      case "order-removed":
        this.count(`removed: ${nameIn(CloseReason, message.reason)}`);
        this.#removed(nameIn(CloseReason, message.reason), known);
        break;
      case "order-refused":
        this.count(`refused: ${nameIn(RejectReason, message.reason)}`);
        break;
      case "change-refused":
        this.count(`not changed: ${nameIn(RejectReason, message.reason)}`);
        break;
      case "order-replaced":
        for (const kind of kindsOf(submitted)) this.count(`replaced: ${kind}`);
        if (known.isWaiting) this.count("replaced: one that waits");
        if (known.executed > 0) this.count("replaced: one that has executed something");
        break;
      default:
        this.count(message.kind);
    }
  }

  #filled(liquidity: string, order: SubmitOrder): void {
    for (const kind of kindsOf(order)) this.count(`filled as ${liquidity}: ${kind}`);
  }

  #triggered({ orderType, timeInForce, instructions }: SubmitOrder): void {
    const by = nameIn(TriggerSource, instructions.triggerSource);
    this.count(`triggered by ${by}: ${nameIn(OrderType, orderType)}`);
    this.count(`triggered: ${nameIn(TimeInForce, timeInForce)}`);
    if (instructions.trailTicks > 0) this.count("triggered: trails by ticks");
    if (instructions.trailBasisPoints > 0) this.count("triggered: trails by basis points");
  }

  /** By its own mode, if it came in; else by another's. */
  #selfTraded({ instructions }: SubmitOrder): void {
    this.count(`self-trade ends: ${nameIn(SelfTradePrevention, instructions.selfTradePrevention)}`);
  }

  #removed(reason: string, { submitted, executed }: KnownOrder): void {
    const { linkedOrderId, orderId, orderType, timeInForce } = submitted;
    if (reason === "linked-order") {
      this.count(linkedOrderId > orderId ? "the first is removed" : "the second is removed");
    }
    const isEnded = reason === "day-ended" || reason === "time-reached";
    if (isEnded && isWaitingType(orderType)) this.count(`${reason} while it may wait`);
    if (isEnded && orderType === OrderType.pegged) this.count(`${reason} of a pegged order`);
    if (reason === "self-trade") this.#selfTraded(submitted);
    if (reason === "auction-ended" && executed > 0) this.count("auction ended with a rest");
    if (isForAuctions(timeInForce)) this.count(`removed: ${nameIn(TimeInForce, timeInForce)}`);
  }
}

/** What a run must come to. */
export const allThereIs: readonly string[] = [
  ...Object.keys(TradingPhase).flatMap((phase) => [
    `the phase is ${phase}`,
    ...["pass", "submit", "cancel", "replace", "mark", "restore", "halt-venue", "intervene"].map(
      (kind) => `${kind} in ${phase}`,
    ),
  ]),
  ...["the breaker trips", "the breaker lets go"],
  ...["a limit state", "bands move", "an auction is told", "an auction of nothing is told"],
  ...["level-changed", "traded", "best-changed", "order-rested", "order-repriced"],
  ...["entry-added", "entry-executed", "entry-canceled"],
  ...["statistics-changed", "depth-checksummed", "a candle of several trades"],
  ...Object.keys(CandleInterval).map((interval) => `a candle of ${interval}`),
  ...["as many candles as are kept", "a day without trades", "trades of a day before"],
  ...["the first is removed", "the second is removed", "quantity is taken out of both"],
  ...namesBut(CloseReason, "none", "account-blocked").map((reason) => `removed: ${reason}`),
  ...["venue-halted", "instrument-halted", "phase-forbids", "price-beyond-collar"].flatMap(
    (reason) => [`refused: ${reason}`, `not changed: ${reason}`],
  ),
  ...["refused: waiting-orders-too-many", "refused: pegged-orders-too-many"],
  "a turn that is not finished",
  ...["refused: book-full", "not changed: book-full"],
  ...["refused: post-only-would-take", "not changed: post-only-would-take"],
  ...["order-unknown", "priority-would-be-lost", "quantity-below-executed"].map(
    (reason) => `not changed: ${reason}`,
  ),
  ...["last", "best", "mark"].flatMap((source) =>
    waitingTypes.map((type) => `triggered by ${source}: ${type}`),
  ),
  ...["trails by ticks", "trails by basis points"].map((how) => `triggered: ${how}`),
  ...["GTC", "IOC", "FOK", "DAY", "GTD"].flatMap((timeInForce) => [
    `triggered: ${timeInForce}`,
    ...["limit", "stopLimit", "takeProfitLimit"].map(
      (type) => `filled as taker: ${type} ${timeInForce}`,
    ),
  ]),
  ...["market IOC", "market FOK", "with a budget", "with a collar"].flatMap((kind) => [
    `filled as taker: ${kind}`,
    `filled as the last: ${kind}`,
  ]),
  ...["GTC", "DAY", "GTD"].flatMap((timeInForce) => [
    ...waitingTypes.map((type) => `filled as taker: ${type} ${timeInForce}`),
    ...["limit", "stopLimit", "takeProfitLimit", "pegged"].flatMap((type) => [
      `filled as maker: ${type} ${timeInForce}`,
      `replaced: ${type} ${timeInForce}`,
    ]),
  ]),
  ...["ATO", "ATC", "GFA"].flatMap((timeInForce) => [
    ...[`filled as auction: limit ${timeInForce}`, `filled as auction: market ${timeInForce}`],
    ...[`replaced: limit ${timeInForce}`, `removed: ${timeInForce}`],
  ]),
  ...["iceberg", "hidden", "hidden with minimum"].flatMap((kind) =>
    ["maker", "taker", "auction", "the last"].map((role) => `filled as ${role}: ${kind}`),
  ),
  ...["post-only reject", "post-only slide"].flatMap((kind) => [
    ...[`filled as maker: ${kind}`, `filled as auction: ${kind}`, `replaced: ${kind}`],
  ]),
  ...["primary", "market", "midpoint"].flatMap((reference) => [
    ...[`filled as maker: follows ${reference}`, `filled as taker: follows ${reference}`],
    `replaced: follows ${reference}`,
  ]),
  ...["with an offset", "pegged with minimum"].flatMap((kind) => [
    ...[`filled as maker: ${kind}`, `filled as taker: ${kind}`, `replaced: ${kind}`],
  ]),
  ...namesBut(SelfTradePrevention, "none").flatMap((mode) => [
    ...[`filled as maker: ${mode}`, `filled as taker: ${mode}`, `filled as auction: ${mode}`],
  ]),
  ...["cancelNewest", "cancelOldest", "cancelBoth"].map((mode) => `self-trade ends: ${mode}`),
  ...["limit", "pegged", "stopLimit"].map((type) => `filled as transfer: ${type} GTC`),
  ...["replaced: one that waits", "replaced: one that has executed something"],
  ...["day-ended while it may wait", "time-reached while it may wait"],
  ...["day-ended of a pegged order", "time-reached of a pegged order", "auction ended with a rest"],
];

function namesBut(list: Readonly<Record<string, number>>, ...not: readonly string[]): string[] {
  return Object.keys(list).filter((name) => !not.includes(name));
}

const kinds = new WeakMap<SubmitOrder, readonly string[]>();

/** All that an order is that makes a difference to a book. */
function kindsOf(order: SubmitOrder): readonly string[] {
  const known = kinds.get(order) ?? namesOf(order);
  kinds.set(order, known);
  return known;
}

function namesOf({ orderType, timeInForce, instructions, budget, linkedOrderId }: SubmitOrder) {
  const { postOnly, pegReference, selfTradePrevention } = instructions;
  return [
    `${nameIn(OrderType, orderType)} ${nameIn(TimeInForce, timeInForce)}`,
    ...(linkedOrderId === 0 ? [] : ["linked"]),
    ...(budget === unlimitedBudget ? [] : ["with a budget"]),
    ...(instructions.displayQuantity === 0 ? [] : ["iceberg"]),
    ...(instructions.isHidden ? ["hidden"] : []),
    ...(instructions.isHidden && instructions.minimumQuantity > 0 ? ["hidden with minimum"] : []),
    ...(orderType === OrderType.pegged && instructions.minimumQuantity > 0
      ? ["pegged with minimum"]
      : []),
    ...(postOnly === PostOnly.none ? [] : [`post-only ${nameIn(PostOnly, postOnly)}`]),
    ...(pegReference === PegReference.none
      ? []
      : [`follows ${nameIn(PegReference, pegReference)}`]),
    ...(instructions.pegOffset === 0 ? [] : ["with an offset"]),
    ...(instructions.collarBasisPoints === 0 ? [] : ["with a collar"]),
    ...(selfTradePrevention === SelfTradePrevention.none
      ? []
      : [nameIn(SelfTradePrevention, selfTradePrevention)]),
  ];
}
