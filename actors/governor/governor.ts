/**
 * Governor: participants, assets, instruments, deposits and the kill switch of the whole venue.
 *
 * Lives in the first shard. What it decides takes effect elsewhere, on every shard or at one
 * account: it hands out a ticket, waits until each place has served it, and only then answers the
 * administrator.
 *
 * Here accounts are opened and instruments listed; other messages are handed on, to those who count
 * what is brought in (`supply.ts`) and who stop what trades (`interventions.ts`). Before all of them
 * comes who counts those who have approved (`approval-rules.ts`).
 */
import { isReservedAccount, RejectReason, unreachable } from "../../protocols/index.ts";
import type {
  AccountId,
  ActorAddress,
  AnnounceShard,
  AssetId,
  BalanceView,
  BreakerMoved,
  ClearingMessage,
  InstrumentSymbol,
  InstrumentTerms,
  ListInstrument,
  OpenAccount,
  ParticipantId,
  TicketServed,
  WithdrawalSettled,
} from "../../protocols/index.ts";
import type { Actor, ActorContext } from "../actor.ts";
import type { Directory } from "../directory/directory.ts";
import { whyNotList } from "../directory/directory.ts";
import type { ShardLedger } from "../ledger/asset-ledger.ts";
import { ApprovalRules } from "./approval-rules.ts";
import type { GovernorCommand } from "./approval-rules.ts";
import type { SavedUsedApprovals } from "../approvals/used-approvals.ts";
import { ClearingHouse } from "../clearing/clearing-house.ts";
import type { SavedClearing } from "../clearing/clearing-house.ts";
import { isContract, whyNotContract } from "../contract/contract-listing.ts";
import { Custody } from "./custody.ts";
import type { SavedDeposits } from "./deposit-book.ts";
import { FeePolicy } from "./fee-policy.ts";
import { Growth } from "./growth.ts";
import { Interventions } from "./interventions.ts";
import type { SavedInterventions } from "./interventions.ts";
import type { SavedRebateBounds } from "./rebate-bounds.ts";
import { MarginPolicy } from "./margin-policy.ts";
import { RiskPolicy } from "./risk-policy.ts";
import { Register } from "./register.ts";
import { Relocations } from "./relocations.ts";
import { Supply } from "./supply.ts";
import type { SavedSweeps } from "./sweeps.ts";
import type { BroughtIn, SavedSupply } from "./supply.ts";
import { answer, Tickets } from "./tickets.ts";
import type { SavedTickets } from "./tickets.ts";

const { none } = RejectReason;

/** Rows of orders have numbers for them, and for as many with fees that are not everybody's. */
const instrumentsMax = 32_768;

export class Governor implements Actor<GovernorMessage> {
  readonly #register = new Register();
  readonly #tickets = new Tickets();
  readonly #supply = new Supply(this.#register, this.#tickets);
  readonly #interventions = new Interventions(this.#register, this.#tickets);
  readonly #approvals = new ApprovalRules(this.#interventions, this.#tickets);
  readonly #fees = new FeePolicy(this.#register, this.#tickets);
  readonly #risk = new RiskPolicy(this.#register, this.#tickets);
  readonly #margin = new MarginPolicy(this.#register, this.#tickets);
  readonly clearing = new ClearingHouse(this.#register, this.#tickets);
  readonly custody = new Custody(this.#register, this.#tickets, this.#supply);
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
      case "breaker-moved":
        this.#interventions.breakerMoved(message, context);
        return;
      case "ticket-served":
        this.#tickets.served(message, context);
        return;
      case "withdrawal-settled":
        this.custody.settled(message, context);
        return;
      case "clear-trade":
      case "settlement-confirmed":
        this.clearing.receive(message, context);
        return;
      default:
        this.#command(message, context);
    }
  }

  /** Approvals are used up by what is done; what is refused may come again with them. */
  #command(command: GovernorCommand, context: ActorContext): void {
    const reason = this.#approvals.whyNot(command, context);
    if (reason !== none) answer(context, reason);
    else if (this.#decide(command, context) === none) this.#approvals.use(command, context);
  }

