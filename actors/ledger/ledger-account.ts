/**
 * Ledger account: what somebody has of one asset for one purpose.
 *
 * Nothing changes it but a transfer, which takes from one account what it gives to another of the
 * same asset: so all accounts of an asset add up to nothing at any moment. What customers have is
 * owed to them and stands on accounts that are never below zero; the accounts that are, say where
 * it came from.
 *
 * Invariant: funds-not-negative, reservations-not-negative, withdrawals-not-negative,
 * deliveries-not-negative, margin-not-negative.
 */
import { add, assert, hold, invariant, subtract } from "../../protocols/index.ts";
import type { AccountId, Amount, AssetId, Invariant } from "../../protocols/index.ts";

/** What an account is for. */
export type LedgerAccountKind =
  /** What an owner may use, */
  | "available"
  /** and what is set aside for its orders: pending transfers, posted by fills or voided. */
  | "reserved"
  /** What is set aside to be sent out: pending, until the chain has it for good. */
  | "withdrawing"
  /** What a shard has taken from one party and not yet given to the other: below zero if given. */
  | "settlement"
  /** Units that parties of trades have given which are not settled yet. */
  | "clearing"
  /** What parties of such trades were given in advance: as far below zero as that is. */
  | "claims"
  /** What parties of trades on delivery have given, until the other party has, too. */
  | "delivery"
  /** Where units came from that administrators brought in: as far below zero as there are. */
  | "issuance"
  /** Where units came from that chains brought in: as far below zero as the venue holds there. */
  | "custody"
  /** What the exchange has given away of what it earns: as far below zero. */
  | "rebates"
  /** What an owner's positions in contracts have cost: as far below zero, above if they brought it. */
  | "variation"
  /** What an owner's isolated positions have to themselves. */
  | "margin"
  /** What insurance funds were to pay and did not have: as far below zero. */
  | "deficit";

/** Why something is transferred. */
export type TransferCode =
  /** Units are brought in, */
  | "issue"
  /** and arrive at whom they are for. */
  | "deposit"
  /** An order's means are set aside, */
  | "reserve"
  /** and what it needs no more is given back; so is what isolated positions do not need. */
  | "release"
  /** An isolated position gets cash of its own. */
  | "post"
  /** One side of a trade, */
  | "trade"
  /** and its fee, */
  | "fee"
  /** or what is given for it. */
  | "rebate"
  /** What stood between parties of trades until they are settled is gone. */
  | "settle"
  /** What a position costs by a trade, or brings, */
  | "position"
  /** what it has realised, */
  | "profit"
  /** and what it pays or is paid for being held. */
  | "funding"
  /** A loss beyond what there is, paid by somebody else. */
  | "cover"
  /** What an insurance fund is paid for orders that close positions for their owners. */
  | "liquidation"
  /** An account gives what it owed for a trade without having it, */
  | "deliver"
  /** or pays for not giving it. */
  | "penalty"
  /** Units come in from a chain, */
  | "receipt"
  /** are set aside to go there, */
  | "request"
  /** or given back, */
  | "return"
  /** or leave. */
  | "payout"
  /** An account goes to another shard, */
  | "departure"
  /** and comes from one. */
  | "arrival";

export interface Transfer {
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
  /** Units of the asset of both; more than none. */
  readonly amount: Amount;
  readonly code: TransferCode;
}

/** Whoever is told of every transfer. It may not keep the object. */
export interface Journal {
  transferred(transfer: Transfer): void;
}

/** The ledger of the asset. */
export interface AccountLedger {
  readonly asset: AssetId;
  readonly journal: Journal | undefined;
  /** Something was settled. */
  touch(): void;
}

const floors: Readonly<Record<LedgerAccountKind, Invariant | undefined>> = {
  available: invariant("funds-not-negative"),
  reserved: invariant("reservations-not-negative"),
  withdrawing: invariant("withdrawals-not-negative"),
  settlement: undefined,
  clearing: undefined,
  claims: undefined,
  delivery: invariant("deliveries-not-negative"),
  issuance: undefined,
  custody: undefined,
  rebates: undefined,
  variation: undefined,
  margin: invariant("margin-not-negative"),
  deficit: undefined,
};

type Mutable<Value> = { -readonly [Field in keyof Value]: Value[Field] };

export class LedgerAccount {
  /** Whose it is: an account's id, or "" for the shard's own. */
  readonly owner: AccountId;
  readonly kind: LedgerAccountKind;
  readonly #ledger: AccountLedger;
  readonly #floor: Invariant | undefined;
  #balance: Amount = 0;

  constructor(ledger: AccountLedger, kind: LedgerAccountKind, owner: AccountId = "") {
    this.owner = owner;
    this.kind = kind;
    this.#ledger = ledger;
    this.#floor = floors[kind];
  }

  get asset(): AssetId {
    return this.#ledger.asset;
  }

  get balance(): Amount {
    return this.#balance;
  }

  /** Gives units, at least none, to another account of the same asset. */
  transfer(credit: LedgerAccount, amount: Amount, code: TransferCode): void {
    assert(amount >= 0, "a transfer of less than nothing");
    assert(credit.#ledger === this.#ledger, "a transfer between two assets");
    if (amount === 0) return;
    this.#balance = subtract(this.#balance, amount);
    credit.#balance = add(credit.#balance, amount);
    const floor = this.#floor;
    if (floor !== undefined) hold(floor, this.#balance >= 0, "more is given than there is");
    const ledger = this.#ledger;
    if (this.kind === "settlement" || credit.kind === "settlement") ledger.touch();
    const { journal } = ledger;
    if (journal === undefined) return;
    told.debit = this;
    told.credit = credit;
    told.amount = amount;
    told.code = code;
    journal.transferred(told);
  }
}

// Whoever is told does not keep it, so one object serves for all transfers.
const told = {} as Mutable<Transfer>;
