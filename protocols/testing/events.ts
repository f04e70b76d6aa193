/**
 * Every kind of event: one fixed example of each for golden bytes, and arbitrary ones for
 * properties. The types make both lists complete.
 */
import fc from "fast-check";
import { CandleInterval } from "../candle-interval.ts";
import { DepositStatus, WithdrawalStatus } from "../custody.ts";
import { writeEvent } from "../event-codec.ts";
import { LiquidationStage, MarginCause, PositionCause } from "../events.ts";
import type { ShardEvent } from "../events.ts";
import { MarginMode } from "../margin.ts";
import type { Origin } from "../messages.ts";
import {
  ExecutionType,
  Liquidity,
  OrderStatus,
  OrderType,
  Side,
  TimeInForce,
  TradingPhase,
} from "../order-terms.ts";
import { RecordWriter } from "../records.ts";
import { CloseReason, RejectReason } from "../reject-reasons.ts";
import { amountOf } from "../units.ts";
import { amounts } from "./amounts.ts";
import {
  assetIds,
  clientOrderIds,
  counts,
  integers,
  lowerCaseIds,
  revisions,
  symbols,
  texts,
} from "./identifiers.ts";
import { anyTerms, termsExample } from "./messages.ts";

type EventOf<Kind extends ShardEvent["kind"]> = Extract<ShardEvent, { kind: Kind }>;

const originExample: Origin = { producer: "gw-1", epoch: 3, frame: 100, index: 7 };

