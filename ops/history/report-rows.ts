/** What accounts are told of their orders, as rows: events, fills and what those book. */
import {
  feeAccountOf,
  multiply,
  PositionCause,
  RejectReason,
  rejectReasonName,
  Side,
  subtract,
} from "../../protocols/index.ts";
import type {
  Amount,
  InstrumentTerms,
  PositionChanged,
  ToldReport,
} from "../../protocols/index.ts";
import {
  closeReasonWords,
  executionTypeWords,
  liquidityWords,
  orderStatusWords,
  sideWords,
  wordOf,
  wordsOf,
} from "../../protocols/api/words.ts";
import { assert } from "../../protocols/index.ts";
import type { AccountRows } from "./account-rows.ts";
import type { Position, Positions } from "./positions.ts";
import type { RowPlace } from "./row-place.ts";

const positionCauseWords = wordsOf(PositionCause);

export class ReportRows {
  readonly #place: RowPlace;
  readonly #accounts: AccountRows;
  readonly #positions: Positions;

  constructor(place: RowPlace, accounts: AccountRows, positions: Positions) {
    this.#place = place;
    this.#accounts = accounts;
    this.#positions = positions;
  }

  add(report: ToldReport, index: number): void {
    const named = this.#place.named(index);
    this.#addEvent(named, report);
    if (report.tradeId !== 0) this.#addFill(named, report);
  }

  #addEvent(named: string, report: ToldReport): void {
    const event = wordOf(executionTypeWords, report.executionType);
    const status = wordOf(orderStatusWords, report.status);
    const { account, symbol, orderId, price, quantity, executed, tradeId, revision } = report;
    this.#place.batch.added.events.push(
      `${named}\t${account}\t${symbol}\t${orderId}\t${event}\t${status}\t${price}\t${quantity}\t` +
        `${executed}\t${tradeId}\t${reasonOf(report)}\t${revision}\n`,
    );
  }

  #addFill(named: string, report: ToldReport): void {
    const { account, symbol, orderId, tradeId, side, lastPrice, lastQuantity, fee } = report;
    const terms = this.#termsOf(symbol);
    const notional = multiply(multiply(lastPrice, lastQuantity), terms.quoteUnitsPerTickLot);
    this.#place.batch.added.fills.push(
      `${named}\t${tradeId}\t${orderId}\t${account}\t${symbol}\t${wordOf(sideWords, side)}\t` +
        `${wordOf(liquidityWords, report.liquidity)}\t${lastPrice}\t${lastQuantity}\t` +
        `${notional}\t${fee}\n`,
    );
    this.#book(report, terms, notional);
    this.#countFill(report, terms, notional);
  }

  #book(report: ToldReport, terms: InstrumentTerms, notional: Amount): void {
    const { account, orderId, tradeId, fee } = report;
    const accounts = this.#accounts;
    const of = { account, tradeId, orderId };
    // Of a contract nothing changes hands: what it brings is told apart.
    if (terms.contract === undefined) this.#bookGoods(report, terms, notional);
    if (fee === 0) return;
    const cause = fee > 0 ? "fee" : "rebate";
    accounts.book({ ...of, asset: terms.quote, amount: subtract(0, fee), cause });
    // Rebates are nobody's: the exchange gives them.
    if (fee < 0) return;
    const fees = feeAccountOf(this.#place.shard.shard);
    accounts.book({ ...of, account: fees, asset: terms.quote, amount: fee, cause: "fee-income" });
    accounts.touch(fees);
  }

  #bookGoods(report: ToldReport, terms: InstrumentTerms, notional: Amount): void {
    const { account, orderId, tradeId, side, lastQuantity } = report;
    const of = { account, tradeId, orderId, cause: "trade" } as const;
    const goods = multiply(lastQuantity, terms.baseUnitsPerLot);
    const isBuy = side === Side.buy;
    const [base, quote] = isBuy ? [goods, subtract(0, notional)] : [subtract(0, goods), notional];
    this.#accounts.book({ ...of, asset: terms.base, amount: base });
    this.#accounts.book({ ...of, asset: terms.quote, amount: quote });
  }

  #countFill(report: ToldReport, { contract }: InstrumentTerms, notional: Amount): void {
    const { account, symbol, side, lastQuantity: quantity, lastPrice: price, fee } = report;
    const fill = { side, quantity, price, notional, fee };
    const position =
      contract === undefined
        ? this.#positions.fill(account, symbol, fill)
        : this.#positions.fillContract(account, symbol, fill);
    this.#setPosition({ account, symbol }, position);
  }

  /** A position in a contract has become another, which is a row of its own beside what it is. */
  changePosition(change: PositionChanged, index: number): void {
    const { account, symbol, lots, cost, realised } = change;
    const cause = wordOf(positionCauseWords, change.cause);
    this.#place.batch.added.position_changes.push(
      `${this.#place.named(index)}\t${account}\t${symbol}\t${cause}\t${lots}\t${cost}\t` +
        `${realised}\n`,
    );
    this.#setPosition(change, this.#positions.change(change));
  }

  #setPosition(
    { account, symbol }: Pick<ToldReport, "account" | "symbol">,
    position: Readonly<Position>,
  ): void {
    const { quantity, cost, realized, funding, fees, bought, sold, fills } = position;
    this.#place.batch.current.positions.set(
      `${account} ${symbol}`,
      `${account}\t${symbol}\t${quantity}\t${cost}\t${realized}\t${funding}\t${fees}\t${bought}\t` +
        `${sold}\t${fills}\t${position.lastPrice}\t${this.#place.at}\n`,
    );
  }

  #termsOf(symbol: string): InstrumentTerms {
    const terms = this.#place.shard.directory.instrument(symbol);
    assert(terms !== undefined, "a fill of an instrument that is not listed");
    return terms;
  }
}

/** Why it is over or was refused. */
function reasonOf({ rejectReason, closeReason }: ToldReport): string {
  return rejectReason === RejectReason.none
    ? wordOf(closeReasonWords, closeReason)
    : rejectReasonName(rejectReason);
}
