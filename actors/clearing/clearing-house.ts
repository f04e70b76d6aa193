/**
 * Clearing house: stands between the parties of every trade that is settled later, nets what they
 * owe by cut-off, account and asset, and has each round settled whole.
 *
 * Lives in the governor's shard. Delivery is against payment: at the cut-off every account of a
 * round is told what it has to settle and sets that aside; only when the last has confirmed is the
 * round final, and only then does anything change hands. What is final is never looked at again.
 */
import {
  assert,
  dailyCycle,
  isSettlementCycleSound,
  RejectReason,
  settlementAfter,
  unreachable,
} from "../../protocols/index.ts";
import type {
  AccountId,
  ClearingMessage,
  ClearTrade,
  DeliveriesAsked,
  DeliveryView,
  RoundObligationView,
  SetSettlementCycle,
  SettlementConfirmed,
  SettlementMoment,
  SettlementsAsked,
  SettlementView,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { record } from "../governor/interventions.ts";
import type { Register } from "../governor/register.ts";
import { answer } from "../governor/tickets.ts";
import type { Tickets } from "../governor/tickets.ts";
import { Delivery } from "./delivery.ts";
import { FailPermissions } from "./fail-permissions.ts";
import type { SavedFailPermissions } from "./fail-permissions.ts";
import { failDelivery, settleDeliveries } from "./failing.ts";
import { SettlementRound } from "./settlement-round.ts";
import type { SavedRound } from "./settlement-round.ts";

const { none } = RejectReason;

/** What it is called by when log time reaches a cut-off: no instrument is named so. */
export const clearingWake = "clearing";

/** Of those that are final, so many are known: the last ones. */
const finalRoundsKept = 20;

export class ClearingHouse {
  readonly #register: Register;
  readonly #tickets: Tickets;
  /** By number, those that are not final. */
  readonly #rounds = new Map<number, SettlementRound>();
  /** In the order in which they became so. */
  #final: SettlementRound[] = [];
  #count = 0;
  #deliveryCount = 0;
  readonly permissions: FailPermissions;

  constructor(register: Register, tickets: Tickets) {
    this.#register = register;
    this.#tickets = tickets;
    this.permissions = new FailPermissions(register, tickets);
  }

  // ---- Cycles ------------------------------------------------------------------------------

  setCycle(command: SetSettlementCycle, context: ActorContext): RejectReason {
    const reason = whyNotCycle(command, context);
    if (reason !== none) return answer(context, reason);
    const { kind, author, reason: why, approvals: _, ...terms } = command;
    record({ kind }, { target: terms.cycle, author, reason: why }, context);
    const ticket = this.#tickets.take(context, context.shards);
    for (let shard = 0; shard < context.shards; shard++) {
      context.send({ kind: "announce-settlement-cycle", shard, ...terms, ticket });
    }
    return none;
  }

  // ---- Rounds ------------------------------------------------------------------------------

  receive(message: ClearingMessage, context: ActorContext): void {
    switch (message.kind) {
      case "clear-trade":
        this.#clear(message, context);
        return;
      case "settlement-confirmed":
        this.#confirmed(message, context);
        return;
      default:
        unreachable(message);
    }
  }

  #clear(trade: ClearTrade, context: ActorContext): void {
    const round = this.#roundFor(trade);
    const { onDelivery } = trade;
    if (onDelivery === undefined) round.add(trade);
    else round.addDelivery(Delivery.of(trade, onDelivery, ++this.#deliveryCount));
    round.tradeCount += 1;
    // From another shard it may come after its cut-off: then it has a round for the late.
    if (trade.cutOffUs <= context.timeUs) this.follow(context);
    else context.wakeAt(clearingWake, trade.cutOffUs);
  }

  #roundFor({ date, cutOffUs }: SettlementMoment): SettlementRound {
    for (const round of this.#rounds.values()) {
      if (round.isOpen && round.date === date && round.cutOffUs === cutOffUs) return round;
    }
    this.#count += 1;
    const round = new SettlementRound(this.#count, { date, cutOffUs });
    this.#rounds.set(round.number, round);
    return round;
  }

  /** Log time has reached a cut-off: its rounds are netted, and their accounts told. */
  follow(context: ActorContext): void {
    for (const round of this.#rounds.values()) {
      if (!round.isOpen) continue;
      if (round.cutOffUs <= context.timeUs) instruct(round, context);
      else context.wakeAt(clearingWake, round.cutOffUs);
    }
  }

  #confirmed(message: SettlementConfirmed, context: ActorContext): void {
    const { account, round: number, given } = message;
    const round = this.#rounds.get(number);
    assert(round !== undefined, "an account confirms a round that is not under way");
    if (round.confirm(account, given)) this.#post(round, context);
  }

  /** All can settle: from here on nothing can be undone. */
  #post(round: SettlementRound, context: ActorContext): void {
    const outcome = settleDeliveries(round, this.permissions);
    const failed = round.inTurn().filter(({ isSettled }) => !isSettled);
    round.post(context.timeUs, outcome.failing);
    this.#rounds.delete(round.number);
    this.#final = [...this.#final, round].slice(-finalRoundsKept);
    const { number, date, tradeCount: trades } = round;
    const accounts = round.accounts();
    context.emit({
      ...{ kind: "settlement-final", round: number, date, trades },
      ...{ accounts: accounts.length, assets: round.assets() },
    });
    for (const account of accounts) {
      const posted = { kind: "post-settlement", account, round: number } as const;
      context.send({ ...posted, ...outcome.of(account) });
    }
    for (const delivery of failed) this.#fail(delivery, round, context);
  }

  /** What is left of a delivery is due again at the next cut-off of its instrument. */
  #fail(delivery: Delivery, { number: round, date }: SettlementRound, context: ActorContext): void {
    const { symbol } = delivery;
    const cycle = context.venue.settlementCycleOf(symbol) ?? dailyCycle;
    const next = settlementAfter(cycle, date, context.timeUs);
    const { permissions } = this;
    failDelivery(delivery, { round, date, nextDate: next.date, permissions }, context);
    this.#roundFor(next).addDelivery(delivery);
    context.wakeAt(clearingWake, next.cutOffUs);
  }

  // ---- Questions and snapshot --------------------------------------------------------------

  /** Of one date with what accounts owe, or of all for 0; those that are final first. */
  settlements(which: SettlementsAsked): readonly SettlementView[] {
    const { date, after = "", limit = Infinity } = which;
    const rounds = [...this.#final, ...this.#rounds.values()];
    const asked = rounds.filter((round) => date === 0 || round.date === date);
    const names = asked.flatMap((round) => round.accounts()).filter((name) => name > after);
    const page = new Set([...new Set(names)].sort().slice(0, limit));
    return asked.map((round) => {
      const { number, cutOffUs, tradeCount: trades, finalAtUs } = round;
      const obligations = date === 0 ? [] : this.#obligationsOf(round, page);
      return { round: number, date: round.date, cutOffUs, trades, finalAtUs, obligations };
    });
  }

  #obligationsOf(
    round: SettlementRound,
    page: ReadonlySet<AccountId>,
  ): readonly RoundObligationView[] {
    const accounts = round.accounts().filter((account) => page.has(account));
    return accounts.flatMap((account) => {
      const participant = this.#register.accounts.get(account) ?? account;
      const whose = { account, participant, status: round.statusOf(account) };
      return round.legsOf(account).map(({ asset, deliver, receive }) => {
        return { ...whose, asset, deliver: String(deliver), receive: String(receive) };
      });
    });
  }

  /** Deliveries that have not been settled: those above a number, in order; the oldest first. */
  deliveries({ account, after, limit, isFailed }: DeliveriesAsked): readonly DeliveryView[] {
    const open = [...this.#rounds.values()].flatMap((round) =>
      round.deliveries.map((delivery) => delivery.view(round.date)),
    );
    return open
      .filter(({ seller, buyer }) => account === "" || seller === account || buyer === account)
      .filter(({ delivery, daysFailed }) => delivery > after && (!isFailed || daysFailed > 0))
      .sort((a, b) => a.delivery - b.delivery)
      .slice(0, limit);
  }

  /** Undefined while nothing was ever cleared. */
  snapshot(): SavedClearing | undefined {
    const permissions = this.permissions.snapshot();
    if (this.#count === 0 && permissions.length === 0) return undefined;
    const rounds = [...this.#rounds.values()].map((round) => round.snapshot());
    const final = this.#final.map((round) => round.snapshot());
    const saved = [this.#count, rounds, final] as const;
    if (this.#deliveryCount === 0 && permissions.length === 0) return saved;
    return [...saved, this.#deliveryCount, permissions];
  }

  restore([count, rounds, final, deliveryCount = 0, permissions = []]: SavedClearing): void {
    this.#count = count;
    this.#deliveryCount = deliveryCount;
    this.permissions.restore(permissions);
    for (const saved of rounds) {
      const round = SettlementRound.restore(saved);
      this.#rounds.set(round.number, round);
    }
    this.#final = final.map((saved) => SettlementRound.restore(saved));
  }
}

function instruct(round: SettlementRound, context: ActorContext): void {
  round.instruct();
  const { number, date } = round;
  for (const account of round.accounts()) {
    const legs = round.legsOf(account);
    const calls = round.callsOf(account);
    const told = { kind: "instruct-settlement", account, round: number, date, legs } as const;
    context.send(calls.length === 0 ? told : { ...told, calls });
  }
}

function whyNotCycle(command: SetSettlementCycle, { logic, venue }: ActorContext): RejectReason {
  if (!logic.hasClearing) return RejectReason["command-not-permitted"];
  const isKnown = command.symbols.every((symbol) => venue.instrument(symbol) !== undefined);
  if (!isKnown) return RejectReason["instrument-unknown"];
  // Nothing is delivered for a contract.
  const isSpot = command.symbols.every((symbol) => !venue.instrument(symbol)?.contract);
  if (!isSpot) return RejectReason["settlement-cycle-invalid"];
  return isSettlementCycleSound(command) ? none : RejectReason["settlement-cycle-invalid"];
}

export type SavedClearing = readonly [
  count: number,
  rounds: readonly SavedRound[],
  final: readonly SavedRound[],
  deliveryCount?: number,
  permissions?: SavedFailPermissions,
];
