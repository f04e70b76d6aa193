/**
 * Every kind of message: one fixed example of each for golden bytes, and arbitrary ones for
 * properties. The types make both lists complete.
 */
import fc from "fast-check";
import { addressOfAccount, addressOfBook } from "../actor-address.ts";
import { adminCommandKinds, isAdminCommand } from "../admin-commands.ts";
import { approvalsMax, signatureLength } from "../approvals.ts";
import type { Approval } from "../approvals.ts";
import { ContractKind } from "../contract-terms.ts";
import type { ContractTerms } from "../contract-terms.ts";
import { DepositStep, WithdrawalStep } from "../custody.ts";
import { SweepStep } from "../sweeps.ts";
import type { CustodyTerms } from "../custody.ts";
import type { SettlementCycle } from "../clearing.ts";
import type { FailPermission } from "../fails.ts";
import type { FeeSchedule } from "../fees.ts";
import { MarginMode } from "../margin.ts";
import type { ScopedRiskLimits } from "../queries.ts";
import { Restriction, riskLimitNames, riskLimitsOfMoney } from "../risk-limits.ts";
import type { RiskLimitName, RiskLimits } from "../risk-limits.ts";
import type { BreakerLevel, InstrumentTerms, Message, PlaceOrder, Quote } from "../messages.ts";
import { anySide } from "../messages.ts";
import { plainInstructions, unrevised } from "../order-instructions.ts";
import { breakerLevelsMax } from "../ordinary-messages.ts";
import {
  CancelFailure,
  ChannelMark,
  Intervention,
  KillScope,
  Liquidity,
  ListType,
  OrderType,
  Side,
  TimeInForce,
} from "../order-terms.ts";
import { pack } from "../records.ts";
import { CloseReason, RejectReason } from "../reject-reasons.ts";
import { amountOf, ticksMax } from "../units.ts";
import { amounts } from "./amounts.ts";
import {
  assetIds,
  clientOrderIds,
  counts,
  integers,
  lowerCaseIds,
  participantIds,
  quoteIds,
  revisions,
  symbols,
  texts,
} from "./identifiers.ts";
import {
  instructions,
  instructionsExample,
  revisedExample,
  revisedInstructions,
} from "./instructions.ts";
import { anyTradingTerms, tradingTermsExample } from "./trading-terms.ts";

const ones = fc.integer({ min: 1, max: 2 ** 40 });
const actors = fc.oneof(lowerCaseIds.map(addressOfAccount), symbols.map(addressOfBook));

type MessageOf<Kind extends Message["kind"]> = Extract<Message, { kind: Kind }>;

export const termsExample: InstrumentTerms = {
  symbol: "BTC-USDT",
  base: "BTC",
  quote: "USDT",
  baseUnitsPerLot: 10_000,
  quoteUnitsPerTickLot: 100,
  makerFeeBasisPoints: 10,
  takerFeeBasisPoints: 20,
};

export const tradedTermsExample: InstrumentTerms = {
  ...termsExample,
  symbol: "ACME-USD",
  base: "ACME",
  quote: "USD",
  trading: tradingTermsExample,
};

export const contractTermsExample: InstrumentTerms = {
  ...termsExample,
  symbol: "BTC-USDT-PERP",
  contract: {
    ...{ kind: ContractKind.perpetual, expiresAtUs: 0, indexSymbol: "BTC-USDT" },
    ...{ initialMarginPpm: 50_000, maintenanceMarginPpm: 25_000, markClampPpm: 10_000 },
    ...{ fundingIntervalSeconds: 28_800, fundingCapPpm: 7500, liquidationFeePpm: 5000 },
    fundAccount: "insurance",
  },
};

const handedOver = { symbol: "BTC-USDT", price: 65_000, fundingIndex: -12 };

const placeExample: PlaceOrder = {
  kind: "place-order",
  account: "demo",
  clientOrderId: "my-order_1",
  symbol: "BTC-USDT",
  side: Side.sell,
  orderType: OrderType.limit,
  timeInForce: TimeInForce.IOC,
  price: 6_500_000,
  quantity: 25,
  instructions: plainInstructions,
};

const riskLimitsExample: ScopedRiskLimits = {
  scope: { account: "demo", group: "", quote: "", symbol: "BTC-USDT" },
  limits: {
    ...{ orderQuantity: 500, orderNotional: 1_000_000_000, openOrders: 20 },
    ...{ orderRate: 10, orderBurst: 50, ordersPerTrade: 40, ordersFree: 1000, repeatMs: 500 },
    ...{ restriction: Restriction.closed, priceBasisPoints: 1000, positionQuantity: 10_000 },
    ...{ exposure: 2n ** 61n, dailyLoss: 2_000_000_000 },
  },
};

const failPermissionExample: FailPermission = {
  ...{ account: "demo", asset: "BTC", limit: 2n ** 60n },
  ...{ penaltyBasisPoints: 10, buyInDays: 4 },
};

const cycleExample: SettlementCycle = {
  cycle: "t2",
  symbols: ["BTC-USDT"],
  days: 2,
  offsetMinutes: -300,
  cutOffMinute: 960,
  weekend: [5, 6],
  holidays: [2026_12_25],
};

const feeScheduleExample: FeeSchedule = {
  schedule: "spot",
  symbols: ["BTC-USDT", "ETH-USDT"],
  minimum: 1_000,
  tiers: [
    { volume: 0, makerPpm: 100, takerPpm: 200 },
    { volume: 2n ** 60n, makerPpm: -50, takerPpm: 150 },
  ],
};
const why = { author: "ops", reason: "as agreed" };

