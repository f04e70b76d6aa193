/** Every trade of a period, between whom it was. */
import { sideWords, wordOf } from "../../protocols/api/words.ts";
import { momentOf } from "../past/past-place.ts";
import { placeText } from "./fact.ts";
import type { TradeFact } from "./fact.ts";
import type { GiveRow, Report, VenueState } from "./report.ts";
import { numberColumn, textColumn } from "./table.ts";
import type { VenueUnits } from "./venue-units.ts";

export class TradesReport implements Report {
  readonly name = "trades";
  readonly columns = [
    textColumn("time", "log time, in UTC"),
    textColumn("entry", "shard, sequence and place within the entry"),
    textColumn("symbol", "the instrument"),
    textColumn("trade_id", "the trade's number"),
    numberColumn("price", "quote for one base"),
    numberColumn("quantity", "base"),
    numberColumn("notional", "quote"),
    textColumn("currency", "the quote asset"),
    textColumn("taker_side", "`buy` or `sell`"),
    textColumn("buyer", "the account that bought"),
    textColumn("seller", "the account that sold"),
  ];
  #trades = 0;
  #units: VenueUnits | undefined;
  #give: GiveRow = () => undefined;

  begin({ units }: VenueState, give: GiveRow): void {
    this.#units = units;
    this.#give = give;
  }

  traded({ place, terms, tradeId, price, quantity, notional, ...of }: TradeFact): void {
    const units = this.#units;
    if (units === undefined) return;
    this.#trades += 1;
    this.#give([
      ...[momentOf(place.timeUs), placeText(place), terms.symbol, String(tradeId)],
      ...[units.price(terms, price), units.quantity(terms, quantity)],
      ...[units.amount(terms.quote, notional), terms.quote],
      ...[wordOf(sideWords, of.takerSide), of.buyer, of.seller],
    ]);
  }

  end(): void {
    return undefined;
  }

  summary(): Readonly<Record<string, unknown>> {
    return { trades: this.#trades };
  }
}
