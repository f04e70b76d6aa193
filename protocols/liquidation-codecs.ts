/** The messages of liquidation as lists: the part of `ordinary-messages.ts` that they are. */
import { rankedPositionsMax } from "./liquidation-messages.ts";
import type {
  DeleveragingMessage,
  HandOverTerms,
  LiquidationMessage,
  RankPositions,
} from "./liquidation-messages.ts";
import type { Side } from "./order-terms.ts";
import { last } from "./record-fields.ts";
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField } from "./records.ts";

type OrdinaryLiquidation = LiquidationMessage | DeleveragingMessage | RankPositions;
export type LiquidationKind = OrdinaryLiquidation["kind"];
type OfKind<Kind extends LiquidationKind> = Extract<OrdinaryLiquidation, { kind: Kind }>;

interface LiquidationCodec<Kind extends LiquidationKind> {
  readonly number: number;
  readonly fieldsOf: (message: OfKind<Kind>) => readonly OrdinaryField[];
  readonly read: (fields: Fields) => Omit<OfKind<Kind>, "kind">;
}

export const liquidationCodecs: { readonly [Kind in LiquidationKind]: LiquidationCodec<Kind> } = {
  "pay-liquidation-fee": {
    number: 213,
    fieldsOf: ({ account, payer, asset, amount }) => [account, payer, asset, amount],
    read: (fields) => ({
      account: fields.account(),
      payer: fields.account(),
      asset: fields.asset(),
      amount: fields.amount(),
    }),
  },
  "offer-position": {
    number: 217,
    fieldsOf: ({ account, owner, lots, ...terms }) => [account, owner, lots, ...fieldsOf(terms)],
    read: (fields) => ({
      account: fields.account(),
      owner: fields.account(),
      lots: fields.integer(),
      ...termsIn(fields),
    }),
  },
  "answer-offer": {
    number: 218,
    fieldsOf: ({ account, lots, isTaken, ...terms }) => {
      return [account, lots, isTaken, ...fieldsOf(terms)];
    },
    read: (fields) => ({
      account: fields.account(),
      lots: fields.integer(),
      isTaken: fields.boolean(),
      ...termsIn(fields),
    }),
  },
  "deleverage-wanted": {
    number: 219,
    fieldsOf: ({ symbol, account, lots, price }) => [symbol, account, lots, price],
    read: (fields) => ({
      symbol: fields.symbol(),
      account: fields.account(),
      lots: fields.integer(),
      price: fields.count(1),
    }),
  },
  "rank-positions": {
    number: 220,
    fieldsOf: ({ shard, symbol, side, lots, price }) => [shard, symbol, side, lots, price],
    read: (fields) => ({
      shard: fields.count(),
      symbol: fields.symbol(),
      side: fields.choice(last.side) as Side,
      lots: fields.count(1),
      price: fields.count(1),
    }),
  },
  "positions-ranked": {
    number: 221,
    fieldsOf: ({ symbol, positions }) => [
      symbol,
      positions.map(({ account, rank, lots }) => [account, rank, lots]),
    ],
    read: (fields) => ({
      symbol: fields.symbol(),
      positions: fields.lists(0, rankedPositionsMax).map((row) => {
        const ranked = { account: row.account(), rank: row.integer(), lots: row.count(1) };
        row.end();
        return ranked;
      }),
    }),
  },
  deleverage: {
    number: 222,
    fieldsOf: ({ account, side, lots, owner, ...terms }) => {
      return [account, side, lots, owner, ...fieldsOf(terms)];
    },
    read: (fields) => ({
      account: fields.account(),
      side: fields.choice(last.side) as Side,
      lots: fields.count(1),
      owner: fields.account(),
      ...termsIn(fields),
    }),
  },
  deleveraged: {
    number: 223,
    fieldsOf: ({ symbol, account, lots }) => [symbol, account, lots],
    read: (fields) => ({
      symbol: fields.symbol(),
      account: fields.account(),
      lots: fields.count(),
    }),
  },
  "deleverage-dealt": {
    number: 224,
    fieldsOf: ({ account, side, lots, isLast, ...terms }) => {
      return [account, side, lots, isLast, ...fieldsOf(terms)];
    },
    read: (fields) => ({
      account: fields.account(),
      side: fields.choice(last.side) as Side,
      lots: fields.count(),
      isLast: fields.boolean(),
      ...termsIn(fields),
    }),
  },
};

function fieldsOf({ symbol, price, fundingIndex }: HandOverTerms): readonly OrdinaryField[] {
  return [symbol, price, fundingIndex];
}

function termsIn(fields: Fields): HandOverTerms {
  return { symbol: fields.symbol(), price: fields.count(1), fundingIndex: fields.amount() };
}
