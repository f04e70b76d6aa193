/**
 * What accounts hold of what they traded, or have in contracts, what it cost at average, and what
 * it would bring.
 */
import { add, multiply, subtract } from "../../protocols/index.ts";
import type { AccountId, Amount } from "../../protocols/index.ts";
import type { FillFact, PositionFact, TradeFact } from "./fact.ts";
import { Marks, unrealizedOf } from "./marks.ts";
import type { NamedPrices } from "./marks.ts";
import { PositionBook } from "./position-book.ts";
import type { HeldPosition } from "./position-book.ts";
import type { GiveRow, Report, VenueState } from "./report.ts";
import { numberColumn, textColumn } from "./table.ts";
import type { Cell } from "./table.ts";

export interface PositionsOptions {
  /** undefined for everybody's. */
  readonly account: AccountId | undefined;
  /** Instead of those of the last trades. */
  readonly prices: NamedPrices | undefined;
}

export class PositionsReport implements Report {
  readonly name = "positions";
  readonly columns = [
    textColumn("account", "whose"),
    textColumn("symbol", "the instrument"),
    numberColumn("quantity", "base: bought less sold; below zero for what was sold and not bought"),
    numberColumn("cost", "quote: what that cost at average, or brought if it is below zero"),
    numberColumn("average_price", "quote for one base, cut"),
    numberColumn("mark_price", "quote for one base"),
    textColumn("mark", "where that price comes from: `trade`, `mark` of a contract, or `file`"),
    numberColumn("value", "quote: of that quantity at that price"),
    numberColumn("unrealised", "quote: what closing it there would make"),
    numberColumn("realised", "quote: made by closing, before fees"),
    numberColumn("funding", "quote: what funding of a contract brought; below zero if it took"),
    numberColumn("fees", "quote: paid less rebates"),
    numberColumn("net", "quote: realised, unrealised and funding, less fees"),
    textColumn("currency", "the quote asset"),
  ];
  readonly #book: PositionBook;
  readonly #marks: Marks;
  #give: GiveRow = () => undefined;

  constructor({ account, prices }: PositionsOptions) {
    this.#book = new PositionBook(account);
    this.#marks = new Marks(prices);
  }

  filled(fill: FillFact): void {
    this.#book.filled(fill);
  }

  positioned(fact: PositionFact): void {
    this.#book.positioned(fact);
  }

  traded(trade: TradeFact): void {
    this.#marks.traded(trade);
  }

  begin(_state: VenueState, give: GiveRow): void {
    this.#give = give;
  }

  end(state: VenueState): void {
    for (const held of this.#book.all(state.shards)) this.#give(this.#row(held, state));
  }

  #row(held: HeldPosition, state: VenueState): readonly Cell[] {
    const { account, terms, position } = held;
    const { units } = state;
    const { quantity, realized, funding, fees } = position;
    const mark = this.#marks.of(terms, state);
    const made = mark && unrealizedOf(held, mark);
    const cost = costOf(held);
    const amount = (of: Amount | undefined): Cell => {
      return of === undefined ? undefined : units.amount(terms.quote, of);
    };
    const net = made === undefined ? undefined : subtract(add(add(made, realized), funding), fees);
    const goods = multiply(Math.abs(quantity), terms.baseUnitsPerLot);
    return [
      ...[account, terms.symbol, units.quantity(terms, quantity), amount(cost)],
      ...[units.average(terms, cost, goods), mark?.price, mark?.by],
      ...[amount(mark?.valueOf(quantity)), amount(made), amount(realized), amount(funding)],
      ...[amount(fees), amount(net), terms.quote],
    ];
  }
}

/** What it was entered at: of what is short, what that brought. */
function costOf({ terms, position, entry }: HeldPosition): Amount {
  if (terms.contract === undefined) return position.cost;
  return position.quantity >= 0 ? entry : subtract(0, entry);
}
