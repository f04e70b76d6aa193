/**
 * Account state: all that one account is: whose it is, whether it is blocked, what it holds and the
 * orders that it knows.
 *
 * Those who decide for the account share it. Whatever hands over an order hands over the same
 * object (see `known-orders.ts`): who looks up another order has lost the one before.
 */
import { assert } from "../../protocols/index.ts";
import type {
  AccountId,
  CancelOrder,
  CloseReason,
  InstrumentSymbol,
  OrderId,
  ParticipantId,
} from "../../protocols/index.ts";
import type { ShardLedger } from "../ledger/asset-ledger.ts";
import { PositionHolders } from "../margin/position-holders.ts";
import type { ChargedInstrument } from "./fee.ts";
import { FeeBook } from "./fee-book.ts";
import type { Trading } from "./fee-book.ts";
import { Holdings } from "./holdings.ts";
import type { KnownOrders } from "./known-orders.ts";
import { MarginBook } from "./margin-book.ts";
import type { Order, OrderTerms } from "./order.ts";
import { RiskBook } from "./risk-book.ts";

/** Where all accounts of a shard say what they have. */
export interface SharedBooks {
  readonly ledger: ShardLedger;
  readonly holders?: PositionHolders;
}

/** By our id, or by the client's when that is 0. */
type OrderName = Pick<CancelOrder, "orderId" | "clientOrderId">;

export class AccountState {
  readonly id: AccountId;
  /** Whose account it is. */
  participant: ParticipantId;
  isBlocked = false;
  readonly orders: KnownOrders;
  readonly holdings: Holdings;
  readonly fees = new FeeBook();
  readonly risk: RiskBook;
  readonly holders: PositionHolders;
  /** Undefined of an account that has never been one for margin. */
  #margin: MarginBook | undefined;
  #reducing: number | undefined;

  constructor(
    id: AccountId,
    orders: KnownOrders,
    { ledger, holders = new PositionHolders() }: SharedBooks,
  ) {
    this.id = id;
    this.participant = id;
    this.orders = orders;
    this.holders = holders;
    this.holdings = new Holdings(id, ledger);
    this.risk = new RiskBook(id, this);
  }

  get margin(): MarginBook | undefined {
    return this.#margin;
  }

  /** From now on the account's cash is held to what its positions ask of it. */
  openMargin(): MarginBook {
    const margin = (this.#margin ??= new MarginBook(this.id, this));
    this.holdings.holdTo(margin);
    return margin;
  }

  /** An instrument as this account trades it now. */
  instrument(symbol: InstrumentSymbol, trading: Trading): ChargedInstrument | undefined {
    const instrument = trading.venue.instrument(symbol);
    return instrument === undefined ? undefined : this.fees.charged(instrument, trading);
  }

  /** The order of that name, unless it was refused before it was one. */
  ordered({ orderId, clientOrderId }: OrderName): Order | undefined {
    const order = this.orders.find(orderId, clientOrderId);
    return order?.orderId === 0 ? undefined : order;
  }

  /** The order that its book speaks of. */
  expect(orderId: OrderId): Order {
    const order = this.orders.openWithId(orderId);
    assert(order !== undefined, "the book speaks of an order this account does not know");
    return order;
  }

  /** How many orders work that only close something: counted from the first time it is asked. */
  get reducingCount(): number {
    if (this.#reducing !== undefined) return this.#reducing;
    let count = 0;
    this.orders.visitWorking(({ isReduceOnly }) => {
      if (isReduceOnly) count += 1;
    });
    this.#reducing = count;
    return count;
  }

  #countReducing({ isReduceOnly }: Order, change: number): void {
    if (isReduceOnly && this.#reducing !== undefined) this.#reducing += change;
  }

  /** Opens an order under names that no other has. */
  open(terms: OrderTerms): Order {
    const order = this.orders.open(terms);
    this.#countReducing(order, 1);
    this.risk.opened(order);
    return order;
  }

  /** Takes an order that is over from those that work, and what it had reserved with it. */
  close(order: Order, reason: CloseReason): void {
    this.holdings.release(order);
    order.closeReason = reason;
    this.orders.close(order);
    this.#countReducing(order, -1);
    this.risk.closed(order);
  }
}
