/**
 * Rebate bounds: no maker is given more than any taker of the same instrument pays for it, so
 * that no rebate is paid out of nothing.
 *
 * Orders keep the rates that they were placed under. So a rebate that was ever given binds what
 * takers may be asked for from then on; what takers pay now binds what may be given. By
 * instrument; "" stands for all of them, where an account has rates of its own for all.
 */
import { RejectReason } from "../../protocols/index.ts";
import type {
  AccountId,
  FeeRates,
  FeeSchedule,
  InstrumentSymbol,
  InstrumentTerms,
  SetAccountFees,
} from "../../protocols/index.ts";
import type { ActorContext, Venue } from "../actor.ts";
import { ppmPerBasisPoint } from "../account/fee.ts";
import type { Register } from "./register.ts";

const { none } = RejectReason;

/** What the takers of an instrument pay at least by the schedule that was set for it last. */
interface Scheduled {
  /** "" where none has it any more. */
  readonly schedule: string;
  readonly takerPpm: number;
}

export class RebateBounds {
  readonly #register: Register;
  /** The highest rebate that was ever given. */
  readonly #given = new Map<InstrumentSymbol, number>();
  /** As accepted, of which not all shards may have heard. */
  readonly #scheduled = new Map<InstrumentSymbol, Scheduled>();
  /** What accounts with rates of their own pay as takers. */
  readonly #own = new Map<AccountId, Map<InstrumentSymbol, number>>();

  constructor(register: Register) {
    this.#register = register;
  }

  // ---- Schedules ---------------------------------------------------------------------------

