/**
 * Everything that a step of a shard tells the world: replies, execution reports, market data and
 * what operators must know.
 *
 * The events of a step are ordered; (shard, sequence, index) names each one for ever, so whoever
 * receives one twice can tell. Every replica computes the same bytes; only the emitter sends them.
 */
import type { CandleInterval } from "./candle-interval.ts";
import type { CivilDate } from "./civil-days.ts";
import type { SettlementLeg } from "./clearing.ts";
import type { ChainOutput, DepositStatus, WithdrawalStatus } from "./custody.ts";
import type {
  AccountId,
  AssetId,
  ClientOrderId,
  EntryId,
  InstrumentSymbol,
  LogicVersion,
  NodeId,
  OrderId,
  TradeId,
} from "./identifiers.ts";
import type { MarginMode } from "./margin.ts";
import type { InstrumentTerms, Origin } from "./messages.ts";
import type {
  ExecutionType,
  Liquidity,
  OrderStatus,
  OrderType,
  Side,
  TimeInForce,
  TradingPhase,
} from "./order-terms.ts";
import type { CandleView, StatisticsView } from "./queries.ts";
import type { AsciiBytes } from "./records.ts";
import type { CloseReason, RejectReason } from "./reject-reasons.ts";
import type { LimitFigures } from "./risk-limits.ts";
import type { Amount, Lots, Ticks } from "./units.ts";

/** The answer to one order command, addressed to the producer of its frame. */
export interface OrderReplied {
  readonly kind: "order-replied";
  readonly origin: Origin;
  /** 0 when the command was done; else the order is as it was. */
  readonly rejectReason: RejectReason;
  /** The same command had been taken before: this tells what became of it. */
  readonly isDuplicate: boolean;
  /** 0 when there is no such order. */
  readonly orderId: OrderId;
  readonly status: OrderStatus;
  readonly closeReason: CloseReason;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly executed: Lots;
  /** Quote units executed so far: divided by `executed` it is the average price. */
  readonly executedNotional: Amount;
  readonly fees: Amount;
  readonly revision: number;
  /** The book's update id after the command's effect; 0 when the book was not asked. */
  readonly updateId: number;
  /** Only of what was refused for a limit of risk: by how much. */
  readonly figures?: LimitFigures | undefined;
}

/** The answer to any other command. `detail` depends on the command (for cancel-all: how many). */
export interface CommandReplied {
  readonly kind: "command-replied";
  readonly origin: Origin;
  readonly rejectReason: RejectReason;
  readonly detail: number;
}

/** FIX ExecutionReport: one change in the life of one order, told to its account. */
export interface ExecutionReport {
  readonly kind: "execution-report";
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly orderId: OrderId;
  readonly clientOrderId: ClientOrderId;
  readonly executionType: ExecutionType;
  readonly status: OrderStatus;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly executed: Lots;
  readonly remaining: Lots;
  readonly executedNotional: Amount;
  readonly rejectReason: RejectReason;
  readonly closeReason: CloseReason;
  readonly revision: number;
  /** The fill, when this is one; else zeros. */
  readonly tradeId: TradeId;
  readonly lastPrice: Ticks;
  readonly lastQuantity: Lots;
  readonly liquidity: Liquidity;
  /** Quote units charged for this fill. */
  readonly fee: Amount;
}

/** A report whose client order id may still be bytes. */
export type ToldReport = Omit<ExecutionReport, "clientOrderId"> & {
  readonly clientOrderId: ClientOrderId | AsciiBytes;
};

/** The total resting quantity at one price is now `quantity`; 0 means that the level is gone. */
export interface LevelChanged {
  readonly kind: "level-changed";
  readonly symbol: InstrumentSymbol;
  /** Counts the changes of this book from 1, without a gap. */
  readonly updateId: number;
  readonly side: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
}

export interface Traded {
  readonly kind: "traded";
  readonly symbol: InstrumentSymbol;
  readonly tradeId: TradeId;
  readonly price: Ticks;
  readonly quantity: Lots;
  /** The side of the incoming order. */
  readonly takerSide: Side;
  /** The update id that the book had before the changes this trade belongs to. */
  readonly updateId: number;
}

/**
 * The best bid or ask, or what rests there, is now this; price and quantity 0 for an empty side.
 */
