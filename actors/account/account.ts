/**
 * Account: one participant's balances and orders.
 *
 * Checks and reserves before an order reaches a book, settles each fill, releases what is left
 * over, answers every command once, and knows each command again when it comes twice. Knows nothing
 * of other accounts, of prices in the book or of where the book lives.
 *
 * Here messages are handed to those who decide on them; all of them share the account's state.
 */
import { add, CloseReason, unreachable } from "../../protocols/index.ts";
import type {
  AccountId,
  AccountMessage,
  Amount,
  ApplyAccountFees,
  ApplyMarginAccount,
  ApplyFailPermission,
  AssetId,
  AllowedAddressView,
  BalanceView,
  BlockAccount,
  ClientOrderId,
  CreateAccount,
  CreditDeposit,
  CustodyRequest,
  DatedLeg,
  FeesAsked,
  FeesView,
  InstrumentSymbol,
  Lots,
  MakeGoodDeficit,
  MarginRequest,
  MarginView,
  OrderCommand,
  OrderId,
  OrderView,
  OwingView,
  ParticipantId,
  PositionView,
  RankedPosition,
  RankPositions,
  RiskView,
  SettlementMessage,
  ShardId,
  Side,
  WithdrawalCommand,
  WithdrawalView,
} from "../../protocols/index.ts";
import type { Actor, ActorContext, Venue } from "../actor.ts";
import { ShardLedger } from "../ledger/asset-ledger.ts";
import { isContract } from "../contract/contract-listing.ts";
import type { LedgerAccount } from "../ledger/ledger-account.ts";
import type { Position } from "../margin/position.ts";
import { auditMargin, auditOrders } from "./account-audit.ts";
import { BookAnswers } from "./book-answers.ts";
import { ChangeRequests } from "./change-requests.ts";
import type { SavedFeeBook, Trading } from "./fee-book.ts";
import { previewFees } from "./fee-preview.ts";
import { DeficitPayer } from "./deficit-payer.ts";
import type { SavedDeliveryBook } from "./delivery-book.ts";
import type { SavedHoldings } from "./holdings.ts";
import { KnownOrders } from "./known-orders.ts";
import type { SavedKnownOrders } from "./known-orders.ts";
import { AccountState } from "./account-state.ts";
import type { SharedBooks } from "./account-state.ts";
import { ContractDesk } from "./contract-desk.ts";
import type { PositionMessage } from "./contract-desk.ts";
import { MarginBook } from "./margin-book.ts";
import type { SavedMarginBook } from "./margin-book.ts";
import type { OrderInAccount } from "./order.ts";
import { OrderEntry } from "./order-entry.ts";
import { OrderLists } from "./order-lists.ts";
import { OrderRows } from "./order-rows.ts";
import { lotsToReduce } from "./paired-lots.ts";
import { Quotes } from "./quotes.ts";
import type { SavedQuotes } from "./quotes.ts";
import { Settlements } from "./settlements.ts";
import type { SavedSettlements } from "./settlements.ts";
import type { SavedObligations } from "./obligations.ts";
import { Succession } from "./succession.ts";
import type { SavedRiskBook } from "./risk-book.ts";
import { Withdrawals } from "./withdrawals.ts";
import type { SavedAccountCustody } from "./withdrawals.ts";

export class Account implements Actor<AccountHears> {
  readonly id: AccountId;
  readonly #state: AccountState;
  readonly #entry: OrderEntry;
  readonly #lists: OrderLists;
  readonly #changes: ChangeRequests;
  readonly #succession: Succession;
  readonly #quotes: Quotes;
  readonly #answers: BookAnswers;
  readonly #withdrawals: Withdrawals;
  readonly #deficits: DeficitPayer;
  readonly #settlements: Settlements;
  readonly #contracts: ContractDesk;

