/**
 * Everything that is said to an actor: commands from outside, and what actors say to one another.
 *
 * A message names whom it is for by its own fields (an account, a symbol, a shard); `message-codec`
 * gives each kind its number and bytes, `placement` finds the shard. Commands are imperative,
 * answers are past tense. Nothing here carries an object, a float or a clock.
 */
import type { ActorAddress } from "./actor-address.ts";
import type { Approvable } from "./approvals.ts";
import type {
  AccountId,
  AssetId,
  ClientOrderId,
  InstrumentSymbol,
  LogicVersion,
  NodeId,
  OrderId,
  ParticipantId,
  ProducerId,
  ShardId,
  TradeId,
} from "./identifiers.ts";
import type {
  AnnounceCustodyPolicy,
  CustodyCommand,
  CustodyRequest,
  WithdrawalCommand,
  WithdrawalSettled,
} from "./custody-messages.ts";
import type { CivilDate } from "./civil-days.ts";
import type {
  AnnounceSettlementCycle,
  ApplyFailPermission,
  ClearingMessage,
  SetFailPermission,
  SetSettlementCycle,
  SettlementMessage,
} from "./clearing-messages.ts";
import type { AnnounceContract, PublishIndexPrice } from "./contract-messages.ts";
import type { ContractTerms } from "./contract-terms.ts";
import type { FeeRates, FeeSchedule } from "./fees.ts";
import type {
  DeleveragingMessage,
  LiquidationMessage,
  RankPositions,
} from "./liquidation-messages.ts";
import type {
  MakeGoodDeficit,
  MarginMessage,
  MarginRequest,
  SetMarginAccount,
} from "./margin-messages.ts";
import type { OrderInstructions, RevisedInstructions } from "./order-instructions.ts";
import type {
  CancelFailure,
  ChannelMark,
  Intervention,
  KillScope,
  Liquidity,
  ListType,
  OrderType,
  Side,
  TimeInForce,
} from "./order-terms.ts";
import type { CloseReason, RejectReason } from "./reject-reasons.ts";
import type { RiskAnnouncement, RiskCommand } from "./risk-messages.ts";
import type { TradingTerms } from "./trading-terms.ts";
import type { Amount, Lots, Ticks, TimeUs } from "./units.ts";

/**
 * Where a command came from: the key under which its reply is sent, and the cause it is traced by.
 */
export interface Origin {
  readonly producer: ProducerId;
  readonly epoch: number;
  /** Frame number within (producer, epoch), from 1. */
  readonly frame: number;
  /** Position within the frame, from 0. */
  readonly index: number;
  /** In whose log it is, where that is not the one of the shard that speaks of it. */
  readonly shard?: ShardId;
}

/** What an instrument is: fixed when it is listed. */
export interface InstrumentTerms {
  readonly symbol: InstrumentSymbol;
  readonly base: AssetId;
  readonly quote: AssetId;
  /** Units of the base asset in one lot. */
  readonly baseUnitsPerLot: number;
  /** Units of the quote asset that one lot costs at a price of one tick. */
  readonly quoteUnitsPerTickLot: number;
  readonly makerFeeBasisPoints: number;
  readonly takerFeeBasisPoints: number;
  /** How it trades; without, as most do: see plainTradingTerms. */
  readonly trading?: TradingTerms;
  /** What makes it a contract; without, it is spot: goods against money. */
  readonly contract?: ContractTerms;
}

// ---- To an account, from a gateway ---------------------------------------------------------

export interface PlaceOrder {
  readonly kind: "place-order";
  readonly account: AccountId;
  readonly clientOrderId: ClientOrderId;
  readonly symbol: InstrumentSymbol;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  /** Ticks; 0 for an order without a limit. */
  readonly price: Ticks;
  /** 0 for an order by quote budget. */
  readonly quantity: Lots;
  readonly instructions: OrderInstructions;
}

