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
  isReservedAccount,
  RejectReason,
  unreachable,
} from "../../protocols/index.ts";
import type {
  AccountId,
  AddAsset,
  AdminCommand,
  Amount,
  AssetId,
  BalanceView,
  Deposit,
  HaltTrading,
  InstrumentSymbol,
  ListInstrument,
  OpenAccount,
  Origin,
  ResumeTrading,
  TicketServed,
} from "../../protocols/index.ts";
import type { Actor, ActorContext } from "../actor.ts";
import { whyNotList } from "../directory/directory.ts";

/** Waits for a decision to have taken effect in `left` more places. */
interface Ticket {
  readonly origin: Origin;
  left: number;
}

/** What was deposited under a reference: the same again is the same deposit. */
interface Credited {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
}

export class Governor implements Actor<AdminCommand | TicketServed> {
  readonly #accounts = new Set<AccountId>();
  /** Units that were ever deposited, by asset. */
  readonly #supply = new Map<AssetId, Amount>();
  readonly #instruments = new Set<InstrumentSymbol>();
  readonly #halted = new Set<InstrumentSymbol | "">();
  readonly #deposits = new Map<string, Credited>();
  readonly #tickets = new Map<number, Ticket>();
  #ticketCount = 0;

  receive(message: AdminCommand | TicketServed, context: ActorContext): void {
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
      case "ticket-served":
        this.#served(message, context);
        return;
      default:
        unreachable(message);
    }
  }

  #addAsset({ asset, decimals }: AddAsset, context: ActorContext): void {
    if (this.#supply.has(asset)) {
      answer(context, RejectReason["asset-exists"]);
      return;
    }
    this.#supply.set(asset, 0);
    for (let shard = 0; shard < context.shards; shard++) {
      context.send({ kind: "announce-asset", shard, asset, decimals });
    }
    answer(context, RejectReason.none);
  }

  #listInstrument({ terms }: ListInstrument, context: ActorContext): void {
    const reason = this.#instruments.has(terms.symbol)
      ? RejectReason["instrument-exists"]
      : !this.#supply.has(terms.base) || !this.#supply.has(terms.quote)
        ? RejectReason["asset-unknown"]
        : whyNotList(terms);
    if (reason !== RejectReason.none) {
      answer(context, reason);
      return;
    }
    this.#instruments.add(terms.symbol);
    const ticket = this.#takeTicket(context, context.shards);
    for (let shard = 0; shard < context.shards; shard++) {
      context.send({ kind: "announce-instrument", shard, terms, ticket });
    }
    context.emit({ kind: "instrument-listed", terms });
  }

  #openAccount({ account }: OpenAccount, context: ActorContext): void {
    if (isReservedAccount(account)) {
      answer(context, RejectReason["account-reserved"]);
      return;
    }
    if (this.#accounts.has(account)) {
      answer(context, RejectReason["account-exists"]);
      return;
    }
    this.#accounts.add(account);
    context.send({ kind: "create-account", account, ticket: this.#takeTicket(context, 1) });
  }

  #deposit({ account, asset, amount, reference }: Deposit, context: ActorContext): void {
    const credited = this.#deposits.get(reference);
    if (credited !== undefined) {
      const isSame =
        credited.account === account && credited.asset === asset && credited.amount === amount;
      answer(context, isSame ? RejectReason.none : RejectReason["reference-reused"]);
      return;
    }
    const supply = this.#supply.get(asset);
    const reason = !this.#accounts.has(account)
      ? RejectReason["account-unknown"]
      : supply === undefined
        ? RejectReason["asset-unknown"]
        : amount <= 0
          ? RejectReason["amount-not-positive"]
          : add(supply, amount) > amountMax
            ? RejectReason["supply-too-large"]
            : RejectReason.none;
    if (reason !== RejectReason.none) {
      answer(context, reason);
      return;
    }
    this.#supply.set(asset, add(supply ?? 0, amount));
    this.#deposits.set(reference, { account, asset, amount });
    const ticket = this.#takeTicket(context, 1);
    context.send({ kind: "credit-deposit", account, asset, amount, ticket });
  }

  #intervene(command: HaltTrading | ResumeTrading, context: ActorContext): void {
    const { symbol } = command;
    const isHalted = command.kind === "halt-trading";
    const reason =
      symbol !== "" && !this.#instruments.has(symbol)
        ? RejectReason["instrument-unknown"]
        : this.#halted.has(symbol) === isHalted
          ? RejectReason[isHalted ? "already-halted" : "not-halted"]
          : RejectReason.none;
    if (reason !== RejectReason.none) {
      answer(context, reason);
      return;
    }
    if (isHalted) this.#halted.add(symbol);
    else this.#halted.delete(symbol);
    if (symbol === "") {
      const ticket = this.#takeTicket(context, context.shards);
      for (let shard = 0; shard < context.shards; shard++) {
        context.send({ kind: "announce-venue-halt", shard, isHalted, ticket });
      }
    } else {
      const ticket = this.#takeTicket(context, 1);
      context.send({ kind: "set-phase", symbol, isHalted, ticket });
    }
  }

  #takeTicket(context: ActorContext, places: number): number {
    this.#ticketCount += 1;
    this.#tickets.set(this.#ticketCount, { origin: context.origin, left: places });
    return this.#ticketCount;
  }

  #served({ ticket: number }: TicketServed, context: ActorContext): void {
    const ticket = this.#tickets.get(number);
    assert(ticket !== undefined, "a ticket was served that nobody took");
    ticket.left -= 1;
    if (ticket.left > 0) return;
    this.#tickets.delete(number);
    context.emit({
      kind: "command-replied",
      origin: ticket.origin,
      rejectReason: RejectReason.none,
      detail: 0,
    });
  }

  /** In the order of opening. */
  accounts(): readonly AccountId[] {
    return [...this.#accounts];
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
      [...this.#deposits].map(([key, { account, asset, amount }]) => [key, account, asset, amount]),
      [...this.#tickets].map(([number, { origin, left }]) => [
        number,
        origin.producer,
        origin.epoch,
        origin.frame,
        origin.index,
        left,
      ]),
      this.#ticketCount,
    ];
  }

  static restore(data: unknown): Governor {
    const [accounts, supply, instruments, halted, deposits, tickets, ticketCount] = data as [
      string[],
      [string, Amount][],
      string[],
      string[],
      [string, string, string, Amount][],
      [number, string, number, number, number, number][],
      number,
    ];
    const governor = new Governor();
    for (const account of accounts) governor.#accounts.add(account);
    for (const [asset, amount] of supply) governor.#supply.set(asset, amount);
    for (const symbol of instruments) governor.#instruments.add(symbol);
    for (const symbol of halted) governor.#halted.add(symbol);
    for (const [reference, account, asset, amount] of deposits) {
      governor.#deposits.set(reference, { account, asset, amount });
    }
    for (const [number, producer, epoch, frame, index, left] of tickets) {
      governor.#tickets.set(number, { origin: { producer, epoch, frame, index }, left });
    }
    governor.#ticketCount = ticketCount;
    return governor;
  }
}

function answer(context: ActorContext, rejectReason: RejectReason): void {
  context.emit({ kind: "command-replied", origin: context.origin, rejectReason, detail: 0 });
}
