/**
 * How much may be under way, and how often an account may ask: decided before anything reaches the
 * log, so that an overloaded exchange says "busy" at once instead of answering everybody late.
 */
import { assert, RejectReason } from "../protocols/index.ts";
import type { AccountId } from "../protocols/index.ts";

export interface AdmissionLimits {
  /** Commands handed to the cluster and not answered yet. */
  readonly commandsUnderWayMax: number;
  /** Of them, of one account: nobody takes all the room there is. */
  readonly accountCommandsUnderWayMax: number;
  readonly questionsUnderWayMax: number;
  /** Commands of one account; without it an account may send as many as it likes. */
  readonly accountRate?: AccountRate;
}

export interface AccountRate {
  readonly commandsPerSecond: number;
  /** How many commands an account that was silent may send at once. */
  readonly burst: number;
}

export const defaultLimits: AdmissionLimits = {
  commandsUnderWayMax: 20_000,
  accountCommandsUnderWayMax: 10_000,
  questionsUnderWayMax: 1000,
};

/** What an account may still send, refilled as time passes. */
interface Bucket {
  commands: number;
  filledAtMs: number;
}

export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #nowMs: () => number;
  readonly #buckets = new Map<AccountId, Bucket>();
  /** By account, of those who have any. */
  readonly #commandsOf = new Map<AccountId, number>();
  #commandsUnderWay = 0;
  #questionsUnderWay = 0;

  constructor(limits: AdmissionLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  get commandsUnderWay(): number {
    return this.#commandsUnderWay;
  }

  get questionsUnderWay(): number {
    return this.#questionsUnderWay;
  }

  /**
   * Takes room for commands of an account, all or none. Gives `none` when they may go on, and then
   * {@link commandsDone} must be called with the same.
   */
  admitCommands(account: AccountId, count: number): RejectReason {
    assert(count >= 1);
    const { commandsUnderWayMax, accountCommandsUnderWayMax } = this.#limits;
    const ofAccount = (this.#commandsOf.get(account) ?? 0) + count;
    if (this.#commandsUnderWay + count > commandsUnderWayMax) return RejectReason.busy;
    if (ofAccount > accountCommandsUnderWayMax) return RejectReason.busy;
    if (!this.#spend(account, count)) return RejectReason["rate-exceeded"];
    this.#commandsUnderWay += count;
    this.#commandsOf.set(account, ofAccount);
    return RejectReason.none;
  }

  /** As {@link admitCommands}, for an administrator: no account's rate is touched. */
  admitAdminCommand(): RejectReason {
    if (this.#commandsUnderWay >= this.#limits.commandsUnderWayMax) return RejectReason.busy;
    this.#commandsUnderWay += 1;
    return RejectReason.none;
  }

  commandsDone(account: AccountId, count: number): void {
    const left = (this.#commandsOf.get(account) ?? 0) - count;
    assert(left >= 0);
    if (left === 0) this.#commandsOf.delete(account);
    else this.#commandsOf.set(account, left);
    this.#release(count);
  }

  adminCommandDone(): void {
    this.#release(1);
  }

  #release(count: number): void {
    this.#commandsUnderWay -= count;
    assert(this.#commandsUnderWay >= 0);
  }

  admitQuestion(): RejectReason {
    if (this.#questionsUnderWay >= this.#limits.questionsUnderWayMax) return RejectReason.busy;
    this.#questionsUnderWay += 1;
    return RejectReason.none;
  }

  questionDone(): void {
    this.#questionsUnderWay -= 1;
    assert(this.#questionsUnderWay >= 0);
  }

  /** Whether the account's bucket held that many; if so they are gone from it. */
  #spend(account: AccountId, count: number): boolean {
    const rate = this.#limits.accountRate;
    if (rate === undefined) return true;
    const nowMs = this.#nowMs();
    let bucket = this.#buckets.get(account);
    if (bucket === undefined) {
      bucket = { commands: rate.burst, filledAtMs: nowMs };
      this.#buckets.set(account, bucket);
    }
    const earned = ((nowMs - bucket.filledAtMs) * rate.commandsPerSecond) / 1000;
    bucket.commands = Math.min(rate.burst, bucket.commands + earned);
    bucket.filledAtMs = nowMs;
    if (bucket.commands < count) return false;
    bucket.commands -= count;
    return true;
  }
}