/** Orders that depend on one another; see {@link ListType} for how many and in which order. */
export interface PlaceOrderList {
  readonly kind: "place-order-list";
  readonly account: AccountId;
  readonly listType: ListType;
  /** All of this account and of one symbol. */
  readonly orders: readonly PlaceOrder[];
}

/** Names the order by our id, or by the client's when `orderId` is 0. */
export interface CancelOrder {
  readonly kind: "cancel-order";
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly clientOrderId: ClientOrderId;
}

/** Cancels an order and, depending on how that went, places another in its stead. */
export interface CancelAndPlace {
  readonly kind: "cancel-and-place";
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly clientOrderId: ClientOrderId;
  readonly ifCancelFails: CancelFailure;
  readonly order: PlaceOrder;
}

/**
 * New terms for a working order. `quantity` is the order's whole quantity, what has been executed
 * included. `revision` says which revision of the order this makes (the order as placed is 0), so
 * that the same replace arriving twice happens once; 0 means "whatever is next".
 */
export interface ReplaceOrder {
  readonly kind: "replace-order";
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly clientOrderId: ClientOrderId;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly revision: number;
  readonly revised: RevisedInstructions;
}

/** Cancels the working orders of an account that all of this is true of. */
export interface CancelAllOrders {
  readonly kind: "cancel-all-orders";
  readonly account: AccountId;
  /** "" for any. */
  readonly symbol: InstrumentSymbol;
  /** {@link anySide} for either. */
  readonly side: Side | typeof anySide;
  /** Limit prices from here */
  readonly priceMin: Ticks;
  /** to here; 0 and {@link ticksMax} for any. */
  readonly priceMax: Ticks;
}

export const anySide = 2;

/** One instrument's two-sided quote; quantity 0 for no quote on that side. */
export interface Quote {
  readonly symbol: InstrumentSymbol;
  readonly bidPrice: Ticks;
  readonly bidQuantity: Lots;
  readonly askPrice: Ticks;
  readonly askQuantity: Lots;
}

/**
 * Replaces an account's quotes, both sides of an instrument at once. The orders are named
 * `<quoteId>-b<number>` and `<quoteId>-a<number>` by the quote's place in the list.
 */
export interface MassQuote {
  readonly kind: "mass-quote";
  readonly account: AccountId;
  readonly quoteId: ClientOrderId;
  readonly quotes: readonly Quote[];
}

// ---- To the governor, from an administrator ------------------------------------------------

/** Who asked for it and why, "" for no reason. Logs from before it was asked say neither. */
interface Attribution extends Approvable {
  readonly author?: string;
  readonly reason?: string;
}

export interface AddAsset extends Attribution {
  readonly kind: "add-asset";
  readonly asset: AssetId;
  /** Decimal places of one whole: 8 means that a whole is 10^8 units. For display only. */
  readonly decimals: number;
}

export interface ListInstrument extends Attribution {
  readonly kind: "list-instrument";
  readonly terms: InstrumentTerms;
}

export interface OpenAccount extends Attribution {
  readonly kind: "open-account";
  readonly account: AccountId;
  /** Whose account it is; "" for a participant of the account's own name. */
  readonly participant: ParticipantId;
}

/** Brings units of an asset into the exchange. The same `reference` is credited once. */
export interface Deposit extends Attribution {
  readonly kind: "deposit";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly reference: string;
}

/** Stops trading in one symbol, or in all ("" means the whole venue). */
export interface HaltTrading extends Approvable {
  readonly kind: "halt-trading";
  readonly symbol: InstrumentSymbol;
  readonly author: string;
  readonly reason: string;
}

export interface ResumeTrading extends Approvable {
  readonly kind: "resume-trading";
  readonly symbol: InstrumentSymbol;
  readonly author: string;
  readonly reason: string;
}

/** Says at what price an instrument's positions are valued, and what may set orders off. */
export interface PublishMarkPrice extends Attribution {
  readonly kind: "publish-mark-price";
  readonly symbol: InstrumentSymbol;
  readonly price: Ticks;
}

