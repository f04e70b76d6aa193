/** What is said of liquidations and isolated positions, in words to be read in scenarios. */
import {
  LiquidationStage,
  MarginCause,
  MarginMode,
  nameIn,
  PositionCause,
} from "../../protocols/index.ts";
import type {
  DeleveragingMessage,
  LiquidationFeePaid,
  LiquidationMessage,
  LiquidationMoved,
  MarginModeChanged,
  MarginMoved,
  PositionHandedOver,
} from "../../protocols/index.ts";

type LiquidationEvent = LiquidationMoved | LiquidationFeePaid | PositionHandedOver;

export function liquidationText(event: LiquidationEvent): string {
  switch (event.kind) {
    case "liquidation-moved": {
      const { account, asset, equity, maintenance } = event;
      const has = `${String(equity)} of ${String(maintenance)} ${asset}`;
      return `${account} is liquidated${ofPosition(event)}, has ${has}: ${stageText(event)}`;
    }
    case "liquidation-fee-paid": {
      const { account, fund, asset, amount } = event;
      return `${account} pays ${fund} ${String(amount)} ${asset} for its liquidation`;
    }
    case "position-handed-over": {
      const { symbol, account, taker, cause, lots, price } = event;
      const what = `${String(lots)} ${symbol} of ${account} @ ${String(price)}`;
      return `${taker} takes ${what} by ${nameIn(PositionCause, cause)}`;
    }
  }
}

/** Where all begins and ends only an isolated position's liquidation names a contract. */
function ofPosition({ stage, symbol }: LiquidationMoved): string {
  const isEither = stage === LiquidationStage.canceling || stage === LiquidationStage.ended;
  return isEither && symbol !== "" ? ` in ${symbol}` : "";
}

export function isolatedText(event: MarginModeChanged | MarginMoved): string {
  const { account, symbol } = event;
  if (event.kind === "margin-mode-changed") {
    return `${account} keeps ${symbol} ${nameIn(MarginMode, event.mode)}`;
  }
  const { cause, amount, posted } = event;
  const moved = `${amount < 0 ? "" : "+"}${String(amount)}`;
  return `${account} has ${String(posted)} for ${symbol}, ${moved} ${nameIn(MarginCause, cause)}`;
}

function stageText({ stage, symbol, count, price }: LiquidationMoved): string {
  switch (stage) {
    case LiquidationStage.canceling:
      return `cancels ${String(count)} orders`;
    case LiquidationStage.ended:
      return "is over";
    case LiquidationStage.waiting:
      return `waits with ${String(count)} ${symbol}`;
    default:
      return `${nameIn(LiquidationStage, stage)} ${String(count)} ${symbol} @ ${String(price)}`;
  }
}

export function liquidationMessageText(message: LiquidationMessage | DeleveragingMessage): string {
  switch (message.kind) {
    case "pay-liquidation-fee":
      return `${message.account}: fee of ${String(message.amount)} from ${message.payer}`;
    case "offer-position":
      return `${message.account}: take ${String(message.lots)} of ${message.owner}?`;
    case "answer-offer":
      return `${message.account}: offer is ${message.isTaken ? "taken" : "not taken"}`;
    case "deleverage":
      return `${message.account}: reduce by ${String(message.lots)} for ${message.owner}`;
    case "deleverage-dealt":
      return `${message.account}: ${String(message.lots)} are closed`;
    case "deleverage-wanted":
      return `${message.symbol}: close ${String(message.lots)} of ${message.account}`;
    case "positions-ranked":
      return `${message.symbol}: ${String(message.positions.length)} may be reduced`;
    case "deleveraged":
      return `${message.symbol}: ${message.account} has reduced by ${String(message.lots)}`;
  }
}
