/** Watches a shard apply its log and tells the facts of each entry once it was applied. */
import type { Shard, StepWitness } from "../../actors/index.ts";
import { entryOf } from "../../actors/margin/position.ts";
import { assert, multiply, OrderStatus, PositionCause, Side } from "../../protocols/index.ts";
import type {
  AccountId,
  ActorMessage,
  Amount,
  InstrumentTerms,
  Message,
  OrderFilled,
  Origin,
  PositionChanged,
  ToldEvent,
  ToldReport,
  Traded,
  TradeId,
} from "../../protocols/index.ts";
import type { FactListener, FactPlace, TransferFact } from "./fact.ts";

type Transfer = Parameters<StepWitness["transferred"]>[0];

/** What deposits were made under, from the governor's word until they arrive: of all shards. */
export class DepositReferences {
  readonly #byTicket = new Map<number, string>();

  add(ticket: number, reference: string): void {
    this.#byTicket.set(ticket, reference);
  }

  take(ticket: number): string {
    const reference = this.#byTicket.get(ticket) ?? "";
    this.#byTicket.delete(ticket);
    return reference;
  }
}

/** What is heard just now, as far as transfers are on account of it. */
interface Cause {
  readonly tradeId: TradeId;
  readonly orderId: number;
  readonly reference: string;
}

type OpenTrade = Pick<Traded, "symbol" | "tradeId" | "price" | "quantity" | "takerSide"> & {
  readonly place: FactPlace;
};

const noCause: Cause = { tradeId: 0, orderId: 0, reference: "" };
const finalStatuses: ReadonlySet<number> = new Set([
  OrderStatus.filled,
  OrderStatus.canceled,
  OrderStatus.rejected,
  OrderStatus.expired,
]);

export class FactWitness implements StepWitness {
  readonly #shard: Shard;
  readonly #listener: FactListener;
  readonly #references: DepositReferences;
  #cause = noCause;
  /** What a deposit that was heard of was made under. */
  #depositing = "";
  #index = 0;
  /** What a fill has realised of a contract, of which its account is told next. */
  #realised: PositionChanged | undefined;
  readonly #trades: OpenTrade[] = [];
  /** A book tells both accounts of a fill, the resting order's first. */
  readonly #parties = new Map<TradeId, AccountId[]>();

  /** Watches a shard from its next entry on. */
  constructor(shard: Shard, listener: FactListener, references: DepositReferences) {
    this.#shard = shard;
    this.#listener = listener;
    this.#references = references;
    shard.watch(this);
  }

  /** The entry was applied: all is told of its trades. */
  endStep(): void {
    for (const trade of this.#trades) this.#tellTrade(trade);
    this.#trades.length = 0;
    this.#parties.clear();
    this.#cause = noCause;
    this.#depositing = "";
    this.#realised = undefined;
    this.#index = 0;
  }

  came(message: Message, _origin: Origin, isPermitted: boolean): void {
    this.#cause = noCause;
    if (isPermitted) this.#hear(message);
  }

  held(): void {
    return undefined;
  }

  resumed(message: Message): void {
    this.#hear(message);
  }

  woke(): void {
    this.#cause = noCause;
  }

  heard(message: ActorMessage): void {
    this.#hear(message);
  }

  said(message: ActorMessage): void {
    switch (message.kind) {
      case "order-filled":
        this.#noteParty(message);
        return;
      case "credit-deposit":
        this.#references.add(message.ticket, this.#depositing);
        return;
      case "submit-order": {
        const { account, symbol, orderId, side } = message;
        this.#listener.placed?.({ account, symbol, orderId, side, shard: this.#shard });
        return;
      }
      default:
    }
  }

  sent(message: ActorMessage): void {
    this.said(message);
  }

  transferred({ debit, credit, amount, code }: Transfer): void {
    const fact: TransferFact = {
      ...{ place: this.#place(), asset: debit.asset, amount, code },
      debit: { owner: debit.owner, kind: debit.kind },
      credit: { owner: credit.owner, kind: credit.kind },
      ...this.#cause,
    };
    this.#listener.transferred?.(fact);
  }

  told(event: ToldEvent): void {
    if (event.kind === "traded") {
      const { symbol, tradeId, price, quantity, takerSide } = event;
      this.#trades.push({ symbol, tradeId, price, quantity, takerSide, place: this.#place() });
    } else if (event.kind === "execution-report") {
      this.#tellReport(event);
    } else if (event.kind === "position-changed") {
      this.#tellPosition(event);
    } else if (event.kind === "account-settled") {
      const { account, date, legs } = event;
      const participant = this.#shard.account(account)?.participant ?? account;
      this.#listener.settled?.({ participant, date, legs });
    }
  }

  #tellPosition(change: PositionChanged): void {
    const { account, symbol, cause } = change;
    if (cause === PositionCause.trade) this.#realised = change;
    const position = this.#shard.account(account)?.positionIn(symbol);
    const entry = position === undefined ? 0 : entryOf(position);
    const terms = this.#termsOf(symbol);
    this.#listener.positioned?.({ place: this.#place(), terms, change, entry });
  }

  #hear(message: Message): void {
    this.#cause = noCause;
    this.#depositing = "";
    switch (message.kind) {
      case "order-filled":
        this.#cause = { ...noCause, tradeId: message.tradeId, orderId: message.orderId };
        return;
      case "deposit":
        this.#depositing = message.reference;
        return;
      case "report-deposit":
        this.#depositing = `${message.transaction}/${message.output}`;
        return;
      case "credit-deposit":
        this.#cause = { ...noCause, reference: this.#references.take(message.ticket) };
        return;
      default:
        if ("orderId" in message) this.#cause = { ...noCause, orderId: message.orderId };
    }
  }