/**
 * Prepares a kill switch: nothing happens until it is confirmed. The answer's detail is its number.
 */
export interface ArmKillSwitch extends Approvable {
  readonly kind: "arm-kill-switch";
  readonly scope: KillScope;
  /** The account, participant or symbol; "" for the venue. */
  readonly target: string;
  readonly author: string;
  readonly reason: string;
}

/** Cancels all working orders of its target, and has new ones refused. */
export interface ConfirmKillSwitch extends Approvable {
  readonly kind: "confirm-kill-switch";
  readonly number: number;
  readonly author: string;
}

/** Lets its target trade again. */
export interface ReleaseKillSwitch extends Approvable {
  readonly kind: "release-kill-switch";
  readonly scope: KillScope;
  readonly target: string;
  readonly author: string;
  readonly reason: string;
}

/** A fall of the index below its price at the start of the day, and for how long all is halted. */
export interface BreakerLevel {
  readonly basisPoints: number;
  /** 0 for the rest of the day. */
  readonly haltSeconds: number;
}

/** Halts the whole venue when one instrument falls so far. Each level counts once a day. */
export interface SetMarketBreaker extends Approvable {
  readonly kind: "set-market-breaker";
  /** The instrument that is watched as the index. */
  readonly symbol: InstrumentSymbol;
  /** By ascending fall; none for no breaker. */
  readonly levels: readonly BreakerLevel[];
  readonly author: string;
  readonly reason: string;
}

/** Has an actor live in a shard of somebody's choice, whatever its address says. */
export interface PlaceActor extends Approvable {
  readonly kind: "place-actor";
  readonly actor: ActorAddress;
  readonly shard: ShardId;
  readonly author: string;
  readonly reason: string;
}

/** Takes one more shard into the venue, whose log has been formed. Nobody lives there as yet. */
export interface AddShard extends Approvable {
  readonly kind: "add-shard";
  /** How many there are with it: one more than now. */
  readonly shards: number;
  readonly author: string;
  readonly reason: string;
}

/**
 * Says how many others have to approve of each command of a kind. To be done itself it needs as
 * many as the kind needs now or is to need, if not more: nobody asks for what nobody can give.
 */
export interface SetApprovalPolicy extends Approvable {
  readonly kind: "set-approval-policy";
  readonly command: AdminCommandKind;
  /** 0 for none. */
  readonly needed: number;
  readonly author: string;
  readonly reason: string;
}

// ---- To a shard itself, from an engine node ------------------------------------------------

/** The first entry of every log: which shard of how many this is, and of which cluster. */
export interface FormShard {
  readonly kind: "form-shard";
  readonly cluster: string;
  readonly shard: ShardId;
  readonly shards: number;
  /** The logic that the log begins with; the first one unless told. */
  readonly logic?: LogicVersion;
  /** How many shards the venue was founded with, if this one was not among them. */
  readonly founded?: number;
}

/**
 * Has the shard go by the next version of its logic, from the entry after this one on. Refused
 * unless it is the one after the present one, so that every version's turn has its place in the log.
 */
export interface ActivateLogic {
  readonly kind: "activate-logic";
  readonly version: LogicVersion;
}

/** Asks to become the emitter. Holds only if `emitterEpoch` is still the current one. */
export interface ClaimEmitter {
  readonly kind: "claim-emitter";
  readonly node: NodeId;
  readonly emitterEpoch: number;
}

/**
 * Says which engine nodes there are, in the order in which they are preferred as emitters. Holds
 * only if `nodesEpoch` is how often they were said before.
 */
export interface SetNodes {
  readonly kind: "set-nodes";
  readonly nodes: readonly NodeId[];
  readonly nodesEpoch: number;
}

/** Lets log time pass and makes a lost last message noticed. Any number of them is harmless. */
export interface Tick {
  readonly kind: "tick";
}

/** Makes every replica compute and emit its state hash at this sequence. */
export interface Checkpoint {
  readonly kind: "checkpoint";
  readonly label: string;
}

