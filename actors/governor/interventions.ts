/**
 * Interventions: what keeps markets and accounts from trading, by halt, kill switch or breaker.
 *
 * Several may speak against a market at a time. It is told how it stands by all of them whenever
 * one changes, and everybody is told who changed it and why.
 */
import {
  assert,
  basisPointsPerUnit,
  breakerLevelsMax,
  Intervention,
  KillScope,
  RejectReason,
} from "../../protocols/index.ts";
import type {
  AccountId,
  ArmKillSwitch,
  BreakerLevel,
  BreakerMoved,
  ConfirmKillSwitch,
  HaltTrading,
  InstrumentSymbol,
  ReleaseKillSwitch,
  ResumeTrading,
  SetMarketBreaker,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { KillSwitches } from "./kill-switches.ts";
import type { SavedKillSwitches } from "./kill-switches.ts";
import type { Register } from "./register.ts";
import { answer } from "./tickets.ts";
import type { Tickets } from "./tickets.ts";

/** Stands for all instruments in the set of what is halted. */
const wholeVenue: InstrumentSymbol = "";

const { none } = RejectReason;

export class Interventions {
  readonly #register: Register;
  readonly #tickets: Tickets;
  readonly #halted = new Set<InstrumentSymbol>();
  readonly #killSwitches = new KillSwitches();
  /** The instrument that stands for the whole venue; "" for none. */
  #index: InstrumentSymbol = "";
  #isBreakerTripped = false;

  constructor(register: Register, tickets: Tickets) {
    this.#register = register;
    this.#tickets = tickets;
  }

  // ---- Halts -------------------------------------------------------------------------------

  haltOrResume(command: HaltTrading | ResumeTrading, context: ActorContext): RejectReason {
    const { symbol } = command;
    const isHalted = command.kind === "halt-trading";
    const reason =
      symbol !== wholeVenue && !this.#register.instruments.has(symbol)
        ? RejectReason["instrument-unknown"]
        : this.#halted.has(symbol) === isHalted
          ? RejectReason[isHalted ? "already-halted" : "not-halted"]
          : none;
    if (reason !== none) return answer(context, reason);
    if (isHalted) this.#halted.add(symbol);
    else this.#halted.delete(symbol);
    record(command, { target: symbol, author: command.author, reason: command.reason }, context);
    if (symbol === wholeVenue) {
      const ticket = this.#tickets.take(context, context.shards);
      for (let shard = 0; shard < context.shards; shard++) {
        context.send({ kind: "announce-venue-halt", shard, isHalted, ticket });
      }
    } else {
      const ticket = this.#tickets.take(context, 1);
      this.#steer(symbol, { ticket }, context);
    }
    return none;
  }

  // ---- Kill switches -----------------------------------------------------------------------

  arm(command: ArmKillSwitch, context: ActorContext): RejectReason {
    const { scope, target, author, reason } = command;
    if (!this.#isTarget(scope, target)) {
      return answer(context, RejectReason["kill-switch-target-unknown"]);
    }
    record(command, { target, author, reason }, context);
    const { logic, timeUs } = context;
    // Who armed it is not known of those of before.
    const armed = logic.asksForApprovals ? { scope, target, armer: author } : { scope, target };
    return answer(context, none, this.#killSwitches.arm(armed, timeUs));
  }

  /** Undefined where nobody has armed one of that number, or it is not known who. */
  armerOf(number: number): string | undefined {
    return this.#killSwitches.armerOf(number);
  }

  #isTarget(scope: KillScope, target: string): boolean {
    switch (scope) {
      case KillScope.account:
        return this.#register.accounts.has(target);
      case KillScope.participant:
        return this.#register.accountsOf(target).length > 0;
      case KillScope.symbol:
        return this.#register.instruments.has(target);
      default:
        return target === "";
    }
  }

  confirm(command: ConfirmKillSwitch, context: ActorContext): RejectReason {
    const { number, author, kind } = command;
    if (!this.#killSwitches.isArmed(number, context.timeUs)) {
      return answer(context, RejectReason["kill-switch-unknown"]);
    }
    const isOwn = (this.armerOf(number) ?? author) === author;
    if (isOwn && context.venue.approvalPolicy.neededFor(kind) > 0) {
      return answer(context, RejectReason["kill-switch-of-your-own"]);
    }
    const { scope, target } = this.#killSwitches.confirm(number);
    record(command, { target, author: command.author, reason: "" }, context);
    this.#enforce(scope, target, { isPurged: true, context });
    return none;
  }

  release(command: ReleaseKillSwitch, context: ActorContext): RejectReason {
    const { scope, target, author, reason } = command;
    if (!this.#killSwitches.release(scope, target)) {
      return answer(context, RejectReason["kill-switch-not-thrown"]);
    }
    record(command, { target, author, reason }, context);
    this.#enforce(scope, target, { isPurged: false, context });
    return none;
  }

  /** Tells all whom a kill switch concerns how they stand now, and then answers the command. */
  #enforce(
    scope: KillScope,
    target: string,
    { isPurged, context }: { readonly isPurged: boolean; readonly context: ActorContext },
  ): void {
    if (scope === KillScope.account || scope === KillScope.participant) {
      const isOne = scope === KillScope.account;
      const accounts = isOne ? [target] : this.#register.accountsOf(target);
      const ticket = this.#tickets.take(context, accounts.length);
      for (const account of accounts) {
        const isBlocked = this.isBlocked(account);
        context.send({ kind: "block-account", account, isBlocked, ticket });
      }
      return;
    }
    const symbols = scope === KillScope.symbol ? [target] : [...this.#register.instruments];
    if (symbols.length === 0) {
      answer(context, none);
      return;
    }
    const ticket = this.#tickets.take(context, symbols.length);
    for (const symbol of symbols) this.#steer(symbol, { ticket, isPurged }, context);
  }

  /** Whether a kill switch keeps an account from trading: its own, or its participant's. */
  isBlocked(account: AccountId): boolean {
    const owner = this.#register.accounts.get(account) ?? account;
    return (
      this.#killSwitches.isThrown(KillScope.account, account) ||
      this.#killSwitches.isThrown(KillScope.participant, owner)
    );
  }

  // ---- The breaker -------------------------------------------------------------------------

  setBreaker(command: SetMarketBreaker, context: ActorContext): RejectReason {
    const { symbol, levels, author, reason } = command;
    const why = !this.#register.instruments.has(symbol)
      ? RejectReason["instrument-unknown"]
      : areSound(levels)
        ? none
        : RejectReason["breaker-invalid"];
    if (why !== none) return answer(context, why);
    record(command, { target: symbol, author, reason }, context);
    const watchedBefore = this.#index === "" || this.#index === symbol ? [] : [this.#index];
    this.#index = symbol;
    const ticket = this.#tickets.take(context, 1 + watchedBefore.length);
    for (const before of watchedBefore) {
      context.send({ kind: "watch-index", symbol: before, levels: [], ticket });
    }
    context.send({ kind: "watch-index", symbol, levels, ticket });
    return none;
  }

  /** The index fell by a level, or the halt after that is over. Nobody waits for an answer. */
  breakerMoved(message: BreakerMoved, context: ActorContext): void {
    const { instruments } = this.#register;
    this.#isBreakerTripped = message.isTripped;
    const reason = message.isTripped ? "tripped" : "released";
    record(message, { target: message.symbol, author: "", reason }, context);
    const ticket = this.#tickets.take(context, instruments.size, { isUnasked: true });
    for (const symbol of instruments) this.#steer(symbol, { ticket }, context);
  }

  /** Stops a market that is new, if the whole venue is stopped. */
  steerNew(symbol: InstrumentSymbol, context: ActorContext): void {
    const isStopped = this.#isBreakerTripped || this.#killSwitches.isThrown(KillScope.venue, "");
    if (!isStopped) return;
    this.#steer(symbol, { ticket: this.#tickets.take(context, 1, { isUnasked: true }) }, context);
  }

  /** Tells a market whether it may trade, by all that speaks against it. */
  #steer(
    symbol: InstrumentSymbol,
    { ticket, isPurged = false }: { readonly ticket: number; readonly isPurged?: boolean },
    context: ActorContext,
  ): void {
    const isKilled =
      this.#killSwitches.isThrown(KillScope.symbol, symbol) ||
      this.#killSwitches.isThrown(KillScope.venue, "");
    const isHalted = this.#halted.has(symbol) || this.#isBreakerTripped;
    const { halt, restrict, resume } = Intervention;
    const intervention = isKilled ? restrict : isHalted ? halt : resume;
    context.send({ kind: "set-phase", symbol, intervention, isPurged, ticket });
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  snapshot(): SavedInterventions {
    const killSwitches = this.#killSwitches.snapshot();
    return [[...this.#halted].sort(), killSwitches, this.#index, this.#isBreakerTripped];
  }

  restore([halted, killSwitches, index, isBreakerTripped]: SavedInterventions): void {
    assert(this.#halted.size === 0);
    for (const symbol of halted) this.#halted.add(symbol);
    this.#killSwitches.restore(killSwitches);
    this.#index = index;
    this.#isBreakerTripped = isBreakerTripped;
  }
}

export type SavedInterventions = readonly [
  halted: readonly InstrumentSymbol[],
  SavedKillSwitches,
  index: InstrumentSymbol,
  isBreakerTripped: boolean,
];

/** A day: a longer halt is one for the rest of the day. */
const haltSecondsMax = 86_400;

/** Tells everybody who interfered and why. */
export function record(
  { kind: command }: { readonly kind: string },
  { target, author, reason }: { target: string; author: string; reason: string },
  context: ActorContext,
): void {
  context.emit({ kind: "intervention-recorded", command, target, author, reason });
}

/** Whether levels ascend and are parts of a price. */
function areSound(levels: readonly BreakerLevel[]): boolean {
  if (levels.length > breakerLevelsMax) return false;
  return levels.every(({ basisPoints, haltSeconds }, index) => {
    const before = levels[index - 1]?.basisPoints ?? 0;
    const isHaltSound = haltSeconds >= 0 && haltSeconds <= haltSecondsMax;
    return basisPoints > before && basisPoints <= basisPointsPerUnit && isHaltSound;
  });
}
