/**
 * Register: the accounts and instruments that the venue has. Both only ever grow.
 */
import { assert } from "../../protocols/index.ts";
import type { AccountId, InstrumentSymbol, ParticipantId } from "../../protocols/index.ts";

export class Register {
  /** Whose account each is, in the order of opening. */
  readonly accounts = new Map<AccountId, ParticipantId>();
  /** In the order of listing. */
  readonly instruments = new Set<InstrumentSymbol>();

  accountsOf(participant: ParticipantId): AccountId[] {
    const owned = [...this.accounts].filter(([, owner]) => owner === participant);
    return owned.map(([account]) => account);
  }

  restore(
    accounts: readonly (readonly [AccountId, ParticipantId])[],
    instruments: readonly InstrumentSymbol[],
  ): void {
    assert(this.accounts.size === 0);
    assert(this.instruments.size === 0);
    for (const [account, owner] of accounts) this.accounts.set(account, owner);
    for (const symbol of instruments) this.instruments.add(symbol);
  }
}