// ---- Account to book -----------------------------------------------------------------------

export interface SubmitOrder {
  readonly kind: "submit-order";
  readonly symbol: InstrumentSymbol;
  readonly account: AccountId;
  /** Whose orders it may be kept from trading with. */
  readonly participant: ParticipantId;
  readonly orderId: OrderId;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly price: Ticks;
  readonly quantity: Lots;
  /** Tick·lots that a buy may spend at most, or that a sell by budget may bring in. */
  readonly budget: number;
  readonly instructions: OrderInstructions;
  /** The order of which and this one only one may trade; 0 for none. */
  readonly linkedOrderId: OrderId;
}

export interface SubmitCancel {
  readonly kind: "submit-cancel";
  readonly symbol: InstrumentSymbol;
  readonly account: AccountId;
  readonly orderId: OrderId;
  /** What the order is told to have ended by. */
  readonly reason: CloseReason;
}

export interface SubmitReplace {
  readonly kind: "submit-replace";
  readonly symbol: InstrumentSymbol;
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly revised: RevisedInstructions;
}

// ---- Book to account -----------------------------------------------------------------------

/** The order rests with what is left of it; all its fills on arrival were told before. */
export interface OrderRested {
  readonly kind: "order-rested";
  readonly account: AccountId;
  readonly orderId: OrderId;
  /** The book's update id after the command. */
  readonly updateId: number;
}

export interface OrderFilled {
  readonly kind: "order-filled";
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly tradeId: TradeId;
  readonly price: Ticks;
  readonly quantity: Lots;
  /** What remains after this fill; at 0 the order is done. */
  readonly remaining: Lots;
  readonly liquidity: Liquidity;
  readonly updateId: number;
  /** When it is settled, if not at once. */
  readonly settlementDate?: CivilDate;
  /** Of a contract: its funding index as it traded, see ContractState; never with a date. */
  readonly fundingIndex?: Amount;
  /** One of the two orders was uncovered: what it brings comes when both sides were given. */
  readonly isOnDelivery?: true;
}

/** The order's trigger price was reached: it goes to the market now. */
export interface OrderTriggered {
  readonly kind: "order-triggered";
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly updateId: number;
}

/** The book gave the order another limit price than it came with. */
export interface OrderRepriced {
  readonly kind: "order-repriced";
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly price: Ticks;
  readonly updateId: number;
}

/**
 * Quantity was taken out of the order instead of a trade with an order of its own group. At
 * `remaining` 0 the order is done.
 */
export interface OrderPrevented {
  readonly kind: "order-prevented";
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly remaining: Lots;
  readonly updateId: number;
}

/** The order left the book with `canceled` lots not executed. */
export interface OrderRemoved {
  readonly kind: "order-removed";
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly canceled: Lots;
  readonly reason: CloseReason;
  readonly updateId: number;
}

/** The book would not have the order at all. */
export interface OrderRefused {
  readonly kind: "order-refused";
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly reason: RejectReason;
}

/** The order has new terms and rests; fills that the new price caused follow after it. */
export interface OrderReplaced {
  readonly kind: "order-replaced";
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly updateId: number;
}

/** A cancel or replace found nothing it could change. */
export interface ChangeRefused {
  readonly kind: "change-refused";
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly reason: RejectReason;
  readonly updateId: number;
}

// ---- Governor to directories, markets and accounts, and back -------------------------------

/** What every shard must know, told to the directory of each. */
export interface AnnounceAsset {
  readonly kind: "announce-asset";
  readonly shard: ShardId;
  readonly asset: AssetId;
  readonly decimals: number;
}

export interface AnnounceInstrument {
  readonly kind: "announce-instrument";
  readonly shard: ShardId;
  readonly terms: InstrumentTerms;
  /** The governor's number for what waits on every shard's answer. */
  readonly ticket: number;
}

