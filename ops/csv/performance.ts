/**
 * What each account made of its trading in each instrument, as lines: one for every fill, and of a
 * contract one for whatever else becomes of a position.
 *
 * A line says all that has to be known to count on from it. So the last line of an account and an
 * instrument is where its figures are taken up again; it is read when the next fill needs it, for
 * only then it is sure what its decimals count.
 */
import { entryOf } from "../../actors/margin/position.ts";
import type { Position as ContractPosition } from "../../actors/margin/position.ts";
import { add, multiply, subtract } from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  InstrumentSymbol,
  PositionChanged,
  Ticks,
  ToldReport,
} from "../../protocols/index.ts";
import { Positions } from "../history/positions.ts";
import type { Position } from "../history/positions.ts";
import { momentOf } from "../past/past-place.ts";
import type { CsvUnits } from "./csv-units.ts";

export const performanceHeading =
  "timestamp,account,position,cash,realised_pnl,equity,symbol,cost,fees,mark_price,trade_id\n";

const column = { account: 1, position: 2, cash: 3, realised: 4, symbol: 6, cost: 7, fees: 8 };

export class Performance {
  readonly #positions = new Positions();
  /** By account and instrument, of those whose figures are not taken up yet. */
  readonly #lastLines = new Map<string, readonly string[]>();

  /** A line of before, in their order. */
  take(line: string): void {
    const cells = line.split(",");
    this.#lastLines.set(`${cells[column.account]} ${cells[column.symbol]}`, cells);
  }

  /** Counts a fill and gives its line. `held`: of a contract, what the account has in it now. */
  lineOf(report: ToldReport, at: LineAt, held?: HeldContract): string {
    const { units, timeUs } = at;
    const { account, symbol, side, lastPrice: price, lastQuantity: quantity, fee } = report;
    this.#resume(account, symbol, units);
    const tickValue = units.terms.quoteUnitsPerTickLot;
    const notional = multiply(multiply(price, quantity), tickValue);
    const fill = { side, quantity, price, notional, fee };
    if (held !== undefined) {
      const position = this.#positions.fillContract(account, symbol, fill);
      return contractLine({ account, symbol, tradeId: String(report.tradeId), position, held }, at);
    }
    const position = this.#positions.fill(account, symbol, fill);
    const { cost, realized, fees, bought, sold } = position;
    const cash = subtract(subtract(sold, bought), fees);
    const value = multiply(multiply(price, position.quantity), tickValue);
    const figures = [
      units.quantity(position.quantity),
      ...[cash, realized, add(cash, value)].map((amount) => units.amount(amount)),
      ...[symbol, units.amount(cost), units.amount(fees), units.price(price)],
    ];
    return `${momentOf(timeUs)},${account},${figures.join(",")},${report.tradeId}\n`;
  }

  /** Counts what became of a position in a contract. Of a trade the line comes with its fill. */
  lineOfChange(change: PositionChanged, at: LineAt, held: HeldContract): string {
    const { account, symbol } = change;
    this.#resume(account, symbol, at.units);
    const position = this.#positions.change(change);
    return contractLine({ account, symbol, tradeId: "", position, held }, at);
  }

  /** Counts what a trade made of a position. */
  takeTrade(change: PositionChanged, units: CsvUnits): void {
    this.#resume(change.account, change.symbol, units);
    this.#positions.change(change);
  }

  #resume(account: AccountId, symbol: InstrumentSymbol, units: CsvUnits): void {
    const key = `${account} ${symbol}`;
    const cells = this.#lastLines.get(key);
    if (cells === undefined) return;
    this.#lastLines.delete(key);
    const amountIn = (at: number) => units.unitsIn(cells[at] ?? "");
    const [cash, fees] = [amountIn(column.cash), amountIn(column.fees)];
    this.#positions.set(account, symbol, {
      ...{ quantity: units.lotsIn(cells[column.position] ?? ""), cost: amountIn(column.cost) },
      ...{ realized: amountIn(column.realised), fees },
      // Only what comes of the two together is told.
      ...{ bought: 0, sold: add(cash, fees), fills: 0, lastPrice: 0 },
      // Of a contract it is part of what was realised.
      funding: 0,
    });
  }
}

/** What its figures count, and when it is told. */
export interface LineAt {
  readonly units: CsvUnits;
  readonly timeUs: number;
}

/** What an account has in a contract, and at what that is valued. */
export interface HeldContract {
  /** Undefined for nothing. */
  readonly position: ContractPosition | undefined;
  readonly markPrice: Ticks;
}

/** Cash is what was realised and funded less fees; the equity has what is not realised, too. */
function contractLine(
  line: {
    readonly account: AccountId;
    readonly symbol: InstrumentSymbol;
    readonly tradeId: string;
    readonly position: Readonly<Position>;
    readonly held: HeldContract;
  },
  { units, timeUs }: LineAt,
): string {
  const { account, symbol, position, held } = line;
  const { quantity, cost, realized, funding, fees } = position;
  const made = add(realized, funding);
  const cash = subtract(made, fees);
  const value = multiply(multiply(held.markPrice, quantity), units.terms.quoteUnitsPerTickLot);
  const entry: Amount = held.position === undefined ? 0 : entryOf(held.position);
  const equity = add(cash, subtract(value, entry));
  const figures = [
    units.quantity(quantity),
    ...[cash, made, equity].map((amount) => units.amount(amount)),
    ...[symbol, units.amount(cost), units.amount(fees), units.price(held.markPrice)],
  ];
  return `${momentOf(timeUs)},${account},${figures.join(",")},${line.tradeId}\n`;
}
