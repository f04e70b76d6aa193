/** Fees as replies tell of them: amounts as text. */
import type { FeeSchedule } from "../fees.ts";
import type { FeesView } from "../queries.ts";
import type { FeePreviewReply, FeeScheduleTerms } from "./fee-requests.ts";

export function renderFees(view: FeesView): FeePreviewReply {
  const { makerPpm, takerPpm, schedule, isOwn, tier } = view;
  return {
    ok: true,
    ...{ makerPpm, takerPpm, schedule, isOwn, tier },
    minimum: String(view.minimum),
    volume: String(view.volume),
    notional: String(view.notional),
    makerFee: String(view.makerFee),
    takerFee: String(view.takerFee),
    reserved: String(view.reserved),
    ...(view.margin !== undefined && { margin: String(view.margin) }),
  };
}

export function renderFeeSchedule(terms: FeeSchedule): FeeScheduleTerms {
  return {
    schedule: terms.schedule,
    symbols: [...terms.symbols],
    minimum: String(terms.minimum),
    tiers: terms.tiers.map(({ volume, makerPpm, takerPpm }) => {
      return { volume: String(volume), makerPpm, takerPpm };
    }),
  };
}
