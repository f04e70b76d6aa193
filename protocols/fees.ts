/**
 * Fee schedules: what accounts pay for trading, by how much they have traded of late.
 *
 * Rates are in parts of a million of the notional, hundredths of a basis point; a maker's may be
 * below zero, which is a rebate. Volumes and minimums are units of the quote asset.
 */
import { assert } from "./assert.ts";
import { isAccountId } from "./identifiers.ts";
import type { InstrumentSymbol } from "./identifiers.ts";
import { MalformedRecords } from "./records.ts";
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField } from "./records.ts";
import type { Amount } from "./units.ts";

export interface FeeRates {
  readonly makerPpm: number;
  readonly takerPpm: number;
}

/** Rates for accounts that have traded so much within the last 30 days. */
export interface FeeTier extends FeeRates {
  /** Quote units, from which on. */
  readonly volume: Amount;
}

/** Takes the place of what its instruments ask of everybody. */
export interface FeeSchedule {
  /** Its name; named as accounts are. */
  readonly schedule: string;
  /** Whose orders it is for, all of one quote asset; none to do away with it. */
  readonly symbols: readonly InstrumentSymbol[];
  /** Quote units that an order pays at least once it has traded. */
  readonly minimum: Amount;
  /** By ascending volume, from 0. */
  readonly tiers: readonly FeeTier[];
}

/** A tenth of the notional. */
export const feePpmMax = 100_000;
/** A hundredth of the notional. */
export const rebatePpmMax = 10_000;
export const feeTiersMax = 20;
export const feeSymbolsMax = 1000;
/** For so many days of log time what an account has traded is counted, today's included. */
export const feeVolumeDays = 30;

/** Whether rates are within what a venue may ask for. */
export function areFeeRatesSound({ makerPpm, takerPpm }: FeeRates): boolean {
  const isMakers = makerPpm >= -rebatePpmMax && makerPpm <= feePpmMax;
  return isMakers && takerPpm >= 0 && takerPpm <= feePpmMax;
}

/**
 * Whether a schedule is one, as far as it alone can tell: tiers by ascending volume from none on,
 * and no rebate above what any taker pays.
 */
export function isFeeScheduleSound({ schedule, symbols, minimum, tiers }: FeeSchedule): boolean {
  if (!isAccountId(schedule) || new Set(symbols).size !== symbols.length) return false;
  if (symbols.length === 0) return tiers.length === 0 && minimum === 0;
  if (minimum < 0 || tiers[0]?.volume !== 0 || tiers.length > feeTiersMax) return false;
  const takerPpmMin = Math.min(...tiers.map(({ takerPpm }) => takerPpm));
  return tiers.every((tier, index) => {
    const before = tiers[index - 1];
    const isNext = before === undefined || tier.volume > before.volume;
    return isNext && areFeeRatesSound(tier) && -tier.makerPpm <= takerPpmMin;
  });
}

/** The tier of whoever has traded so much. */
export function feeTierAt({ tiers }: FeeSchedule, volume: Amount): FeeTier {
  let at = tiers.length - 1;
  while (at > 0 && tiers[at]!.volume > volume) at -= 1;
  const tier = tiers[at];
  assert(tier !== undefined, "a schedule without tiers");
  return tier;
}

export function fieldsOfFeeSchedule(terms: FeeSchedule): readonly OrdinaryField[] {
  const { schedule, symbols, minimum, tiers } = terms;
  const rows = tiers.map(({ volume, makerPpm, takerPpm }) => [volume, makerPpm, takerPpm]);
  return [schedule, symbols, minimum, rows];
}

/** Throws MalformedRecords. */
export function feeScheduleIn(fields: Fields): FeeSchedule {
  const schedule = fields.text();
  const listed = fields.fields();
  const symbols: InstrumentSymbol[] = [];
  while (listed.hasMore) symbols.push(listed.symbol());
  if (symbols.length > feeSymbolsMax) throw new MalformedRecords("too many instruments");
  const minimum = fields.amount();
  const tiers = fields.lists(0, feeTiersMax).map((row) => {
    const [volume, makerPpm, takerPpm] = [row.amount(), row.integer(), row.integer()];
    row.end();
    return { volume, makerPpm, takerPpm };
  });
  return { schedule, symbols, minimum, tiers };
}
