/**
 * Fee book: what one account pays for trading an instrument.
 *
 * Its own rates come first: those for the instrument, then those for all. Otherwise the instrument's
 * schedule says, by what the account has traded under it of late; and otherwise the instrument. An
 * order keeps the rates that it was placed under.
 */
import { areFeeRatesSound, assert, feeTierAt } from "../../protocols/index.ts";
import type {
  Amount,
  FeeRates,
  FeeSchedule,
  InstrumentSymbol,
  InstrumentTerms,
  TimeUs,
} from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import { makerPpmOf, minimumFeeOf, takerPpmOf } from "./fee.ts";
import type { ChargedInstrument } from "./fee.ts";
import { TradedVolume } from "./traded-volume.ts";
import type { SavedVolume } from "./traded-volume.ts";

/** Where and when something is traded. */
export interface Trading {
  readonly venue: Venue;
  readonly timeUs: TimeUs;
}

export class FeeBook {
  /** The account's own, by instrument; "" for all that have none. */
  readonly #own = new Map<InstrumentSymbol, FeeRates>();
  /** By the schedule's name and the quote asset: who uses a name again may do so for another. */
  readonly #volumes = new Map<string, TradedVolume>();
  /** As they were charged last: most orders are under the rates of the one before. */
  readonly #charged = new Map<InstrumentSymbol, ChargedInstrument>();

  /** The instrument, with this account's fees where they are not what everybody pays. */
  charged(instrument: InstrumentTerms, { venue, timeUs }: Trading): ChargedInstrument {
    const { symbol } = instrument;
    const schedule = venue.feeScheduleOf(symbol);
    const own = this.ownRatesOf(symbol);
    if (schedule === undefined && own === undefined) return instrument;
    const rates =
      own ?? (schedule && feeTierAt(schedule, this.volumeOf(schedule, instrument, timeUs)));
    assert(rates !== undefined);
    const minimum = schedule === undefined ? 0 : schedule.minimum;
    const before = this.#charged.get(symbol);
    if (before !== undefined && hasFees(before, rates, minimum)) return before;
    const { makerPpm, takerPpm } = rates;
    const charged = { ...instrument, fees: { makerPpm, takerPpm, minimum } };
    this.#charged.set(symbol, charged);
    return charged;
  }

  /** Rates that were made for this account alone. */
  ownRatesOf(symbol: InstrumentSymbol): FeeRates | undefined {
    if (this.#own.size === 0) return undefined;
    return this.#own.get(symbol) ?? this.#own.get("");
  }

  /** Quote units of an instrument that the account has traded under its schedule of late. */
  volumeOf({ schedule }: FeeSchedule, { quote }: InstrumentTerms, timeUs: TimeUs): Amount {
    return this.#volumes.get(`${schedule} ${quote}`)?.at(timeUs) ?? 0;
  }

  /** Counts what was traded, if it is traded under a schedule. */
  traded(instrument: InstrumentTerms, notional: Amount, { venue, timeUs }: Trading): void {
    const schedule = venue.feeScheduleOf(instrument.symbol)?.schedule;
    if (schedule === undefined) return;
    const key = `${schedule} ${instrument.quote}`;
    const volume = this.#volumes.get(key) ?? new TradedVolume();
    this.#volumes.set(key, volume);
    volume.add(notional, timeUs);
  }

  /** Gives the account rates of its own for an instrument, or for all; or takes them back. */
  set(symbol: InstrumentSymbol, rates: FeeRates | undefined): void {
    if (rates === undefined) {
      this.#own.delete(symbol);
      return;
    }
    assert(areFeeRatesSound(rates), "an account was given rates that nobody may have");
    this.#own.set(symbol, rates);
  }

  /** Undefined while there is nothing to say. By names. */
  snapshot(): SavedFeeBook | undefined {
    if (this.#own.size === 0 && this.#volumes.size === 0) return undefined;
    const own = [...this.#own].map(
      ([symbol, { makerPpm, takerPpm }]) => [symbol, makerPpm, takerPpm] as const,
    );
    const volumes = [...this.#volumes].map(([key, volume]) => [key, volume.snapshot()] as const);
    return [own.sort(byName), volumes.sort(byName)];
  }

  restore([own, volumes]: SavedFeeBook): void {
    for (const [symbol, makerPpm, takerPpm] of own) this.#own.set(symbol, { makerPpm, takerPpm });
    for (const [key, saved] of volumes) this.#volumes.set(key, TradedVolume.restore(saved));
  }
}

function hasFees(charged: ChargedInstrument, rates: FeeRates, minimum: Amount): boolean {
  return (
    makerPpmOf(charged) === rates.makerPpm &&
    takerPpmOf(charged) === rates.takerPpm &&
    minimumFeeOf(charged) === minimum
  );
}

function byName([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]) {
  return a < b ? -1 : 1;
}

export type SavedFeeBook = readonly [
  own: readonly (readonly [InstrumentSymbol, makerPpm: number, takerPpm: number])[],
  volumes: readonly (readonly [scheduleAndQuote: string, SavedVolume])[],
];