const custodyExample: CustodyTerms = {
  asset: "BTC",
  custodian: "custodian",
  approvers: ["ann", "ben", "cleo"],
  quorum: 2,
  withdrawalMin: 1000,
  withdrawalMax: 2n ** 60n,
  dailyMax: 2n ** 61n,
  coolOffSeconds: 86_400,
  confirmations: 6,
  depositMin: 500,
  tiers: [
    { from: 0, needed: 1 },
    { from: 10_000_000, needed: 2 },
  ],
};
const addressExample = { account: "demo", asset: "BTC", address: "sim1qexample" } as const;
const sweepExample = { asset: "BTC", from: "hot", to: "cold", amount: 90_000 } as const;
const withdrawalExample = { ...addressExample, number: 3, amount: 250_000 } as const;

export const messageExamples: { readonly [Kind in Message["kind"]]: MessageOf<Kind> } = {
  "place-order": placeExample,
  "place-order-list": {
    kind: "place-order-list",
    account: "demo",
    listType: ListType.OTOCO,
    orders: [
      placeExample,
      { ...placeExample, clientOrderId: "my-order_2", instructions: instructionsExample },
      { ...placeExample, clientOrderId: "my-order_3" },
    ],
  },
  "cancel-order": {
    kind: "cancel-order",
    account: "demo",
    orderId: 0,
    clientOrderId: "my-order_1",
  },
  "cancel-and-place": {
    kind: "cancel-and-place",
    account: "demo",
    orderId: 0,
    clientOrderId: "my-order_0",
    ifCancelFails: CancelFailure.place,
    order: placeExample,
  },
  "replace-order": {
    kind: "replace-order",
    account: "demo",
    orderId: 17_592_186_044_417,
    clientOrderId: "",
    price: 6_500_001,
    quantity: 30,
    revision: 2,
    revised: unrevised,
  },
  "cancel-all-orders": {
    kind: "cancel-all-orders",
    account: "demo",
    symbol: "BTC-USDT",
    side: anySide,
    priceMin: 0,
    priceMax: ticksMax,
  },
  "mass-quote": {
    kind: "mass-quote",
    account: "demo",
    quoteId: "quotes-7",
    quotes: [
      {
        symbol: "BTC-USDT",
        bidPrice: 6_499_999,
        bidQuantity: 3,
        askPrice: 6_500_001,
        askQuantity: 4,
      },
      { symbol: "ETH-USDT", bidPrice: 0, bidQuantity: 0, askPrice: 250_000, askQuantity: 9 },
    ],
  },
  "add-asset": { kind: "add-asset", asset: "BTC", decimals: 8 },
  "list-instrument": { kind: "list-instrument", terms: termsExample },
  "open-account": { kind: "open-account", account: "demo", participant: "acme" },
  deposit: {
    kind: "deposit",
    account: "demo",
    asset: "USDT",
    amount: 9_223_372_036_854_775_807n,
    reference: "wire/2026-11-21",
  },
  "halt-trading": { kind: "halt-trading", symbol: "", author: "ops", reason: "drill – 1" },
  "resume-trading": {
    kind: "resume-trading",
    symbol: "BTC-USDT",
    author: "ops",
    reason: "drill over",
  },
  "publish-mark-price": { kind: "publish-mark-price", symbol: "BTC-USDT", price: 6_500_007 },
  "arm-kill-switch": {
    kind: "arm-kill-switch",
    scope: KillScope.participant,
    target: "acme",
    author: "ops",
    reason: "algorithm out of control",
  },
  "confirm-kill-switch": { kind: "confirm-kill-switch", number: 3, author: "chief" },
  "release-kill-switch": {
    kind: "release-kill-switch",
    scope: KillScope.venue,
    target: "",
    author: "ops",
    reason: "all is well",
  },
  "set-market-breaker": {
    kind: "set-market-breaker",
    symbol: "BTC-USDT",
    levels: [
      { basisPoints: 700, haltSeconds: 900 },
      { basisPoints: 2000, haltSeconds: 0 },
    ],
    author: "ops",
    reason: "as agreed",
  },
  "form-shard": { kind: "form-shard", cluster: "outcry", shard: 2, shards: 3 },
  "claim-emitter": { kind: "claim-emitter", node: "e1", emitterEpoch: 4 },
  tick: { kind: "tick" },
  checkpoint: { kind: "checkpoint", label: "nightly" },
  "activate-logic": { kind: "activate-logic", version: 2 },
  "submit-order": {
    kind: "submit-order",
    symbol: "BTC-USDT",
    account: "demo",
    participant: "acme",
    orderId: 5,
    side: Side.buy,
    orderType: OrderType.market,
    timeInForce: TimeInForce.IOC,
    price: 0,
    quantity: 40,
    budget: 9_007_199_254_740_990,
    instructions: plainInstructions,
    linkedOrderId: 0,
  },
  "submit-cancel": {
    kind: "submit-cancel",
    symbol: "BTC-USDT",
    account: "demo",
    orderId: 5,
    reason: CloseReason["account-blocked"],
  },
  "submit-replace": {
    kind: "submit-replace",
    symbol: "BTC-USDT",
    account: "demo",
    orderId: 5,
    price: 6_500_002,
    quantity: 41,
    revised: unrevised,
  },
  "order-rested": { kind: "order-rested", account: "demo", orderId: 5, updateId: 77 },
  "order-filled": {
    kind: "order-filled",
    account: "demo",
    orderId: 5,
    tradeId: 9,
    price: 6_500_003,
    quantity: 3,
    remaining: 38,
    liquidity: Liquidity.taker,
    updateId: 78,
  },
  "order-triggered": { kind: "order-triggered", account: "demo", orderId: 5, updateId: 78 },
  "order-repriced": {
    kind: "order-repriced",
    account: "demo",
    orderId: 5,
    price: 6_500_005,
    updateId: 78,
  },
  "order-prevented": {
    kind: "order-prevented",
    account: "demo",
    orderId: 5,
    price: 6_500_003,
    quantity: 3,
    remaining: 38,
    updateId: 78,
  },
  "order-removed": {
    kind: "order-removed",
    account: "demo",
    orderId: 5,
    canceled: 38,
    reason: CloseReason.requested,
    updateId: 79,
  },
  "order-refused": {
    kind: "order-refused",
    account: "demo",
    orderId: 6,
    reason: RejectReason["instrument-halted"],
  },
  "order-replaced": {
    kind: "order-replaced",
    account: "demo",
    orderId: 5,
    price: 6_500_004,
    quantity: 42,
    updateId: 80,
  },
  "change-refused": {
    kind: "change-refused",
    account: "demo",
    orderId: 5,
    reason: RejectReason["order-unknown"],
    updateId: 81,
  },
  "announce-asset": { kind: "announce-asset", shard: 1, asset: "BTC", decimals: 8 },
  "announce-instrument": {
    kind: "announce-instrument",
    shard: 1,
    terms: tradedTermsExample,
    ticket: 12,
  },
  "announce-venue-halt": {
    kind: "announce-venue-halt",
    shard: 1,
    isHalted: true,
    ticket: 13,
  },
  "set-phase": {
    kind: "set-phase",
    symbol: "BTC-USDT",
    intervention: Intervention.restrict,
    isPurged: true,
    ticket: 14,
  },
  "watch-index": {
    kind: "watch-index",
    symbol: "BTC-USDT",
    levels: [{ basisPoints: 700, haltSeconds: 900 }],
    ticket: 17,
  },
  "breaker-moved": { kind: "breaker-moved", symbol: "BTC-USDT", isTripped: true },
  "block-account": { kind: "block-account", account: "demo", isBlocked: true, ticket: 18 },
  "create-account": {
    kind: "create-account",
    account: "demo",
    participant: "acme",
    ticket: 15,
  },
  "credit-deposit": {
    kind: "credit-deposit",
    account: "demo",
    asset: "USDT",
    amount: 1_000_000,
    ticket: 16,
  },
  "ticket-served": { kind: "ticket-served", ticket: 16 },
  "place-actor": {
    kind: "place-actor",
    actor: "account/demo",
    shard: 2,
    author: "ops",
    reason: "room for others",
  },
  "announce-placement": {
    kind: "announce-placement",
    shard: 1,
    epoch: 3,
    actor: "book/BTC-USDT",
    home: 2,
    ticket: 19,
  },
  "mark-channel": {
    kind: "mark-channel",
    shard: 1,
    from: 3,
    epoch: 3,
    mark: ChannelMark.quiet,
  },
  "hand-over": {
    kind: "hand-over",
    shard: 1,
    from: 3,
    actor: "account/demo",
    timeUs: 1_700_000_000_000_000,
    size: 5,
    part: Uint8Array.of(1, 2, 3),
  },
  "take-over": { kind: "take-over", shard: 1, bytes: 3 },
  "forward-reply": { kind: "forward-reply", shard: 1, records: pack([[], new Uint8Array(0), []]) },
  "set-nodes": { kind: "set-nodes", nodes: ["e1", "e2", "e4"], nodesEpoch: 3 },
  "add-shard": { kind: "add-shard", shards: 4, author: "ops", reason: "room for more" },
  "announce-shard": { kind: "announce-shard", shard: 1, shards: 4, ticket: 20 },
  "announce-pins": {
    kind: "announce-pins",
    shard: 2,
    epoch: 7,
    pins: [
      ["account/demo", 2],
      ["book/BTC-USDT", 1],
    ],
    ticket: 21,
  },
  "set-approval-policy": {
    kind: "set-approval-policy",
    command: "deposit",
    needed: 2,
    author: "ops",
    reason: "four eyes",
  },
  "set-fee-schedule": { kind: "set-fee-schedule", ...feeScheduleExample, ...why },
  "set-account-fees": {
    kind: "set-account-fees",
    account: "demo",
    symbol: "BTC-USDT",
    rates: { makerPpm: -25, takerPpm: 300 },
    ...why,
  },
  "request-withdrawal": {
    kind: "request-withdrawal",
    account: "demo",
    reference: "w-1",
    asset: "BTC",
    amount: 250_000,
    address: "sim1qexample",
  },
  "cancel-withdrawal": { kind: "cancel-withdrawal", account: "demo", number: 3 },
  "allow-address": { kind: "allow-address", ...addressExample },
  "forget-address": { kind: "forget-address", ...addressExample },
  "set-custody-policy": { kind: "set-custody-policy", ...custodyExample, ...why },
  "announce-custody-policy": {
    kind: "announce-custody-policy",
    shard: 1,
    policy: { ...custodyExample, revision: 2 },
    ticket: 21,
  },
  "release-withdrawal": { kind: "release-withdrawal", ...withdrawalExample, ...why },
  "refuse-withdrawal": { kind: "refuse-withdrawal", ...withdrawalExample, ...why },
  "advance-withdrawal": {
    kind: "advance-withdrawal",
    account: "demo",
    number: 3,
    step: WithdrawalStep.broadcast,
    transaction: "4f5e",
    ...why,
  },
  "withdrawal-settled": { kind: "withdrawal-settled", asset: "BTC", amount: 250_000 },
  "assign-deposit-address": { kind: "assign-deposit-address", ...addressExample, ...why },
  "report-deposit": {
    kind: "report-deposit",
    asset: "BTC",
    address: "sim1qexample",
    amount: 2n ** 60n,
    transaction: "9abc",
    output: 1,
    step: DepositStep.confirmed,
    confirmations: 6,
    ...why,
  },
  "propose-sweep": { kind: "propose-sweep", ...sweepExample, reference: "sweep-7", ...why },
  "release-sweep": { kind: "release-sweep", ...sweepExample, number: 7, ...why },
  "advance-sweep": {
    kind: "advance-sweep",
    asset: "BTC",
    number: 7,
    step: SweepStep.done,
    transaction: "77fe",
    ...why,
  },
  "set-risk-limits": { kind: "set-risk-limits", ...riskLimitsExample, ...why },
  "set-risk-group": { kind: "set-risk-group", account: "demo", group: "retail", ...why },
  "announce-risk-limits": {
    kind: "announce-risk-limits",
    shard: 1,
    ticket: 21,
    scope: { account: "", group: "retail", quote: "USDT", symbol: "" },
    limits: { orderNotional: 2n ** 60n, restriction: Restriction.sellOnly },
  },
  "announce-risk-group": {
    kind: "announce-risk-group",
    shard: 2,
    account: "demo",
    group: "",
    ticket: 22,
  },
  "announce-price": {
    ...{ kind: "announce-price", shard: 1, symbol: "BTC-USDT", price: 6_500_000 },
    atUs: 1_795_000_000_000_000,
  },
  "announce-contract": {
    ...{ kind: "announce-contract", shard: 1, symbol: "BTC-USDT-PERP" },
    ...{ markPrice: 6_500_100, indexPrice: 6_500_000, fundingIndex: -(2n ** 60n) },
    ...{ fundingRound: 3, finalPrice: 0, atUs: 1_795_000_000_000_000 },
  },
  "publish-index-price": {
    ...{ kind: "publish-index-price", symbol: "BTC-USDT", price: 6_500_000, ...why },
  },
  "set-margin-account": { kind: "set-margin-account", account: "demo", isMargin: true, ...why },
  "set-margin-mode": {
    ...{ kind: "set-margin-mode", account: "demo", symbol: "BTC-PERP", mode: MarginMode.isolated },
  },
  "add-margin": {
    ...{ kind: "add-margin", account: "demo", symbol: "BTC-PERP", amount: 2n ** 60n },
    reference: "add-1",
  },
  "remove-margin": {
    ...{ kind: "remove-margin", account: "demo", symbol: "BTC-PERP", amount: 250 },
    reference: "remove-1",
  },
  "set-settlement-cycle": { kind: "set-settlement-cycle", ...cycleExample, ...why },
  "set-fail-permission": { kind: "set-fail-permission", ...failPermissionExample, ...why },
  "apply-fail-permission": {
    ...{ kind: "apply-fail-permission", account: "demo", asset: "BTC" },
    ...{ limit: 2n ** 60n, ticket: 21 },
  },
  "announce-settlement-cycle": {
    kind: "announce-settlement-cycle",
    shard: 1,
    ...cycleExample,
    ticket: 22,
  },
  "clear-trade": {
    ...{ kind: "clear-trade", date: 2026_12_28, cutOffUs: 1_798_473_600_000_000 },
    ...{ buyer: "demo", seller: "maker-1", base: "BTC", quote: "USDT" },
    ...{ goods: 250_000, money: 2n ** 60n },
  },
  "instruct-settlement": {
    kind: "instruct-settlement",
    account: "demo",
    round: 3,
    date: 2026_12_28,
    legs: [
      { asset: "BTC", deliver: 0, receive: 250_000 },
      { asset: "USDT", deliver: 2n ** 60n, receive: 5 },
    ],
  },
  "settlement-confirmed": { kind: "settlement-confirmed", account: "demo", round: 3 },
  "post-settlement": { kind: "post-settlement", account: "demo", round: 3 },
  "apply-margin-account": {
    ...{ kind: "apply-margin-account", account: "demo", isMargin: true, ticket: 23 },
  },
  "cover-deficit": {
    ...{ kind: "cover-deficit", account: "demo", debtor: "other", asset: "USDT", amount: 2500 },
  },
  "make-good-deficit": {
    ...{ kind: "make-good-deficit", account: "demo", asset: "USDT", amount: 2500, ...why },
  },
  "pay-liquidation-fee": {
    ...{ kind: "pay-liquidation-fee", account: "demo", payer: "other", asset: "USDT" },
    amount: 2500,
  },
  "offer-position": {
    ...{ kind: "offer-position", account: "demo", owner: "other", lots: -25, ...handedOver },
  },
  "answer-offer": {
    ...{ kind: "answer-offer", account: "demo", lots: -25, isTaken: true, ...handedOver },
  },
  "deleverage-wanted": {
    ...{ kind: "deleverage-wanted", symbol: "BTC-USDT", account: "demo", lots: -25, price: 65_000 },
  },
  "rank-positions": {
    ...{ kind: "rank-positions", shard: 1, symbol: "BTC-USDT", side: Side.buy, lots: 25 },
    price: 65_000,
  },
  "positions-ranked": {
    ...{ kind: "positions-ranked", symbol: "BTC-USDT" },
    positions: [
      { account: "demo", rank: 1_500_000, lots: 20 },
      { account: "other", rank: -3, lots: 5 },
    ],
  },
  deleverage: {
    ...{ kind: "deleverage", account: "demo", side: Side.buy, lots: 20, owner: "other" },
    ...handedOver,
  },
  deleveraged: { kind: "deleveraged", symbol: "BTC-USDT", account: "demo", lots: 20 },
  "deleverage-dealt": {
    ...{ kind: "deleverage-dealt", account: "demo", side: Side.sell, lots: 20, isLast: false },
    ...handedOver,
  },
  "announce-fee-schedule": {
    kind: "announce-fee-schedule",
    shard: 1,
    ...feeScheduleExample,
    ticket: 19,
  },
  "apply-account-fees": {
    kind: "apply-account-fees",
    account: "demo",
    symbol: "",
    rates: undefined,
    ticket: 20,
  },
  "announce-approval-policy": {
    kind: "announce-approval-policy",
    shard: 2,
    policy: [
      ["confirm-kill-switch", 1],
      ["deposit", 2],
    ],
    ticket: 22,
  },
};

