/**
 * An alert: which rule, in which instrument, who, what was measured against which threshold, and
 * the evidence, each piece of it an entry of a log.
 *
 * Its id follows from the rule and the evidence alone: the same log gives the same ids for ever,
 * whoever reads it and however often he begins anew.
 */
import { createHash } from "node:crypto";
import type {
  AccountId,
  InstrumentSymbol,
  Lots,
  OrderId,
  Side,
  Ticks,
  TimeUs,
  TradeId,
} from "../../protocols/index.ts";
import type { LogPlace, OrderEntry, OwnerName, TradeAct, WithdrawalAct } from "./market-acts.ts";
import type { RuleName } from "./rule-parameters.ts";

interface OrderEvidence extends LogPlace {
  readonly act: "entered" | "withdrawn";
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly side: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
}

interface TradeEvidence extends LogPlace {
  readonly act: "traded";
  readonly tradeId: TradeId;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly buyer: AccountId;
  readonly seller: AccountId;
  readonly buyOrderId: OrderId;
  readonly sellOrderId: OrderId;
}

/** What an auction would have executed. */
interface MarketEvidence extends LogPlace {
  readonly act: "indicated";
  readonly price: Ticks;
}

export type Evidence = OrderEvidence | TradeEvidence | MarketEvidence;

/** A figure that a rule looks at. */
export interface Measure {
  readonly what: string;
  readonly measured: number;
  /** As the rule's parameter of that name has it. */
  readonly threshold: number;
  readonly parameter: string;
  readonly unit: string;
}

export interface Alert {
  readonly id: string;
  readonly rule: RuleName;
  readonly symbol: InstrumentSymbol;
  /** Log time of the entry that completed it. */
  readonly atUs: TimeUs;
  readonly owners: readonly OwnerName[];
  readonly accounts: readonly AccountId[];
  readonly orders: readonly OrderId[];
  readonly trades: readonly TradeId[];
  readonly measures: readonly Measure[];
  readonly parameters: Readonly<Record<string, number>>;
  /** In the order of the book's log. */
  readonly evidence: readonly Evidence[];
}

/** What a detector has found; who and which orders follows from the evidence. */
export interface Finding {
  readonly rule: RuleName;
  readonly symbol: InstrumentSymbol;
  readonly owners: readonly OwnerName[];
  readonly measures: readonly Measure[];
  readonly parameters: Readonly<Record<string, number>>;
  readonly evidence: readonly Evidence[];
  /** Accounts whose doings it is; both of every trade unless told. */
  readonly accounts: readonly AccountId[];
  readonly at: LogPlace;
}

export function alertOf(finding: Finding): Alert {
  const { rule, symbol, measures, parameters, at } = finding;
  const evidence = inLogOrder(finding.evidence);
  return {
    ...{ id: idOf(rule, symbol, evidence), rule, symbol, atUs: at.timeUs },
    owners: [...new Set(finding.owners)].toSorted(),
    accounts: [...new Set(finding.accounts)].toSorted(),
    orders: unique(evidence.flatMap((piece) => ("orderId" in piece ? [piece.orderId] : []))),
    trades: unique(evidence.flatMap((piece) => ("tradeId" in piece ? [piece.tradeId] : []))),
    ...{ measures, parameters, evidence },
  };
}

function idOf(rule: RuleName, symbol: string, evidence: readonly Evidence[]): string {
  const hash = createHash("sha256").update(`${rule}\n${symbol}\n`);
  for (const piece of evidence) hash.update(`${nameOf(piece)}\n`);
  return hash.digest("hex").slice(0, 16);
}

function nameOf(piece: Evidence): string {
  const of = "orderId" in piece ? piece.orderId : "tradeId" in piece ? piece.tradeId : piece.price;
  return `${piece.shard}/${piece.sequence}/${piece.act}/${of}`;
}

/** Of one entry they stay as they were found; what is there twice is left out. */
function inLogOrder(evidence: readonly Evidence[]): readonly Evidence[] {
  const known = new Map(evidence.map((piece) => [nameOf(piece), piece]));
  return [...known.values()].toSorted(
    (a, b) => a.timeUs - b.timeUs || a.shard - b.shard || a.sequence - b.sequence,
  );
}

function unique(ids: readonly number[]): readonly number[] {
  return [...new Set(ids)].toSorted((a, b) => a - b);
}

// ---- Evidence --------------------------------------------------------------------------------

export function entryEvidence(order: OrderEntry): Evidence {
  const { orderId, account, side, price, quantity, at } = order;
  return { act: "entered", ...at, orderId, account, side, price, quantity };
}

export function withdrawalEvidence({ order, price, shown, at }: WithdrawalAct): Evidence {
  const { orderId, account, side } = order;
  return { act: "withdrawn", ...at, orderId, account, side, price, quantity: shown };
}

/** What a detector keeps of a trade. */
export type KeptTrade = Pick<
  TradeAct,
  "at" | "tradeId" | "price" | "quantity" | "buy" | "sell" | "takerSide" | "priceBefore"
>;

export function keptTrade(trade: TradeAct): KeptTrade {
  const { at, tradeId, price, quantity, buy, sell, takerSide, priceBefore } = trade;
  return { at, tradeId, price, quantity, buy, sell, takerSide, priceBefore };
}

export function tradeEvidence({ at, tradeId, price, quantity, buy, sell }: KeptTrade): Evidence {
  return {
    ...{ act: "traded", ...at, tradeId, price, quantity, buyer: buy.account, seller: sell.account },
    ...{ buyOrderId: buy.orderId, sellOrderId: sell.orderId },
  };
}

/** The trades, and how the orders came that made them. */
export function tradesAndOrders(trades: readonly KeptTrade[]): readonly Evidence[] {
  return trades.flatMap((trade) => [
    entryEvidence(trade.buy),
    entryEvidence(trade.sell),
    tradeEvidence(trade),
  ]);
}