  #noteParty({ tradeId, account }: OrderFilled): void {
    const parties = this.#parties.get(tradeId);
    if (parties === undefined) this.#parties.set(tradeId, [account]);
    else parties.push(account);
  }

  #tellReport(report: ToldReport): void {
    const { account, symbol, orderId, executionType, status } = report;
    const isOver = finalStatuses.has(status);
    if (report.tradeId !== 0) this.#tellFill(report);
    this.#listener.reported?.({ account, symbol, orderId, executionType, isOver });
  }

  #tellFill(report: ToldReport): void {
    const { account, symbol, orderId, tradeId, side, lastPrice: price } = report;
    const { lastQuantity: quantity, fee, liquidity, clientOrderId: name } = report;
    const terms = this.#termsOf(symbol);
    const realised = terms.contract === undefined ? 0 : this.#takeRealised(account, symbol);
    this.#listener.filled?.({
      ...{ place: this.#place(), account, terms, orderId, tradeId, side, price, quantity, fee },
      ...{ liquidity, realised, notional: notionalOf(terms, price, quantity) },
      clientOrderId:
        typeof name === "string"
          ? name
          : Buffer.from(name.bytes.subarray(name.from, name.end)).toString("latin1"),
    });
  }

  /** The account was told of its position before it is told of the fill that made it so. */
  #takeRealised(account: AccountId, symbol: string): Amount {
    const told = this.#realised;
    this.#realised = undefined;
    assert(told?.account === account, "a fill of a contract changed no position");
    assert(told.symbol === symbol, "a fill of a contract changed another position");
    return told.realised;
  }

  #tellTrade({ symbol, tradeId, price, quantity, takerSide, place }: OpenTrade): void {
    const [resting, incoming] = this.#parties.get(tradeId) ?? [];
    assert(resting !== undefined && incoming !== undefined, "a trade between fewer than two");
    const [buyer, seller] = takerSide === Side.buy ? [incoming, resting] : [resting, incoming];
    const terms = this.#termsOf(symbol);
    const notional = notionalOf(terms, price, quantity);
    const trade = { place, terms, tradeId, price, quantity, notional, takerSide, buyer, seller };
    this.#listener.traded?.(trade);
  }

  #termsOf(symbol: string): InstrumentTerms {
    const terms = this.#shard.directory.instrument(symbol);
    assert(terms !== undefined, "a fill of an instrument that is not listed");
    return terms;
  }

  #place(): FactPlace {
    const { shard, sequence, timeUs } = this.#shard;
    return { shard, sequence, timeUs, index: this.#index++ };
  }
}

function notionalOf(terms: InstrumentTerms, price: number, quantity: number): Amount {
  return multiply(multiply(price, quantity), terms.quoteUnitsPerTickLot);
}
