/**
 * Who is to be called when log time reaches a moment: of each instrument the earliest moment that
 * was asked for.
 *
 * Nobody takes a wish back: whoever is called looks what there is to do, and asks for what is next.
 * So there is one moment for each instrument, however much its book waits for.
 */
import type { InstrumentSymbol, TimeUs } from "../protocols/index.ts";
import { PriorityHeap } from "./priority-heap.ts";

/** The moment of an instrument; void when it has asked for an earlier one since. */
interface Wake {
  readonly atUs: TimeUs;
  readonly symbol: InstrumentSymbol;
}

export type SavedWakes = readonly (readonly [atUs: TimeUs, symbol: InstrumentSymbol])[];

export class Wakes {
  readonly #moments = new Map<InstrumentSymbol, TimeUs>();
  readonly #heap = new PriorityHeap<Wake>(isEarlier, (wake) => this.#isVoid(wake));

  /** The first moment at which somebody is to be called; undefined when nobody is. */
  get firstUs(): TimeUs | undefined {
    return this.#heap.first?.atUs;
  }

  ask(symbol: InstrumentSymbol, atUs: TimeUs): void {
    const askedUs = this.#moments.get(symbol);
    if (askedUs !== undefined && askedUs <= atUs) return;
    this.#moments.set(symbol, atUs);
    this.#heap.add({ atUs, symbol });
  }

  /** Calls no more for an instrument. */
  forget(symbol: InstrumentSymbol): void {
    this.#moments.delete(symbol);
  }

  /** Takes those out whose moment has come; by symbol. */
  takeDue(timeUs: TimeUs): readonly InstrumentSymbol[] {
    const due: InstrumentSymbol[] = [];
    for (let { first } = this.#heap; first !== undefined; { first } = this.#heap) {
      if (first.atUs > timeUs) break;
      this.#heap.removeFirst();
      this.#moments.delete(first.symbol);
      due.push(first.symbol);
    }
    return due.sort();
  }

  #isVoid({ atUs, symbol }: Wake): boolean {
    return this.#moments.get(symbol) !== atUs;
  }

  snapshot(): SavedWakes {
    const wakes = [...this.#moments].map(([symbol, atUs]) => ({ atUs, symbol }));
    wakes.sort((a, b) => (isEarlier(a, b) ? -1 : 1));
    return wakes.map(({ atUs, symbol }) => [atUs, symbol]);
  }

  restore(saved: SavedWakes): void {
    for (const [atUs, symbol] of saved) this.ask(symbol, atUs);
  }
}

/** The earliest first, at one moment by symbol. */
function isEarlier(a: Wake, b: Wake): boolean {
  return a.atUs === b.atUs ? a.symbol < b.symbol : a.atUs < b.atUs;
}