  constructor(id: AccountId, orders = new KnownOrders(id), shared: SharedBooks = newBooks()) {
    this.id = id;
    this.#state = new AccountState(id, orders, shared);
    this.#entry = new OrderEntry(this.#state);
    this.#lists = new OrderLists(this.#state, this.#entry);
    this.#changes = new ChangeRequests(this.#state);
    this.#succession = new Succession(this.#state, this.#entry, this.#changes);
    this.#quotes = new Quotes(this.#state, this.#entry, this.#changes);
    this.#answers = new BookAnswers(this.#state, this.#lists, this.#succession);
    this.#withdrawals = new Withdrawals(this.#state);
    this.#deficits = new DeficitPayer(this.#state, this.#withdrawals.used);
    this.#settlements = new Settlements(this.#state);
    const deciders = { entry: this.#entry, changes: this.#changes };
    this.#contracts = new ContractDesk(this.#state, deciders);
  }

  receive(message: AccountHears, context: ActorContext): void {
    switch (message.kind) {
      case "place-order":
        this.#state.orders.forgetClosed(context.timeUs);
        this.#entry.place(message, context.origin, context);
        return;
      case "place-order-list":
        this.#state.orders.forgetClosed(context.timeUs);
        this.#lists.place(message, context);
        return;
      case "cancel-and-place":
        this.#state.orders.forgetClosed(context.timeUs);
        this.#succession.cancelAndPlace(message, context);
        return;
      case "mass-quote":
        this.#state.orders.forgetClosed(context.timeUs);
        this.#quotes.quote(message, context);
        return;
      case "cancel-order":
        this.#changes.cancel(message, context);
        return;
      case "replace-order":
        this.#changes.replace(message, context);
        return;
      case "cancel-all-orders":
        this.#changes.cancelAll(message, context);
        return;
      case "order-rested":
      case "order-filled":
      case "order-triggered":
      case "order-repriced":
      case "order-prevented":
      case "order-removed":
      case "order-refused":
      case "order-replaced":
      case "change-refused":
        this.#hearBook(message, context);
        return;
      case "create-account":
      case "block-account":
      case "credit-deposit":
      case "apply-account-fees":
      case "apply-margin-account":
      case "apply-fail-permission":
        this.#hearGovernor(message, context);
        return;
      default:
        this.#hearOfFunds(message, context);
    }
  }

  /** What a book has made of an order; then of what hangs on it. */
  #hearBook(message: BookAnswer, context: ActorContext): void {
    const { orderId } = message;
    switch (message.kind) {
      case "order-rested":
        this.#answers.rested(message, context);
        return;
      case "order-triggered":
        this.#answers.triggered(message, context);
        return;
      case "order-repriced":
        this.#answers.repriced(message, context);
        return;
      case "order-replaced":
        this.#answers.replaced(message, context);
        return;
      case "change-refused":
        this.#answers.changeRefused(message, context);
        this.#contracts.changeRefused(orderId, context);
        return;
      case "order-filled":
        this.#answers.filled(message, context);
        this.#contracts.filled(message, context);
        if (message.settlementDate !== undefined) this.#settlements.traded(context);
        break;
      case "order-prevented":
        this.#answers.prevented(message, context);
        break;
      case "order-removed":
        this.#answers.removed(message, context);
        break;
      case "order-refused":
        this.#answers.refused(message, context);
        break;
      default:
        unreachable(message);
    }
    this.#contracts.answered(orderId, context);
    if (message.kind === "order-filled") this.#contracts.goodsTraded(orderId, context);
  }

