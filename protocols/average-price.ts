/**
 * The average price of what an order has executed, as decimal text in ticks.
 *
 * It is seldom a whole number of ticks: it is told with at most six decimals, rounded half up,
 * without zeros at the end. Integer arithmetic only, so everybody gets the same text.
 */
import { assert } from "./assert.ts";
import { divideFloor } from "./units.ts";
import type { Amount, Lots } from "./units.ts";

export const averagePriceDecimals = 6;

const parts = 10 ** averagePriceDecimals;
/** Of a divisor up to here any remainder times {@link parts} is a safe integer. */
const divisorMax = 2 ** 32;

export interface Executed {
  /** Quote units. */
  readonly executedNotional: Amount;
  /** At least 1. */
  readonly executed: Lots;
  /** What a tick of one lot is worth: an instrument's `quoteUnitsPerTickLot`. */
  readonly tickValue: number;
}

export function averagePriceOf({ executedNotional, executed, tickValue }: Executed): string {
  assert(executed > 0, "nothing was executed");
  assert(tickValue > 0);
  const divisor = executed * tickValue;
  if (typeof executedNotional === "bigint" || executedNotional < 0 || divisor > divisorMax) {
    return exactly(BigInt(executedNotional), BigInt(executed) * BigInt(tickValue));
  }
  const whole = divideFloor(executedNotional, divisor) as number;
  const scaled = (executedNotional - whole * divisor) * parts;
  const floor = divideFloor(scaled, divisor) as number;
  const fraction = (scaled - floor * divisor) * 2 >= divisor ? floor + 1 : floor;
  return fraction === parts ? String(whole + 1) : joined(String(whole), fraction);
}

/** The same for figures of any size. */
function exactly(notional: bigint, divisor: bigint): string {
  const magnitude = notional < 0n ? -notional : notional;
  const scaled = (magnitude * BigInt(parts) * 2n + divisor) / (divisor * 2n);
  const text = joined(String(scaled / BigInt(parts)), Number(scaled % BigInt(parts)));
  return notional < 0n && scaled > 0n ? `-${text}` : text;
}

function joined(whole: string, fraction: number): string {
  if (fraction === 0) return whole;
  const digits = String(fraction).padStart(averagePriceDecimals, "0");
  return `${whole}.${digits.replace(/0+$/, "")}`;
}
