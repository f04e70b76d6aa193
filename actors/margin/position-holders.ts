/**
 * Position holders: which accounts of a shard have a position in a contract. Who has one says so
 * himself, whenever that changes: it follows from what accounts have, and is in no snapshot.
 */
import { assert } from "../../protocols/index.ts";
import type { AccountId, InstrumentSymbol } from "../../protocols/index.ts";

const nobody: readonly AccountId[] = [];

export class PositionHolders {
  readonly #holders = new Map<InstrumentSymbol, Set<AccountId>>();

  opened(symbol: InstrumentSymbol, account: AccountId): void {
    const holders = this.#holders.get(symbol) ?? new Set();
    assert(!holders.has(account), "a position was opened twice");
    this.#holders.set(symbol, holders.add(account));
  }

  closed(symbol: InstrumentSymbol, account: AccountId): void {
    const holders = this.#holders.get(symbol);
    const wasHeld = holders?.delete(account);
    assert(wasHeld === true, "a position was closed that nobody had");
    if (holders?.size === 0) this.#holders.delete(symbol);
  }

  /** By account id. */
  of(symbol: InstrumentSymbol): readonly AccountId[] {
    const holders = this.#holders.get(symbol);
    return holders === undefined ? nobody : [...holders].sort();
  }

  /** Contracts in which anybody has a position, by symbol. */
  symbols(): readonly InstrumentSymbol[] {
    return [...this.#holders.keys()].sort();
  }
}
