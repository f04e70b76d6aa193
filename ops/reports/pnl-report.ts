/**
 * What accounts made in a period, instrument by instrument: what they realised, what more their
 * positions would bring at its end than at its beginning, and fees.
 */
import { add, subtract } from "../../protocols/index.ts";
import type { AccountId, Amount } from "../../protocols/index.ts";
import type { Position } from "../history/positions.ts";
import type { FillFact, PositionFact, TradeFact } from "./fact.ts";
import { Marks, unrealizedOf } from "./marks.ts";
import type { NamedPrices } from "./marks.ts";
import { PositionBook } from "./position-book.ts";
import type { HeldPosition } from "./position-book.ts";
import type { GiveRow, Report, VenueState } from "./report.ts";
import { numberColumn, textColumn } from "./table.ts";
import type { Cell } from "./table.ts";

export interface PnlOptions {
  /** undefined for everybody's. */
  readonly account: AccountId | undefined;
  /** Instead of those of the last trades, at the end and at the beginning. */
  readonly prices: NamedPrices | undefined;
  readonly openingPrices: NamedPrices | undefined;
}

type Figures = Pick<Position, "realized" | "funding" | "fees" | "bought" | "sold" | "fills"> & {
  /** undefined where there is no price. */
  readonly unrealized: Amount | undefined;
};

const nothing: Figures = {
  ...{ realized: 0, funding: 0, fees: 0, bought: 0, sold: 0, fills: 0 },
  unrealized: 0,
};

export class PnlReport implements Report {
  readonly name = "pnl";
  readonly columns = [
    textColumn("account", "whose"),
    textColumn("symbol", "the instrument"),
    numberColumn("fills", "in the period"),
    numberColumn("bought", "quote: paid in it, without fees"),
    numberColumn("sold", "quote: received in it, without fees"),
    numberColumn("realised", "quote: made by closing in it, by average cost, before fees"),
    numberColumn("unrealised_before", "quote: what closing would have made at its beginning"),
    numberColumn("unrealised", "quote: what closing would make at its end"),
    numberColumn("funding", "quote: what funding of a contract brought in it"),
    numberColumn("fees", "quote: paid in it less rebates"),
    numberColumn("total", "quote: realised and funding, and growth of unrealised, less fees"),
    textColumn("currency", "the quote asset"),
  ];
  readonly #book: PositionBook;
  readonly #marks: Marks;
  readonly #openingMarks: Marks;
  readonly #before = new Map<string, Figures>();
  #isOpen = false;
  #give: GiveRow = () => undefined;

  constructor({ account, prices, openingPrices }: PnlOptions) {
    this.#book = new PositionBook(account);
    this.#marks = new Marks(prices);
    this.#openingMarks = new Marks(openingPrices);
  }

  filled(fill: FillFact): void {
    this.#book.filled(fill);
  }

  positioned(fact: PositionFact): void {
    this.#book.positioned(fact);
  }

  traded(trade: TradeFact): void {
    this.#marks.traded(trade);
    if (!this.#isOpen) this.#openingMarks.traded(trade);
  }

  begin(state: VenueState, give: GiveRow): void {
    this.#isOpen = true;
    this.#give = give;
    for (const held of this.#book.held()) {
      this.#before.set(keyOf(held), figuresOf(held, this.#openingMarks, state));
    }
  }

  end(state: VenueState): void {
    for (const held of this.#book.all(state.shards)) this.#give(this.#row(held, state));
  }

  #row(held: HeldPosition, state: VenueState): readonly Cell[] {
    const { units } = state;
    const { account, terms } = held;
    const before = this.#before.get(keyOf(held)) ?? nothing;
    const after = figuresOf(held, this.#marks, state);
    const realized = subtract(after.realized, before.realized);
    const funding = subtract(after.funding, before.funding);
    const fees = subtract(after.fees, before.fees);
    const isPriced = after.unrealized !== undefined && before.unrealized !== undefined;
    const grown = isPriced ? subtract(after.unrealized, before.unrealized) : undefined;
    const amount = (of: Amount | undefined): Cell => {
      return of === undefined ? undefined : units.amount(terms.quote, of);
    };
    return [
      ...[account, terms.symbol, after.fills - before.fills],
      amount(subtract(after.bought, before.bought)),
      amount(subtract(after.sold, before.sold)),
      ...[amount(realized), amount(before.unrealized), amount(after.unrealized)],
      ...[amount(funding), amount(fees)],
      amount(totalOf({ realized, funding, fees }, grown)),
      terms.quote,
    ];
  }
}

function totalOf(
  { realized, funding, fees }: Pick<Figures, "realized" | "funding" | "fees">,
  grown: Amount | undefined,
): Amount | undefined {
  return grown === undefined ? undefined : subtract(add(add(realized, funding), grown), fees);
}

function keyOf({ account, terms }: HeldPosition): string {
  return `${account} ${terms.symbol}`;
}

function figuresOf(held: HeldPosition, marks: Marks, state: VenueState): Figures {
  const { terms, position } = held;
  const { realized, funding, fees, bought, sold, fills } = position;
  const mark = marks.of(terms, state);
  const isPriceless = mark === undefined && position.quantity === 0;
  const unrealized = isPriceless ? 0 : mark && unrealizedOf(held, mark);
  return { realized, funding, fees, bought, sold, fills, unrealized };
}