/** A token and a signature of the right form, of nobody. */
export const approvalExample: Approval = {
  approver: "ben",
  untilUs: 1_700_000_000_000_000,
  token: "eyJ0eXAiOiJKV1QifQ.eyJuYW1lIjoiYmVuIn0.c2ln_-",
  signature: Uint8Array.from({ length: signatureLength }, (_, index) => index),
};

const attribution = { author: "ops", reason: "as agreed" };

/** Examples that have what others of their kind may leave out, by their names in golden files. */
export const fullerExamples: Readonly<Record<string, Message>> = {
  "place-order, instructed": { ...placeExample, instructions: instructionsExample },
  "replace-order, revised": { ...messageExamples["replace-order"], revised: revisedExample },
  "submit-order, instructed": {
    ...messageExamples["submit-order"],
    instructions: instructionsExample,
    linkedOrderId: 4,
  },
  "order-filled, settled later": {
    ...messageExamples["order-filled"],
    settlementDate: 2026_12_28,
  },
  "order-filled, of a contract": {
    ...messageExamples["order-filled"],
    fundingIndex: -250_000,
  },
  "list-instrument of a contract, attributed": {
    ...messageExamples["list-instrument"],
    terms: contractTermsExample,
    ...attribution,
  },
  "order-filled, on delivery": {
    ...messageExamples["order-filled"],
    settlementDate: 2026_12_28,
    isOnDelivery: true,
  },
  "submit-order, uncovered": {
    ...messageExamples["submit-order"],
    instructions: { ...plainInstructions, isUncovered: true },
  },
  "submit-order, only reducing": {
    ...messageExamples["submit-order"],
    instructions: { ...plainInstructions, isReduceOnly: true },
  },
  "clear-trade, by itself": {
    ...messageExamples["clear-trade"],
    onDelivery: { symbol: "BTC-USDT", isSellerUncovered: true, isBuyerUncovered: false },
  },
  "instruct-settlement, with deliveries": {
    ...messageExamples["instruct-settlement"],
    calls: [{ asset: "BTC", given: 2n ** 60n, owed: 250_000 }],
  },
  "settlement-confirmed, with deliveries": {
    ...messageExamples["settlement-confirmed"],
    given: [{ asset: "BTC", units: 250_000 }],
  },
  "post-settlement, with deliveries": {
    ...messageExamples["post-settlement"],
    deliveries: [{ asset: "BTC", deliver: 250_000, receive: 0 }],
    penalties: [{ asset: "USDT", units: 12 }],
  },
  "submit-replace, revised": { ...messageExamples["submit-replace"], revised: revisedExample },
  "form-shard, of a later logic": { ...messageExamples["form-shard"], logic: 2 },
  "form-shard, added later": { ...messageExamples["form-shard"], logic: 2, founded: 3 },
  "add-asset, attributed": { ...messageExamples["add-asset"], ...attribution },
  "list-instrument, attributed": { ...messageExamples["list-instrument"], ...attribution },
  "open-account, attributed": { ...messageExamples["open-account"], ...attribution },
  "deposit, attributed": { ...messageExamples.deposit, ...attribution },
  "publish-mark-price, attributed": { ...messageExamples["publish-mark-price"], ...attribution },
  "deposit, approved": {
    ...messageExamples.deposit,
    ...attribution,
    approvals: [approvalExample, { ...approvalExample, approver: "cleo" }],
  },
};

