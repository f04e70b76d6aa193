/** How often accounts were told what of their orders in a period, by instrument. */
import { executionTypeWords, wordOf } from "../../protocols/api/words.ts";
import type { OrderFact } from "./fact.ts";
import type { GiveRow, Report, VenueState } from "./report.ts";
import { numberColumn, textColumn } from "./table.ts";

export class OrdersReport implements Report {
  readonly name = "orders";
  readonly columns = [
    textColumn("symbol", "the instrument"),
    textColumn("account", "whose"),
    ...executionTypeWords.map((word) => {
      return numberColumn(word.replace(/-/g, "_"), `execution reports of this kind`);
    }),
  ];
  readonly #counts = new Map<string, { symbol: string; account: string; counts: number[] }>();
  #isOpen = false;
  #give: GiveRow = () => undefined;

  begin(_state: VenueState, give: GiveRow): void {
    this.#isOpen = true;
    this.#give = give;
  }

  reported({ symbol, account, executionType }: OrderFact): void {
    if (!this.#isOpen) return;
    const key = `${symbol} ${account}`;
    let of = this.#counts.get(key);
    if (of === undefined) {
      of = { symbol, account, counts: executionTypeWords.map(() => 0) };
      this.#counts.set(key, of);
    }
    const word = wordOf(executionTypeWords, executionType);
    const at = executionTypeWords.indexOf(word);
    of.counts[at] = (of.counts[at] ?? 0) + 1;
  }

  end(): void {
    const sorted = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, { symbol, account, counts }] of sorted) this.#give([symbol, account, ...counts]);
  }
}
