/** The withdrawals that one account knows: those under way, and for a week those that are over. */
import {
  add,
  assert,
  withdrawalMemoryUs,
  withdrawalsKnownMax,
  withdrawalsOpenMax,
} from "../../protocols/index.ts";
import type {
  Amount,
  AssetId,
  CustodyPolicy,
  RequestWithdrawal,
  TimeUs,
  WithdrawalStatus,
} from "../../protocols/index.ts";
import { isWithdrawalOver, isWithdrawalUndone } from "../custody/withdrawal-lifecycle.ts";

export interface Withdrawal {
  /** Counts the account's withdrawals from 1. */
  readonly number: number;
  readonly reference: string;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly address: string;
  readonly requestedUs: TimeUs;
  /** Of the rules that it was asked for under. */
  readonly revision: number;
  /** How many have to approve of it. */
  readonly needed: number;
  status: WithdrawalStatus;
  approvers: readonly string[];
  transaction: string;
  /** When it was over; 0 before that. */
  overUs: TimeUs;
}

/** Under what it is asked for, and when. */
interface Asked {
  readonly policy: CustodyPolicy;
  readonly needed: number;
  readonly timeUs: TimeUs;
}

const nothing: ReadonlyMap<AssetId, Amount> = new Map();

export class KnownWithdrawals {
  /** In the order of asking. */
  readonly #byNumber = new Map<number, Withdrawal>();
  readonly #byReference = new Map<string, Withdrawal>();
  #count = 0;

  open(request: RequestWithdrawal, { policy, needed, timeUs }: Asked): Withdrawal {
    const { reference, asset, amount, address } = request;
    this.#count += 1;
    const withdrawal: Withdrawal = {
      ...{ number: this.#count, reference, asset, amount, address, requestedUs: timeUs },
      ...{ revision: policy.revision, needed, status: 0, approvers: [], transaction: "" },
      overUs: 0,
    };
    this.#add(withdrawal);
    return withdrawal;
  }

  #add(withdrawal: Withdrawal): void {
    assert(!this.#byReference.has(withdrawal.reference), "a reference was used twice");
    this.#byNumber.set(withdrawal.number, withdrawal);
    this.#byReference.set(withdrawal.reference, withdrawal);
  }

  numbered(number: number): Withdrawal | undefined {
    return this.#byNumber.get(number);
  }

  referred(reference: string): Withdrawal | undefined {
    return this.#byReference.get(reference);
  }

  all(): readonly Withdrawal[] {
    return [...this.#byNumber.values()];
  }

  /** Whether there are as many as one account may have. */
  get isFull(): boolean {
    const open = this.all().filter(({ status }) => !isWithdrawalOver(status)).length;
    return open >= withdrawalsOpenMax || this.#byNumber.size >= withdrawalsKnownMax;
  }

  /** Units of an asset asked for after a moment, but for what was given back. */
  since(asset: AssetId, afterUs: TimeUs): Amount {
    let sum: Amount = 0;
    for (const withdrawal of this.#byNumber.values()) {
      const { amount, requestedUs, status } = withdrawal;
      const counts = withdrawal.asset === asset && requestedUs > afterUs;
      if (counts && !isWithdrawalUndone(status)) sum = add(sum, amount);
    }
    return sum;
  }

  /** Units of each asset that are set aside. Accounts are asked often, and most have none. */
  openSums(): ReadonlyMap<AssetId, Amount> {
    if (this.#byNumber.size === 0) return nothing;
    const sums = new Map<AssetId, Amount>();
    for (const { asset, amount, status } of this.#byNumber.values()) {
      if (!isWithdrawalOver(status)) sums.set(asset, add(sums.get(asset) ?? 0, amount));
    }
    return sums;
  }

  forgetOver(timeUs: TimeUs): void {
    for (const { number, reference, overUs, status } of this.#byNumber.values()) {
      if (!isWithdrawalOver(status) || overUs + withdrawalMemoryUs > timeUs) continue;
      this.#byNumber.delete(number);
      this.#byReference.delete(reference);
    }
  }

  snapshot(): SavedWithdrawals {
    const rows = this.all().map((is) => {
      const terms = [is.number, is.reference, is.asset, is.amount, is.address] as const;
      const rules = [is.requestedUs, is.revision, is.needed] as const;
      return [...terms, ...rules, is.status, is.approvers, is.transaction, is.overUs] as const;
    });
    return [this.#count, rows];
  }

  restore([count, rows]: SavedWithdrawals): void {
    assert(this.#count === 0);
    this.#count = count;
    for (const [number, reference, asset, amount, address, ...row] of rows) {
      const [requestedUs, revision, needed, status, approvers, transaction, overUs] = row;
      const terms = { number, reference, asset, amount, address, requestedUs, revision, needed };
      this.#add({ ...terms, status, approvers, transaction, overUs });
    }
  }
}

export type SavedWithdrawals = readonly [
  count: number,
  rows: readonly (readonly [
    number: number,
    reference: string,
    AssetId,
    Amount,
    address: string,
    requestedUs: TimeUs,
    revision: number,
    needed: number,
    WithdrawalStatus,
    approvers: readonly string[],
    transaction: string,
    overUs: TimeUs,
  ])[],
];
