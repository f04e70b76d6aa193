/** What is asked about positions and margin, and said in answer. */
import { Type } from "typebox";
import type { Static } from "typebox";
import { custodyPatterns } from "../custody.ts";
import { liquidationWords, MarginMode } from "../margin.ts";
import { approvals } from "./approval-document.ts";
import { accountId, amount, assetId, closed, count, list, remark, symbol } from "./fields.ts";

export const setMarginAccountRequest = Type.Object(
  {
    account: accountId("The account."),
    isMargin: Type.Boolean({
      description: "Whether it may open positions; one that may not any more can still close them.",
    }),
    reason: remark("Why, for the record."),
    approvals,
  },
  closed,
);

const modes = Object.keys(MarginMode) as (keyof typeof MarginMode)[];
const mode = Type.Enum(modes, {
  description: "Whether the position is kept by all cash, or by what is posted for it alone.",
});

export const setMarginModeRequest = Type.Object({ symbol: symbol(), mode }, closed);

export const moveMarginRequest = Type.Object(
  {
    symbol: symbol(),
    amount: amount("How much, in units of the quote asset."),
    reference: Type.String({
      pattern: custodyPatterns.reference,
      description: "The account's own name for it: by the same one it is the same request.",
    }),
  },
  closed,
);

export const positionsRequest = Type.Object({}, closed);
export const marginRequest = Type.Object({}, closed);

/** As an amount, but of any sign and size. */
export const sum = (description: string) =>
  Type.String({
    pattern: "^-?[0-9]{1,40}$",
    unit: "units of the quote asset",
    description,
  });

const liquidation = Type.Enum([...liquidationWords, ""], {
  description: 'How far its liquidation is; "" where there is none.',
});

export const position = Type.Object(
  {
    symbol: symbol(),
    lots: Type.Integer({ description: "Below zero for a short one; 0 where only orders work." }),
    cost: sum("What it costs: what it was opened at and what was paid for holding it."),
    entryNotional: sum("What it was opened at."),
    markPrice: count({
      description: "At which it is valued; 0 while there is none.",
      unit: "ticks",
    }),
    unrealised: sum("Profit at the mark; a loss when negative."),
    buys: count({ description: "What working orders buy.", unit: "lots" }),
    sells: count({ description: "What working orders sell.", unit: "lots" }),
    initialMargin: sum("What position and orders ask of cash."),
    maintenanceMargin: sum("What the position needs to be kept."),
    mode,
    posted: sum("What an isolated position has to itself; else 0."),
    liquidationPrice: count({
      description: "The first at which an isolated position is liquidated; 0 where there is none.",
      unit: "ticks",
    }),
    liquidation,
  },
  { description: "What an account has in one contract." },
);

export const positionsReply = Type.Object({
  ok: Type.Literal(true),
  positions: list(position, "By symbol."),
});

export const marginOfAsset = Type.Object(
  {
    asset: assetId(),
    cash: amount("What is available."),
    posted: amount("What isolated positions have to themselves; all that follows is without them."),
    unrealised: sum("Profit of all positions at their marks; a loss when negative."),
    equity: sum("Cash and what is not realised."),
    initialMargin: sum(
      "What positions and orders ask of cash; of isolated ones, orders that open more.",
    ),
    maintenanceMargin: sum("What positions need to be kept."),
    free: sum("What may be taken, or asked by new orders; below zero where margin is missing."),
    liquidation,
  },
  { description: "What an account may do with an asset that its contracts are paid in." },
);

export const marginReply = Type.Object({
  ok: Type.Literal(true),
  isMargin: Type.Boolean({ description: "Whether the account may open positions." }),
  assets: list(marginOfAsset, "By asset: those that it has positions or orders in."),
});

export type SetMarginAccountRequest = Static<typeof setMarginAccountRequest>;
export type SetMarginModeRequest = Static<typeof setMarginModeRequest>;
export type MoveMarginRequest = Static<typeof moveMarginRequest>;
export type PositionsReply = Static<typeof positionsReply>;
export type PositionDetails = PositionsReply["positions"][number];
export type MarginReply = Static<typeof marginReply>;
