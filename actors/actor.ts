/**
 * What an actor is and what it may reach while it decides.
 *
 * An actor is synchronous and pure: it changes its own state, sends messages and emits events.
 * Time, ids and causes come from the log entry through the context. It never performs anything.
 */
import type {
  ActorMessage,
  Amount,
  AssetId,
  InstrumentSymbol,
  InstrumentTerms,
  OrderId,
  Origin,
  ShardId,
  TimeUs,
  ToldEvent,
  TradeId,
} from "../protocols/index.ts";

/** What an actor may look up of the venue it trades on. */
export interface Venue {
  readonly isHalted: boolean;
  instrument(symbol: InstrumentSymbol): InstrumentTerms | undefined;
}

/** What a book may ask of its market. */
export interface TradingPhase {
  /** Whether new and changed orders are admitted. */
  readonly isOpen: boolean;
}

export interface ActorContext {
  readonly shard: ShardId;
  readonly shards: number;
  /** Log time of the entry being applied; never decreases. */
  readonly timeUs: TimeUs;
  /** The command that the present message descends from. */
  readonly origin: Origin;
  /** What this shard knows of instruments and halts. */
  readonly venue: Venue;

  /** Delivers to an actor of this shard within this step, or to another shard's log after it. */
  send(message: ActorMessage): void;
  /**
   * Tells the world; the events of a step keep their order. The event is written down before this
   * returns, so the teller may use the object again.
   */
  emit(event: ToldEvent): void;
  nextOrderId(): OrderId;
  nextTradeId(): TradeId;
  /** The market of an instrument whose book lives in this shard. */
  marketOf(symbol: InstrumentSymbol): TradingPhase | undefined;
  /** Pays a fee to the shard's fee account. */
  collectFee(asset: AssetId, amount: Amount): void;
}

export interface Actor<Received> {
  receive(message: Received, context: ActorContext): void;
  /** All state as plain data in canonical order: equal states give equal data. */
  snapshot(): unknown;
}
