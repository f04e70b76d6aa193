/** Where each contract stands, as far as a shard has heard: the newest word of its book's shard. */
import { contractStateIn, Fields, fieldsOfContractState } from "../../protocols/index.ts";
import type { AnnounceContract, ContractState, InstrumentSymbol } from "../../protocols/index.ts";

export class KnownContracts {
  readonly #states = new Map<InstrumentSymbol, ContractState>();

  of(symbol: InstrumentSymbol): ContractState | undefined {
    return this.#states.size === 0 ? undefined : this.#states.get(symbol);
  }

  /** A shard that is new is told by two: what is older than what it knows changes nothing. */
  hear({ kind: _, shard: __, symbol, ...state }: AnnounceContract): void {
    const known = this.#states.get(symbol);
    if (known === undefined || !isOlder(state, known)) this.#states.set(symbol, state);
  }

  /** By symbol. */
  all(): readonly (readonly [InstrumentSymbol, ContractState])[] {
    return [...this.#states].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  snapshot(): SavedContracts {
    return this.all().map(([symbol, state]) => [symbol, ...fieldsOfContractState(state)]);
  }

  restore(saved: SavedContracts): void {
    for (const list of saved) {
      const fields = new Fields(list);
      this.#states.set(fields.symbol(), contractStateIn(fields));
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
