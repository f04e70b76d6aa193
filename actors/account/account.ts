/**
 * Account: one participant's balances and orders.
 *
 * Checks and reserves before an order reaches a book, settles each fill, releases what is left
 * over, answers every command once, and knows each command again when it comes twice. Knows nothing
 * of other accounts, of prices in the book or of where the book lives.
 *
 * Here messages are handed to those who decide on them; all of them share the account's ledger.
 */
import { add, CloseReason, unreachable } from "../../protocols/index.ts";
import type {
  AccountId,
  AccountMessage,
  Amount,
  AssetId,
  BalanceView,
  BlockAccount,
  ClientOrderId,
  CreateAccount,
  CreditDeposit,
  OrderCommand,
  OrderId,
  OrderView,
  ParticipantId,
  ShardId,
} from "../../protocols/index.ts";
import type { Actor, ActorContext, Venue } from "../actor.ts";
import { auditOrders } from "./account-audit.ts";
import { AssetFlows } from "./asset-flow.ts";
import { BookAnswers } from "./book-answers.ts";
import { ChangeRequests } from "./change-requests.ts";
import type { SavedHoldings } from "./holdings.ts";
import { KnownOrders } from "./known-orders.ts";
import type { SavedKnownOrders } from "./known-orders.ts";
import { Ledger } from "./ledger.ts";
import type { OrderInAccount } from "./order.ts";
import { OrderEntry } from "./order-entry.ts";
import { OrderLists } from "./order-lists.ts";
import { OrderRows } from "./order-rows.ts";
import { Quotes } from "./quotes.ts";
import type { SavedQuotes } from "./quotes.ts";
import { Succession } from "./succession.ts";

export class Account implements Actor<OrderCommand | AccountMessage> {
  readonly id: AccountId;
  readonly #ledger: Ledger;
  readonly #entry: OrderEntry;
  readonly #lists: OrderLists;
  readonly #changes: ChangeRequests;
  readonly #succession: Succession;
  readonly #quotes: Quotes;
  readonly #answers: BookAnswers;

  constructor(id: AccountId, orders = new KnownOrders(id), flows = new AssetFlows()) {
    this.id = id;
    this.#ledger = new Ledger(id, orders, flows);
    this.#entry = new OrderEntry(this.#ledger);
    this.#lists = new OrderLists(this.#ledger, this.#entry);
    this.#changes = new ChangeRequests(this.#ledger);
    this.#succession = new Succession(this.#ledger, this.#entry, this.#changes);
    this.#quotes = new Quotes(this.#ledger, this.#entry, this.#changes);
    this.#answers = new BookAnswers(this.#ledger, this.#lists, this.#succession);
  }

  receive(message: OrderCommand | AccountMessage, context: ActorContext): void {
    switch (message.kind) {
      case "place-order":
        this.#ledger.orders.forgetClosed(context.timeUs);
        this.#entry.place(message, context.origin, context);
        return;
      case "place-order-list":
        this.#ledger.orders.forgetClosed(context.timeUs);
        this.#lists.place(message, context);
        return;
      case "cancel-and-place":
        this.#ledger.orders.forgetClosed(context.timeUs);
        this.#succession.cancelAndPlace(message, context);
        return;
      case "mass-quote":
        this.#ledger.orders.forgetClosed(context.timeUs);
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
        this.#answers.rested(message, context);
        return;
      case "order-filled":
        this.#answers.filled(message, context);
        return;
      case "order-triggered":
        this.#answers.triggered(message, context);
        return;
      case "order-repriced":
        this.#answers.repriced(message, context);
        return;
      case "order-prevented":
        this.#answers.prevented(message, context);
        return;
      case "order-removed":
        this.#answers.removed(message, context);
        return;
      case "order-refused":
        this.#answers.refused(message, context);
        return;
      case "order-replaced":
        this.#answers.replaced(message, context);
        return;
      case "change-refused":
        this.#answers.changeRefused(message, context);
        return;
      case "credit-deposit":
        this.#creditDeposit(message, context);
        return;
      case "block-account":
        this.#block(message, context);
        return;
      case "create-account":
        this.#create(message, context);
        return;
      default:
        unreachable(message);
    }
  }

  // ---- Governance --------------------------------------------------------------------------