// ---- Arbitrary ones ------------------------------------------------------------------------

const sides = fc.constantFrom(...Object.values(Side));
const orderTypes = fc.constantFrom(...Object.values(OrderType));
const timesInForce = fc.constantFrom(...Object.values(TimeInForce));
const rejectReasons = fc.constantFrom(...Object.values(RejectReason));
const closeReasons = fc.constantFrom(...Object.values(CloseReason));
const interventions = fc.constantFrom(...Object.values(Intervention));
const anyContractTerms: fc.Arbitrary<ContractTerms> = fc.record(
  {
    ...{ kind: fc.constantFrom(...Object.values(ContractKind)), expiresAtUs: counts },
    indexSymbol: fc.oneof(fc.constant(""), symbols),
    ...{ initialMarginPpm: integers, maintenanceMarginPpm: integers, markClampPpm: integers },
    ...{ fundingIntervalSeconds: integers, fundingCapPpm: integers, liquidationFeePpm: integers },
    fundAccount: lowerCaseIds,
  },
  { noNullPrototype: true },
);
export const anyTerms: fc.Arbitrary<InstrumentTerms> = fc.record(
  {
    symbol: symbols,
    base: assetIds,
    quote: assetIds,
    baseUnitsPerLot: integers,
    quoteUnitsPerTickLot: integers,
    makerFeeBasisPoints: integers,
    takerFeeBasisPoints: integers,
    trading: anyTradingTerms,
    contract: anyContractTerms,
  },
  {
    noNullPrototype: true,
    requiredKeys: [
      "symbol",
      "base",
      "quote",
      "baseUnitsPerLot",
      "quoteUnitsPerTickLot",
      "makerFeeBasisPoints",
      "takerFeeBasisPoints",
    ],
  },
);
const breakerLevels: fc.Arbitrary<readonly BreakerLevel[]> = fc.array(
  fc.record({ basisPoints: integers, haltSeconds: integers }, { noNullPrototype: true }),
  { maxLength: breakerLevelsMax },
);

