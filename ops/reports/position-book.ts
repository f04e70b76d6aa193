/**
 * What accounts have bought and sold of each instrument, by average cost, for reports: counted as
 * the SQL history and the CSV files count it.
 */
import type { Shard } from "../../actors/index.ts";
import type { AccountId, InstrumentTerms } from "../../protocols/index.ts";
import { Positions } from "../history/positions.ts";
import type { Position } from "../history/positions.ts";
import type { FillFact } from "./fact.ts";
import { requireAccount } from "./known-account.ts";

export interface HeldPosition {
  readonly account: AccountId;
  readonly terms: InstrumentTerms;
  /** Changes with each fill. */
  readonly position: Readonly<Position>;
}

export class PositionBook {
  readonly #account: AccountId | undefined;
  readonly #positions = new Positions();
  readonly #held = new Map<string, HeldPosition>();

  /** @param account undefined for everybody's. */
  constructor(account: AccountId | undefined) {
    this.#account = account;
  }

  filled({ account, terms, side, quantity, price, notional, fee }: FillFact): void {
    if ((this.#account ?? account) !== account) return;
    const fill = { side, quantity, price, notional, fee };
    const position = this.#positions.fill(account, terms.symbol, fill);
    const key = `${account} ${terms.symbol}`;
    if (!this.#held.has(key)) this.#held.set(key, { account, terms, position });
  }

  /**
   * In the order of accounts and instruments. Throws `ReportFault` where there is no such account.
   */
  all(shards: readonly Shard[]): readonly HeldPosition[] {
    requireAccount(shards, this.#account, this.#held.size > 0);
    return this.held();
  }

  /** Likewise, of an account that there may not be yet. */
  held(): readonly HeldPosition[] {
    return [...this.#held].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, held]) => held);
  }
}
