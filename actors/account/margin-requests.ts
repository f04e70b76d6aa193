/**
 * Margin requests: what the owner of an account asks for about its margin: in which contracts its
 * positions are isolated, and how much cash one of them has to itself. Each is answered once; one
 * that moves margin and comes again under its reference is answered, and moves nothing.
 */
import { MarginCause, RejectReason } from "../../protocols/index.ts";
import type {
  AddMargin,
  MarginRequest,
  RemoveMargin,
  SetMarginMode,
} from "../../protocols/index.ts";
import type { ActorContext, Venue } from "../actor.ts";
import { isContract } from "../contract/contract-listing.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import type { AccountState } from "./account-state.ts";
import type { MarginBook } from "./margin-book.ts";

const { none } = RejectReason;

/** A request of an account that has a margin book, in a contract that there is. */
interface Asked<Request> {
  readonly request: Request;
  readonly margin: MarginBook;
  readonly contract: ContractInstrument;
}

export class MarginRequests {
  readonly #state: AccountState;

  constructor(state: AccountState) {
    this.#state = state;
  }

  /** Returns the contract in which something has changed; undefined for none. */
  receive(request: MarginRequest, context: ActorContext): ContractInstrument | undefined {
    const { margin } = this.#state;
    const contract = contractIn(request, context.venue);
    let rejectReason = this.#whyNotAt(request, contract, context);
    if (rejectReason === none && margin !== undefined && contract !== undefined) {
      rejectReason = this.#decide({ request, margin, contract }, context);
    }
    const { origin } = context;
    context.emit({ kind: "command-replied", origin, rejectReason, detail: 0 });
    return rejectReason === none ? contract : undefined;
  }

  /** Each reason in the order of their numbers. */
  #whyNotAt(
    { symbol }: MarginRequest,
    contract: ContractInstrument | undefined,
    { venue, logic }: ActorContext,
  ): RejectReason {
    if (!logic.hasContracts) return RejectReason["command-not-permitted"];
    if (this.#state.isBlocked) return RejectReason["account-blocked"];
    if (venue.instrument(symbol) === undefined) return RejectReason["instrument-unknown"];
    if (this.#state.margin === undefined) return RejectReason["margin-account-required"];
    return contract === undefined ? RejectReason["contract-required"] : none;
  }

  #decide(asked: Asked<MarginRequest>, context: ActorContext): RejectReason {
    const { margin, contract, request } = asked;
    switch (request.kind) {
      case "set-margin-mode":
        return this.#setMode({ margin, contract, request }, context);
      case "add-margin":
        return this.#add({ margin, contract, request }, context);
      case "remove-margin":
        return this.#remove({ margin, contract, request }, context);
    }
  }

  // ---- The mode ----------------------------------------------------------------------------

  #setMode({ request, margin, contract }: Asked<SetMarginMode>, context: ActorContext) {
    if (margin.isolated.modeOf(contract.symbol) === request.mode) return none;
    const reason = this.#whyNotSet(margin, contract, context.venue);
    if (reason === none) margin.isolated.set(contract, request.mode, context);
    return reason;
  }

  #whyNotSet({ positions, liquidations }: MarginBook, contract: ContractInstrument, venue: Venue) {
    const { symbol, quote } = contract;
    const isLiquidated = liquidations.ofContract(symbol) ?? liquidations.of(quote);
    if (isLiquidated !== undefined) return RejectReason["being-liquidated"];
    if ((venue.contractOf(symbol)?.finalPrice ?? 0) > 0) return RejectReason["contract-expired"];
    const isInUse = positions.has(symbol) || this.#hasOrders(symbol);
    return isInUse ? RejectReason["margin-mode-in-use"] : none;
  }

  #hasOrders(symbol: string): boolean {
    let has = false;
    this.#state.orders.visitWorking(({ instrument }) => {
      if (instrument.symbol === symbol) has = true;
    });
    return has;
  }

  // ---- Moves -------------------------------------------------------------------------------

  #add({ request, margin, contract }: Asked<AddMargin>, context: ActorContext): RejectReason {
    const { amount, reference } = request;
    if (margin.isolated.isKnown(reference)) return none;
    const reason = whyNotMove({ request, margin, contract });
    if (reason !== none) return reason;
    if (margin.liquidations.of(contract.quote) !== undefined) {
      return RejectReason["being-liquidated"];
    }
    if (amount > margin.free(contract.quote, context.venue)) {
      return RejectReason["margin-insufficient"];
    }
    margin.isolated.post(contract, { amount, cause: MarginCause.added }, context);
    margin.isolated.know(reference);
    this.#tell(contract, context);
    return none;
  }

  #remove({ request, margin, contract }: Asked<RemoveMargin>, context: ActorContext) {
    const { amount, reference } = request;
    if (margin.isolated.isKnown(reference)) return none;
    const reason = whyNotMove({ request, margin, contract });
    if (reason !== none) return reason;
    const { symbol } = contract;
    if (margin.liquidations.ofContract(symbol) !== undefined) {
      return RejectReason["being-liquidated"];
    }
    const { markPrice = 0 } = context.venue.contractOf(symbol) ?? {};
    if (markPrice === 0) return RejectReason["mark-price-missing"];
    if (amount > margin.removableFrom(contract, context.venue)) {
      return RejectReason["margin-not-removable"];
    }
    margin.isolated.release(contract, { amount, cause: MarginCause.removed }, context);
    margin.isolated.know(reference);
    this.#tell(contract, context);
    return none;
  }

  #tell({ quote: asset }: ContractInstrument, context: ActorContext): void {
    const { holdings, id: account } = this.#state;
    const { available, reserved } = holdings.balance(asset);
    context.emit({ kind: "balance-changed", account, asset, available, reserved });
  }
}

function whyNotMove({ request, margin, contract }: Asked<AddMargin | RemoveMargin>): RejectReason {
  if (request.amount <= 0) return RejectReason["amount-not-positive"];
  const { symbol } = contract;
  const isIsolated = margin.isolated.has(symbol) && margin.positions.has(symbol);
  return isIsolated ? none : RejectReason["position-not-isolated"];
}

function contractIn({ symbol }: MarginRequest, venue: Venue): ContractInstrument | undefined {
  const instrument = venue.instrument(symbol);
  return instrument !== undefined && isContract(instrument) ? instrument : undefined;
}
