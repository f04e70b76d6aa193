/**
 * What each account made of its trading in each instrument, as lines: one for every fill.
 *
 * A line says all that has to be known to count on from it. So the last line of an account and an
 * instrument is where its figures are taken up again; it is read when the next fill needs it, for
 * only then it is sure what its decimals count.
 */
import { add, multiply, subtract } from "../../protocols/index.ts";
import type { AccountId, InstrumentSymbol, ToldReport } from "../../protocols/index.ts";
import { Positions } from "../history/positions.ts";
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

  /** Counts a fill and gives its line. */
  lineOf(report: ToldReport, units: CsvUnits, timeUs: number): string {
    const { account, symbol, side, lastPrice: price, lastQuantity: quantity, fee } = report;
    this.#resume(account, symbol, units);
    const tickValue = units.terms.quoteUnitsPerTickLot;
    const notional = multiply(multiply(price, quantity), tickValue);
    const fill = { side, quantity, price, notional, fee };
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
    });
  }
}