  /** Returns why it was refused, which has been answered, or `none`. */
  #decide(command: GovernorCommand, context: ActorContext): RejectReason {
    switch (command.kind) {
      case "add-asset":
        return this.#supply.addAsset(command, context);
      case "list-instrument":
        return this.#listInstrument(command, context);
      case "open-account":
        return this.#openAccount(command, context);
      case "deposit":
        return this.#supply.deposit(command, context);
      case "halt-trading":
      case "resume-trading":
        return this.#interventions.haltOrResume(command, context);
      case "arm-kill-switch":
        return this.#interventions.arm(command, context);
      case "confirm-kill-switch":
        return this.#interventions.confirm(command, context);
      case "release-kill-switch":
        return this.#interventions.release(command, context);
      case "set-market-breaker":
        return this.#interventions.setBreaker(command, context);
      case "place-actor":
        return this.#relocations.place(command, context);
      case "add-shard":
        return this.#growth.add(command, context);
      case "set-approval-policy":
        return this.#approvals.setPolicy(command, context);
      case "set-fee-schedule":
        return this.#fees.setSchedule(command, context);
      case "set-account-fees":
        return this.#fees.setAccount(command, context);
      case "set-risk-limits":
        return this.#risk.setLimits(command, context);
      case "set-risk-group":
        return this.#risk.setGroup(command, context);
      case "set-settlement-cycle":
        return this.clearing.setCycle(command, context);
      case "set-margin-account":
        return this.#margin.setAccount(command, context);
      case "set-fail-permission":
        return this.clearing.permissions.set(command, context);
      case "set-custody-policy":
        return this.custody.setPolicy(command, context);
      case "assign-deposit-address":
        return this.custody.assignAddress(command, context);
      case "report-deposit":
        return this.custody.report(command, context);
      case "propose-sweep":
        return this.custody.sweeps.propose(command, context);
      case "release-sweep":
        return this.custody.sweeps.release(command, context);
      case "advance-sweep":
        return this.custody.sweeps.advance(command, context);
      default:
        return unreachable(command);
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
  #listInstrument({ terms }: ListInstrument, context: ActorContext): RejectReason {
    const { instruments } = this.#register;
    const beforehand = this.#whyNotContract(terms, context);
    if (beforehand !== none) return answer(context, beforehand);
    const reason =
      !this.#supply.has(terms.base) || !this.#supply.has(terms.quote)
        ? RejectReason["asset-unknown"]
        : instruments.has(terms.symbol)
          ? RejectReason["instrument-exists"]
          : this.#whyNotListNow(terms, context);
    if (reason !== none) return answer(context, reason);
    instruments.add(terms.symbol);
    const shard = context.placement.shardOfInstrument(terms.symbol);
    const ticket = this.#tickets.take(context, 1, { listing: terms });
    context.send({ kind: "announce-instrument", shard, terms, ticket });
    this.#interventions.steerNew(terms.symbol, context);
    return none;
  }

  /** An account that moves must find all instruments that it knows at its new home. */
  #whyNotListNow(terms: InstrumentTerms, context: ActorContext): RejectReason {
    const reason = whyNotList(terms);
    if (reason !== none) return reason;
    if (this.#relocations.moving !== undefined) return RejectReason["placement-under-way"];
    if (context.logic.hasFeeSchedules) {
      const isRoom = this.#register.instruments.size < instrumentsMax;
      if (!isRoom) return RejectReason["fee-combinations-too-many"];
      const rebate = this.#fees.rebates.whyNotList(terms);
      if (rebate !== none) return rebate;
    }
    return isContract(terms) ? whyNotContract(terms, context) : none;
  }

