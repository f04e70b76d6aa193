/**
 * A detector: one rule, which hears the acts of all books and says what it finds.
 *
 * It is a fold: what it finds follows from the acts of one book and the settings, and from nothing
 * else. Its state is plain data. What is too old to matter it may forget whenever it likes, for
 * that changes nothing that it finds.
 */
import type { InstrumentSymbol } from "../../protocols/index.ts";
import type { Finding, Measure } from "./alert.ts";
import type { LogPlace, MarketAct } from "./market-acts.ts";
import { ruleParameters } from "./rule-parameters.ts";
import type { Parameter, ParametersOf, RuleName } from "./rule-parameters.ts";
import type { SurveillanceSettings } from "./surveillance-settings.ts";
import type { WatchedBook } from "./watched-book.ts";

export interface Detector {
  hear(act: MarketAct, book: WatchedBook): void;
  /** Plain data: maps, sets, arrays, numbers, texts. */
  readonly state: unknown;
}

export interface DetectorParts {
  readonly settings: SurveillanceSettings;
  readonly find: (finding: Finding) => void;
}

export const microsPerSecond = 1_000_000;
export const microsPerMs = 1000;

/** What of a list is not older than that; the same list, shortened. */
export function forgetBefore<Kept>(
  kept: Kept[],
  fromUs: number,
  placeOf: (kept: Kept) => LogPlace,
): Kept[] {
  let stale = 0;
  while (stale < kept.length && placeOf(kept[stale]!).timeUs < fromUs) stale += 1;
  if (stale > 0) kept.splice(0, stale);
  return kept;
}

/** The value of a key; a new one the first time. */
export function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}

/** A figure beside the parameter that it is held against. */
export function measureOf<Rule extends RuleName>(
  rule: Rule,
  chosen: ParametersOf<Rule>,
  measured: Partial<Record<keyof ParametersOf<Rule> & string, number>>,
): readonly Measure[] {
  const parameters: Readonly<Record<string, Parameter>> = ruleParameters[rule];
  const thresholds: Readonly<Record<string, number>> = chosen;
  return Object.entries(measured).map(([parameter, value]) => ({
    what: parameters[parameter]?.what ?? parameter,
    measured: Number(value),
    threshold: thresholds[parameter] ?? 0,
    ...{ parameter, unit: parameters[parameter]?.unit ?? "" },
  }));
}

/** Of a whole, in percent, rounded down; 0 of nothing. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part * 100) / whole);
}

/** How far a price is from another one, in basis points of that, rounded down. */
export function basisPointsOf(distance: number, price: number): number {
  return price === 0 ? 0 : Math.floor((distance * 10_000) / price);
}

/** Two names as one, whichever comes first. */
export function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** By instrument, and there by owner or by pair. */
export type BySymbol<Value> = Map<InstrumentSymbol, Map<string, Value>>;

export function ofSymbol<Value>(
  state: BySymbol<Value>,
  symbol: InstrumentSymbol,
): Map<string, Value> {
  return entryOf(state, symbol, () => new Map<string, Value>());
}
