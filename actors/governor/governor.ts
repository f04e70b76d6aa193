/**
 * Governor: participants, assets, instruments, deposits and the kill switch of the whole venue.
 *
 * Lives in the first shard. What it decides takes effect elsewhere, on every shard or at one
 * account: it hands out a ticket, waits until each place has served it, and only then answers the
 * administrator. The supply of every asset is counted here, so no account can ever hold more than a
 * ledger field does.
 */
import {
  add,
  amountMax,
  assert,
  basisPointsPerUnit,
  Fields,
  fieldsOfTerms,
  Intervention,
  isReservedAccount,
  KillScope,
  RejectReason,
  shardOfInstrument,
  termsIn,
  unreachable,
} from "../../protocols/index.ts";
import type {
  AccountId,
  AddAsset,
  AdminCommand,
  Amount,
  ArmKillSwitch,
  AssetId,
  BalanceView,
  BreakerLevel,
  BreakerMoved,
  ConfirmKillSwitch,
  Deposit,
  HaltTrading,
  InstrumentSymbol,
  InstrumentTerms,
  ListInstrument,
  OpenAccount,
  Origin,
  ParticipantId,
  ProducerId,
  PublishMarkPrice,
  ReleaseKillSwitch,
  ResumeTrading,
  SetMarketBreaker,
  TicketServed,
} from "../../protocols/index.ts";
import type { Actor, ActorContext } from "../actor.ts";
import { whyNotList } from "../directory/directory.ts";
import { KillSwitches } from "./kill-switches.ts";
import type { SavedKillSwitches } from "./kill-switches.ts";

/** Waits for a decision to have taken effect in `left` more places. */
interface Ticket {
  /** Who asked for it, and whoever asked for the same meanwhile. */
  readonly origins: Origin[];
  left: number;
  /** The instrument that is being listed, when that was the decision. */
  readonly listing: InstrumentTerms | undefined;
  /** Set while only the listing's own shard has been told. */
  isOpening: boolean;
}

/** What was deposited under a reference: the same again is the same deposit. */
interface Credited {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly ticket: number;
}

/** Decimal places of an asset: no ledger of 64 bits has use for more. */
const decimalsMax = 18;
/** Stands for all instruments in the set of what is halted. */
const wholeVenue: InstrumentSymbol = "";

const { none } = RejectReason;

export class Governor implements Actor<GovernorMessage> {
  /** Whose account each is. */
  readonly #accounts = new Map<AccountId, ParticipantId>();
  /** Units that were ever deposited, by asset. */
  readonly #supply = new Map<AssetId, Amount>();
  readonly #instruments = new Set<InstrumentSymbol>();
  readonly #halted = new Set<InstrumentSymbol>();
  readonly #deposits = new Map<string, Credited>();
  readonly #killSwitches = new KillSwitches();
  /** The instrument that stands for the whole venue; "" for none. */
  #index: InstrumentSymbol = "";
  #isBreakerTripped = false;
  readonly #tickets = new Map<number, Ticket>();
  #ticketCount = 0;

  receive(message: GovernorMessage, context: ActorContext): void {
    switch (message.kind) {
      case "add-asset":
        this.#addAsset(message, context);
        return;
      case "list-instrument":
        this.#listInstrument(message, context);
        return;
      case "open-account":
        this.#openAccount(message, context);
        return;
      case "deposit":
        this.#deposit(message, context);
        return;
      case "halt-trading":
      case "resume-trading":
        this.#intervene(message, context);
        return;
      case "arm-kill-switch":
        this.#arm(message, context);
        return;
      case "confirm-kill-switch":
        this.#confirm(message, context);
        return;
      case "release-kill-switch":
        this.#release(message, context);
        return;
      case "set-market-breaker":
        this.#setBreaker(message, context);
        return;
      case "breaker-moved":
        this.#breakerMoved(message, context);
        return;
      case "ticket-served":
        this.#served(message, context);
        return;
      default:
        unreachable(message);
    }
  }