  /** What comes before all else of a contract: whether there are any, and its fund's account. */
  #whyNotContract({ contract }: InstrumentTerms, { logic }: ActorContext): RejectReason {
    if (contract === undefined) return none;
    if (!logic.hasContracts) return RejectReason["command-not-permitted"];
    const isFundThere = this.#register.accounts.has(contract.fundAccount);
    return isFundThere ? none : RejectReason["account-unknown"];
  }

  #openAccount({ account, participant }: OpenAccount, context: ActorContext): RejectReason {
    const { accounts } = this.#register;
    if (accounts.has(account)) return answer(context, RejectReason["account-exists"]);
    if (isReservedAccount(account)) return answer(context, RejectReason["account-reserved"]);
    const owner = participant === "" ? account : participant;
    accounts.set(account, owner);
    const isBlocked = this.#interventions.isBlocked(account);
    const ticket = this.#tickets.take(context, isBlocked ? 2 : 1);
    context.send({ kind: "create-account", account, participant: owner, ticket });
    if (isBlocked) context.send({ kind: "block-account", account, isBlocked, ticket });
    return none;
  }

  /** Has the ledger of a restored shard say what was issued. */
  restoreIssued(ledger: ShardLedger): void {
    this.#supply.restoreIssued(ledger);
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

  /** Units of every asset that were brought in and have not left, in the order of adding. */
  supply(): readonly BalanceView[] {
    return this.#supply.views();
  }

  /** Which of them administrators brought in, and which the venue holds on a chain. */
  broughtIn(asset: AssetId): BroughtIn {
    return this.#supply.broughtIn(asset);
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  snapshot(): SavedGovernor {
    const [units, deposits, held] = this.#supply.snapshot();
    const [halted, ...interventions] = this.#interventions.snapshot();
    return [
      [...this.#register.accounts],
      units,
      [...this.#register.instruments],
      halted,
      deposits,
      ...this.#tickets.snapshot(),
      ...interventions,
      ...this.#savedLater(held),
    ];
  }

  /** Up to the last that there is: snapshots of before have nothing where nothing has happened. */
  #savedLater(held: SavedHeld): SavedLater {
    const [actor = null, move = null] = this.#relocations.snapshot() ?? [];
    const growth = this.#growth.snapshot() ?? null;
    const used = this.#approvals.snapshot() ?? null;
    const [deposits, clearing] = [this.custody.snapshot(), this.clearing.snapshot()];
    // What administrators brought in may leave by a chain, too, where nobody has an address.
    const sweeps = this.custody.sweeps.snapshot();
    const isHeld = deposits !== undefined || held.length > 0 || sweeps !== undefined;
    const lain = deposits ?? noDeposits;
    const chains = sweeps === undefined ? ([held, lain] as const) : ([held, lain, sweeps] as const);
    const rebates = this.#fees.rebates.snapshot();
    const upToChains = [actor, move, growth, used, isHeld ? chains : null] as const;
    if (rebates !== undefined) return [...upToChains, clearing ?? null, rebates];
    if (clearing !== undefined) return [...upToChains, clearing];
    if (isHeld) return [actor, move, growth, used, chains];
    if (used !== null) return [actor, move, growth, used];
    if (growth !== null) return [actor, move, growth];
    return actor === null ? [] : [actor, move];
  }

  static restore(data: unknown): Governor {
    const [accounts, units, instruments, halted, deposits, tickets, ticketCount, ...others] =
      data as SavedGovernor;
    const [killSwitches, index, isBreakerTripped, ...later] = others;
    const [actor, move, growth = null, used = null, chains = null, clearing = null, rebates] =
      later;
    const interventions = [killSwitches, index, isBreakerTripped] as const;
    const governor = new Governor();
    governor.#register.restore(accounts, instruments);
    governor.#supply.restore([units, deposits, chains?.[0] ?? []]);
    governor.#tickets.restore([tickets, ticketCount]);
    governor.#interventions.restore([halted, ...interventions]);
    if (typeof actor === "string" && typeof move === "number") {
      governor.#relocations.restore([actor, move]);
    }
    if (growth !== null) governor.#growth.restore(growth);
    if (used !== null) governor.#approvals.restore(used);
    if (chains !== null) governor.custody.restore(chains[1]);
    if (chains?.[2] !== undefined) governor.custody.sweeps.restore(chains[2]);
    if (clearing !== null) governor.clearing.restore(clearing);
    if (rebates !== undefined) governor.#fees.rebates.restore(rebates);
    return governor;
  }
}

const noDeposits: SavedDeposits = [[], []];

type GovernorMessage =
  GovernorCommand | BreakerMoved | TicketServed | WithdrawalSettled | ClearingMessage;

/** What there was none of at first; null for what there is none of yet. */
type SavedLater = readonly [
  actor?: ActorAddress | null,
  move?: number | null,
  growth?: number | null,
  used?: SavedUsedApprovals | null,
  chains?: readonly [SavedHeld, SavedDeposits, sweeps?: SavedSweeps] | null,
  clearing?: SavedClearing | null,
  rebates?: SavedRebateBounds,
];

type SavedHeld = SavedSupply[2];

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
  ...later: SavedLater,
];
