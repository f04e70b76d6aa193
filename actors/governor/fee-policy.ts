/**
 * Fee policy: what accounts are asked for trading, as administrators set it: schedules, which all
 * shards are told of, and rates of single accounts, which they are.
 */
import { areFeeRatesSound, isFeeScheduleSound, RejectReason } from "../../protocols/index.ts";
import type { FeeSchedule, SetAccountFees, SetFeeSchedule } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { RebateBounds } from "./rebate-bounds.ts";
import type { Register } from "./register.ts";
import { answer } from "./tickets.ts";
import type { Tickets } from "./tickets.ts";

const { none } = RejectReason;

export class FeePolicy {
  readonly #register: Register;
  readonly #tickets: Tickets;
  readonly rebates: RebateBounds;

  constructor(register: Register, tickets: Tickets) {
    this.#register = register;
    this.#tickets = tickets;
    this.rebates = new RebateBounds(register);
  }

  setSchedule(command: SetFeeSchedule, context: ActorContext): RejectReason {
    const reason = this.#whyNotSchedule(command, context);
    if (reason !== none) return answer(context, reason);
    this.rebates.scheduled(command, context);
    const { schedule, symbols, minimum, tiers } = command;
    const ticket = this.#tickets.take(context, context.shards);
    for (let shard = 0; shard < context.shards; shard++) {
      const terms = { schedule, symbols, minimum, tiers };
      context.send({ kind: "announce-fee-schedule", shard, ...terms, ticket });
    }
    return none;
  }

  setAccount(command: SetAccountFees, context: ActorContext): RejectReason {
    const { account, symbol, rates } = command;
    const reason = this.#whyNotAccount(command, context);
    if (reason !== none) return answer(context, reason);
    this.rebates.accountSet(command);
    const ticket = this.#tickets.take(context, 1);
    context.send({ kind: "apply-account-fees", account, symbol, rates, ticket });
    return none;
  }

  #whyNotSchedule(command: SetFeeSchedule, context: ActorContext): RejectReason {
    const reason = whyNotSchedule(command, context);
    return reason === none ? this.rebates.whyNotSchedule(command, context) : reason;
  }

  #whyNotAccount(command: SetAccountFees, context: ActorContext): RejectReason {
    const { account, symbol, rates } = command;
    if (!context.logic.hasFeeSchedules) return RejectReason["command-not-permitted"];
    if (!this.#register.accounts.has(account)) return RejectReason["account-unknown"];
    if (symbol !== "" && !this.#register.instruments.has(symbol)) {
      return RejectReason["instrument-unknown"];
    }
    if (rates !== undefined && !areFeeRatesSound(rates)) return RejectReason["fees-invalid"];
    return this.rebates.whyNotAccount(command, context);
  }
}

function whyNotSchedule(terms: FeeSchedule, { logic, venue }: ActorContext): RejectReason {
  if (!logic.hasFeeSchedules) return RejectReason["command-not-permitted"];
  if (!isFeeScheduleSound(terms)) return RejectReason["fees-invalid"];
  const quotes = new Set<string>();
  for (const symbol of terms.symbols) {
    const instrument = venue.instrument(symbol);
    if (instrument === undefined) return RejectReason["instrument-unknown"];
    quotes.add(instrument.quote);
  }
  return quotes.size > 1 ? RejectReason["fees-invalid"] : none;
}
