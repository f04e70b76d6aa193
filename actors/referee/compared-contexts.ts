/**
 * The contexts of two books that get the same calls: the one that trades goes on in the context of
 * its shard and is overheard; its reference gets the same time, chance and ids, and is only heard.
 */
import type {
  ActorMessage,
  AssetId,
  InstrumentSymbol,
  OrderId,
  Origin,
  Placement,
  ShardId,
  TimeUs,
  ToldEvent,
  TradeId,
} from "../../protocols/index.ts";
import { InvariantViolation } from "../../protocols/index.ts";
import type { AssetLedger } from "../ledger/asset-ledger.ts";
import type { ActorContext, ContractRules, TradingRules, Venue } from "../actor.ts";
import type { Logic } from "../logic-versions.ts";
import type { Told } from "./told.ts";

/** Passes everything on, and keeps a copy. */
export class OverheardContext implements ActorContext {
  readonly #context: ActorContext;
  readonly told: Told[] = [];
  readonly tradeIds: TradeId[] = [];

  constructor(context: ActorContext) {
    this.#context = context;
  }

  get shard(): ShardId {
    return this.#context.shard;
  }

  get shards(): number {
    return this.#context.shards;
  }

  get placement(): Placement {
    return this.#context.placement;
  }

  get timeUs(): TimeUs {
    return this.#context.timeUs;
  }

  get logic(): Logic {
    return this.#context.logic;
  }

  get entropy(): number {
    return this.#context.entropy;
  }

  get origin(): Origin {
    return this.#context.origin;
  }

  get venue(): Venue {
    return this.#context.venue;
  }

  send(message: ActorMessage): void {
    this.told.push({ ...message });
    this.#context.send(message);
  }

  emit(event: ToldEvent): void {
    this.told.push({ ...event });
    this.#context.emit(event);
  }

  nextOrderId(): OrderId {
    return this.#context.nextOrderId();
  }

  nextTradeId(): TradeId {
    const tradeId = this.#context.nextTradeId();
    this.tradeIds.push(tradeId);
    return tradeId;
  }

  marketOf(symbol: InstrumentSymbol): TradingRules | undefined {
    return this.#context.marketOf(symbol);
  }

  contractRulesOf(symbol: InstrumentSymbol): ContractRules | undefined {
    return this.#context.contractRulesOf(symbol);
  }

  wakeAt(symbol: InstrumentSymbol, atUs: TimeUs): void {
    this.#context.wakeAt(symbol, atUs);
  }

  ledgerOf(asset: AssetId): AssetLedger {
    return this.#context.ledgerOf(asset);
  }
}

/** Nobody hears what is said here but the referee. */
export class ReferenceContext implements ActorContext {
  readonly shard: ShardId;
  readonly shards: number;
  readonly placement: Placement;
  readonly timeUs: TimeUs;
  readonly logic: Logic;
  readonly entropy: number;
  readonly origin: Origin;
  readonly venue: Venue;
  readonly told: Told[] = [];
  readonly #overheard: OverheardContext;
  readonly #market: TradingRules;
  readonly #tradeIds: readonly TradeId[];
  #tradeCount = 0;

  /** At the same moment, with the ids that the other trades got. */
  constructor(overheard: OverheardContext, market: TradingRules) {
    this.shard = overheard.shard;
    this.shards = overheard.shards;
    this.placement = overheard.placement;
    this.timeUs = overheard.timeUs;
    this.logic = overheard.logic;
    this.entropy = overheard.entropy;
    this.origin = overheard.origin;
    this.venue = overheard.venue;
    this.#overheard = overheard;
    this.#market = market;
    this.#tradeIds = overheard.tradeIds;
  }

  send(message: ActorMessage): void {
    this.told.push({ ...message });
  }

  emit(event: ToldEvent): void {
    this.told.push({ ...event });
  }

  nextOrderId(): OrderId {
    throw new InvariantViolation("only accounts name orders");
  }

  /** 0 for a trade that the other book did not make. */
  nextTradeId(): TradeId {
    this.#tradeCount += 1;
    return this.#tradeIds[this.#tradeCount - 1] ?? 0;
  }

  marketOf(): TradingRules {
    return this.#market;
  }

  contractRulesOf(symbol: InstrumentSymbol): ContractRules | undefined {
    return this.#overheard.contractRulesOf(symbol);
  }

  wakeAt(): void {
    // It is called whenever the other is.
  }

  ledgerOf(): never {
    throw new InvariantViolation("books move no money");
  }
}