export interface AnnounceVenueHalt {
  readonly kind: "announce-venue-halt";
  readonly shard: ShardId;
  readonly isHalted: boolean;
  readonly ticket: number;
}

/** How many others have to approve, by kind of command; a kind that is not there needs nobody. */
export interface AnnounceApprovalPolicy {
  readonly kind: "announce-approval-policy";
  readonly shard: ShardId;
  /** By kind. */
  readonly policy: readonly NeededApprovals[];
  readonly ticket: number;
}

/** Says what all pay for trading some instruments. */
export interface SetFeeSchedule extends FeeSchedule, Approvable {
  readonly kind: "set-fee-schedule";
  readonly author: string;
  readonly reason: string;
}

/** Gives one account rates of its own. */
export interface SetAccountFees extends Approvable {
  readonly kind: "set-account-fees";
  readonly account: AccountId;
  /** "" for all instruments for which the account has none. */
  readonly symbol: InstrumentSymbol;
  /** Undefined to take them back. */
  readonly rates: FeeRates | undefined;
  readonly author: string;
  readonly reason: string;
}

export interface AnnounceFeeSchedule extends FeeSchedule {
  readonly kind: "announce-fee-schedule";
  readonly shard: ShardId;
  readonly ticket: number;
}

export interface ApplyAccountFees {
  readonly kind: "apply-account-fees";
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly rates: FeeRates | undefined;
  readonly ticket: number;
}

export type NeededApprovals = readonly [command: AdminCommandKind, needed: number];

/** Interrupts trading in one instrument, or ends that, at the market that owns it. */
export interface SetPhase {
  readonly kind: "set-phase";
  readonly symbol: InstrumentSymbol;
  readonly intervention: Intervention;
  /** Whether the book's orders are canceled, too. */
  readonly isPurged: boolean;
  readonly ticket: number;
}

/** Stops an account from placing orders and cancels those that work, or lets it trade again. */
export interface BlockAccount {
  readonly kind: "block-account";
  readonly account: AccountId;
  readonly isBlocked: boolean;
  readonly ticket: number;
}

/** Has a market watch its price for the whole venue. */
export interface WatchIndex {
  readonly kind: "watch-index";
  readonly symbol: InstrumentSymbol;
  readonly levels: readonly BreakerLevel[];
  readonly ticket: number;
}

/** The index has fallen by a level, or the halt that followed is over. */
export interface BreakerMoved {
  readonly kind: "breaker-moved";
  readonly symbol: InstrumentSymbol;
  readonly isTripped: boolean;
}

export interface CreateAccount {
  readonly kind: "create-account";
  readonly account: AccountId;
  readonly participant: ParticipantId;
  readonly ticket: number;
}

export interface CreditDeposit {
  readonly kind: "credit-deposit";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly ticket: number;
}

/** What the governor asked for under a ticket is done at one place. */
export interface TicketServed {
  readonly kind: "ticket-served";
  readonly ticket: number;
}

// ---- Between shards, while actors move -----------------------------------------------------

/** From the governor: of this epoch on, an actor lives in another shard. */
export interface AnnouncePlacement {
  readonly kind: "announce-placement";
  readonly shard: ShardId;
  readonly epoch: number;
  readonly actor: ActorAddress;
  /** Where it lives from now on. */
  readonly home: ShardId;
  /** Served by each shard that has done its part of the move. */
  readonly ticket: number;
}

/** Where one actor lives although its address says otherwise. */
export type Pin = readonly [actor: ActorAddress, shard: ShardId];

/** From the governor: so many shards there are from now on. */
export interface AnnounceShard {
  readonly kind: "announce-shard";
  readonly shard: ShardId;
  readonly shards: number;
  readonly ticket: number;
}

/** From the governor to a shard that is new: who lives elsewhere than at first. */
export interface AnnouncePins {
  readonly kind: "announce-pins";
  readonly shard: ShardId;
  /** Of the placement that all shards have. */
  readonly epoch: number;
  /** Some of them, in order; the last ones come with a ticket. */
  readonly pins: readonly Pin[];
  /** 0 while there are more to come. */
  readonly ticket: number;
}

