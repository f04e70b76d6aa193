/**
 * Questions about a shard's state and their answers.
 *
 * Any replica may answer; `minSequence` makes it wait until it has applied that far, so that a
 * client reads its own writes. Questions change nothing and never enter the log.
 */
import type {
  AllowedAddressView,
  CustodyHoldingView,
  CustodyPolicy,
  DepositAddressView,
  DepositView,
  LiabilityView,
  WithdrawalView,
} from "./custody.ts";
import type { ActorAddress } from "./actor-address.ts";
import type { CandleInterval } from "./candle-interval.ts";
import type {
  AccountId,
  AssetId,
  ClientOrderId,
  EntryId,
  InstrumentSymbol,
  LogicVersion,
  NodeId,
  OrderId,
  ShardId,
  TradeId,
} from "./identifiers.ts";
import type {
  ObligationView,
  SettlementCycle,
  SettlementsAsked,
  SettlementView,
} from "./clearing.ts";
import type { ContractFigures } from "./contract-terms.ts";
import type { DeliveriesAsked, DeliveryView, FailPermission, OwingView } from "./fails.ts";
import type { DeficitView, MarginView, PositionView } from "./margin.ts";
import type { FeeRates, FeeSchedule } from "./fees.ts";
import type { InstrumentTerms, NeededApprovals, Pin } from "./messages.ts";
import type { OrderInstructions } from "./order-instructions.ts";
import type { OrderStatus, OrderType, Side, TimeInForce, TradingPhase } from "./order-terms.ts";
import type { Whereabouts } from "./placement.ts";
import type { CloseReason, RejectReason } from "./reject-reasons.ts";
import type { RiskLimits, RiskScope } from "./risk-limits.ts";
import type { SweepView } from "./sweeps.ts";
import type { Amount, Lots, Ticks, TimeUs } from "./units.ts";

/** Where one order stands. */
export interface OrderView {
  readonly orderId: OrderId;
  readonly clientOrderId: ClientOrderId;
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly status: OrderStatus;
  readonly closeReason: CloseReason;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly executed: Lots;
  readonly executedNotional: Amount;
  /** Quote units that a tick of one lot is worth. */
  readonly tickValue: number;
  readonly fees: Amount;
  readonly revision: number;
  readonly placedAtUs: TimeUs;
  readonly instructions: OrderInstructions;
  /** Whether it waits for its trigger price or for another order of its list. */
  readonly isWaiting: boolean;
}

export interface BalanceView {
  readonly asset: AssetId;
  readonly available: Amount;
  readonly reserved: Amount;
  /** Set aside to be sent out; left out for nothing. */
  readonly withdrawing?: Amount;
  /** What positions have brought less what they have cost; left out for nothing. */
  readonly variation?: Amount;
  /** What isolated positions have to themselves; left out for nothing. */
  readonly posted?: Amount;
  /** Of what is available, what is still to be settled; left out for nothing. */
  readonly unsettled?: Amount;
}

export interface ScopedRiskLimits {
  readonly scope: RiskScope;
  readonly limits: RiskLimits;
}

/** All limits of risk that were set, and which accounts are in groups. */
export interface RiskRulesView {
  /** By scope. */
  readonly limits: readonly ScopedRiskLimits[];
  /** By account. */
  readonly groups: readonly (readonly [account: AccountId, group: string])[];
}

/** What one account is held to, and how far it has gone. */
export interface RiskView {
  /** "" for none. */
  readonly group: string;
  readonly uses: readonly RiskUse[];
}

/** What holds for all that an account does, for one quote asset or for one instrument. */
export interface RiskUse {
  /** "" for any. */
  readonly quote: AssetId;
  readonly symbol: InstrumentSymbol;
  /** The tightest of all that apply. */
  readonly limits: RiskLimits;
  readonly openOrders: number;
  /** Lots that it has and is to buy, where that is limited. */
  readonly position: number | undefined;
  /** What that is worth, where that is limited and all prices are known. */
  readonly exposure: Amount | undefined;
  /** Towards whichever side is more, likewise. */
  readonly netExposure: Amount | undefined;
  /** Quote units lost on this day, below zero for a gain, where that is limited and known. */
  readonly lossOfDay: Amount | undefined;
  /** Orders and replaces that could be made at once. */
  readonly ordersLeft: number | undefined;
  /** Orders, replaces and cancels of this day of log time, and trades. */
  readonly ordersOfDay: number;
  readonly tradesOfDay: number;
}

