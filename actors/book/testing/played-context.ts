/**
 * The context of one of two actors that are compared: keeps what it sends and emits, and when it
 * asked to be called.
 */
import type {
  ActorMessage,
  OrderId,
  ShardId,
  TimeUs,
  ToldEvent,
  TradeId,
  TradingTerms,
} from "../../../protocols/index.ts";
import type { ActorContext } from "../../actor.ts";
import { Market } from "../../market/market.ts";

export type Told = ActorMessage | ToldEvent;

export class PlayedContext implements ActorContext {
  readonly shard: ShardId = 0;
  readonly shards = 1;
  timeUs: TimeUs;
  entropy = 1;
  readonly origin = { producer: "gw", epoch: 1, frame: 1, index: 0 };
  readonly venue = { isHalted: false, instrument: () => undefined };
  market: Market;
  /** All that was sent and emitted, in the order in which that was done. */
  told: Told[] = [];
  /** When somebody wants to be called. */
  wakes: TimeUs[] = [];
  #tradeCount = 0;

  constructor(symbol: string, terms: TradingTerms, timeUs: TimeUs) {
    this.timeUs = timeUs;
    this.market = new Market(symbol, terms);
    this.market.open(this);
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

  marketOf(): Market {
    return this.market;
  }

  wakeAt(_symbol: string, atUs: TimeUs): void {
    this.wakes.push(atUs);
  }

  collectFee(): void {
    throw new Error("only accounts pay fees");
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