  #hearOfFunds(message: FundsMessage, context: ActorContext): void {
    switch (message.kind) {
      case "instruct-settlement":
      case "post-settlement":
        this.#settlements.receive(message, context);
        this.#contracts.cashMoved(context);
        return;
      case "make-good-deficit":
        this.#deficits.receive(message, context);
        return;
      case "set-margin-mode":
      case "add-margin":
      case "remove-margin":
        this.#contracts.ask(message, context);
        return;
      case "cover-deficit":
      case "pay-liquidation-fee":
      case "offer-position":
      case "answer-offer":
      case "deleverage":
      case "deleverage-dealt":
        this.#contracts.receive(message, context);
        return;
      default:
        this.#withdrawals.receive(message, context);
    }
  }

  // ---- Governance --------------------------------------------------------------------------

  /** Each is done at once, and its ticket served. */
  #hearGovernor(message: GovernorsMessage, context: ActorContext): void {
    switch (message.kind) {
      case "credit-deposit":
        this.#creditDeposit(message, context);
        break;
      case "block-account":
        this.#block(message, context);
        break;
      case "create-account":
        this.#create(message);
        break;
      case "apply-account-fees":
        this.#state.fees.set(message.symbol, message.rates);
        break;
      case "apply-margin-account":
        this.#state.openMargin().isOpen = message.isMargin;
        break;
      case "apply-fail-permission":
        this.#state.holdings.deliveries.permit(message.asset, message.limit);
        break;
      default:
        unreachable(message);
    }
    context.send({ kind: "ticket-served", ticket: message.ticket });
  }

  /** Without a participant of another name, an account is its own. */
  #create({ participant }: CreateAccount): void {
    this.#state.participant = participant === "" ? this.id : participant;
  }

  /** A blocked account's orders are canceled, and it may place none. */
  #block({ isBlocked }: BlockAccount, context: ActorContext): void {
    this.#state.isBlocked = isBlocked;
    if (isBlocked) {
      const reason = CloseReason["account-blocked"];
      for (const order of this.#state.orders.working()) {
        this.#changes.requestCancel(order, { reason }, context);
      }
    }
  }

  #creditDeposit(message: CreditDeposit, context: ActorContext): void {
    const balance = this.#state.holdings.deposit(message.asset, message.amount);
    this.#state.risk.moved(message.asset, context);
    context.emit({
      kind: "balance-changed",
      account: this.id,
      asset: message.asset,
      available: balance.available,
      reserved: balance.reserved,
    });
  }

  /** A contract that it has a position in stands elsewhere now. */
  contractAnnounced(symbol: InstrumentSymbol, context: ActorContext): void {
    this.#contracts.announced(symbol, context);
  }

  /** The account came from another shard, which may have heard more of contracts, or less. */
  arrived(context: ActorContext): void {
    this.#contracts.arrived(context);
    this.custodyChanged(context);
  }

  /** The rules of custody have changed, or the account came to a shard that knows others. */
  custodyChanged(context: ActorContext): void {
    this.#withdrawals.rulesChanged(context);
  }

  /** What is available of an asset: fees are paid to the one of the shard's own account. */
  fundsIn(asset: AssetId): LedgerAccount {
    return this.#state.holdings.balance(asset).funds;
  }

  // ---- Questions ---------------------------------------------------------------------------

  /** Whose account it is. */
  get participant(): ParticipantId {
    return this.#state.participant;
  }

  order(orderId: OrderId, clientOrderId: ClientOrderId): OrderView | undefined {
    return this.#state.ordered({ orderId, clientOrderId })?.view();
  }

  /** Working orders with ids above `after`, oldest first. */
  openOrders(filter: { symbol: string; after: OrderId; limit: number }): readonly OrderView[] {
    const views: OrderView[] = [];
    for (const order of this.#state.orders.working()) {
      if (views.length >= filter.limit) break;
      if (order.orderId <= filter.after) continue;
      if (filter.symbol !== "" && order.instrument.symbol !== filter.symbol) continue;
      views.push(order.view());
    }
    return views;
  }

  /**
   * Lots that orders which only reduce may still trade on one side.
   *
   * @internal For tests.
   */
  reducing(symbol: InstrumentSymbol, side: Side): Lots {
    return lotsToReduce(this.#state.orders, { symbol, side, except: 0 });
  }

  /** In the order of asset codes. */
  balances(): readonly BalanceView[] {
    return this.#state.holdings.views();
  }

  /** Those under way and those that ended of late, oldest first. */
  withdrawals(): readonly WithdrawalView[] {
    return this.#withdrawals.views();
  }

  /** What it owes and is owed for trades that are not settled yet; by date and asset. */
  obligations(): readonly DatedLeg[] {
    return this.#state.holdings.obligations.legs();
  }

  /** What it may owe without having it, and does; by asset. */
  owings(): readonly OwingView[] {
    return this.#state.holdings.deliveries.views();
  }

  /** Where it may withdraw to. */
  allowedAddresses(venue: Venue): readonly AllowedAddressView[] {
    return this.#withdrawals.addresses(venue);
  }

  /** What an order would pay; undefined of an instrument that is not listed. */
  feesFor(asked: FeesAsked, trading: Trading): FeesView | undefined {
    const instrument = this.#state.instrument(asked.symbol, trading);
    return instrument && previewFees(this.#state.fees, instrument, { ...asked, ...trading });
  }

  /** By how much more margin an order in a contract would ask for; undefined without a mark. */
  marginFor(asked: FeesAsked, venue: Venue): Amount | undefined {
    const instrument = venue.instrument(asked.symbol);
    if (instrument === undefined || !isContract(instrument)) return undefined;
    const margin = this.#state.margin ?? new MarginBook(this.id, this.#state);
    return margin.askedFor(asked, instrument, venue);
  }

  /** Positions and orders in contracts, by symbol. */
  positions(venue: Venue): readonly PositionView[] {
    return this.#state.margin?.views(venue) ?? [];
  }

  /** What it has in a contract; undefined for nothing. */
  positionIn(symbol: InstrumentSymbol): Position | undefined {
    return this.#state.margin?.positions.positionIn(symbol);
  }

  hasPosition(symbol: InstrumentSymbol): boolean {
    return this.#state.margin?.positions.has(symbol) === true;
  }

  /** What it could give of a position, if somebody else's was closed against it. */
  rankIn(asked: RankPositions, venue: Venue): RankedPosition | undefined {
    return this.#contracts.rankIn(asked, venue);
  }

  /** What its positions and orders ask of its cash. */
  margin(venue: Venue): MarginView {
    return this.#state.margin?.view(venue) ?? { isMargin: false, assets: [] };
  }

  /** What it is held to, and how far it has gone. */
  risk(trading: Trading): RiskView {
    return this.#state.risk.view(trading);
  }

  /** What working orders have reserved, by asset: the reserved part of each balance. */
  reservations(): ReadonlyMap<AssetId, Amount> {
    const sums = new Map<AssetId, Amount>();
    for (const { reservedAsset, reserved, isUncovered } of this.#state.orders.working()) {
      if (isUncovered) continue;
      sums.set(reservedAsset, add(sums.get(reservedAsset) ?? 0, reserved));
    }
    return sums;
  }

  // ---- Audit -------------------------------------------------------------------------------

  /** How many orders work: what an audit of the account costs. */
  get workingCount(): number {
    return this.#state.orders.workingCount;
  }

  /** Looks at all orders that work, and at what is reserved for them. */
  audit(): void {
    auditOrders(this.#state);
    this.#withdrawals.audit();
  }

  /** Looks at what its positions need, and at what is counted for its limits, if anything is. */
  auditRules(venue: Venue): void {
    auditMargin(this.#state, venue);
    if (venue.risk !== undefined) this.#state.risk.audit(venue);
  }

  /** Counts what it holds of every asset. */
  countHoldings(): void {
    this.#state.holdings.count();
  }

  /** The order of that id if the book may still speak of it. */
  openOrder(orderId: OrderId): OrderInAccount | undefined {
    return this.#state.orders.openWithId(orderId);
  }

  /** Gives back what it shares with the other accounts: it lives in another shard from now on. */
  leave(): void {
    this.#state.margin?.positions.leave();
    this.#state.holdings.leave();
    this.#state.orders.leave();
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  snapshot(): SavedAccount {
    const { participant, isBlocked, holdings, orders, fees: feeBook } = this.#state;
    const quotes = this.#quotes.snapshot();
    const [funds, known, fees] = [holdings.snapshot(), orders.snapshot(), feeBook.snapshot()];
    const saved = [this.id, participant, isBlocked, quotes, funds, known] as const;
    const custody = this.#withdrawals.snapshot();
    const [risk, clearing] = [this.#state.risk.snapshot(), this.#savedClearing()];
    const before = [...saved, fees ?? null, custody ?? null] as const;
    const margin = this.#state.margin?.snapshot();
    if (margin !== undefined) return [...before, risk ?? null, clearing ?? null, margin];
    if (clearing !== undefined) return [...before, risk ?? null, clearing];
    if (risk !== undefined) return [...before, risk];
    if (custody !== undefined) return [...saved, fees ?? null, custody];
    // Nothing, as in snapshots from before, where all pay the same.
    return fees === undefined ? saved : [...saved, fees];
  }

  #savedClearing(): SavedClearing | undefined {
    const obligations = this.#state.holdings.obligations.snapshot();
    const rounds = this.#settlements.snapshot();
    const deliveries = this.#state.holdings.deliveries.snapshot();
    if (deliveries.length > 0) return [obligations, rounds ?? [], deliveries];
    if (obligations.length === 0 && rounds === undefined) return undefined;
    return rounds === undefined ? [obligations] : [obligations, rounds];
  }

  /** Its orders take rows among those given, and what it holds stands in the ledger given. */
  static restore(data: unknown, venue: Venue, memory: AccountMemory = newMemory()): Account {
    const { rows, asked } = memory;
    const [id, participant, isBlocked, quotes, holdings, orders, ...later] = data as SavedAccount;
    const [fees = null, custody = null, risk = null, clearing = null, margin] = later;
    const known = KnownOrders.restore(orders, { account: id, venue, rows, asked });
    const account = new Account(id, known, memory);
    account.#state.participant = participant;
    account.#state.isBlocked = isBlocked;
    account.#state.holdings.restore(holdings);
    account.#quotes.restore(quotes);
    if (fees !== null) account.#state.fees.restore(fees);
    if (custody !== null) account.#withdrawals.restore(custody);
    if (risk !== null) account.#state.risk.restore(risk);
    if (clearing !== null) account.#restoreClearing(clearing);
    if (margin !== undefined) account.#state.openMargin().restore(margin, venue);
    return account;
  }

  #restoreClearing([obligations, rounds, deliveries]: SavedClearing): void {
    this.#state.holdings.restoreObligations(obligations);
    if (deliveries !== undefined) this.#state.holdings.restoreDeliveries(deliveries);
    if (rounds !== undefined) this.#settlements.restore(rounds);
  }
}

/** What the accounts of a shard share. */
export interface AccountMemory extends SharedBooks {
  readonly rows: OrderRows;
  /** Of an account that comes from another shard: that one. */
  readonly asked?: ShardId | undefined;
}

function newMemory(): AccountMemory {
  return { rows: new OrderRows(), ...newBooks() };
}

function newBooks(): SharedBooks {
  return { ledger: new ShardLedger() };
}

/** What is said of what it has, beside orders. */
type FundsMessage =
  (SettlementMessage | PositionMessage | MakeGoodDeficit) | (OwnersRequest | WithdrawalCommand);
type OwnersRequest = CustodyRequest | MarginRequest;

/** What books say of its orders. */
type BookAnswer = Exclude<AccountMessage, GovernorsMessage | FundsMessage>;

/** Whatever is said to an account. */
type AccountHears =
  (OrderCommand | OwnersRequest | WithdrawalCommand) | (MakeGoodDeficit | AccountMessage);

type GovernorsMessage =
  | (CreateAccount | BlockAccount | CreditDeposit)
  | (ApplyAccountFees | ApplyMarginAccount | ApplyFailPermission);

type SavedAccount = readonly [
  AccountId,
  ParticipantId,
  isBlocked: boolean,
  SavedQuotes,
  SavedHoldings,
  SavedKnownOrders,
  fees?: SavedFeeBook | null,
  custody?: SavedAccountCustody | null,
  risk?: SavedRiskBook | null,
  clearing?: SavedClearing | null,
  margin?: SavedMarginBook,
];

type SavedClearing = readonly [
  obligations: SavedObligations,
  rounds?: SavedSettlements,
  deliveries?: SavedDeliveryBook,
];
