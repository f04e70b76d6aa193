/** The fee schedules that a shard knows of: an instrument is under one of them, or under none. */
import { Fields, feeScheduleIn, fieldsOfFeeSchedule } from "../../protocols/index.ts";
import type { FeeSchedule, InstrumentSymbol } from "../../protocols/index.ts";

export class FeeSchedules {
  /** By name. */
  readonly #schedules = new Map<string, FeeSchedule>();
  readonly #bySymbol = new Map<InstrumentSymbol, FeeSchedule>();

  of(symbol: InstrumentSymbol): FeeSchedule | undefined {
    return this.#bySymbol.size === 0 ? undefined : this.#bySymbol.get(symbol);
  }

  /** By name. */
  all(): readonly FeeSchedule[] {
    return [...this.#schedules.values()].sort((a, b) => (a.schedule < b.schedule ? -1 : 1));
  }

  /** In place of what had its name; instruments that were under others leave those. */
  set(terms: FeeSchedule): void {
    for (const symbol of terms.symbols) {
      const other = this.#bySymbol.get(symbol);
      if (other !== undefined && other.schedule !== terms.schedule) this.#leave(other, symbol);
    }
    for (const symbol of this.#schedules.get(terms.schedule)?.symbols ?? []) {
      this.#bySymbol.delete(symbol);
    }
    this.#schedules.delete(terms.schedule);
    if (terms.symbols.length > 0) this.#add(terms);
  }

  #leave(other: FeeSchedule, symbol: InstrumentSymbol): void {
    this.#bySymbol.delete(symbol);
    this.#schedules.delete(other.schedule);
    const symbols = other.symbols.filter((left) => left !== symbol);
    if (symbols.length > 0) this.#add({ ...other, symbols });
  }

  #add(terms: FeeSchedule): void {
    this.#schedules.set(terms.schedule, terms);
    for (const symbol of terms.symbols) this.#bySymbol.set(symbol, terms);
  }

  snapshot(): SavedFeeSchedules {
    return this.all().map(fieldsOfFeeSchedule);
  }

  restore(saved: SavedFeeSchedules): void {
    for (const fields of saved) this.#add(feeScheduleIn(new Fields(fields)));
  }
}

export type SavedFeeSchedules = readonly (readonly unknown[])[];