  /** Without a participant of another name, an account is its own. */
  #create({ participant, ticket }: CreateAccount, context: ActorContext): void {
    this.#ledger.participant = participant === "" ? this.id : participant;
    context.send({ kind: "ticket-served", ticket });
  }

  /** A blocked account's orders are canceled, and it may place none. */
  #block({ isBlocked, ticket }: BlockAccount, context: ActorContext): void {
    this.#ledger.isBlocked = isBlocked;
    if (isBlocked) {
      const reason = CloseReason["account-blocked"];
      for (const order of this.#ledger.orders.working()) {
        this.#changes.requestCancel(order, { reason }, context);
      }
    }
    context.send({ kind: "ticket-served", ticket });
  }

  #creditDeposit(message: CreditDeposit, context: ActorContext): void {
    const balance = this.#ledger.holdings.deposit(message.asset, message.amount);
    context.emit({
      kind: "balance-changed",
      account: this.id,
      asset: message.asset,
      available: balance.available,
      reserved: balance.reserved,
    });
    context.send({ kind: "ticket-served", ticket: message.ticket });
  }

  /** Receives a fee: only the shard's own fee account is paid this way. */
  collect(asset: AssetId, amount: Amount): void {
    this.#ledger.holdings.balance(asset).credit(amount);
  }

  // ---- Questions ---------------------------------------------------------------------------

  /** Whose account it is. */
  get participant(): ParticipantId {
    return this.#ledger.participant;
  }

  order(orderId: OrderId, clientOrderId: ClientOrderId): OrderView | undefined {
    return this.#ledger.ordered({ orderId, clientOrderId })?.view();
  }

  /** Working orders with ids above `after`, oldest first. */
  openOrders(filter: { symbol: string; after: OrderId; limit: number }): readonly OrderView[] {
    const views: OrderView[] = [];
    for (const order of this.#ledger.orders.working()) {
      if (views.length >= filter.limit) break;
      if (order.orderId <= filter.after) continue;
      if (filter.symbol !== "" && order.instrument.symbol !== filter.symbol) continue;
      views.push(order.view());
    }
    return views;
  }

  /** In the order of asset codes. */
  balances(): readonly BalanceView[] {
    return this.#ledger.holdings.views();
  }

  /** What working orders have reserved, by asset: the reserved part of each balance. */
  reservations(): ReadonlyMap<AssetId, Amount> {
    const sums = new Map<AssetId, Amount>();
    for (const { reservedAsset, reserved } of this.#ledger.orders.working()) {
      sums.set(reservedAsset, add(sums.get(reservedAsset) ?? 0, reserved));
    }
    return sums;
  }

  // ---- Audit -------------------------------------------------------------------------------

  /** How many orders work: what an audit of the account costs. */
  get workingCount(): number {
    return this.#ledger.orders.workingCount;
  }

  /** Looks at all orders that work, and at what is reserved for them. */
  audit(): void {
    auditOrders(this.#ledger);
  }

  /** Counts what it holds of every asset. */
  countHoldings(): void {
    this.#ledger.holdings.count();
  }

  /** The order of that id if the book may still speak of it. */
  openOrder(orderId: OrderId): OrderInAccount | undefined {
    return this.#ledger.orders.openWithId(orderId);
  }

  /** Gives back what it shares with the other accounts: it lives in another shard from now on. */
  leave(): void {
    this.#ledger.holdings.leave();
    this.#ledger.orders.leave();
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  snapshot(): SavedAccount {
    const { participant, isBlocked, holdings, orders } = this.#ledger;
    const quotes = this.#quotes.snapshot();
    return [this.id, participant, isBlocked, quotes, holdings.snapshot(), orders.snapshot()];
  }

  /** Its orders take rows among those given, and what it holds counts into the flows given. */
  static restore(data: unknown, venue: Venue, memory: AccountMemory = newMemory()): Account {
    const { rows, flows, asked } = memory;
    const [id, participant, isBlocked, quotes, holdings, orders] = data as SavedAccount;
    const known = KnownOrders.restore(orders, { account: id, venue, rows, asked });
    const account = new Account(id, known, flows);
    account.#ledger.participant = participant;
    account.#ledger.isBlocked = isBlocked;
    account.#ledger.holdings.restore(holdings);
    account.#quotes.restore(quotes);
    return account;
  }
}

/** What the accounts of a shard share. */
export interface AccountMemory {
  readonly rows: OrderRows;
  readonly flows: AssetFlows;
  /** Of an account that comes from another shard: that one. */
  readonly asked?: ShardId | undefined;
}

function newMemory(): AccountMemory {
  return { rows: new OrderRows(), flows: new AssetFlows() };
}

type SavedAccount = readonly [
  AccountId,
  ParticipantId,
  isBlocked: boolean,
  SavedQuotes,
  SavedHoldings,
  SavedKnownOrders,
];