type Arbitraries<Value> = { readonly [Key in keyof Value]: fc.Arbitrary<Value[Key]> };
type FieldsOf<Kind extends Message["kind"]> = Arbitraries<Omit<MessageOf<Kind>, "kind">>;

const adminKinds = fc.constantFrom(...adminCommandKinds);
const approvals: fc.Arbitrary<readonly Approval[]> = fc.array(
  fc.record(
    {
      approver: lowerCaseIds,
      untilUs: counts,
      token: fc.stringMatching(/^[A-Za-z0-9_-]{1,90}\.[A-Za-z0-9_-]{1,90}\.[A-Za-z0-9_-]{1,90}$/),
      signature: fc.uint8Array({ minLength: signatureLength, maxLength: signatureLength }),
    },
    { noNullPrototype: true },
  ),
  { minLength: 1, maxLength: approvalsMax },
);

const named = { account: lowerCaseIds, orderId: counts, clientOrderId: clientOrderIds };
const intervention = {
  symbol: fc.oneof(symbols, fc.constant("")),
  author: texts,
  reason: texts,
};
const killSwitch = {
  scope: fc.constantFrom(...Object.values(KillScope)),
  target: texts,
  author: texts,
  reason: texts,
};
const atBook = { symbol: symbols, account: lowerCaseIds, orderId: counts };
const fromBook = { account: lowerCaseIds, orderId: counts };