  whyNotSchedule(terms: FeeSchedule, { venue }: ActorContext): RejectReason {
    const [rebate, takerPpm] = ratesOf(terms);
    const isBound = terms.symbols.every((symbol) => {
      return rebate <= this.#ownTakersOf(symbol) && takerPpm >= this.#givenFor(symbol, venue);
    });
    const isLeft = this.#leftBy(terms, venue).every((symbol) => {
      return takersOfAll(symbol, venue) >= this.#givenFor(symbol, venue);
    });
    return isBound && isLeft ? none : RejectReason["rebate-above-fee"];
  }

  scheduled(terms: FeeSchedule, { venue }: ActorContext): void {
    const [rebate, takerPpm] = ratesOf(terms);
    for (const symbol of this.#leftBy(terms, venue)) {
      this.#scheduled.set(symbol, { schedule: "", takerPpm: takersOfAll(symbol, venue) });
    }
    for (const symbol of terms.symbols) {
      this.#scheduled.set(symbol, { schedule: terms.schedule, takerPpm });
      this.#give(symbol, rebate);
    }
  }

  /** Instruments that were under the schedule and are to be no more. */
  #leftBy({ schedule, symbols }: FeeSchedule, venue: Venue): readonly InstrumentSymbol[] {
    return [...this.#register.instruments].filter((symbol) => {
      return this.#scheduleOf(symbol, venue)?.schedule === schedule && !symbols.includes(symbol);
    });
  }

  // ---- Accounts ----------------------------------------------------------------------------

  whyNotAccount({ symbol, rates }: SetAccountFees, { venue }: ActorContext): RejectReason {
    if (rates === undefined) return none;
    const rebate = rebateOf(rates);
    const isSound = this.#named(symbol).every((each) => {
      const takerPpm = Math.min(this.#takersOf(each, venue), rates.takerPpm);
      return rebate <= takerPpm && rates.takerPpm >= this.#givenFor(each, venue);
    });
    return isSound ? none : RejectReason["rebate-above-fee"];
  }

  accountSet({ account, symbol, rates }: SetAccountFees): void {
    const own = this.#own.get(account) ?? new Map<InstrumentSymbol, number>();
    if (rates === undefined) own.delete(symbol);
    else own.set(symbol, rates.takerPpm);
    if (own.size === 0) this.#own.delete(account);
    else this.#own.set(account, own);
    if (rates !== undefined) this.#give(symbol, rebateOf(rates));
  }

  // ---- Listings ----------------------------------------------------------------------------

  /** Rates that an account has for all instruments hold for one that is listed, too. */
  whyNotList({ takerFeeBasisPoints }: InstrumentTerms): RejectReason {
    const given = this.#given.get("") ?? 0;
    const isBound = takerFeeBasisPoints * ppmPerBasisPoint >= given;
    return isBound ? none : RejectReason["rebate-above-fee"];
  }

  // ---- What holds --------------------------------------------------------------------------

  #named(symbol: InstrumentSymbol): readonly InstrumentSymbol[] {
    return symbol === "" ? [...this.#register.instruments] : [symbol];
  }

  #give(symbol: InstrumentSymbol, rebate: number): void {
    if (rebate > (this.#given.get(symbol) ?? 0)) this.#given.set(symbol, rebate);
  }

  #givenFor(symbol: InstrumentSymbol, venue: Venue): number {
    const schedule = venue.feeScheduleOf(symbol);
    const now = schedule === undefined ? 0 : ratesOf(schedule)[0];
    return Math.max(this.#given.get(symbol) ?? 0, this.#given.get("") ?? 0, now);
  }

  #scheduleOf(symbol: InstrumentSymbol, venue: Venue): Scheduled | undefined {
    const accepted = this.#scheduled.get(symbol);
    const told = venue.feeScheduleOf(symbol);
    if (accepted !== undefined || told === undefined) return accepted;
    return { schedule: told.schedule, takerPpm: ratesOf(told)[1] };
  }

  #takersOf(symbol: InstrumentSymbol, venue: Venue): number {
    const takerPpm = this.#scheduleOf(symbol, venue)?.takerPpm ?? takersOfAll(symbol, venue);
    return Math.min(takerPpm, this.#ownTakersOf(symbol));
  }

  #ownTakersOf(symbol: InstrumentSymbol): number {
    let least = Infinity;
    for (const own of this.#own.values()) {
      least = Math.min(least, own.get(symbol) ?? Infinity, own.get("") ?? Infinity);
    }
    return least;
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  /** Undefined while there is nothing to say. By names. */
  snapshot(): SavedRebateBounds | undefined {
    if (this.#given.size + this.#scheduled.size + this.#own.size === 0) return undefined;
    const scheduled = [...this.#scheduled].map(
      ([symbol, { schedule, takerPpm }]) => [symbol, schedule, takerPpm] as const,
    );
    const own = [...this.#own].flatMap(([account, rates]) =>
      [...rates].map(([symbol, takerPpm]) => [account, symbol, takerPpm] as const),
    );
    return [[...this.#given], scheduled, own];
  }

  restore([given, scheduled, own]: SavedRebateBounds): void {
    for (const [symbol, rebate] of given) this.#given.set(symbol, rebate);
    for (const [symbol, schedule, takerPpm] of scheduled) {
      this.#scheduled.set(symbol, { schedule, takerPpm });
    }
    for (const [account, symbol, takerPpm] of own) {
      const rates = this.#own.get(account) ?? new Map<InstrumentSymbol, number>();
      this.#own.set(account, rates.set(symbol, takerPpm));
    }
  }
}

/** The highest rebate, and what takers pay at least; of no tiers, nothing of either. */
function ratesOf({ tiers }: FeeSchedule): readonly [rebate: number, takerPpm: number] {
  return [
    Math.max(0, ...tiers.map(rebateOf)),
    Math.min(Infinity, ...tiers.map(({ takerPpm }) => takerPpm)),
  ];
}

function rebateOf({ makerPpm }: FeeRates): number {
  return Math.max(0, -makerPpm);
}

/** What an instrument asks of everybody; nothing, for one that is being listed. */
function takersOfAll(symbol: InstrumentSymbol, venue: Venue): number {
  return (venue.instrument(symbol)?.takerFeeBasisPoints ?? 0) * ppmPerBasisPoint;
}

export type SavedRebateBounds = readonly [
  given: readonly (readonly [InstrumentSymbol, number])[],
  scheduled: readonly (readonly [InstrumentSymbol, schedule: string, takerPpm: number])[],
  own: readonly (readonly [AccountId, InstrumentSymbol, takerPpm: number])[],
];
