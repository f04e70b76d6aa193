/**
 * Trade confirmations: what an account bought and sold, fill by fill, or order by order.
 *
 * Whom it traded with it is not told: the exchange stands between them. Of a contract nothing is
 * paid but what a fill realises, and its fee.
 */
import { add, multiply, Side, subtract } from "../../protocols/index.ts";
import type { AccountId, Amount, OrderId } from "../../protocols/index.ts";
import { liquidityWords, sideWords, wordOf } from "../../protocols/api/words.ts";
import { momentOf } from "../past/past-place.ts";
import { placeText } from "./fact.ts";
import type { FillFact } from "./fact.ts";
import { requireAccount } from "./known-account.ts";
import type { GiveRow, Report, VenueState } from "./report.ts";
import { numberColumn, textColumn } from "./table.ts";
import type { Cell } from "./table.ts";
import type { VenueUnits } from "./venue-units.ts";

export interface ConfirmationsOptions {
  /** undefined for everybody's. */
  readonly account: AccountId | undefined;
  readonly isByOrder: boolean;
}

/** What an order has done in the period, and its first fill. */
interface OrderSum {
  readonly first: FillFact;
  last: FillFact;
  fills: number;
  quantity: number;
  notional: Amount;
  fee: Amount;
  realised: Amount;
}

const fillColumns = [
  textColumn("time", "log time, in UTC"),
  textColumn("entry", "shard, sequence and place within the entry"),
  textColumn("account", "whose"),
  textColumn("symbol", "the instrument"),
  textColumn("side", "`buy` or `sell`"),
  numberColumn("quantity", "base"),
  numberColumn("price", "quote for one base"),
  numberColumn("notional", "quote"),
  numberColumn("fee", "quote; below zero for a rebate"),
  numberColumn(
    "net",
    "quote: paid or received with the fee, of a contract what it realised less that",
  ),
  textColumn("currency", "the quote asset"),
  textColumn("liquidity", "`maker`, `taker`, `auction` or `transfer`"),
  textColumn("trade_id", "the trade's number"),
  textColumn("order_id", "the order's number"),
  textColumn("client_order_id", "the account's own name for the order"),
  textColumn("counterparty", "always `exchange`"),
];

const orderColumns = [
  textColumn("first_time", "log time of the first fill of the period, in UTC"),
  textColumn("last_time", "of the last one"),
  textColumn("account", "whose"),
  textColumn("symbol", "the instrument"),
  textColumn("side", "`buy` or `sell`"),
  numberColumn("fills", "how many"),
  numberColumn("quantity", "base"),
  numberColumn("average_price", "quote for one base, cut after 12 places of a unit"),
  numberColumn("notional", "quote"),
  numberColumn("fee", "quote; below zero for rebates"),
  numberColumn(
    "net",
    "quote: paid or received with fees, of a contract what it realised less those",
  ),
  textColumn("currency", "the quote asset"),
  textColumn("order_id", "the order's number"),
  textColumn("client_order_id", "the account's own name for the order"),
  textColumn("counterparty", "always `exchange`"),
];

export class Confirmations implements Report {
  readonly name = "confirmations";
  readonly columns;
  readonly #options: ConfirmationsOptions;
  readonly #orders = new Map<OrderId, OrderSum>();
  #fills = 0;
  #units: VenueUnits | undefined;
  #give: GiveRow = () => undefined;

  constructor(options: ConfirmationsOptions) {
    this.#options = options;
    this.columns = options.isByOrder ? orderColumns : fillColumns;
  }

  begin({ units }: VenueState, give: GiveRow): void {
    this.#units = units;
    this.#give = give;
  }

  filled(fill: FillFact): void {
    const { account, isByOrder } = this.#options;
    if (this.#units === undefined || (account ?? fill.account) !== fill.account) return;
    this.#fills += 1;
    if (isByOrder) this.#count(fill);
    else this.#give(this.#fillRow(fill, this.#units));
  }

  end({ shards }: VenueState): void {
    requireAccount(shards, this.#options.account, this.#fills > 0);
    for (const sum of this.#orders.values()) {
      if (this.#units !== undefined) this.#give(orderRow(sum, this.#units));
    }
  }

  summary(): Readonly<Record<string, unknown>> {
    return { account: this.#options.account ?? null, fills: this.#fills };
  }

  #count(fill: FillFact): void {
    const sum = this.#orders.get(fill.orderId);
    if (sum === undefined) {
      const { quantity, notional, fee, realised } = fill;
      const begun = { first: fill, last: fill, fills: 1, quantity, notional, fee, realised };
      this.#orders.set(fill.orderId, begun);
      return;
    }
    sum.last = fill;
    sum.fills += 1;
    sum.quantity += fill.quantity;
    sum.notional = add(sum.notional, fill.notional);
    sum.fee = add(sum.fee, fill.fee);
    sum.realised = add(sum.realised, fill.realised);
  }

  #fillRow(fill: FillFact, units: VenueUnits): readonly Cell[] {
    const { place, account, terms, side, price, quantity } = fill;
    return [
      ...[momentOf(place.timeUs), placeText(place), account, terms.symbol],
      ...[wordOf(sideWords, side), units.quantity(terms, quantity), units.price(terms, price)],
      ...moneyCells(fill, fill, units),
      ...[wordOf(liquidityWords, fill.liquidity), String(fill.tradeId), String(fill.orderId)],
      ...[fill.clientOrderId, "exchange"],
    ];
  }
}

function orderRow(sum: OrderSum, units: VenueUnits): readonly Cell[] {
  const { first, last, fills, quantity, notional } = sum;
  const { account, terms, side, orderId, clientOrderId } = first;
  const goods = multiply(quantity, terms.baseUnitsPerLot);
  return [
    ...[momentOf(first.place.timeUs), momentOf(last.place.timeUs), account, terms.symbol],
    ...[wordOf(sideWords, side), fills, units.quantity(terms, quantity)],
    ...[units.average(terms, notional, goods), ...moneyCells(first, sum, units)],
    ...[String(orderId), clientOrderId, "exchange"],
  ];
}

function moneyCells(
  { side, terms }: FillFact,
  { notional, fee, realised }: Pick<FillFact, "notional" | "fee" | "realised">,
  units: VenueUnits,
): readonly Cell[] {
  const isContract = terms.contract !== undefined;
  const received = isContract ? realised : side === Side.buy ? subtract(0, notional) : notional;
  const amounts = [notional, fee, subtract(received, fee)].map((amount) =>
    units.amount(terms.quote, amount),
  );
  return [...amounts, terms.quote];
}
