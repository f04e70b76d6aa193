/**
 * Facts: what the logs tell that reports are made of, each with its place. The same entry gives
 * the same facts for ever.
 */
import type { Shard } from "../../actors/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  CivilDate,
  ExecutionType,
  InstrumentSymbol,
  InstrumentTerms,
  Liquidity,
  Lots,
  OrderId,
  ParticipantId,
  PositionChanged,
  SettlementLeg,
  ShardId,
  Side,
  Ticks,
  TimeUs,
  TradeId,
} from "../../protocols/index.ts";

/** What of all that an entry told, from 0. */
export interface FactPlace {
  readonly shard: ShardId;
  readonly sequence: number;
  readonly index: number;
  /** Log time. */
  readonly timeUs: TimeUs;
}

/** Whose account of the ledger, and what it is for. The shard's own are nobody's, "". */
export interface LedgerParty {
  readonly owner: AccountId;
  /** A `LedgerAccountKind`, or one that this code has not heard of. */
  readonly kind: string;
}

/** Units went from one account of the ledger to another. */
export interface TransferFact {
  readonly place: FactPlace;
  readonly asset: AssetId;
  readonly amount: Amount;
  /** A `TransferCode`, or one that this code has not heard of. */
  readonly code: string;
  readonly debit: LedgerParty;
  readonly credit: LedgerParty;
  /** What it was on account of: 0 or "" where it was nothing of the kind. */
  readonly tradeId: TradeId;
  readonly orderId: OrderId;
  readonly reference: string;
}

/** An account's side of a trade. */
export interface FillFact {
  readonly place: FactPlace;
  readonly account: AccountId;
  readonly terms: InstrumentTerms;
  readonly orderId: OrderId;
  readonly clientOrderId: string;
  readonly tradeId: TradeId;
  readonly side: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
  /** Quote units, without the fee. */
  readonly notional: Amount;
  /** Quote units; below zero for a rebate. */
  readonly fee: Amount;
  readonly liquidity: Liquidity;
  /** Of a contract, quote units that the trade realised, below zero for a loss; 0 for goods. */
  readonly realised: Amount;
}

/** A position in a contract has become another. */
export interface PositionFact {
  readonly place: FactPlace;
  readonly terms: InstrumentTerms;
  readonly change: PositionChanged;
  /** Quote units that its lots were entered at, as if funding had never been paid; signed. */
  readonly entry: Amount;
}

export interface TradeFact {
  readonly place: FactPlace;
  readonly terms: InstrumentTerms;
  readonly tradeId: TradeId;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly notional: Amount;
  readonly takerSide: Side;
  readonly buyer: AccountId;
  readonly seller: AccountId;
}

/** An account was told of its order. */
export interface OrderFact {
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly orderId: OrderId;
  readonly executionType: ExecutionType;
  /** Whether nothing more can come of it. */
  readonly isOver: boolean;
}

/** An account has sent an order to its book, and lives in that shard, which may be asked. */
export interface PlacingFact {
  readonly account: AccountId;
  readonly symbol: InstrumentSymbol;
  readonly orderId: OrderId;
  readonly side: Side;
  readonly shard: Shard;
}

/** What an account owed and was owed in a round of settlement is settled, for good. */
export interface SettledFact {
  readonly participant: ParticipantId;
  readonly date: CivilDate;
  /** By asset. */
  readonly legs: readonly SettlementLeg[];
}

/** Whoever is told of facts, in their order. */
export interface FactListener {
  transferred?(fact: TransferFact): void;
  filled?(fact: FillFact): void;
  positioned?(fact: PositionFact): void;
  traded?(fact: TradeFact): void;
  reported?(fact: OrderFact): void;
  placed?(fact: PlacingFact): void;
  settled?(fact: SettledFact): void;
}

/** `0/57/3`: names a fact for ever. */
export function placeText({ shard, sequence, index }: FactPlace): string {
  return `${shard}/${sequence}/${index}`;
}
