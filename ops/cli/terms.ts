/** What the numbers of an exchange's instruments and assets mean, as decimal numbers. */
import { decimalOf } from "../../clients/sdk/instrument-units.ts";
import type { LedgerEntry } from "../../protocols/api/history-replies.ts";
import type { Asset, Instrument } from "../../protocols/api/replies.ts";
import { assert } from "../../protocols/index.ts";
import { instrumentUnknown } from "./exchange-access.ts";
import { NaturalUnits } from "./natural-units.ts";
import { CommandFault } from "./output.ts";

export class Terms {
  readonly #units: ReadonlyMap<string, NaturalUnits>;
  readonly #decimals: ReadonlyMap<string, number>;

  constructor(instruments: readonly Instrument[], assets: readonly Asset[]) {
    this.#units = new Map(
      instruments.map((instrument) => [instrument.symbol, new NaturalUnits(instrument, assets)]),
    );
    this.#decimals = new Map(assets.map(({ asset, decimals }) => [asset, decimals]));
  }

  /** Throws a CommandFault where an instrument or an asset is named that there is not. */
  requireKnown({ symbol, asset }: { readonly symbol?: string; readonly asset?: string }): void {
    if (symbol !== undefined && !this.#units.has(symbol)) {
      throw instrumentUnknown(symbol, [...this.#units.keys()]);
    }
    if (asset !== undefined && !this.#decimals.has(asset)) {
      throw new CommandFault("asset-unknown", `there is no asset ${asset}: ./outcry asset list`);
    }
  }

  unitsOf(symbol: string): NaturalUnits {
    const units = this.#units.get(symbol);
    assert(units !== undefined, "an instrument that is not listed");
    return units;
  }

  amount({ asset, amount }: Pick<LedgerEntry, "asset" | "amount">): string {
    return decimalOf(amount, this.#decimals.get(asset) ?? 0);
  }
}
