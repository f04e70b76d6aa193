/** What an order would pay if it were placed now, reckoned as it will be then. */
import { feeTierAt, Side } from "../../protocols/index.ts";
import type { Amount, FeesAsked, FeesView } from "../../protocols/index.ts";
import type { FeeBook, Trading } from "./fee-book.ts";
import { chargeFee, chargeMinimum, makerPpmOf, minimumFeeOf, takerPpmOf } from "./fee.ts";
import type { ChargedInstrument } from "./fee.ts";
import { notionalOf, requirementOf, requirementWithMinimum } from "./reservation.ts";
import type { OpenTerms } from "./reservation.ts";

export function previewFees(
  book: FeeBook,
  instrument: ChargedInstrument,
  { side, price, quantity, venue, timeUs }: FeesAsked & Trading,
): FeesView {
  const { symbol } = instrument;
  const schedule = venue.feeScheduleOf(symbol);
  const volume = schedule === undefined ? 0 : book.volumeOf(schedule, instrument, timeUs);
  const notional = notionalOf(instrument, price, quantity);
  const [makerPpm, takerPpm] = [makerPpmOf(instrument), takerPpmOf(instrument)];
  const minimum = minimumFeeOf(instrument);
  const feeAt = (ppm: number): Amount => {
    if (minimum === 0) return chargeFee(notional, ppm, 0).fee;
    const most = side === Side.sell ? { most: notional } : {};
    return chargeMinimum({ notional, ppm, minimum, paid: 0, credit: 0, ...most }).fee;
  };
  return {
    ...{ makerPpm, takerPpm, minimum, volume, notional },
    schedule: schedule?.schedule ?? "",
    isOwn: book.ownRatesOf(symbol) !== undefined,
    tier: schedule === undefined ? 0 : schedule.tiers.indexOf(feeTierAt(schedule, volume)),
    makerFee: feeAt(makerPpm),
    takerFee: feeAt(takerPpm),
    reserved: reservedFor(instrument, { side, price, remaining: quantity, feeCredit: 0 }),
  };
}

/** Of a contract it is margin that is asked for. */
function reservedFor(instrument: ChargedInstrument, terms: OpenTerms): Amount {
  if (instrument.contract !== undefined) return 0;
  if (minimumFeeOf(instrument) === 0) return requirementOf(instrument, terms);
  return requirementWithMinimum(instrument, terms, { paid: 0, credit: 0 });
}
