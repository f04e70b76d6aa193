/** The messages of margin as positional lists: the part of `ordinary-messages.ts` that it is. */
import { MarginMode } from "./margin.ts";
import type {
  AddMargin,
  MakeGoodDeficit,
  MarginMessage,
  MarginRequest,
  RemoveMargin,
  SetMarginAccount,
} from "./margin-messages.ts";
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField } from "./records.ts";

type OrdinaryMargin = SetMarginAccount | MakeGoodDeficit | MarginRequest | MarginMessage;
export type MarginKind = OrdinaryMargin["kind"];
type OfKind<Kind extends MarginKind> = Extract<OrdinaryMargin, { kind: Kind }>;

interface MarginCodec<Kind extends MarginKind> {
  readonly number: number;
  readonly fieldsOf: (message: OfKind<Kind>) => readonly OrdinaryField[];
  readonly read: (fields: Fields) => Omit<OfKind<Kind>, "kind">;
}

export const marginCodecs: { readonly [Kind in MarginKind]: MarginCodec<Kind> } = {
  "set-margin-account": {
    number: 214,
    fieldsOf: ({ account, isMargin, author, reason }) => [account, isMargin, author, reason],
    read: (fields) => ({
      account: fields.account(),
      isMargin: fields.boolean(),
      author: fields.text(),
      reason: fields.text(),
    }),
  },
  "make-good-deficit": {
    number: 233,
    fieldsOf: ({ account, asset, amount, author, reason }) => [
      ...[account, asset, amount],
      ...[author, reason],
    ],
    read: (fields) => ({
      account: fields.account(),
      asset: fields.asset(),
      amount: fields.amount(),
      author: fields.text(),
      reason: fields.text(),
    }),
  },
  "apply-margin-account": {
    number: 215,
    fieldsOf: ({ account, isMargin, ticket }) => [account, isMargin, ticket],
    read: (fields) => ({
      account: fields.account(),
      isMargin: fields.boolean(),
      ticket: fields.count(),
    }),
  },
  "set-margin-mode": {
    number: 225,
    fieldsOf: ({ account, symbol, mode }) => [account, symbol, mode],
    read: (fields) => ({
      account: fields.account(),
      symbol: fields.symbol(),
      mode: fields.choice(MarginMode.isolated) as MarginMode,
    }),
  },
  "add-margin": { number: 226, fieldsOf: fieldsOfMove, read: moveIn },
  "remove-margin": { number: 227, fieldsOf: fieldsOfMove, read: moveIn },
  "cover-deficit": {
    number: 216,
    fieldsOf: ({ account, debtor, asset, amount }) => [account, debtor, asset, amount],
    read: (fields) => ({
      account: fields.account(),
      debtor: fields.account(),
      asset: fields.asset(),
      amount: fields.amount(),
    }),
  },
};

function fieldsOfMove(move: AddMargin | RemoveMargin): readonly OrdinaryField[] {
  return [move.account, move.symbol, move.amount, move.reference];
}

function moveIn(fields: Fields): Omit<AddMargin, "kind"> {
  return {
    account: fields.account(),
    symbol: fields.symbol(),
    amount: fields.amount(),
    reference: fields.text(),
  };
}