const orderFields: FieldsOf<"place-order"> = {
  account: lowerCaseIds,
  clientOrderId: clientOrderIds,
  symbol: symbols,
  side: sides,
  orderType: orderTypes,
  timeInForce: timesInForce,
  price: integers,
  quantity: integers,
  instructions,
};
const orders: fc.Arbitrary<PlaceOrder> = fc.record(
  { kind: fc.constant("place-order"), ...orderFields },
  { noNullPrototype: true },
);
const quotes: fc.Arbitrary<Quote> = fc.record(
  {
    symbol: symbols,
    bidPrice: integers,
    bidQuantity: integers,
    askPrice: integers,
    askQuantity: integers,
  },
  { noNullPrototype: true },
);

const rates = { makerPpm: integers, takerPpm: integers };
const feeRates = fc.option(fc.record(rates, { noNullPrototype: true }), { nil: undefined });
const groupNames = fc.oneof(fc.constant(""), lowerCaseIds);
const limitOf = (name: RiskLimitName) => (riskLimitsOfMoney.has(name) ? amounts : integers);
const scopedLimits = {
  scope: fc.record(
    {
      ...{ account: groupNames, group: groupNames },
      quote: fc.oneof(fc.constant(""), assetIds),
      symbol: fc.oneof(fc.constant(""), symbols),
    },
    { noNullPrototype: true },
  ),
  limits: fc.record(Object.fromEntries(riskLimitNames.map((name) => [name, limitOf(name)])), {
    requiredKeys: [],
    noNullPrototype: true,
  }) as fc.Arbitrary<RiskLimits>,
};

const feeSchedules = {
  schedule: texts,
  symbols: fc.array(symbols, { maxLength: 4 }),
  minimum: amounts,
  tiers: fc.array(fc.record({ volume: amounts, ...rates }, { noNullPrototype: true }), {
    maxLength: 4,
  }),
};

const cycles = {
  cycle: texts,
  symbols: fc.array(symbols, { maxLength: 4 }),
  days: integers,
  offsetMinutes: integers,
  cutOffMinute: integers,
  weekend: fc.array(integers, { maxLength: 6 }),
  holidays: fc.array(integers, { maxLength: 6 }),
};
const sums = fc.bigInt({ min: 0n, max: 2n ** 100n }).map(amountOf);
const legs = fc.array(
  fc.record({ asset: assetIds, deliver: sums, receive: sums }, { noNullPrototype: true }),
  { minLength: 1, maxLength: 4 },
);
const rounds = fc.integer({ min: 1, max: 1_000_000 });

const memberOf = <Member extends number>(list: Readonly<Record<string, Member>>) =>
  fc.constantFrom(...Object.values(list));
const handedOverTerms = { symbol: symbols, price: rounds, fundingIndex: amounts };
const references = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);
const addresses = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9:_-]{3,95}$/);
const transactions = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,95}$/);
const addressFields = { account: lowerCaseIds, asset: assetIds, address: addresses };
const walletNames = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,30}$/);
const sweepFields = { asset: assetIds, from: walletNames, to: walletNames, amount: amounts };
const withdrawalFields = {
  ...{ ...addressFields, number: counts, amount: amounts },
  ...{ author: texts, reason: texts },
};
const custodyTerms = {
  asset: assetIds,
  custodian: lowerCaseIds,
  approvers: fc.array(lowerCaseIds, { maxLength: 4 }),
  quorum: counts,
  withdrawalMin: amounts,
  withdrawalMax: amounts,
  dailyMax: amounts,
  coolOffSeconds: counts,
  confirmations: counts,
  depositMin: amounts,
  tiers: fc.array(fc.record({ from: amounts, needed: counts }, { noNullPrototype: true }), {
    maxLength: 4,
  }),
};