/** From one shard to another: what went before on this channel was the last of its sort. */
export interface MarkChannel {
  readonly kind: "mark-channel";
  readonly shard: ShardId;
  readonly from: ShardId;
  readonly epoch: number;
  readonly mark: ChannelMark;
}

/** A part of an actor's state, to the shard where it lives from now on. */
export interface HandOver {
  readonly kind: "hand-over";
  readonly shard: ShardId;
  readonly from: ShardId;
  readonly actor: ActorAddress;
  /** Log time when the actor left: at its new home it is never earlier. */
  readonly timeUs: TimeUs;
  /** Bytes of the whole state. */
  readonly size: number;
  readonly part: Uint8Array;
}

/** So many bytes of what is handed over have arrived: as many more may be sent. */
export interface TakeOver {
  readonly kind: "take-over";
  readonly shard: ShardId;
  readonly bytes: number;
}

/** A moved actor's answer to a command that it was given where it lived before. */
export interface ForwardReply {
  readonly kind: "forward-reply";
  readonly shard: ShardId;
  /** One reply, as records. */
  readonly records: Uint8Array;
}

export type OrderCommand =
  | PlaceOrder
  | PlaceOrderList
  | CancelOrder
  | CancelAndPlace
  | ReplaceOrder
  | CancelAllOrders
  | MassQuote;
export type AdminCommand =
  | AddAsset
  | ListInstrument
  | OpenAccount
  | Deposit
  | HaltTrading
  | ResumeTrading
  | PublishMarkPrice
  | ArmKillSwitch
  | ConfirmKillSwitch
  | ReleaseKillSwitch
  | SetMarketBreaker
  | PlaceActor
  | AddShard
  | SetApprovalPolicy
  | SetFeeSchedule
  | SetAccountFees
  | CustodyCommand
  | WithdrawalCommand
  | RiskCommand
  | SetSettlementCycle
  | SetFailPermission
  | SetMarginAccount
  | MakeGoodDeficit
  | PublishIndexPrice;
export type AdminCommandKind = AdminCommand["kind"];
export type ShardCommand = FormShard | ClaimEmitter | Tick | Checkpoint | ActivateLogic | SetNodes;
export type BookMessage = SubmitOrder | SubmitCancel | SubmitReplace;
export type AccountMessage =
  | OrderRested
  | OrderFilled
  | OrderTriggered
  | OrderRepriced
  | OrderPrevented
  | OrderRemoved
  | OrderRefused
  | OrderReplaced
  | ChangeRefused
  | CreateAccount
  | BlockAccount
  | CreditDeposit
  | ApplyAccountFees
  | ApplyFailPermission
  | SettlementMessage
  | MarginMessage
  | LiquidationMessage;
export type MarketMessage = SetPhase | WatchIndex;
export type MoveMessage = AnnouncePlacement | MarkChannel | HandOver | TakeOver | ForwardReply;
export type ShardsMessage = AnnounceShard | AnnouncePins;
export type DirectoryMessage =
  | AnnounceAsset
  | AnnounceInstrument
  | AnnounceVenueHalt
  | AnnounceApprovalPolicy
  | AnnounceFeeSchedule
  | AnnounceCustodyPolicy
  | RiskAnnouncement
  | AnnounceSettlementCycle
  | AnnounceContract;

/** What a producer outside the shards may put into a log. */
export type Command = OrderCommand | CustodyRequest | MarginRequest | AdminCommand | ShardCommand;
/** What only an actor may say to an actor. */
export type ActorMessage =
  | BookMessage
  | AccountMessage
  | DirectoryMessage
  | MarketMessage
  | MoveMessage
  | ShardsMessage
  | BreakerMoved
  | TicketServed
  | WithdrawalSettled
  | ClearingMessage
  | DeleveragingMessage
  | RankPositions;
export type Message = Command | ActorMessage;