export interface BestChanged {
  readonly kind: "best-changed";
  readonly symbol: InstrumentSymbol;
  readonly updateId: number;
  readonly bidPrice: Ticks;
  readonly bidQuantity: Lots;
  readonly askPrice: Ticks;
  readonly askQuantity: Lots;
}

/** A displayed order has taken a place behind all others at its price. */
export interface EntryAdded {
  readonly kind: "entry-added";
  readonly symbol: InstrumentSymbol;
  /** Counts the changes of this book's displayed orders from 1, without a gap. */
  readonly updateId: number;
  readonly entryId: EntryId;
  readonly side: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
}

/** A displayed order has traded and shows `quantity` now; 0 means that it is gone. */
export interface EntryExecuted {
  readonly kind: "entry-executed";
  readonly symbol: InstrumentSymbol;
  readonly updateId: number;
  readonly entryId: EntryId;
  readonly quantity: Lots;
  readonly tradeId: TradeId;
}

/** A displayed order shows `quantity` now for any other reason; 0 means that it is gone. */
export interface EntryCanceled {
  readonly kind: "entry-canceled";
  readonly symbol: InstrumentSymbol;
  readonly updateId: number;
  readonly entryId: EntryId;
  readonly quantity: Lots;
}

/** A candle has ended; see {@link CandleView}. */
export interface CandleClosed extends CandleView {
  readonly kind: "candle-closed";
  readonly symbol: InstrumentSymbol;
  readonly interval: CandleInterval;
}

/** What was traded in the last 24 hours is now this. */
export interface StatisticsChanged extends StatisticsView {
  readonly kind: "statistics-changed";
  readonly symbol: InstrumentSymbol;
}

/** A checksum of the best levels as of an update: see `depth-checksum.ts`. */
export interface DepthChecksummed {
  readonly kind: "depth-checksummed";
  readonly symbol: InstrumentSymbol;
  readonly updateId: number;
  readonly checksum: number;
}

export interface BalanceChanged {
  readonly kind: "balance-changed";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly available: Amount;
  readonly reserved: Amount;
}

/** A withdrawal stands here now. */
export interface WithdrawalChanged {
  readonly kind: "withdrawal-changed";
  readonly account: AccountId;
  readonly number: number;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly status: WithdrawalStatus;
  /** "" while it has none. */
  readonly transaction: string;
}

/** What came in for an account stands here now. */
export interface DepositChanged extends ChainOutput {
  readonly kind: "deposit-changed";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly status: DepositStatus;
}

/** What is traded and netted in a round of settlement, of one asset. */
export interface SettledAsset {
  readonly asset: AssetId;
  /** Units that trades were of, */
  readonly traded: Amount;
  /** and that had to change hands once that was netted. */
  readonly netted: Amount;
}

/** A round of settlement is final: nothing of it can be undone after this. */
export interface SettlementFinal {
  readonly kind: "settlement-final";
  readonly round: number;
  readonly date: CivilDate;
  readonly trades: number;
  readonly accounts: number;
  /** By asset. */
  readonly assets: readonly SettledAsset[];
}

/** An account's part of a round that is final is done. */
export interface AccountSettled {
  readonly kind: "account-settled";
  readonly account: AccountId;
  readonly round: number;
  readonly date: CivilDate;
  /** By asset. */
  readonly legs: readonly SettlementLeg[];
}

/** Why a position is another one. */
export const PositionCause = {
  ...({ trade: 0, funding: 1, expiry: 2, cover: 3 } as const),
  /** An insurance fund took it from an account that is liquidated. */
  takeover: 4,
  /** It was closed against the other side's of an account that is liquidated. */
  deleverage: 5,
} as const;
export type PositionCause = (typeof PositionCause)[keyof typeof PositionCause];

/** An account's position in a contract is now this. */
export interface PositionChanged {
  readonly kind: "position-changed";
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly cause: PositionCause;
  /** Below zero for a short one. */
  readonly lots: number;
  readonly cost: Amount;
  /** Quote units that this has brought; a loss when negative. */
  readonly realised: Amount;
}

/** An account has paid for holding a position, or was paid when negative. */
export interface FundingPaid {
  readonly kind: "funding-paid";
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly round: number;
  readonly lots: number;
  /** Quote units. */
  readonly amount: Amount;
}

