/** Where each contract stands, as far as a shard has heard: the newest word of its book's shard. */
import { contractStateIn, Fields, fieldsOfContractState } from "../../protocols/index.ts";
import type {
  AnnounceContract,
  ContractState,
  InstrumentSymbol,
  Ticks,
} from "../../protocols/index.ts";
import { logDayOf } from "../risk/log-day.ts";

export class KnownContracts {
  readonly #states = new Map<InstrumentSymbol, ContractState>();
  /** The mark prices as the day began on which the newest word was said; 0 without any. */
  readonly #openingMarks = new Map<InstrumentSymbol, Ticks>();

  of(symbol: InstrumentSymbol): ContractState | undefined {
    return this.#states.size === 0 ? undefined : this.#states.get(symbol);
  }

  /** A shard that is new is told by two: what is older than what it knows changes nothing. */
  hear({ kind: _, shard: __, symbol, ...state }: AnnounceContract): void {
    const known = this.#states.get(symbol);
    if (known !== undefined && isOlder(state, known)) return;
    const opening = this.openingMarkOf(symbol, logDayOf(state.atUs)) ?? state.markPrice;
    this.#openingMarks.set(symbol, opening);
    this.#states.set(symbol, state);
  }

  /** As a day began: the last mark of any day before, or the first of that day. */
  openingMarkOf(symbol: InstrumentSymbol, day: number): Ticks | undefined {
    const known = this.#states.get(symbol);
    if (known === undefined) return undefined;
    const isBefore = logDayOf(known.atUs) < day;
    return (isBefore ? known.markPrice : this.#openingMarks.get(symbol)) || undefined;
  }

  /** By symbol. */
  all(): readonly (readonly [InstrumentSymbol, ContractState])[] {
    return [...this.#states].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  snapshot(): SavedContracts {
    return this.all().map(([symbol, state]) => {
      const opening = this.#openingMarks.get(symbol) ?? 0;
      return [symbol, ...fieldsOfContractState(state), opening];
    });
  }

  restore(saved: SavedContracts): void {
    for (const list of saved) {
      const fields = new Fields(list);
      const [symbol, state] = [fields.symbol(), contractStateIn(fields)];
      this.#states.set(symbol, state);
      // Snapshots from before have none.
      this.#openingMarks.set(symbol, fields.hasMore ? fields.count() : state.markPrice);
    }
  }
}

/** Of two words of one moment, the one after more fundings is newer, and the final one newest. */
function isOlder(state: ContractState, known: ContractState): boolean {
  if (state.atUs !== known.atUs) return state.atUs < known.atUs;
  if (state.fundingRound !== known.fundingRound) return state.fundingRound < known.fundingRound;
  return state.finalPrice < known.finalPrice;
}

export type SavedContracts = readonly (readonly unknown[])[];