/** An order that might be placed. */
export interface FeesAsked {
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly side: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
}

/** What an order would pay now; amounts are of the quote asset unless told. */
export interface FeesView extends FeeRates {
  readonly minimum: Amount;
  /** The schedule that the instrument is under; "" for none. */
  readonly schedule: string;
  /** Whether the rates are the account's own. */
  readonly isOwn: boolean;
  /** What the account has traded under the schedule of late. */
  readonly volume: Amount;
  /** Which tier that makes, from 0. */
  readonly tier: number;
  readonly notional: Amount;
  readonly makerFee: Amount;
  readonly takerFee: Amount;
  /** Of the base asset when it sells; 0 of a contract, for which nothing is. */
  readonly reserved: Amount;
  /** Of a contract with a mark price, by how much more margin would be asked for with the order. */
  readonly margin?: Amount;
}

export interface InstrumentView {
  readonly terms: InstrumentTerms;
  readonly shard: ShardId;
}

export interface AssetView {
  readonly asset: AssetId;
  readonly decimals: number;
}

/** Price, total quantity and number of orders of one level. */
export type DepthLevel = readonly [price: Ticks, quantity: Lots, orders: number];

export interface DepthView {
  readonly symbol: InstrumentSymbol;
  /** The last change this depth includes: join the updates from the next one on. */
  readonly updateId: number;
  readonly phase: TradingPhase;
  /** No new orders are taken: the venue is halted, or the phase is halted or cancelOnly. */
  readonly isHalted: boolean;
  /** Best first. */
  readonly bids: readonly DepthLevel[];
  readonly asks: readonly DepthLevel[];
}

/** One displayed order: what it shows, and where. */
export type DisplayedOrder = readonly [entryId: EntryId, price: Ticks, quantity: Lots];

export interface DisplayedOrdersView {
  readonly symbol: InstrumentSymbol;
  /** The last change of displayed orders that is included, and of depth. */
  readonly updateId: number;
  readonly depthUpdateId: number;
  /** By priority, the first to trade first. */
  readonly bids: readonly DisplayedOrder[];
  readonly asks: readonly DisplayedOrder[];
}

export interface TradeView {
  readonly tradeId: TradeId;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly takerSide: Side;
  readonly timeUs: TimeUs;
}

/**
 * What was traded in a span of time. Totals are digits: they may pass every field that numbers of
 * ours go through.
 */
export interface CandleView {
  readonly startUs: TimeUs;
  readonly open: Ticks;
  readonly high: Ticks;
  readonly low: Ticks;
  readonly close: Ticks;
  /** In lots. */
  readonly volume: string;
  /** In tick·lots. */
  readonly notional: string;
  readonly trades: number;
  readonly firstTradeId: TradeId;
  readonly lastTradeId: TradeId;
}

/** A candle that may still run. */
export interface OpenCandleView extends CandleView {
  readonly isClosed: boolean;
}

/** What was traded in the last 24 hours, rolling by the minute. Prices are 0 for none. */
export interface StatisticsView {
  /** The last price before them, or else the first one in them. */
  readonly open: Ticks;
  /** 0 without a trade, and so is the lowest. */
  readonly high: Ticks;
  readonly low: Ticks;
  readonly last: Ticks;
  /** In lots. */
  readonly volume: string;
  /** In tick·lots. */
  readonly notional: string;
  readonly trades: number;
  /** Of a contract only. */
  readonly contract?: ContractFigures;
}

/** Where actors live. */
export interface PlacementView {
  readonly epoch: number;
  readonly shards: number;
  /** How many of them addresses are hashed over. */
  readonly founded: number;
  /** Those that live elsewhere than their address says. */
  readonly pins: readonly Pin[];
  /** The actor that moves; "" for none. Only the governor's shard knows of every move. */
  readonly moving: ActorAddress | "";
}

