/**
 * Governor: participants, assets, instruments, deposits and the kill switch of the whole venue.
 *
 * Lives in the first shard. What it decides takes effect elsewhere, on every shard or at one
 * account: it hands out a ticket, waits until each place has served it, and only then answers the
 * administrator.
 *
 * Here accounts are opened and instruments listed; other messages are handed on, to those who count
 * what is brought in (`supply.ts`) and who stop what trades (`interventions.ts`).
 */
import { isReservedAccount, RejectReason, unreachable } from "../../protocols/index.ts";
import type {
  AccountId,
  ActorAddress,
  AdminCommand,
  AnnounceShard,
  BalanceView,
  BreakerMoved,
  InstrumentSymbol,
  InstrumentTerms,
  ListInstrument,
  OpenAccount,
  ParticipantId,
  PublishMarkPrice,
  TicketServed,
} from "../../protocols/index.ts";
import type { Actor, ActorContext } from "../actor.ts";
import type { Directory } from "../directory/directory.ts";
import { whyNotList } from "../directory/directory.ts";
import { Growth } from "./growth.ts";
import { Interventions } from "./interventions.ts";
import type { SavedInterventions } from "./interventions.ts";
import { Register } from "./register.ts";
import { Relocations } from "./relocations.ts";
import { Supply } from "./supply.ts";
import type { SavedSupply } from "./supply.ts";
import { answer, Tickets } from "./tickets.ts";
import type { SavedTickets } from "./tickets.ts";

const { none } = RejectReason;

export class Governor implements Actor<GovernorMessage> {
  readonly #register = new Register();
  readonly #tickets = new Tickets();
  readonly #supply = new Supply(this.#register, this.#tickets);
  readonly #interventions = new Interventions(this.#register, this.#tickets);
  readonly #relocations: Relocations;
  readonly #growth: Growth;