  #addAsset({ asset, decimals }: AddAsset, context: ActorContext): void {
    const reason = this.#supply.has(asset)
      ? RejectReason["asset-exists"]
      : decimals < 0 || decimals > decimalsMax
        ? RejectReason["asset-terms-invalid"]
        : none;
    if (reason === none) {
      this.#supply.set(asset, 0);
      for (let shard = 0; shard < context.shards; shard++) {
        context.send({ kind: "announce-asset", shard, asset, decimals });
      }
    }
    answer(context, reason);
  }

  /**
   * The shard of the instrument's book is told first and the others when it has the book: no account
   * may know an instrument before its book can take an order.
   */
  #listInstrument({ terms }: ListInstrument, context: ActorContext): void {
    const reason =
      !this.#supply.has(terms.base) || !this.#supply.has(terms.quote)
        ? RejectReason["asset-unknown"]
        : this.#instruments.has(terms.symbol)
          ? RejectReason["instrument-exists"]
          : whyNotList(terms);
    if (reason !== none) {
      answer(context, reason);
      return;
    }
    this.#instruments.add(terms.symbol);
    const shard = shardOfInstrument(terms.symbol, context.shards);
    const ticket = this.#takeTicket(context, 1, { listing: terms });
    context.send({ kind: "announce-instrument", shard, terms, ticket });
  }

  #openAccount({ account, participant }: OpenAccount, context: ActorContext): void {
    if (this.#accounts.has(account)) {
      answer(context, RejectReason["account-exists"]);
      return;
    }
    if (isReservedAccount(account)) {
      answer(context, RejectReason["account-reserved"]);
      return;
    }
    const owner = participant === "" ? account : participant;
    this.#accounts.set(account, owner);
    const isBlocked = this.#killSwitches.isThrown(KillScope.participant, owner);
    const ticket = this.#takeTicket(context, isBlocked ? 2 : 1);
    context.send({ kind: "create-account", account, participant: owner, ticket });
    if (isBlocked) context.send({ kind: "block-account", account, isBlocked, ticket });
  }

  #deposit(command: Deposit, context: ActorContext): void {
    const { account, asset, amount, reference } = command;
    const credited = this.#deposits.get(reference);
    if (credited !== undefined && isSameDeposit(credited, command)) {
      this.#answerWith(credited.ticket, context);
      return;
    }
    const supply = this.#supply.get(asset);
    const reason = this.#whyNotDeposit(command);
    if (reason !== none) {
      answer(context, reason);
      return;
    }
    assert(supply !== undefined);
    this.#supply.set(asset, add(supply, amount));
    const ticket = this.#takeTicket(context, 1);
    this.#deposits.set(reference, { account, asset, amount, ticket });
    context.send({ kind: "credit-deposit", account, asset, amount, ticket });
  }

  #whyNotDeposit({ account, asset, amount, reference }: Deposit): RejectReason {
    const supply = this.#supply.get(asset);
    if (!this.#accounts.has(account)) return RejectReason["account-unknown"];
    if (this.#deposits.has(reference)) return RejectReason["reference-reused"];
    if (supply === undefined) return RejectReason["asset-unknown"];
    if (amount <= 0) return RejectReason["amount-not-positive"];
    if (add(supply, amount) > amountMax) return RejectReason["supply-too-large"];
    return none;
  }

  #intervene(command: HaltTrading | ResumeTrading, context: ActorContext): void {
    const { symbol } = command;
    const isHalted = command.kind === "halt-trading";
    const reason =
      symbol !== wholeVenue && !this.#instruments.has(symbol)
        ? RejectReason["instrument-unknown"]
        : this.#halted.has(symbol) === isHalted
          ? RejectReason[isHalted ? "already-halted" : "not-halted"]
          : none;
    if (reason !== none) {
      answer(context, reason);
      return;
    }
    if (isHalted) this.#halted.add(symbol);
    else this.#halted.delete(symbol);
    record(command, { target: symbol, author: command.author, reason: command.reason }, context);
    if (symbol === wholeVenue) {
      const ticket = this.#takeTicket(context, context.shards);
      for (let shard = 0; shard < context.shards; shard++) {
        context.send({ kind: "announce-venue-halt", shard, isHalted, ticket });
      }
    } else {
      const ticket = this.#takeTicket(context, 1);
      this.#steer(symbol, ticket, context);
    }
  }

  // ---- Kill switches and the breaker -------------------------------------------------------

  #arm(command: ArmKillSwitch, context: ActorContext): void {
    const { scope, target, author, reason } = command;
    if (!this.#isTarget(scope, target)) {
      answer(context, RejectReason["kill-switch-target-unknown"]);
      return;
    }
    record(command, { target, author, reason }, context);
    const number = this.#killSwitches.arm(scope, target, context.timeUs);
    answer(context, none, number);
  }

  #isTarget(scope: KillScope, target: string): boolean {
    switch (scope) {
      case KillScope.account:
        return this.#accounts.has(target);
      case KillScope.participant:
        return this.#accountsOf(target).length > 0;
      case KillScope.symbol:
        return this.#instruments.has(target);
      default:
        return target === "";
    }
  }

  #accountsOf(participant: ParticipantId): AccountId[] {
    const owned = [...this.#accounts].filter(([, owner]) => owner === participant);
    return owned.map(([account]) => account);
  }

  #confirm(command: ConfirmKillSwitch, context: ActorContext): void {
    const armed = this.#killSwitches.confirm(command.number, context.timeUs);
    if (armed === undefined) {
      answer(context, RejectReason["kill-switch-unknown"]);
      return;
    }
    const { scope, target } = armed;
    record(command, { target, author: command.author, reason: "" }, context);
    this.#enforce(scope, target, { isPurged: true, context });
  }

  #release(command: ReleaseKillSwitch, context: ActorContext): void {
    const { scope, target, author, reason } = command;
    if (!this.#killSwitches.release(scope, target)) {
      answer(context, RejectReason["kill-switch-not-thrown"]);
      return;
    }
    record(command, { target, author, reason }, context);
    this.#enforce(scope, target, { isPurged: false, context });
  }

  /** Tells all whom a kill switch concerns how they stand now, and then answers the command. */
  #enforce(
    scope: KillScope,
    target: string,
    { isPurged, context }: { readonly isPurged: boolean; readonly context: ActorContext },
  ): void {
    if (scope === KillScope.account || scope === KillScope.participant) {
      const accounts = scope === KillScope.account ? [target] : this.#accountsOf(target);
      const ticket = this.#takeTicket(context, accounts.length);
      for (const account of accounts) {
        const isBlocked = this.#isBlocked(account);
        context.send({ kind: "block-account", account, isBlocked, ticket });
      }
      return;
    }
    const symbols = scope === KillScope.symbol ? [target] : [...this.#instruments];
    if (symbols.length === 0) {
      answer(context, none);
      return;
    }
    const ticket = this.#takeTicket(context, symbols.length);
    for (const symbol of symbols) this.#steer(symbol, ticket, context, isPurged);
  }

  #isBlocked(account: AccountId): boolean {
    const owner = this.#accounts.get(account) ?? account;
    return (
      this.#killSwitches.isThrown(KillScope.account, account) ||
      this.#killSwitches.isThrown(KillScope.participant, owner)
    );
  }

  /** Tells a market whether it may trade, by all that speaks against it. */
  #steer(symbol: InstrumentSymbol, ticket: number, context: ActorContext, isPurged = false): void {
    const isKilled =
      this.#killSwitches.isThrown(KillScope.symbol, symbol) ||
      this.#killSwitches.isThrown(KillScope.venue, "");
    const isHalted = this.#halted.has(symbol) || this.#isBreakerTripped;
    const { halt, restrict, resume } = Intervention;
    const intervention = isKilled ? restrict : isHalted ? halt : resume;
    context.send({ kind: "set-phase", symbol, intervention, isPurged, ticket });
  }

  #setBreaker(command: SetMarketBreaker, context: ActorContext): void {
    const { symbol, levels, author, reason } = command;
    const why = !this.#instruments.has(symbol)
      ? RejectReason["instrument-unknown"]
      : areSound(levels)
        ? none
        : RejectReason["breaker-invalid"];
    if (why !== none) {
      answer(context, why);
      return;
    }
    record(command, { target: symbol, author, reason }, context);
    const watchedBefore = this.#index === "" || this.#index === symbol ? [] : [this.#index];
    this.#index = symbol;
    const ticket = this.#takeTicket(context, 1 + watchedBefore.length);
    for (const before of watchedBefore) {
      context.send({ kind: "watch-index", symbol: before, levels: [], ticket });
    }
    context.send({ kind: "watch-index", symbol, levels, ticket });
  }

  /** The index fell by a level, or the halt after that is over. Nobody waits for an answer. */
  #breakerMoved(message: BreakerMoved, context: ActorContext): void {
    this.#isBreakerTripped = message.isTripped;
    const reason = message.isTripped ? "tripped" : "released";
    record(message, { target: message.symbol, author: "", reason }, context);
    const ticket = this.#takeTicket(context, this.#instruments.size, { isUnasked: true });
    for (const symbol of this.#instruments) this.#steer(symbol, ticket, context);
  }

  #takeTicket(
    context: ActorContext,
    places: number,
    { listing, isUnasked = false }: { listing?: InstrumentTerms; isUnasked?: boolean } = {},
  ): number {
    this.#ticketCount += 1;
    this.#tickets.set(this.#ticketCount, {
      origins: isUnasked ? [] : [context.origin],
      left: places,
      listing,
      isOpening: listing !== undefined,
    });
    return this.#ticketCount;
  }

  /** Answers the command under way when a decision taken before has had its effect. */
  #answerWith(number: number, context: ActorContext): void {
    const ticket = this.#tickets.get(number);
    if (ticket === undefined) answer(context, none);
    else ticket.origins.push(context.origin);
  }

  #served({ ticket: number }: TicketServed, context: ActorContext): void {
    const ticket = this.#tickets.get(number);
    assert(ticket !== undefined, "a ticket was served that nobody took");
    ticket.left -= 1;
    if (ticket.listing !== undefined && ticket.isOpening) {
      this.#announceToOthers(ticket.listing, number, context);
      ticket.isOpening = false;
      ticket.left = context.shards - 1;
    }
    if (ticket.left > 0) return;
    this.#tickets.delete(number);
    if (ticket.listing !== undefined) {
      context.emit({ kind: "instrument-listed", terms: ticket.listing });
    }
    for (const origin of ticket.origins) {
      context.emit({ kind: "command-replied", origin, rejectReason: none, detail: 0 });
    }
  }

  #announceToOthers(terms: InstrumentTerms, ticket: number, context: ActorContext): void {
    const opened = shardOfInstrument(terms.symbol, context.shards);
    for (let shard = 0; shard < context.shards; shard++) {
      if (shard !== opened) context.send({ kind: "announce-instrument", shard, terms, ticket });
    }
  }

  /** In the order of opening. */
  accounts(): readonly AccountId[] {
    return [...this.#accounts.keys()];
  }

  /** Units of every asset that were brought in, in the order of adding. */
  supply(): readonly BalanceView[] {
    return [...this.#supply].map(([asset, available]) => ({ asset, available, reserved: 0 }));
  }

  snapshot(): unknown {
    return [
      [...this.#accounts],
      [...this.#supply],
      [...this.#instruments],
      [...this.#halted].sort(),
      [...this.#deposits].map(([reference, { account, asset, amount, ticket }]) => [
        reference,
        account,
        asset,
        amount,
        ticket,
      ]),
      [...this.#tickets].map(([number, { origins, left, listing, isOpening }]) => [
        number,
        origins.map(({ producer, epoch, frame, index }) => [producer, epoch, frame, index]),
        left,
        listing === undefined ? null : fieldsOfTerms(listing),
        isOpening,
      ]),
      this.#ticketCount,
      this.#killSwitches.snapshot(),
      this.#index,
      this.#isBreakerTripped,
    ];
  }

  static restore(data: unknown): Governor {
    const [accounts, supply, instruments, halted, deposits, tickets, ticketCount, ...more] =
      data as [
        [AccountId, ParticipantId][],
        [AssetId, Amount][],
        InstrumentSymbol[],
        InstrumentSymbol[],
        [string, AccountId, AssetId, Amount, number][],
        [number, SavedOrigin[], number, unknown[] | null, boolean][],
        number,
        SavedKillSwitches,
        InstrumentSymbol,
        boolean,
      ];
    const governor = new Governor();
    const [killSwitches, index, isBreakerTripped] = more;
    governor.#killSwitches.restore(killSwitches);
    governor.#index = index;
    governor.#isBreakerTripped = isBreakerTripped;
    for (const [account, owner] of accounts) governor.#accounts.set(account, owner);
    for (const [asset, amount] of supply) governor.#supply.set(asset, amount);
    for (const symbol of instruments) governor.#instruments.add(symbol);
    for (const symbol of halted) governor.#halted.add(symbol);
    for (const [reference, account, asset, amount, ticket] of deposits) {
      governor.#deposits.set(reference, { account, asset, amount, ticket });
    }
    for (const [number, origins, left, terms, isOpening] of tickets) {
      governor.#tickets.set(number, {
        origins: origins.map(([producer, epoch, frame, index]) => {
          return { producer, epoch, frame, index };
        }),
        left,
        listing: terms === null ? undefined : termsIn(new Fields(terms)),
        isOpening,
      });
    }
    governor.#ticketCount = ticketCount;
    return governor;
  }
}

type GovernorMessage = Exclude<AdminCommand, PublishMarkPrice> | BreakerMoved | TicketServed;
type SavedOrigin = [producer: ProducerId, epoch: number, frame: number, index: number];

function isSameDeposit(credited: Credited, { account, asset, amount }: Deposit): boolean {
  return credited.account === account && credited.asset === asset && credited.amount === amount;
}

function answer(context: ActorContext, rejectReason: RejectReason, detail = 0): void {
  context.emit({ kind: "command-replied", origin: context.origin, rejectReason, detail });
}

/** Tells everybody who interfered and why. */
function record(
  { kind: command }: { readonly kind: string },
  { target, author, reason }: { target: string; author: string; reason: string },
  context: ActorContext,
): void {
  context.emit({ kind: "intervention-recorded", command, target, author, reason });
}

/** Whether levels ascend and are parts of a price. */
function areSound(levels: readonly BreakerLevel[]): boolean {
  return levels.every(({ basisPoints, haltSeconds }, index) => {
    const before = levels[index - 1]?.basisPoints ?? 0;
    return basisPoints > before && basisPoints <= basisPointsPerUnit && haltSeconds >= 0;
  });
}