const messageFields: { readonly [Kind in Message["kind"]]: FieldsOf<Kind> } = {
  "place-order": orderFields,
  "place-order-list": {
    account: lowerCaseIds,
    listType: fc.constantFrom(...Object.values(ListType)),
    orders: fc.array(orders, { minLength: 1, maxLength: 3 }),
  },
  "cancel-order": named,
  "cancel-and-place": {
    ...named,
    ifCancelFails: fc.constantFrom(...Object.values(CancelFailure)),
    order: orders,
  },
  "replace-order": {
    ...named,
    clientOrderId: fc.oneof(clientOrderIds, fc.constant("")),
    price: integers,
    quantity: integers,
    revision: revisions,
    revised: revisedInstructions,
  },
  "cancel-all-orders": {
    account: lowerCaseIds,
    symbol: fc.oneof(symbols, fc.constant("")),
    side: fc.oneof(sides, fc.constant(anySide)),
    priceMin: integers,
    priceMax: integers,
  },
  "mass-quote": {
    account: lowerCaseIds,
    quoteId: quoteIds,
    quotes: fc.array(quotes, { minLength: 1, maxLength: 50 }),
  },
  "add-asset": { asset: assetIds, decimals: integers },
  "list-instrument": { terms: anyTerms },
  "open-account": { account: lowerCaseIds, participant: participantIds },
  deposit: { account: lowerCaseIds, asset: assetIds, amount: amounts, reference: texts },
  "halt-trading": intervention,
  "resume-trading": intervention,
  "publish-mark-price": { symbol: symbols, price: integers },
  "arm-kill-switch": killSwitch,
  "confirm-kill-switch": { number: integers, author: texts },
  "release-kill-switch": killSwitch,
  "set-market-breaker": {
    symbol: symbols,
    levels: breakerLevels,
    author: texts,
    reason: texts,
  },
  "form-shard": {
    cluster: lowerCaseIds,
    shard: counts,
    shards: fc.integer({ min: 1, max: 512 }),
  },
  "claim-emitter": { node: lowerCaseIds, emitterEpoch: counts },
  tick: {},
  checkpoint: { label: texts },
  "activate-logic": { version: fc.integer({ min: 1, max: 1000 }) },
  "submit-order": {
    ...atBook,
    participant: participantIds,
    side: sides,
    orderType: orderTypes,
    timeInForce: timesInForce,
    price: integers,
    quantity: integers,
    budget: counts,
    instructions,
    linkedOrderId: fc.oneof(fc.constant(0), counts),
  },
  "submit-cancel": { ...atBook, reason: closeReasons },
  "submit-replace": {
    ...atBook,
    price: integers,
    quantity: integers,
    revised: revisedInstructions,
  },
  "order-rested": { ...fromBook, updateId: counts },
  "order-filled": {
    ...fromBook,
    tradeId: counts,
    price: integers,
    quantity: integers,
    remaining: integers,
    liquidity: fc.constantFrom(...Object.values(Liquidity)),
    updateId: counts,
  },
  "order-triggered": { ...fromBook, updateId: counts },
  "order-repriced": { ...fromBook, price: integers, updateId: counts },
  "order-prevented": {
    ...fromBook,
    price: integers,
    quantity: integers,
    remaining: integers,
    updateId: counts,
  },
  "order-removed": { ...fromBook, canceled: counts, reason: closeReasons, updateId: counts },
  "order-refused": { ...fromBook, reason: rejectReasons },
  "order-replaced": { ...fromBook, price: integers, quantity: integers, updateId: counts },
  "change-refused": { ...fromBook, reason: rejectReasons, updateId: counts },
  "announce-asset": { shard: counts, asset: assetIds, decimals: integers },
  "announce-instrument": { shard: counts, terms: anyTerms, ticket: counts },
  "announce-venue-halt": { shard: counts, isHalted: fc.boolean(), ticket: counts },
  "set-phase": {
    symbol: symbols,
    intervention: interventions,
    isPurged: fc.boolean(),
    ticket: counts,
  },
  "watch-index": { symbol: symbols, levels: breakerLevels, ticket: counts },
  "breaker-moved": { symbol: symbols, isTripped: fc.boolean() },
  "block-account": { account: lowerCaseIds, isBlocked: fc.boolean(), ticket: counts },
  "create-account": { account: lowerCaseIds, participant: participantIds, ticket: counts },
  "credit-deposit": { account: lowerCaseIds, asset: assetIds, amount: amounts, ticket: counts },
  "ticket-served": { ticket: counts },
  "place-actor": { actor: actors, shard: integers, author: texts, reason: texts },
  "announce-placement": {
    shard: counts,
    epoch: ones,
    actor: actors,
    home: counts,
    ticket: counts,
  },
  "mark-channel": {
    shard: counts,
    from: counts,
    epoch: ones,
    mark: fc.constantFrom(...Object.values(ChannelMark)),
  },
  "hand-over": {
    shard: counts,
    from: counts,
    actor: actors,
    timeUs: counts,
    size: ones,
    part: fc.uint8Array({ maxLength: 300 }),
  },
  "take-over": { shard: counts, bytes: ones },
  "forward-reply": { shard: counts, records: fc.uint8Array({ maxLength: 300 }) },
  "set-nodes": { nodes: fc.array(lowerCaseIds, { maxLength: 9 }), nodesEpoch: counts },
  "add-shard": { shards: integers, author: texts, reason: texts },
  "announce-shard": { shard: counts, shards: ones, ticket: counts },
  "announce-pins": {
    shard: counts,
    epoch: counts,
    pins: fc.array(fc.tuple(actors, counts), { maxLength: 9 }),
    ticket: counts,
  },
  "set-approval-policy": {
    command: adminKinds,
    needed: integers,
    author: texts,
    reason: texts,
  },
  "set-fee-schedule": { ...feeSchedules, author: texts, reason: texts },
  "set-account-fees": {
    account: lowerCaseIds,
    symbol: fc.oneof(fc.constant(""), symbols),
    rates: feeRates,
    author: texts,
    reason: texts,
  },
  "set-risk-limits": { ...scopedLimits, author: texts, reason: texts },
  "set-risk-group": { account: lowerCaseIds, group: groupNames, author: texts, reason: texts },
  "announce-risk-limits": { shard: counts, ticket: counts, ...scopedLimits },
  "announce-risk-group": {
    ...{ shard: counts, account: lowerCaseIds, group: groupNames, ticket: counts },
  },
  "announce-price": {
    ...{ shard: counts, symbol: symbols, atUs: counts },
    price: fc.integer({ min: 1, max: 2 ** 31 }),
  },
  "announce-contract": {
    ...{ shard: counts, symbol: symbols, markPrice: counts, indexPrice: counts },
    ...{ fundingIndex: amounts, fundingRound: counts, finalPrice: counts, atUs: counts },
  },
  "publish-index-price": { symbol: symbols, price: integers, author: texts, reason: texts },
  "set-margin-account": {
    account: lowerCaseIds,
    isMargin: fc.boolean(),
    author: texts,
    reason: texts,
  },
  "set-margin-mode": { account: lowerCaseIds, symbol: symbols, mode: memberOf(MarginMode) },
  "add-margin": { account: lowerCaseIds, symbol: symbols, amount: amounts, reference: texts },
  "remove-margin": { account: lowerCaseIds, symbol: symbols, amount: amounts, reference: texts },
  "set-settlement-cycle": { ...cycles, author: texts, reason: texts },
  "announce-settlement-cycle": { shard: counts, ...cycles, ticket: counts },
  "set-fail-permission": {
    ...{ account: lowerCaseIds, asset: assetIds, limit: amounts },
    ...{ penaltyBasisPoints: integers, buyInDays: integers, author: texts, reason: texts },
  },
  "apply-fail-permission": {
    ...{ account: lowerCaseIds, asset: assetIds, limit: amounts, ticket: counts },
  },
  "clear-trade": {
    ...{ date: counts, cutOffUs: counts, buyer: lowerCaseIds, seller: lowerCaseIds },
    ...{ base: assetIds, quote: assetIds, goods: amounts, money: amounts },
  },
  "instruct-settlement": { account: lowerCaseIds, round: rounds, date: counts, legs },
  "settlement-confirmed": { account: lowerCaseIds, round: rounds },
  "post-settlement": { account: lowerCaseIds, round: rounds },
  "apply-margin-account": { account: lowerCaseIds, isMargin: fc.boolean(), ticket: counts },
  "cover-deficit": {
    account: lowerCaseIds,
    debtor: lowerCaseIds,
    asset: assetIds,
    amount: amounts,
  },
  "make-good-deficit": {
    ...{ account: lowerCaseIds, asset: assetIds, amount: amounts },
    ...{ author: texts, reason: texts },
  },
  "pay-liquidation-fee": {
    ...{ account: lowerCaseIds, payer: lowerCaseIds, asset: assetIds, amount: amounts },
  },
  "offer-position": {
    ...{ account: lowerCaseIds, owner: lowerCaseIds, lots: integers, ...handedOverTerms },
  },
  "answer-offer": {
    ...{ account: lowerCaseIds, lots: integers, isTaken: fc.boolean(), ...handedOverTerms },
  },
  "deleverage-wanted": {
    ...{ symbol: symbols, account: lowerCaseIds, lots: integers, price: rounds },
  },
  "rank-positions": {
    ...{ shard: counts, symbol: symbols, side: memberOf(Side), lots: rounds, price: rounds },
  },
  "positions-ranked": {
    symbol: symbols,
    positions: fc.array(
      fc.record({ account: lowerCaseIds, rank: integers, lots: rounds }, { noNullPrototype: true }),
      { maxLength: 4 },
    ),
  },
  deleverage: {
    ...{ account: lowerCaseIds, side: memberOf(Side), lots: rounds, owner: lowerCaseIds },
    ...handedOverTerms,
  },
  deleveraged: { symbol: symbols, account: lowerCaseIds, lots: counts },
  "deleverage-dealt": {
    ...{ account: lowerCaseIds, side: memberOf(Side), lots: counts, isLast: fc.boolean() },
    ...handedOverTerms,
  },
  "announce-fee-schedule": { shard: counts, ...feeSchedules, ticket: counts },
  "request-withdrawal": {
    account: lowerCaseIds,
    reference: references,
    asset: assetIds,
    amount: amounts,
    address: addresses,
  },
  "cancel-withdrawal": { account: lowerCaseIds, number: counts },
  "allow-address": addressFields,
  "forget-address": addressFields,
  "set-custody-policy": { ...custodyTerms, author: texts, reason: texts },
  "announce-custody-policy": {
    shard: counts,
    policy: fc.record(
      { ...custodyTerms, revision: fc.integer({ min: 1, max: 1000 }) },
      { noNullPrototype: true },
    ),
    ticket: counts,
  },
  "release-withdrawal": withdrawalFields,
  "refuse-withdrawal": withdrawalFields,
  "advance-withdrawal": {
    account: lowerCaseIds,
    number: counts,
    step: memberOf(WithdrawalStep),
    transaction: fc.oneof(fc.constant(""), transactions),
    author: texts,
    reason: texts,
  },
  "withdrawal-settled": { asset: assetIds, amount: amounts },
  "assign-deposit-address": { ...addressFields, author: texts, reason: texts },
  "report-deposit": {
    asset: assetIds,
    address: addresses,
    amount: amounts,
    transaction: transactions,
    output: counts,
    step: memberOf(DepositStep),
    confirmations: counts,
    author: texts,
    reason: texts,
  },
  "propose-sweep": { ...sweepFields, reference: references, author: texts, reason: texts },
  "release-sweep": { ...sweepFields, number: counts, author: texts, reason: texts },
  "advance-sweep": {
    asset: assetIds,
    number: counts,
    step: memberOf(SweepStep),
    transaction: fc.oneof(fc.constant(""), transactions),
    author: texts,
    reason: texts,
  },
  "apply-account-fees": {
    account: lowerCaseIds,
    symbol: fc.oneof(fc.constant(""), symbols),
    rates: feeRates,
    ticket: counts,
  },
  "announce-approval-policy": {
    shard: counts,
    policy: fc.array(fc.tuple(adminKinds, counts), { maxLength: 9 }),
    ticket: counts,
  },
};