  constructor() {
    this.#relocations = new Relocations(this.#register, this.#tickets, () => {
      return this.#growth.isUnderWay;
    });
    this.#growth = new Growth(this.#tickets, this.#relocations);
  }

  receive(message: GovernorMessage, context: ActorContext): void {
    switch (message.kind) {
      case "add-asset":
        this.#supply.addAsset(message, context);
        return;
      case "list-instrument":
        this.#listInstrument(message, context);
        return;
      case "open-account":
        this.#openAccount(message, context);
        return;
      case "deposit":
        this.#supply.deposit(message, context);
        return;
      case "halt-trading":
      case "resume-trading":
        this.#interventions.haltOrResume(message, context);
        return;
      case "arm-kill-switch":
        this.#interventions.arm(message, context);
        return;
      case "confirm-kill-switch":
        this.#interventions.confirm(message, context);
        return;
      case "release-kill-switch":
        this.#interventions.release(message, context);
        return;
      case "set-market-breaker":
        this.#interventions.setBreaker(message, context);
        return;
      case "breaker-moved":
        this.#interventions.breakerMoved(message, context);
        return;
      case "place-actor":
        this.#relocations.place(message, context);
        return;
      case "add-shard":
        this.#growth.add(message, context);
        return;
      case "ticket-served":
        this.#tickets.served(message, context);
        return;
      default:
        unreachable(message);
    }
  }

  /** The governor's own shard can speak to one that is new. */
  tellOfShard(message: AnnounceShard, directory: Directory, context: ActorContext): void {
    this.#growth.tell(message, directory, context);
  }

  /**
   * The shard of the instrument's book is told first and the others when it has the book: no
   * account may know an instrument before its book can take an order.
   */
  #listInstrument({ terms }: ListInstrument, context: ActorContext): void {
    const { instruments } = this.#register;
    const reason =
      !this.#supply.has(terms.base) || !this.#supply.has(terms.quote)
        ? RejectReason["asset-unknown"]
        : instruments.has(terms.symbol)
          ? RejectReason["instrument-exists"]
          : this.#whyNotListNow(terms);
    if (reason !== none) {
      answer(context, reason);
      return;
    }
    instruments.add(terms.symbol);
    const shard = context.placement.shardOfInstrument(terms.symbol);
    const ticket = this.#tickets.take(context, 1, { listing: terms });
    context.send({ kind: "announce-instrument", shard, terms, ticket });
    this.#interventions.steerNew(terms.symbol, context);
  }

  /** An account that moves must find all instruments that it knows at its new home. */
  #whyNotListNow(terms: InstrumentTerms): RejectReason {
    const reason = whyNotList(terms);
    const isMoving = this.#relocations.moving !== undefined;
    return reason === none && isMoving ? RejectReason["placement-under-way"] : reason;
  }

  #openAccount({ account, participant }: OpenAccount, context: ActorContext): void {
    const { accounts } = this.#register;
    if (accounts.has(account)) {
      answer(context, RejectReason["account-exists"]);
      return;
    }
    if (isReservedAccount(account)) {
      answer(context, RejectReason["account-reserved"]);
      return;
    }
    const owner = participant === "" ? account : participant;
    accounts.set(account, owner);
    const isBlocked = this.#interventions.isBlocked(account);
    const ticket = this.#tickets.take(context, isBlocked ? 2 : 1);
    context.send({ kind: "create-account", account, participant: owner, ticket });
    if (isBlocked) context.send({ kind: "block-account", account, isBlocked, ticket });
  }

  // ---- Questions ---------------------------------------------------------------------------

  /** The actor that moves. */
  get moving(): ActorAddress | undefined {
    return this.#relocations.moving;
  }

  /** In the order of opening. */
  accounts(): readonly AccountId[] {
    return [...this.#register.accounts.keys()];
  }

  /** Units of every asset that were brought in, in the order of adding. */
  supply(): readonly BalanceView[] {
    return this.#supply.views();
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  snapshot(): SavedGovernor {
    const [units, deposits] = this.#supply.snapshot();
    const [halted, ...interventions] = this.#interventions.snapshot();
    return [
      [...this.#register.accounts],
      units,
      [...this.#register.instruments],
      halted,
      deposits,
      ...this.#tickets.snapshot(),
      ...interventions,
      ...this.#savedPlacement(),
    ];
  }

  /** Nothing, as in snapshots from before, where nothing has ever moved or been added. */
  #savedPlacement(): SavedPlacement {
    const [relocations, growth] = [this.#relocations.snapshot(), this.#growth.snapshot()];
    if (growth !== undefined) return [...(relocations ?? nowhere), growth];
    return relocations ?? [];
  }

  static restore(data: unknown): Governor {
    const [accounts, units, instruments, halted, deposits, tickets, ticketCount, ...others] =
      data as SavedGovernor;
    const [killSwitches, index, isBreakerTripped, actor, move, growth] = others;
    const interventions = [killSwitches, index, isBreakerTripped] as const;
    const governor = new Governor();
    governor.#register.restore(accounts, instruments);
    governor.#supply.restore([units, deposits]);
    governor.#tickets.restore([tickets, ticketCount]);
    governor.#interventions.restore([halted, ...interventions]);
    if (typeof actor === "string" && typeof move === "number") {
      governor.#relocations.restore([actor, move]);
    }
    if (growth !== undefined) governor.#growth.restore(growth);
    return governor;
  }
}

type GovernorMessage = Exclude<AdminCommand, PublishMarkPrice> | BreakerMoved | TicketServed;

/** The last move of actors, where there was none but a shard was added. */
const nowhere = [null, null] as const;

type SavedPlacement = readonly [actor?: ActorAddress | null, move?: number | null, growth?: number];

type SavedGovernor = readonly [
  accounts: readonly (readonly [AccountId, ParticipantId])[],
  units: SavedSupply[0],
  instruments: readonly InstrumentSymbol[],
  halted: SavedInterventions[0],
  deposits: SavedSupply[1],
  tickets: SavedTickets[0],
  ticketCount: SavedTickets[1],
  killSwitches: SavedInterventions[1],
  index: SavedInterventions[2],
  isBreakerTripped: SavedInterventions[3],
  ...placement: SavedPlacement,
];
