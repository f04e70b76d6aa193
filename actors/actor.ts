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
  ContractFigures,
  ContractState,
  CustodyPolicy,
  FeeSchedule,
  InstrumentSymbol,
  InstrumentTerms,
  OrderId,
  Origin,
  Placement,
  SettlementCycle,
  ShardId,
  Side,
  Ticks,
  TimeUs,
  ToldEvent,
  TradeId,
  TradingTerms,
} from "../protocols/index.ts";
import type { ApprovalPolicy } from "./approvals/approval-policy.ts";
import type { Logic } from "./logic-versions.ts";
import type { AssetLedger } from "./ledger/asset-ledger.ts";
import type { AdmittedTerms, Admission } from "./market/phase-admission.ts";
import type { RiskRules } from "./risk/risk-rules.ts";
import type { TradingPhaseName } from "./market/trading-phase.machine.ts";

/** What an actor may look up of the venue it trades on. */
export interface Venue {
  readonly isHalted: boolean;
  /** How many others have to approve of what administrators command. */
  readonly approvalPolicy: ApprovalPolicy;
  hasAsset(asset: AssetId): boolean;
  instrument(symbol: InstrumentSymbol): InstrumentTerms | undefined;
  /** The fee schedule that an instrument is under, if any. */
  feeScheduleOf(symbol: InstrumentSymbol): FeeSchedule | undefined;
  /** At what an instrument traded last, as far as this shard has heard: where limits ask for it. */
  lastPriceOf(symbol: InstrumentSymbol): Ticks | undefined;
  /** Likewise as a day of log time began: the days are counted from the Unix epoch. */
  openingPriceOf(symbol: InstrumentSymbol, day: number): Ticks | undefined;
  /** In the order of listing. */
  instruments(): readonly InstrumentTerms[];
  /** What orders are held to; undefined while nobody is held to anything. */
  readonly risk: RiskRules | undefined;
  /** Where a contract stands, as far as this shard has heard; undefined before the first word. */
  contractOf(symbol: InstrumentSymbol): ContractState | undefined;
  /** Its mark price as a day of log time began; undefined while it has had none. */
  openingMarkOf(symbol: InstrumentSymbol, day: number): Ticks | undefined;
  /** By which cycle trades of an instrument are settled; undefined for at once. */
  settlementCycleOf(symbol: InstrumentSymbol): SettlementCycle | undefined;
  /** Under which rules an asset comes from a chain and goes there; undefined for one without. */
  custodyPolicyOf(asset: AssetId): CustodyPolicy | undefined;
}

/** What a book may ask of its market. */
export interface TradingRules {
  readonly phase: TradingPhaseName;
  /** Whether the market ever holds auctions. */
  readonly hasAuctions: boolean;
  /** What the phase does with an order. */
  admission(order: AdmittedTerms): Admission;
  /** The worst price at which an incoming order of a side may trade now. */
  boundFor(side: Side): Ticks;
  /** How the instrument trades. */
  readonly terms: TradingTerms;
  /** Whether a limit is close enough to the reference price. */
  isWithinCollar(price: Ticks): boolean;
  /** The price that auctions are held against; undefined while there is none. */
  readonly referencePrice: Ticks | undefined;
  /** When the trading day that a moment is in ends; undefined if the calendar says it. */
  dayEndUs(timeUs: TimeUs): TimeUs | undefined;
  /** Whether the calendar's day is over, though the market may be halted. */
  readonly isDayOver: boolean;
  /** An order stopped at the price band, with more to trade beyond it. */
  bandReached(side: Side, context: ActorContext): void;
  /** A trade was made. */
  traded(price: Ticks, context: ActorContext): void;
  /** An auction was held at a price. */
  uncrossed(price: Ticks, context: ActorContext): void;
  /**
   * Takes one step that log time has made due, given the price that an auction would have now.
   * False if nothing was due.
   */
  advance(context: ActorContext, indicated: Ticks | undefined): boolean;
  /** The moments at which something is due, in no order; 0 for what is not. */
  dueTimes(): readonly TimeUs[];
}

/** What a book may ask of the contract that it is of. */
export interface ContractRules {
  /** As of now: a fill counts it, whenever its accounts hear of that. */
  readonly fundingIndex: Amount;
  readonly figures: ContractFigures;
}

export interface ActorContext {
  readonly shard: ShardId;
  readonly shards: number;
  /** Where actors live, or are on their way to. */
  readonly placement: Placement;
  /** Log time of the entry being applied; never decreases. */
  readonly timeUs: TimeUs;
  /** 32 bits that follow from the log before this entry, and that nobody could choose. */
  readonly entropy: number;
  /** The command that the present message descends from. */
  readonly origin: Origin;
  /** What the version of logic says that the shard goes by. */
  readonly logic: Logic;
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
  marketOf(symbol: InstrumentSymbol): TradingRules | undefined;
  /** Of a contract whose book lives in this shard; undefined of what is none. */
  contractRulesOf(symbol: InstrumentSymbol): ContractRules | undefined;
  /**
   * Calls the instrument's market and book once log time has reached a moment: the earliest that
   * was asked for. They ask for what is next when they have been called.
   */
  wakeAt(symbol: InstrumentSymbol, atUs: TimeUs): void;
  /** The accounts of an asset in this shard. */
  ledgerOf(asset: AssetId): AssetLedger;
}

export interface Actor<Received> {
  receive(message: Received, context: ActorContext): void;
  /** All state as plain data in canonical order: equal states give equal data. */
  snapshot(): unknown;
}
