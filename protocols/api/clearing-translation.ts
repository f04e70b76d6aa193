/** What is asked about clearing as commands, and what is known of it as replies. */
import type { CivilDate } from "../civil-days.ts";
import { ObligationStatus } from "../clearing.ts";
import type {
  ObligationView,
  RoundObligationView,
  SettlementCycle,
  SettlementView,
} from "../clearing.ts";
import type { AdminCommand } from "../messages.ts";
import { nameIn } from "../order-terms.ts";
import type {
  Obligation,
  SetSettlementCycleRequest,
  Settlement,
  SettlementCycleTerms,
} from "./clearing-requests.ts";

/** `2026-12-24` as the exchange counts it; whether there is such a day it says itself. */
export function dateIn(text: string): CivilDate {
  return Number(text.replaceAll("-", ""));
}

export function dateText(date: CivilDate): string {
  const digits = String(date).padStart(8, "0");
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}

// Adding 0 makes 0 of the -0 that JSON can hold.
export function settlementCycleSet(author: string, request: SetSettlementCycleRequest) {
  const { cycle, symbols, days, offsetMinutes, cutOffMinute, reason } = request;
  const command: AdminCommand = {
    ...{ kind: "set-settlement-cycle", cycle, symbols, days: days + 0 },
    ...{ offsetMinutes: offsetMinutes + 0, cutOffMinute: cutOffMinute + 0 },
    weekend: request.weekend.map((day) => day + 0),
    holidays: request.holidays.map(dateIn),
    ...{ author, reason },
  };
  return { kind: "command", command } as const;
}

export function renderSettlementCycle(terms: SettlementCycle): SettlementCycleTerms {
  const { cycle, days, offsetMinutes, cutOffMinute } = terms;
  return {
    ...{ cycle, symbols: [...terms.symbols], days, offsetMinutes, cutOffMinute },
    weekend: [...terms.weekend],
    holidays: terms.holidays.map(dateText),
  };
}

export function renderObligation({ date, ...leg }: ObligationView): Obligation {
  return { date: dateText(date), ...renderLeg(leg) };
}

type Leg = Pick<RoundObligationView, "asset" | "deliver" | "receive">;

function renderLeg({ asset, deliver, receive }: Leg) {
  return { asset, deliver, receive, net: String(BigInt(receive) - BigInt(deliver)) };
}

export function renderSettlement(view: SettlementView): Settlement {
  const { round, cutOffUs, trades, finalAtUs } = view;
  return {
    ...{ round, date: dateText(view.date), cutOffUs, trades, isFinal: finalAtUs !== 0, finalAtUs },
    obligations: view.obligations.map(({ account, participant, status, ...leg }) => {
      return {
        ...{ account, participant, status: nameIn(ObligationStatus, status) },
        ...renderLeg(leg),
      };
    }),
  };
}