/** An insurance fund has paid a loss beyond what an account had. */
export interface DeficitCovered {
  readonly kind: "deficit-covered";
  /** Whose loss it was. */
  readonly account: AccountId;
  readonly fund: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
  /** Of that, what the fund did not have: nobody has paid it. */
  readonly lacking: Amount;
}

/** An account has paid what insurance funds have lacked in its shard. */
export interface DeficitMadeGood {
  readonly kind: "deficit-made-good";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
  /** What is lacking still. */
  readonly lacking: Amount;
  /** The administrator, and why. */
  readonly author: string;
  readonly reason: string;
}

/** What becomes of an account whose equity does not cover the maintenance of its positions. */
export const LiquidationStage = {
  /** Its orders are asked to be canceled: so many. */
  canceling: 0,
  /** An order reduces a position by so many lots, at a price or better. */
  reducing: 1,
  /** Its fund is offered what is left of a position, at a price. */
  offered: 2,
  /** The positions of others are to be reduced against it, at a price. */
  deleveraging: 3,
  /** Nobody has taken so many lots: it is tried again when the mark moves. */
  waiting: 4,
  /** It is over. */
  ended: 5,
} as const;
export type LiquidationStage = (typeof LiquidationStage)[keyof typeof LiquidationStage];

/** An account that is liquidated, or was, has come to another stage of that. */
export interface LiquidationMoved {
  readonly kind: "liquidation-moved";
  readonly account: AccountId;
  /** In what its contracts are paid. */
  readonly asset: AssetId;
  readonly stage: LiquidationStage;
  /** Units of the asset: what it has at the marks, and what its positions need to be kept. */
  readonly equity: Amount;
  readonly maintenance: Amount;
  /** The contract that it is about; "" where it is about all of them. */
  readonly symbol: InstrumentSymbol;
  /** Lots of it, or orders; 0 for none. */
  readonly count: number;
  /** 0 where there is none. */
  readonly price: Ticks;
}

/** An account's positions in a contract are kept otherwise from now on. */
export interface MarginModeChanged {
  readonly kind: "margin-mode-changed";
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly mode: MarginMode;
}

/** Why an isolated position has more or less cash to itself. */
export const MarginCause = {
  /** A trade opened it or made it larger, */
  opened: 0,
  /** or has closed some of it: that share goes back to the account's cash. */
  closed: 1,
  /** Profit, losses, funding, and what cash or a fund has paid of them. */
  realised: 2,
  /** Fees that cash could not pay, or of its liquidation. */
  fee: 3,
  /** Its owner added some, or took some back. */
  added: 4,
  removed: 5,
} as const;
export type MarginCause = (typeof MarginCause)[keyof typeof MarginCause];

/** The cash of an isolated position is now this. */
export interface MarginMoved {
  readonly kind: "margin-moved";
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly cause: MarginCause;
  /** Quote units by which it is more than before, less when negative. */
  readonly amount: Amount;
  readonly posted: Amount;
}

/** An account has paid a fund for an order that reduced its position. */
export interface LiquidationFeePaid {
  readonly kind: "liquidation-fee-paid";
  readonly account: AccountId;
  readonly fund: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
}

/** Lots of a position changed hands beside the book. */
export interface PositionHandedOver {
  readonly kind: "position-handed-over";
  readonly symbol: InstrumentSymbol;
  /** Whose they were. */
  readonly account: AccountId;
  /** Who has taken them, or has closed his own against them. */
  readonly taker: AccountId;
  readonly cause: PositionCause;
  /** Below zero for those of a short position. */
  readonly lots: number;
  readonly price: Ticks;
}

/** A funding of a perpetual: each lot held long pays so much to each held short. */
export interface ContractFunded {
  readonly kind: "contract-funded";
  readonly symbol: InstrumentSymbol;
  /** From 1. */
  readonly round: number;
  /** Parts of a million of the value at the mark price; below zero shorts pay longs. */
  readonly ratePpm: number;
  readonly markPrice: Ticks;
  readonly indexPrice: Ticks;
  /** Quote units. */
  readonly perLot: Amount;
}

/** A future has expired: its orders are canceled, and open positions are settled at this price. */
export interface ContractExpired {
  readonly kind: "contract-expired";
  readonly symbol: InstrumentSymbol;
  /** 0 where its index was never known: then nobody has traded it. */
  readonly finalPrice: Ticks;
}