export const eventExamples: { readonly [Kind in ShardEvent["kind"]]: EventOf<Kind> } = {
  "order-replied": {
    kind: "order-replied",
    origin: originExample,
    rejectReason: RejectReason["funds-insufficient"],
    isDuplicate: true,
    orderId: 5,
    status: OrderStatus.partiallyFilled,
    closeReason: CloseReason.none,
    price: 6_500_000,
    quantity: 25,
    executed: 10,
    executedNotional: 9_223_372_036_854_775_807n,
    fees: 130_000,
    revision: 1,
    updateId: 77,
  },
  "command-replied": {
    kind: "command-replied",
    origin: originExample,
    rejectReason: RejectReason.none,
    detail: 12,
  },
  "execution-report": {
    kind: "execution-report",
    account: "demo",
    symbol: "BTC-USDT",
    orderId: 5,
    clientOrderId: "my-order_1",
    executionType: ExecutionType.trade,
    status: OrderStatus.filled,
    side: Side.sell,
    orderType: OrderType.limit,
    timeInForce: TimeInForce.IOC,
    price: 6_500_000,
    quantity: 25,
    executed: 25,
    remaining: 0,
    executedNotional: 16_250_000_000,
    rejectReason: RejectReason.none,
    closeReason: CloseReason.none,
    revision: 2,
    tradeId: 9,
    lastPrice: 6_500_001,
    lastQuantity: 15,
    liquidity: Liquidity.taker,
    fee: 19_500,
  },
  "level-changed": {
    kind: "level-changed",
    symbol: "BTC-USDT",
    updateId: 78,
    side: Side.sell,
    price: 6_500_000,
    quantity: 0,
  },
  traded: {
    kind: "traded",
    symbol: "BTC-USDT",
    tradeId: 9,
    price: 6_500_001,
    quantity: 15,
    takerSide: Side.sell,
    updateId: 77,
  },
  "best-changed": {
    kind: "best-changed",
    symbol: "BTC-USDT",
    updateId: 78,
    bidPrice: 6_499_999,
    bidQuantity: 4,
    askPrice: 0,
    askQuantity: 0,
  },
  "entry-added": {
    kind: "entry-added",
    symbol: "BTC-USDT",
    updateId: 141,
    entryId: 88,
    side: Side.sell,
    price: 6_500_000,
    quantity: 15,
  },
  "entry-executed": {
    kind: "entry-executed",
    symbol: "BTC-USDT",
    updateId: 142,
    entryId: 71,
    quantity: 4,
    tradeId: 9,
  },
  "entry-canceled": {
    kind: "entry-canceled",
    symbol: "BTC-USDT",
    updateId: 143,
    entryId: 88,
    quantity: 0,
  },
  "candle-closed": {
    kind: "candle-closed",
    symbol: "BTC-USDT",
    interval: CandleInterval["4h"],
    startUs: 1_794_988_800_000_000,
    open: 6_499_900,
    high: 6_500_200,
    low: 6_499_900,
    close: 6_500_000,
    volume: "45",
    notional: "36893488147419103232",
    trades: 4,
    firstTradeId: 4,
    lastTradeId: 7,
  },
  "statistics-changed": {
    kind: "statistics-changed",
    symbol: "BTC-USDT",
    open: 6_480_000,
    high: 6_510_000,
    low: 6_475_500,
    last: 6_500_000,
    volume: "2450",
    notional: "15912750000",
    trades: 180,
  },
  "depth-checksummed": {
    kind: "depth-checksummed",
    symbol: "BTC-USDT",
    updateId: 78,
    checksum: 0xcbf43926,
  },
  "withdrawal-changed": {
    kind: "withdrawal-changed",
    account: "demo",
    number: 3,
    asset: "BTC",
    amount: 250_000,
    status: WithdrawalStatus.sent,
    transaction: "4f5e",
  },
  "deposit-changed": {
    kind: "deposit-changed",
    account: "demo",
    asset: "BTC",
    amount: 2n ** 60n,
    transaction: "9abc",
    output: 1,
    status: DepositStatus.credited,
  },
  "settlement-final": {
    kind: "settlement-final",
    round: 3,
    date: 2026_12_28,
    trades: 12,
    accounts: 4,
    assets: [{ asset: "BTC", traded: 2n ** 60n, netted: 250_000 }],
  },
  "account-settled": {
    kind: "account-settled",
    account: "demo",
    round: 3,
    date: 2026_12_28,
    legs: [{ asset: "BTC", deliver: 0, receive: 250_000 }],
  },
  "position-changed": {
    ...{ kind: "position-changed", account: "demo", symbol: "BTC-PERP", lots: -5 },
    ...{ cause: PositionCause.trade, cost: -125_000, realised: 300 },
  },
  "funding-paid": {
    ...{ kind: "funding-paid", account: "demo", symbol: "BTC-PERP", round: 7, lots: -5 },
    amount: -35,
  },
  "deficit-covered": {
    ...{ kind: "deficit-covered", account: "demo", fund: "fund", asset: "USDT" },
    ...{ amount: 2500, lacking: 100 },
  },
  "margin-mode-changed": {
    ...{ kind: "margin-mode-changed", account: "demo", symbol: "BTC-PERP" },
    mode: MarginMode.isolated,
  },
  "margin-moved": {
    ...{ kind: "margin-moved", account: "demo", symbol: "BTC-PERP" },
    ...{ cause: MarginCause.closed, amount: -300, posted: 2n ** 60n },
  },
  "deficit-made-good": {
    ...{ kind: "deficit-made-good", account: "fund", asset: "USDT", amount: 60, lacking: 40 },
    ...{ author: "ops", reason: "as decided" },
  },
  "liquidation-moved": {
    ...{ kind: "liquidation-moved", account: "demo", asset: "USDT" },
    ...{ stage: LiquidationStage.reducing, equity: -300, maintenance: 2n ** 60n },
    ...{ symbol: "BTC-PERP", count: 5, price: 65_000 },
  },
  "liquidation-fee-paid": {
    ...{ kind: "liquidation-fee-paid", account: "demo", fund: "fund", asset: "USDT", amount: 25 },
  },
  "position-handed-over": {
    ...{ kind: "position-handed-over", symbol: "BTC-PERP", account: "demo", taker: "fund" },
    ...{ cause: PositionCause.takeover, lots: -5, price: 65_000 },
  },
  "contract-funded": {
    ...{ kind: "contract-funded", symbol: "BTC-USDT-PERP", round: 3, ratePpm: -100 },
    ...{ markPrice: 6_500_100, indexPrice: 6_500_000, perLot: -65_001 },
  },
  "contract-expired": {
    ...{ kind: "contract-expired", symbol: "BTC-USDT-1226", finalPrice: 6_500_000 },
  },
  "delivery-failed": {
    ...{ kind: "delivery-failed", delivery: 7, round: 3, date: 2026_12_28 },
    ...{ nextDate: 2026_12_29, symbol: "BTC-USDT", seller: "demo", buyer: "other" },
    ...{ goods: 2n ** 60n, money: 250_000, daysFailed: 1 },
  },
  "buy-in-flagged": {
    ...{ kind: "buy-in-flagged", delivery: 7, account: "demo", asset: "BTC" },
    ...{ units: 2n ** 60n, counterparty: "other", since: 2026_12_28, daysFailed: 4 },
  },
  "penalty-charged": {
    ...{ kind: "penalty-charged", account: "demo", round: 3, asset: "USDT" },
    ...{ penalty: 25, outstanding: 0 },
  },
  "balance-changed": {
    kind: "balance-changed",
    account: "demo",
    asset: "USDT",
    available: 1_000_000,
    reserved: 9_007_199_254_740_993n,
  },
  "instrument-listed": { kind: "instrument-listed", terms: termsExample },
  "phase-changed": {
    kind: "phase-changed",
    symbol: "BTC-USDT",
    phase: TradingPhase.volatilityAuction,
  },
  "auction-indicated": {
    kind: "auction-indicated",
    symbol: "BTC-USDT",
    price: 6_500_000,
    volume: 40,
    surplusSide: Side.sell,
    surplus: 3,
  },
  "bands-changed": {
    kind: "bands-changed",
    symbol: "BTC-USDT",
    referencePrice: 6_500_000,
    lower: 6_175_000,
    upper: 6_825_000,
    isLimitState: true,
  },
  "intervention-recorded": {
    kind: "intervention-recorded",
    command: "confirm-kill-switch",
    target: "BTC-USDT",
    author: "ops",
    reason: "drill – 1",
  },
  "emitter-changed": { kind: "emitter-changed", node: "e1", emitterEpoch: 5 },
  "logic-activated": { kind: "logic-activated", version: 2 },
  "state-hashed": { kind: "state-hashed", label: "nightly" },
};

