/**
 * What every account has at the end, fee accounts too, from transfers alone; held against what the
 * accounts themselves say.
 */
import { add } from "../../protocols/index.ts";
import type { Amount, AssetId } from "../../protocols/index.ts";
import type { TransferFact } from "./fact.ts";
import { LedgerFold, onItsWay } from "./ledger-fold.ts";
import type { GiveRow, Report, VenueState } from "./report.ts";
import { numberColumn, textColumn } from "./table.ts";

export class BalancesReport implements Report {
  readonly name = "balances";
  readonly columns = [
    textColumn("account", "fee accounts too"),
    textColumn("asset", "its code"),
    numberColumn("available", "what may be used"),
    numberColumn("reserved", "what orders have set aside"),
    numberColumn("withdrawing", "what is set aside to be sent out"),
    numberColumn("margin", "what isolated positions have to themselves"),
    numberColumn("on_its_way", "what is between two shards, where an account is moving"),
    numberColumn("total", "all that is owned"),
  ];
  readonly #fold = new LedgerFold();
  readonly #totals = new Map<AssetId, Amount>();
  #units: VenueState["units"] | undefined;
  #give: GiveRow = () => undefined;

  transferred(fact: TransferFact): void {
    this.#fold.transferred(fact);
  }

  begin({ units }: VenueState, give: GiveRow): void {
    this.#units = units;
    this.#give = give;
  }

  end({ shards, units }: VenueState): void {
    this.#fold.check(shards);
    for (const account of this.#fold.owners()) {
      for (const asset of this.#fold.assets(account)) {
        const holding = this.#fold.holding(account, asset);
        const { total } = holding;
        const parts = ["available", "reserved", "withdrawing", "margin", onItsWay].map((kind) =>
          holding.of(kind),
        );
        const figures = [...parts, total].map((amount) => units.amount(asset, amount));
        this.#give([account, asset, ...figures]);
        this.#totals.set(asset, add(this.#totals.get(asset) ?? 0, total));
      }
    }
  }

  summary(): Readonly<Record<string, unknown>> {
    const totals = [...this.#totals].sort(([a], [b]) => (a < b ? -1 : 1));
    const shown = totals.map(([asset, amount]) => [asset, this.#units?.amount(asset, amount)]);
    return { totals: Object.fromEntries(shown) as Record<string, unknown> };
  }
}
