/**
 * What accounts have bought and sold of each instrument, by average cost, and what they have in
 * contracts, for reports: counted as the SQL history and the CSV files count it.
 */
import type { Shard } from "../../actors/index.ts";
import type { AccountId, Amount, InstrumentTerms } from "../../protocols/index.ts";
import { Positions } from "../history/positions.ts";
import type { Position } from "../history/positions.ts";
import type { FillFact, PositionFact } from "./fact.ts";
import { requireAccount } from "./known-account.ts";

export interface HeldPosition {
  readonly account: AccountId;
  readonly terms: InstrumentTerms;
  /** Changes with each fill, and of a contract with whatever else becomes of it. */
  readonly position: Readonly<Position>;
  /** Of a contract, quote units that its lots were entered at; signed. 0 for goods. */
  readonly entry: Amount;
}

type Mutable<Value> = { -readonly [Field in keyof Value]: Value[Field] };

export class PositionBook {
  readonly #account: AccountId | undefined;
  readonly #positions = new Positions();
  readonly #held = new Map<string, Mutable<HeldPosition>>();

  /** @param account undefined for everybody's. */
  constructor(account: AccountId | undefined) {
    this.#account = account;
  }

  filled({ account, terms, side, quantity, price, notional, fee }: FillFact): void {
    if ((this.#account ?? account) !== account) return;
    const fill = { side, quantity, price, notional, fee };
    const { symbol, contract } = terms;
    const position =
      contract === undefined
        ? this.#positions.fill(account, symbol, fill)
        : this.#positions.fillContract(account, symbol, fill);
    this.#hold(account, terms, position);
  }

  positioned({ terms, change, entry }: PositionFact): void {
    const { account } = change;
    if ((this.#account ?? account) !== account) return;
    this.#hold(account, terms, this.#positions.change(change)).entry = entry;
  }

  #hold(
    account: AccountId,
    terms: InstrumentTerms,
    position: Readonly<Position>,
  ): Mutable<HeldPosition> {
    const key = `${account} ${terms.symbol}`;
    const held = this.#held.get(key) ?? { account, terms, position, entry: 0 };
    this.#held.set(key, held);
    return held;
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