// ---- Arbitrary ones ------------------------------------------------------------------------

const memberOf = <Member extends number>(list: Readonly<Record<string, Member>>) =>
  fc.constantFrom(...Object.values(list));
const sums = fc.bigInt({ min: 0n, max: 2n ** 100n }).map(amountOf);
const signedSums = fc.bigInt({ min: -(2n ** 100n), max: 2n ** 100n }).map(amountOf);
const rounds = fc.integer({ min: 1, max: 1_000_000 });
const totals = fc.bigInt({ min: 0n, max: 2n ** 105n }).map(String);
const origins: fc.Arbitrary<Origin> = fc.record(
  { producer: lowerCaseIds, epoch: counts, frame: counts, index: fc.nat({ max: 65_535 }) },
  { noNullPrototype: true },
);

type Arbitraries<Value> = { readonly [Key in keyof Value]: fc.Arbitrary<Value[Key]> };
type FieldsOf<Kind extends ShardEvent["kind"]> = Arbitraries<Omit<EventOf<Kind>, "kind">>;

const contractFigures = fc.record(
  {
    ...{ markPrice: counts, indexPrice: counts, fundingRatePpm: integers },
    ...{ nextFundingUs: counts, finalPrice: counts },
  },
  { noNullPrototype: true },
);

const eventFields: { readonly [Kind in ShardEvent["kind"]]: FieldsOf<Kind> } = {
  "order-replied": {
    origin: origins,
    rejectReason: memberOf(RejectReason),
    isDuplicate: fc.boolean(),
    orderId: counts,
    status: memberOf(OrderStatus),
    closeReason: memberOf(CloseReason),
    price: integers,
    quantity: integers,
    executed: counts,
    executedNotional: amounts,
    fees: amounts,
    revision: revisions,
    updateId: counts,
    figures: fc.option(
      fc.record({ limit: amounts, used: amounts, asked: amounts }, { noNullPrototype: true }),
      { nil: undefined },
    ),
  },
  "command-replied": {
    origin: origins,
    rejectReason: memberOf(RejectReason),
    detail: integers,
  },
  "execution-report": {
    account: lowerCaseIds,
    symbol: symbols,
    orderId: counts,
    clientOrderId: clientOrderIds,
    executionType: memberOf(ExecutionType),
    status: memberOf(OrderStatus),
    side: memberOf(Side),
    orderType: memberOf(OrderType),
    timeInForce: memberOf(TimeInForce),
    price: integers,
    quantity: integers,
    executed: counts,
    remaining: counts,
    executedNotional: amounts,
    rejectReason: memberOf(RejectReason),
    closeReason: memberOf(CloseReason),
    revision: revisions,
    tradeId: counts,
    lastPrice: integers,
    lastQuantity: counts,
    liquidity: memberOf(Liquidity),
    fee: amounts,
  },
  "level-changed": {
    symbol: symbols,
    updateId: counts,
    side: memberOf(Side),
    price: integers,
    quantity: counts,
  },
  traded: {
    symbol: symbols,
    tradeId: counts,
    price: integers,
    quantity: counts,
    takerSide: memberOf(Side),
    updateId: counts,
  },
  "best-changed": {
    symbol: symbols,
    updateId: counts,
    bidPrice: integers,
    bidQuantity: counts,
    askPrice: integers,
    askQuantity: counts,
  },
  "entry-added": {
    symbol: symbols,
    updateId: counts,
    entryId: counts,
    side: memberOf(Side),
    price: integers,
    quantity: counts,
  },
  "entry-executed": {
    symbol: symbols,
    updateId: counts,
    entryId: counts,
    quantity: counts,
    tradeId: counts,
  },
  "entry-canceled": { symbol: symbols, updateId: counts, entryId: counts, quantity: counts },
  "candle-closed": {
    symbol: symbols,
    interval: memberOf(CandleInterval),
    startUs: counts,
    open: counts,
    high: counts,
    low: counts,
    close: counts,
    volume: totals,
    notional: totals,
    trades: counts,
    firstTradeId: counts,
    lastTradeId: counts,
  },
  "statistics-changed": {
    symbol: symbols,
    open: counts,
    high: counts,
    low: counts,
    last: counts,
    volume: totals,
    notional: totals,
    trades: counts,
    contract: fc.option(contractFigures, { nil: undefined }),
  },
  "depth-checksummed": {
    symbol: symbols,
    updateId: counts,
    checksum: fc.nat({ max: 0xffffffff }),
  },
  "withdrawal-changed": {
    account: lowerCaseIds,
    number: counts,
    asset: assetIds,
    amount: amounts,
    status: memberOf(WithdrawalStatus),
    transaction: texts,
  },
  "deposit-changed": {
    account: lowerCaseIds,
    asset: assetIds,
    amount: amounts,
    transaction: texts,
    output: counts,
    status: memberOf(DepositStatus),
  },
  "settlement-final": {
    round: rounds,
    date: counts,
    trades: counts,
    accounts: counts,
    assets: fc.array(
      fc.record({ asset: assetIds, traded: sums, netted: sums }, { noNullPrototype: true }),
      { maxLength: 4 },
    ),
  },
  "position-changed": {
    account: lowerCaseIds,
    symbol: symbols,
    cause: fc.constantFrom(...Object.values(PositionCause)),
    lots: fc.maxSafeInteger(),
    cost: signedSums,
    realised: signedSums,
  },
  "funding-paid": {
    account: lowerCaseIds,
    symbol: symbols,
    round: counts,
    lots: fc.maxSafeInteger(),
    amount: signedSums,
  },
  "deficit-covered": {
    account: lowerCaseIds,
    fund: lowerCaseIds,
    asset: assetIds,
    amount: amounts,
    lacking: amounts,
  },
  "margin-mode-changed": { account: lowerCaseIds, symbol: symbols, mode: memberOf(MarginMode) },
  "margin-moved": {
    ...{ account: lowerCaseIds, symbol: symbols, cause: memberOf(MarginCause) },
    ...{ amount: signedSums, posted: amounts },
  },
  "deficit-made-good": {
    ...{ account: lowerCaseIds, asset: assetIds, amount: amounts, lacking: amounts },
    ...{ author: texts, reason: texts },
  },
  "liquidation-moved": {
    ...{ account: lowerCaseIds, asset: assetIds, stage: memberOf(LiquidationStage) },
    ...{ equity: signedSums, maintenance: signedSums },
    ...{ symbol: fc.oneof(symbols, fc.constant("")), count: counts, price: counts },
  },
  "liquidation-fee-paid": {
    ...{ account: lowerCaseIds, fund: lowerCaseIds, asset: assetIds, amount: amounts },
  },
  "position-handed-over": {
    ...{ symbol: symbols, account: lowerCaseIds, taker: lowerCaseIds },
    ...{ cause: memberOf(PositionCause), lots: integers, price: rounds },
  },
  "account-settled": {
    account: lowerCaseIds,
    round: rounds,
    date: counts,
    legs: fc.array(
      fc.record({ asset: assetIds, deliver: sums, receive: sums }, { noNullPrototype: true }),
      { maxLength: 4 },
    ),
  },
  "contract-funded": {
    ...{ symbol: symbols, round: rounds, ratePpm: integers },
    ...{ markPrice: counts, indexPrice: counts, perLot: amounts },
  },
  "contract-expired": { symbol: symbols, finalPrice: counts },
  "delivery-failed": {
    ...{ delivery: rounds, round: rounds, date: counts, nextDate: counts, symbol: symbols },
    ...{ seller: lowerCaseIds, buyer: lowerCaseIds, goods: amounts, money: amounts },
    daysFailed: rounds,
  },
  "buy-in-flagged": {
    ...{ delivery: rounds, account: lowerCaseIds, asset: assetIds, units: amounts },
    ...{ counterparty: lowerCaseIds, since: counts, daysFailed: rounds },
  },
  "penalty-charged": {
    ...{ account: lowerCaseIds, round: rounds, asset: assetIds },
    ...{ penalty: sums, outstanding: sums },
  },
  "balance-changed": {
    account: lowerCaseIds,
    asset: assetIds,
    available: amounts,
    reserved: amounts,
  },
  "instrument-listed": { terms: anyTerms },
  "phase-changed": { symbol: symbols, phase: memberOf(TradingPhase) },
  "auction-indicated": {
    symbol: symbols,
    price: integers,
    volume: integers,
    surplusSide: memberOf(Side),
    surplus: integers,
  },
  "bands-changed": {
    symbol: symbols,
    referencePrice: integers,
    lower: integers,
    upper: integers,
    isLimitState: fc.boolean(),
  },
  "intervention-recorded": { command: texts, target: texts, author: texts, reason: texts },
  "emitter-changed": { node: lowerCaseIds, emitterEpoch: counts },
  "logic-activated": { version: fc.integer({ min: 1, max: 1000 }) },
  "state-hashed": { label: texts },
};

export const eventKinds = Object.keys(eventFields) as ShardEvent["kind"][];

/** Any event of one kind. */
export function eventsOf(kind: ShardEvent["kind"]): fc.Arbitrary<ShardEvent> {
  const fields = eventFields[kind] as Record<string, fc.Arbitrary<unknown>>;
  const record = fc.record({ kind: fc.constant(kind), ...fields }, { noNullPrototype: true });
  return record.map(withoutUndefined) as unknown as fc.Arbitrary<ShardEvent>;
}

/** A field that may be left out is left out, as whoever reads the event does. */
function withoutUndefined(event: object): object {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined));
}

export const anyEvent: fc.Arbitrary<ShardEvent> = fc.oneof(...eventKinds.map(eventsOf));

/** Events as the records that a step gives. */
export function recordsOf(events: readonly ShardEvent[]): Uint8Array {
  const writer = new RecordWriter();
  for (const event of events) writeEvent(writer, event);
  return writer.finish();
}
