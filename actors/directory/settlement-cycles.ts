/** The settlement cycles that a shard knows of: an instrument is under one of them, or none. */
import { Fields, fieldsOfSettlementCycle, settlementCycleIn } from "../../protocols/index.ts";
import type { InstrumentSymbol, SettlementCycle } from "../../protocols/index.ts";

export class SettlementCycles {
  /** By name. */
  readonly #cycles = new Map<string, SettlementCycle>();
  readonly #bySymbol = new Map<InstrumentSymbol, SettlementCycle>();

  of(symbol: InstrumentSymbol): SettlementCycle | undefined {
    return this.#bySymbol.size === 0 ? undefined : this.#bySymbol.get(symbol);
  }

  /** By name. */
  all(): readonly SettlementCycle[] {
    return [...this.#cycles.values()].sort((a, b) => (a.cycle < b.cycle ? -1 : 1));
  }

  /** In place of what had its name; instruments that were under others leave those. */
  set(terms: SettlementCycle): void {
    this.#cycles.delete(terms.cycle);
    for (const other of this.all()) {
      const symbols = other.symbols.filter((symbol) => !terms.symbols.includes(symbol));
      if (symbols.length === 0) this.#cycles.delete(other.cycle);
      else this.#cycles.set(other.cycle, { ...other, symbols });
    }
    if (terms.symbols.length > 0) this.#cycles.set(terms.cycle, terms);
    this.#index();
  }

  #index(): void {
    this.#bySymbol.clear();
    for (const cycle of this.#cycles.values()) {
      for (const symbol of cycle.symbols) this.#bySymbol.set(symbol, cycle);
    }
  }

  snapshot(): SavedSettlementCycles {
    return this.all().map(fieldsOfSettlementCycle);
  }

  restore(saved: SavedSettlementCycles): void {
    for (const fields of saved) {
      const terms = settlementCycleIn(new Fields(fields));
      this.#cycles.set(terms.cycle, terms);
    }
    this.#index();
  }
}

export type SavedSettlementCycles = readonly (readonly unknown[])[];
