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
  isSettlementCycleSound,
  RejectReason,
  unreachable,
} from "../../protocols/index.ts";
import type {
  CivilDate,
  ClearingMessage,
  ClearTrade,
  RoundObligationView,
  SetSettlementCycle,
  SettlementConfirmed,
  SettlementMoment,
  SettlementView,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { record } from "../governor/interventions.ts";
import type { Register } from "../governor/register.ts";
import { answer } from "../governor/tickets.ts";
import type { Tickets } from "../governor/tickets.ts";
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

  constructor(register: Register, tickets: Tickets) {
    this.#register = register;
    this.#tickets = tickets;
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
    round.add(trade);
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

  #confirmed({ account, round: number }: SettlementConfirmed, context: ActorContext): void {
    const round = this.#rounds.get(number);
    assert(round !== undefined, "an account confirms a round that is not under way");
    if (round.confirm(account)) this.#post(round, context);
  }

  /** All can settle: from here on nothing can be undone. */
  #post(round: SettlementRound, context: ActorContext): void {
    round.post(context.timeUs);
    this.#rounds.delete(round.number);
    this.#final = [...this.#final, round].slice(-finalRoundsKept);
    const { number, date, tradeCount: trades } = round;
    const accounts = round.accounts();
    context.emit({
      ...{ kind: "settlement-final", round: number, date, trades },
      ...{ accounts: accounts.length, assets: round.assets() },
    });
    for (const account of accounts)
      context.send({ kind: "post-settlement", account, round: number });
  }

  // ---- Questions and snapshot --------------------------------------------------------------

  /** Of one date with what accounts owe, or of all for 0; those that are final first. */
  settlements(date: CivilDate): readonly SettlementView[] {
    const rounds = [...this.#final, ...this.#rounds.values()];
    const asked = rounds.filter((round) => date === 0 || round.date === date);
    return asked.map((round) => {
      const { number, cutOffUs, tradeCount: trades, finalAtUs } = round;
      const obligations = date === 0 ? [] : this.#obligationsOf(round);
      return { round: number, date: round.date, cutOffUs, trades, finalAtUs, obligations };
    });
  }

  #obligationsOf(round: SettlementRound): readonly RoundObligationView[] {
    return round.accounts().flatMap((account) => {
      const participant = this.#register.accounts.get(account) ?? account;
      const whose = { account, participant, status: round.statusOf(account) };
      return round.legsOf(account).map(({ asset, deliver, receive }) => {
        return { ...whose, asset, deliver: String(deliver), receive: String(receive) };
      });
    });
  }

  /** Undefined while nothing was ever cleared. */
  snapshot(): SavedClearing | undefined {
    if (this.#count === 0) return undefined;
    const rounds = [...this.#rounds.values()].map((round) => round.snapshot());
    return [this.#count, rounds, this.#final.map((round) => round.snapshot())];
  }

  restore([count, rounds, final]: SavedClearing): void {
    this.#count = count;
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
    context.send({ kind: "instruct-settlement", account, round: number, date, legs });
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
];