/** Each question by its kind: what it carries and what answers it. */
export interface Questions {
  /** By our id, or by the client's when `orderId` is 0. */
  order: {
    ask: { account: AccountId; orderId: OrderId; clientOrderId: ClientOrderId };
    answer: OrderView | null;
  };
  /** Working orders of an account, oldest first, those after `afterOrderId`. */
  "open-orders": {
    ask: {
      account: AccountId;
      /** "" for all. */
      symbol: InstrumentSymbol;
      afterOrderId: OrderId;
      limit: number;
    };
    answer: readonly OrderView[];
  };
  /** null when the account is not known here. */
  balances: { ask: { account: AccountId }; answer: readonly BalanceView[] | null };
  /** A reason where there is nothing to tell: the account or the instrument is not known. */
  fees: { ask: FeesAsked; answer: FeesView | RejectReason };
  depth: { ask: { symbol: InstrumentSymbol; levels: number }; answer: DepthView | null };
  /** At most `limit` of each side. */
  "displayed-orders": {
    ask: { symbol: InstrumentSymbol; limit: number };
    answer: DisplayedOrdersView | null;
  };
  /** Newest first. */
  trades: {
    ask: { symbol: InstrumentSymbol; limit: number };
    answer: readonly TradeView[] | null;
  };
  /** Oldest first, the running one last: the latest of those that begin before `endUs`. */
  candles: {
    ask: {
      symbol: InstrumentSymbol;
      interval: CandleInterval;
      limit: number;
      /** 0 for the latest there are. */
      endUs: TimeUs;
    };
    answer: readonly OpenCandleView[] | null;
  };
  statistics: { ask: { symbol: InstrumentSymbol }; answer: StatisticsView | null };
  instruments: { ask: Record<never, never>; answer: readonly InstrumentView[] };
  assets: { ask: Record<never, never>; answer: readonly AssetView[] };
  /** Only the governor's shard knows them all. */
  accounts: { ask: Record<never, never>; answer: readonly AccountId[] };
  /** Units of every asset on all accounts of this shard, fee accounts included. */
  holdings: { ask: Record<never, never>; answer: readonly BalanceView[] };
  placement: { ask: Record<never, never>; answer: PlacementView };
  /** Those under way and those that ended of late, oldest first; null for an account not known. */
  withdrawals: { ask: { account: AccountId }; answer: readonly WithdrawalView[] | null };
  /** Of all accounts of this shard, those that are not over. */
  openWithdrawals: { ask: Record<never, never>; answer: readonly WithdrawalView[] };
  allowedAddresses: { ask: { account: AccountId }; answer: readonly AllowedAddressView[] | null };
  /** By asset. */
  custodyPolicies: { ask: Record<never, never>; answer: readonly CustodyPolicy[] };
  /** Of one account, or of all for ""; as the governor's shard knows them. */
  deposits: { ask: { account: AccountId }; answer: readonly DepositView[] };
  depositAddresses: { ask: { account: AccountId }; answer: readonly DepositAddressView[] };
  /** What accounts of this shard are owed, and what the exchange has earned; by asset. */
  liabilities: { ask: Record<never, never>; answer: readonly LiabilityView[] };
  /** What accounts of all shards are owed that came from chains, and dust; by asset. */
  custodyHoldings: { ask: Record<never, never>; answer: readonly CustodyHoldingView[] };
  /** In the order of proposing; as the governor's shard knows them. */
  sweeps: { ask: Record<never, never>; answer: readonly SweepView[] };
  /** Positions and orders in contracts, by symbol; null for an account not known. */
  positions: { ask: { account: AccountId }; answer: readonly PositionView[] | null };
  /** null for an account not known. */
  margin: { ask: { account: AccountId }; answer: MarginView | null };
  /** By date and asset; null for an account not known. */
  obligations: { ask: { account: AccountId }; answer: readonly ObligationView[] | null };
  /** Of one date, or of all that are known for 0: those without what accounts owe. */
  settlements: { ask: SettlementsAsked; answer: readonly SettlementView[] };
  /** By asset; null for an account not known. */
  owings: { ask: { account: AccountId }; answer: readonly OwingView[] | null };
  /** Of those that are not settled; as the governor's shard knows them. */
  deliveries: { ask: DeliveriesAsked; answer: readonly DeliveryView[] };
  /** By account and asset, as the governor's shard knows them. */
  failPermissions: { ask: Record<never, never>; answer: readonly FailPermission[] };
  /** By name, as the governor's shard knows them. */
  settlementCycles: { ask: Record<never, never>; answer: readonly SettlementCycle[] };
  /** By name, as the governor's shard knows them. */
  feeSchedules: { ask: Record<never, never>; answer: readonly FeeSchedule[] };
  /** As the governor's shard knows them. */
  riskRules: { ask: Record<never, never>; answer: RiskRulesView };
  /** null when the account is not known here. */
  risk: { ask: { account: AccountId }; answer: RiskView | null };
  /** Of the shard's own, by asset. */
  deficits: { ask: Record<never, never>; answer: readonly DeficitView[] };
  /** As the governor's shard knows it. */
  approvalPolicy: { ask: Record<never, never>; answer: readonly NeededApprovals[] };
}

