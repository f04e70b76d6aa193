/** Events of contracts and positions as positional lists: the part of `event-codec.ts` they are. */
import { unreachable } from "./assert.ts";
import { signedSumIn } from "./clearing-codecs.ts";
import { LiquidationStage, MarginCause, PositionCause } from "./events.ts";
import type { ShardEvent } from "./events.ts";
import { MarginMode } from "./margin.ts";
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField } from "./records.ts";

const Contract = {
  contractFunded: 122,
  contractExpired: 123,
  positionChanged: 124,
  fundingPaid: 125,
  deficitCovered: 126,
  liquidationMoved: 127,
  liquidationFeePaid: 128,
  positionHandedOver: 129,
  marginModeChanged: 130,
  marginMoved: 131,
  deficitMadeGood: 135,
} as const;

export type ContractEvent = Extract<
  ShardEvent,
  | { kind: "contract-funded" | "contract-expired" }
  | { kind: "position-changed" | "funding-paid" | "deficit-covered" | "deficit-made-good" }
  | IsolatedEvent
  | LiquidationEvent
>;
type IsolatedEvent = Extract<ShardEvent, { kind: "margin-mode-changed" | "margin-moved" }>;
type LiquidationEvent = Extract<
  ShardEvent,
  { kind: "liquidation-moved" | "liquidation-fee-paid" | "position-handed-over" }
>;

/** By its number. */
export function fieldsOfContractEvent(event: ContractEvent): readonly OrdinaryField[] {
  const of = Contract;
  switch (event.kind) {
    case "contract-funded": {
      const { symbol, round, ratePpm, markPrice, indexPrice, perLot } = event;
      return [of.contractFunded, symbol, round, ratePpm, markPrice, indexPrice, perLot];
    }
    case "contract-expired":
      return [of.contractExpired, event.symbol, event.finalPrice];
    case "position-changed": {
      const { account, symbol, cause, lots, cost, realised } = event;
      const sums = [String(cost), String(realised)];
      return [of.positionChanged, account, symbol, cause, lots, ...sums];
    }
    case "funding-paid": {
      const { account, symbol, round, lots, amount } = event;
      return [of.fundingPaid, account, symbol, round, lots, String(amount)];
    }
    case "deficit-covered": {
      const { account, fund, asset, amount, lacking } = event;
      return [of.deficitCovered, account, fund, asset, amount, lacking];
    }
    case "margin-mode-changed":
      return [of.marginModeChanged, event.account, event.symbol, event.mode];
    case "margin-moved": {
      const { account, symbol, cause, amount, posted } = event;
      return [of.marginMoved, account, symbol, cause, String(amount), posted];
    }
    case "deficit-made-good": {
      const { account, asset, amount, lacking, author, reason } = event;
      return [of.deficitMadeGood, account, asset, amount, lacking, author, reason];
    }
    default:
      return fieldsOfLiquidation(event);
  }
}

function fieldsOfLiquidation(event: LiquidationEvent): readonly OrdinaryField[] {
  const of = Contract;
  switch (event.kind) {
    case "liquidation-moved": {
      const { account, asset, stage, equity, maintenance, symbol, count, price } = event;
      const sums = [String(equity), String(maintenance)];
      return [of.liquidationMoved, account, asset, stage, ...sums, symbol, count, price];
    }
    case "liquidation-fee-paid": {
      const { account, fund, asset, amount } = event;
      return [of.liquidationFeePaid, account, fund, asset, amount];
    }
    case "position-handed-over": {
      const { symbol, account, taker, cause, lots, price } = event;
      return [of.positionHandedOver, symbol, account, taker, cause, lots, price];
    }
    default:
      return unreachable(event);
  }
}

/** Undefined for a number of other events. Throws {@link MalformedRecords}. */
export function contractEventIn(number: number, fields: Fields): ContractEvent | undefined {
  switch (number) {
    case Contract.contractFunded:
      return {
        kind: "contract-funded",
        symbol: fields.symbol(),
        round: fields.count(1),
        ratePpm: fields.integer(),
        markPrice: fields.count(),
        indexPrice: fields.count(),
        perLot: fields.amount(),
      };
    case Contract.contractExpired:
      return { kind: "contract-expired", symbol: fields.symbol(), finalPrice: fields.count() };
    case Contract.positionChanged:
      return {
        kind: "position-changed",
        account: fields.account(),
        symbol: fields.symbol(),
        cause: fields.choice(PositionCause.deleverage) as PositionCause,
        lots: fields.integer(),
        cost: signedSumIn(fields),
        realised: signedSumIn(fields),
      };
    case Contract.fundingPaid:
      return {
        kind: "funding-paid",
        account: fields.account(),
        symbol: fields.symbol(),
        round: fields.count(),
        lots: fields.integer(),
        amount: signedSumIn(fields),
      };
    case Contract.deficitCovered:
      return {
        kind: "deficit-covered",
        account: fields.account(),
        fund: fields.account(),
        asset: fields.asset(),
        amount: fields.amount(),
        lacking: fields.amount(),
      };
    case Contract.deficitMadeGood:
      return {
        kind: "deficit-made-good",
        account: fields.account(),
        asset: fields.asset(),
        amount: fields.amount(),
        lacking: fields.amount(),
        author: fields.text(),
        reason: fields.text(),
      };
    default:
      return isolatedEventIn(number, fields) ?? liquidationEventIn(number, fields);
  }
}

function isolatedEventIn(number: number, fields: Fields): IsolatedEvent | undefined {
  switch (number) {
    case Contract.marginModeChanged:
      return {
        kind: "margin-mode-changed",
        account: fields.account(),
        symbol: fields.symbol(),
        mode: fields.choice(MarginMode.isolated) as MarginMode,
      };
    case Contract.marginMoved:
      return {
        kind: "margin-moved",
        account: fields.account(),
        symbol: fields.symbol(),
        cause: fields.choice(MarginCause.removed) as MarginCause,
        amount: signedSumIn(fields),
        posted: fields.amount(),
      };
    default:
      return undefined;
  }
}

function liquidationEventIn(number: number, fields: Fields): LiquidationEvent | undefined {
  switch (number) {
    case Contract.liquidationMoved:
      return {
        kind: "liquidation-moved",
        account: fields.account(),
        asset: fields.asset(),
        stage: fields.choice(LiquidationStage.ended) as LiquidationStage,
        equity: signedSumIn(fields),
        maintenance: signedSumIn(fields),
        symbol: fields.symbolOrAll(),
        count: fields.count(),
        price: fields.count(),
      };
    case Contract.liquidationFeePaid:
      return {
        kind: "liquidation-fee-paid",
        account: fields.account(),
        fund: fields.account(),
        asset: fields.asset(),
        amount: fields.amount(),
      };
    case Contract.positionHandedOver:
      return {
        kind: "position-handed-over",
        symbol: fields.symbol(),
        account: fields.account(),
        taker: fields.account(),
        cause: fields.choice(PositionCause.deleverage) as PositionCause,
        lots: fields.integer(),
        price: fields.count(1),
      };
    default:
      return undefined;
  }
}