/** What was due of a delivery in a round has not been given: it is due again. */
export interface DeliveryFailed {
  readonly kind: "delivery-failed";
  readonly delivery: number;
  readonly round: number;
  /** When it was due, */
  readonly date: CivilDate;
  /** and when it is now. */
  readonly nextDate: CivilDate;
  readonly symbol: InstrumentSymbol;
  readonly seller: AccountId;
  readonly buyer: AccountId;
  /** What is left of it: units of the base asset, and of the quote asset. */
  readonly goods: Amount;
  readonly money: Amount;
  readonly daysFailed: number;
}

/** A delivery has failed for so long that who waits for it is to be bought in. */
export interface BuyInFlagged {
  readonly kind: "buy-in-flagged";
  readonly delivery: number;
  /** Who has not given what is owed. */
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly units: Amount;
  /** Who waits for it. */
  readonly counterparty: AccountId;
  readonly since: CivilDate;
  readonly daysFailed: number;
}

/** An account is to pay for what it has not given. */
export interface PenaltyCharged {
  readonly kind: "penalty-charged";
  readonly account: AccountId;
  readonly round: number;
  readonly asset: AssetId;
  readonly penalty: Amount;
  /** What it owes of fees and penalties in that asset after it has paid what it could. */
  readonly outstanding: Amount;
}

export interface InstrumentListed {
  readonly kind: "instrument-listed";
  readonly terms: InstrumentTerms;
}

export interface PhaseChanged {
  readonly kind: "phase-changed";
  readonly symbol: InstrumentSymbol;
  readonly phase: TradingPhase;
}

/** What an auction would execute if it ended now; volume and price 0 for nothing. */
export interface AuctionIndicated {
  readonly kind: "auction-indicated";
  readonly symbol: InstrumentSymbol;
  readonly price: Ticks;
  readonly volume: Lots;
  /** The side that has more, by so many lots. */
  readonly surplusSide: Side;
  readonly surplus: Lots;
}

/** Between which prices trades may be made; 0 where there are no bands. */
export interface BandsChanged {
  readonly kind: "bands-changed";
  readonly symbol: InstrumentSymbol;
  readonly referencePrice: Ticks;
  readonly lower: Ticks;
  readonly upper: Ticks;
  /** Whether trading is held back at one of them. */
  readonly isLimitState: boolean;
}

/** An administrator has interfered: who, and why. */
export interface InterventionRecorded {
  readonly kind: "intervention-recorded";
  /** The command's kind, for example `confirm-kill-switch`. */
  readonly command: string;
  readonly target: string;
  readonly author: string;
  readonly reason: string;
}

/** From the next step on, and back to what it last saw on the feed, this node emits. */
export interface EmitterChanged {
  readonly kind: "emitter-changed";
  readonly node: NodeId;
  readonly emitterEpoch: number;
}

/** From the next step on, the shard goes by this version of its logic. */
export interface LogicActivated {
  readonly kind: "logic-activated";
  readonly version: LogicVersion;
}

export interface StateHashed {
  readonly kind: "state-hashed";
  readonly label: string;
}

/** An event as an actor tells it. */
export type ToldEvent = Exclude<ShardEvent, ExecutionReport> | ToldReport;

export type ShardEvent =
  | OrderReplied
  | CommandReplied
  | ExecutionReport
  | LevelChanged
  | Traded
  | BestChanged
  | EntryAdded
  | EntryExecuted
  | EntryCanceled
  | CandleClosed
  | StatisticsChanged
  | DepthChecksummed
  | BalanceChanged
  | WithdrawalChanged
  | DepositChanged
  | SettlementFinal
  | AccountSettled
  | PositionChanged
  | FundingPaid
  | DeficitCovered
  | DeficitMadeGood
  | LiquidationMoved
  | MarginModeChanged
  | MarginMoved
  | LiquidationFeePaid
  | PositionHandedOver
  | ContractFunded
  | ContractExpired
  | DeliveryFailed
  | BuyInFlagged
  | PenaltyCharged
  | InstrumentListed
  | PhaseChanged
  | AuctionIndicated
  | BandsChanged
  | InterventionRecorded
  | EmitterChanged
  | LogicActivated
  | StateHashed;