export const messageKinds = Object.keys(messageFields) as Message["kind"][];

/** Any message of one kind. */
export function messagesOf(kind: Message["kind"]): fc.Arbitrary<Message> {
  const fields = messageFields[kind] as Record<string, fc.Arbitrary<unknown>>;
  const record = fc.record({ kind: fc.constant(kind), ...fields }, { noNullPrototype: true });
  const messages = (record as unknown as fc.Arbitrary<Message>).map(ofOneAccount);
  return fc
    .tuple(messages, fc.option(fc.tuple(texts, approvals)))
    .map(([message, approved]) => (approved === null ? message : approvedBy(message, ...approved)));
}

/** What administrators command may be approved; then somebody has commanded it. */
function approvedBy(message: Message, author: string, approvals: readonly Approval[]): Message {
  if (!isAdminCommand(message)) return message;
  if (message.kind === "confirm-kill-switch") return { ...message, author, approvals };
  const { reason = "" } = message;
  return { ...message, author, reason, approvals };
}

/** An order inside a command is of the command's account. */
function ofOneAccount(message: Message): Message {
  if (message.kind === "cancel-and-place") {
    return { ...message, order: { ...message.order, account: message.account } };
  }
  if (message.kind !== "place-order-list") return message;
  const { account } = message;
  return { ...message, orders: message.orders.map((order) => ({ ...order, account })) };
}

export const anyMessage: fc.Arbitrary<Message> = fc.oneof(...messageKinds.map(messagesOf));
