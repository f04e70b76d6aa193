/**
 * Contract desk: what an account does about contracts beside trading them: what it is told of them,
 * its liquidation, what it takes of others' positions, and what it pays and is paid as a fund.
 *
 * Here messages are handed to those who decide on them; all of them share the account's state.
 */
import { assert, unreachable } from "../../protocols/index.ts";
import type {
  CoverDeficit,
  InstrumentSymbol,
  LiquidationMessage,
  MarginRequest,
  OrderFilled,
  OrderId,
  PayLiquidationFee,
  RankedPosition,
  RankPositions,
} from "../../protocols/index.ts";
import type { ActorContext, Venue } from "../actor.ts";
import { isContract } from "../contract/contract-listing.ts";
import type { ContractInstrument } from "../contract/contract-listing.ts";
import type { AccountState } from "./account-state.ts";
import { Liquidations } from "./liquidations.ts";
import type { Deciders } from "./liquidations.ts";
import { PositionTaker } from "./position-taker.ts";
import { MarginRequests } from "./margin-requests.ts";
import { ReduceOnly } from "./reduce-only.ts";

/** What is said of positions, the account's own and others'. */
export type PositionMessage = CoverDeficit | LiquidationMessage;

export class ContractDesk {
  readonly #state: AccountState;
  readonly #liquidations: Liquidations;
  readonly #taker: PositionTaker;
  readonly #reduceOnly: ReduceOnly;
  readonly #requests: MarginRequests;

  constructor(state: AccountState, deciders: Deciders) {
    this.#state = state;
    this.#liquidations = new Liquidations(state, deciders);
    this.#taker = new PositionTaker(state);
    this.#reduceOnly = new ReduceOnly(state, deciders.changes);
    this.#requests = new MarginRequests(state);
  }

  receive(message: PositionMessage, context: ActorContext): void {
    switch (message.kind) {
      case "cover-deficit":
        this.#coverDeficit(message, context);
        return;
      case "pay-liquidation-fee":
        this.#takeFee(message, context);
        return;
      case "offer-position":
        this.#taker.offered(message, context);
        break;
      case "answer-offer":
        this.#liquidations.offerAnswered(message, context);
        break;
      case "deleverage":
        this.#taker.deleverage(message, context);
        this.#liquidations.lookAround(contractOf(message.symbol, context), context);
        break;
      case "deleverage-dealt":
        this.#liquidations.deleverageDealt(message, context);
        break;
      default:
        unreachable(message);
    }
    this.#reduceOnly.remeasure(message.symbol, context);
  }

  /** What its owner asks for: then it is measured anew. */
  ask(request: MarginRequest, context: ActorContext): void {
    const contract = this.#requests.receive(request, context);
    if (contract !== undefined) this.#liquidations.lookAround(contract, context);
  }

  // ---- A fund ------------------------------------------------------------------------------

  /** It is the insurance fund of a contract, and pays what somebody else has lost there. */
  #coverDeficit({ debtor, asset, amount }: CoverDeficit, context: ActorContext): void {
    const lacking = this.#state.holdings.balance(asset).giveCover(amount);
    this.#state.risk.moved(asset, context);
    const told = { account: debtor, fund: this.#state.id, asset, amount, lacking };
    context.emit({ kind: "deficit-covered", ...told });
    this.#liquidations.lookIn(asset, context);
  }

  /** Likewise of one in which somebody's position was reduced for him. */
  #takeFee({ payer, asset, amount }: PayLiquidationFee, context: ActorContext): void {
    this.#state.holdings.balance(asset).takeLiquidationFee(amount);
    this.#state.risk.moved(asset, context);
    const told = { account: payer, fund: this.#state.id, asset, amount };
    context.emit({ kind: "liquidation-fee-paid", ...told });
  }

  // ---- Orders ------------------------------------------------------------------------------

  /** The account has booked a fill. */
  filled(fill: OrderFilled, context: ActorContext): void {
    if (this.#state.margin === undefined) return;
    this.#liquidations.filled(fill, context);
    this.#remeasure(fill.orderId, context);
  }

  /** A book has refused a change of an order: if that was to shrink it, it is too large still. */
  changeRefused(orderId: OrderId, context: ActorContext): void {
    this.#remeasure(orderId, context, orderId);
  }

  /** What orders are to close of a position may be more than there is of it now. */
  #remeasure(orderId: OrderId, context: ActorContext, refused: OrderId = 0): void {
    if (this.#state.margin === undefined || this.#state.reducingCount === 0) return;
    const symbol = this.#state.orders.find(orderId, "")?.instrument.symbol;
    if (symbol !== undefined) this.#reduceOnly.remeasure(symbol, context, refused);
  }

  /** An order has traded, or is over. */
  answered(orderId: OrderId, context: ActorContext): void {
    this.#liquidations.answered(orderId, context);
  }

  /** If these were goods, fees may be due that nothing was set aside for. */
  goodsTraded(orderId: OrderId, context: ActorContext): void {
    if (this.#state.margin === undefined) return;
    const instrument = this.#state.orders.find(orderId, "")?.instrument;
    if (instrument?.contract === undefined) this.cashMoved(context);
  }

  /** What it has of some asset may be less, which its positions may need. */
  cashMoved(context: ActorContext): void {
    this.#liquidations.lookAtAll(context);
  }

  // ---- Marks -------------------------------------------------------------------------------

  /** A contract that it has a position in stands elsewhere now. */
  announced(symbol: InstrumentSymbol, context: ActorContext): void {
    this.#state.margin?.positions.announced(symbol, context);
    this.#liquidations.lookAt(contractOf(symbol, context), context);
  }

  /** The account came from another shard, which may have heard more of contracts, or less. */
  arrived(context: ActorContext): void {
    this.#state.margin?.positions.arrived(context);
    this.#liquidations.lookAtAll(context);
  }

  /** What it could give of a position, if somebody else's was closed against it. */
  rankIn(asked: RankPositions, venue: Venue): RankedPosition | undefined {
    return this.#taker.ranked(asked, venue);
  }
}

function contractOf(symbol: InstrumentSymbol, { venue }: ActorContext): ContractInstrument {
  const instrument = venue.instrument(symbol);
  assert(instrument !== undefined && isContract(instrument), "a contract that is not listed");
  return instrument;
}
