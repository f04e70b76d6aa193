/**
 * The context of one of two actors that are compared: keeps what it sends and emits, and when it
 * asked to be called.
 */
import { Placement } from "../../../protocols/index.ts";
import type {
  ActorMessage,
  OrderId,
  SetPhase,
  ShardId,
  TimeUs,
  ToldEvent,
  TradeId,
  WatchIndex,
} from "../../../protocols/index.ts";
import type { ActorContext, TradingRules, Venue } from "../../actor.ts";
import type { Logic } from "../../logic-versions.ts";
import { bareVenue } from "../../testing/bare-venue.ts";
import type { Told } from "../../referee/told.ts";

/** A market, and what only its shard does with it. */
export interface PlayedMarket extends TradingRules {
  open(context: ActorContext): void;
  receive(message: SetPhase | WatchIndex, context: ActorContext): void;
}

export class PlayedContext implements ActorContext {
  readonly shard: ShardId = 0;
  readonly shards = 1;
  readonly placement = Placement.founding(1);
  timeUs: TimeUs;
  entropy = 1;
  readonly logic: Logic;
  readonly origin = { producer: "gw", epoch: 1, frame: 1, index: 0 };
  readonly venue: Venue & { isHalted: boolean } = bareVenue();
  market: PlayedMarket;
  /** All that was sent and emitted, in the order in which that was done. */
  told: Told[] = [];
  /** When somebody wants to be called. */
  wakes: TimeUs[] = [];
  #tradeCount = 0;

  constructor(market: PlayedMarket, { timeUs, logic }: Pick<ActorContext, "timeUs" | "logic">) {
    this.timeUs = timeUs;
    this.logic = logic;
    this.market = market;
    market.open(this);
  }

  send(message: ActorMessage): void {
    this.told.push({ ...message });
  }

  emit(event: ToldEvent): void {
    this.told.push({ ...event });
  }

  nextOrderId(): OrderId {
    throw new Error("only accounts name orders");
  }

  nextTradeId(): TradeId {
    this.#tradeCount += 1;
    return this.#tradeCount;
  }

  marketOf(): TradingRules {
    return this.market;
  }

  contractRulesOf(): undefined {
    return undefined;
  }

  wakeAt(_symbol: string, atUs: TimeUs): void {
    if (!this.wakes.includes(atUs)) this.wakes.push(atUs);
  }

  ledgerOf(): never {
    throw new Error("books move no money");
  }

  /** Whether somebody wanted to be called by now; who is called need not be called again. */
  takeDue(): boolean {
    const later = this.wakes.filter((atUs) => atUs > this.timeUs);
    const isDue = later.length < this.wakes.length;
    this.wakes = later;
    return isDue;
  }
}

/** Keeps of all wishes to be called the earliest only, as a shard does. */
export class ForgetfulContext extends PlayedContext {
  override wakeAt(_symbol: string, atUs: TimeUs): void {
    this.wakes = [Math.min(atUs, ...this.wakes)];
  }
}