export type QuestionKind = keyof Questions;
export type Ask<Kind extends QuestionKind> = Questions[Kind]["ask"];
export type Answer<Kind extends QuestionKind> = Questions[Kind]["answer"];

/** A question on the wire; the answer comes as an {@link AnswerEnvelope}. */
export interface QuestionEnvelope {
  readonly kind: QuestionKind;
  readonly ask: unknown;
  /** The answering replica must have applied at least this sequence. */
  readonly minSequence: number;
  /** The actor that it is about, which may live elsewhere. */
  readonly actor?: ActorAddress;
  /** The answering replica must have heard of that move, or it may know of an earlier stay only. */
  readonly placementEpoch?: number;
}

export interface AnswerEnvelope {
  readonly node: NodeId;
  readonly shard: ShardId;
  /** What the answering replica had applied. */
  readonly sequence: number;
  readonly answer: unknown;
  /** Where the actor lives, if not here; or that it is on its way to this shard. */
  readonly elsewhere?: Whereabouts;
}

/**
 * What an operator asks one node to do. Drained, it leaves emission and questions to the others, so
 * that nobody misses it when it is stopped; it is until it is told otherwise or starts anew.
 */
export type NodeInstruction = "drain" | "undrain";

/** A shard that a node has emitted until then, and who does so from now on. */
export interface Handover {
  readonly shard: ShardId;
  readonly to: NodeId;
}

/** What became of an instruction. */
export type InstructionAnswer =
  | { readonly ok: true; readonly handovers: readonly Handover[] }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** How far one node's replica of one shard is. */
export interface ReplicaStatus {
  readonly shard: ShardId;
  readonly phase: string;
  readonly appliedSequence: number;
  readonly headSequence: number;
  readonly isEmitter: boolean;
  readonly emitter: NodeId;
  readonly emitterEpoch: number;
  /** The engine nodes there are, as the log says; none where it does not. */
  readonly nodes: readonly NodeId[];
  readonly nodesEpoch: number;
  /** Running hash over all entries, and over all outputs, up to `appliedSequence`. */
  readonly entriesHash: string;
  readonly outputsHash: string;
  /** The newest sequence at which the whole state was hashed, and that hash. */
  readonly checkpointSequence: number;
  readonly checkpointHash: string;
  readonly snapshotSequence: number;
  readonly commandsApplied: number;
  /** The version of the actors' logic by which the next entry is applied. */
  readonly logic: LogicVersion;
  /** How many moves of actors it has heard of, */
  readonly placementEpoch: number;
  /** and the one that it knows to be under way; "" for none. The governor's shard knows of all. */
  readonly moving: ActorAddress | "";
  /** The invariant that it found broken, and at which entry; "" for none. */
  readonly violation: string;
}

/** How often a process looked at one of its invariants, and found it broken. */
export interface InvariantStatus {
  readonly name: string;
  readonly checks: number;
  readonly violations: number;
}

/** What a referee found: the first that differed in a shard. */
export interface RefereeAlarm {
  readonly shard: ShardId;
  readonly sequence: number;
  readonly what: string;
}

/** How far a referee is with one shard. */
export interface RefereedShardStatus {
  readonly shard: ShardId;
  readonly phase: string;
  readonly appliedSequence: number;
  readonly headSequence: number;
  readonly comparedSteps: number;
  readonly alarm: RefereeAlarm | null;
}

export interface RefereeStatus {
  readonly referee: NodeId;
  readonly pid: number;
  readonly version: string;
  readonly shards: readonly RefereedShardStatus[];
}

export interface NodeStatus {
  readonly node: NodeId;
  readonly pid: number;
  readonly startedAtMs: number;
  /** Of the release. */
  readonly version: string;
  /** The versions of the actors' logic that it carries: the first to this one. */
  readonly logicMax: LogicVersion;
  /** Whether it leaves emission and questions to the others. */
  readonly isDrained: boolean;
  readonly natsServer: string;
  readonly replicas: readonly ReplicaStatus[];
  readonly invariants: readonly InvariantStatus[];
}
