/**
 * The ordinary kinds of message as positional lists: the number and the fields of each.
 *
 * What administrators, engine nodes and the governor say, and commands that hold several orders:
 * rare beside single orders. The numbers are in
 * the log for ever, as those of `message-codec.ts` are, and share their range.
 */
import { assert } from "./assert.ts";
import type { CancelAllOrders, CancelAndPlace, Message } from "./messages.ts";
import { anySide } from "./messages.ts";
import {
  fieldsOfOrder,
  fieldsOfOrders,
  fieldsOfQuotes,
  orderIn,
  ordersIn,
  quotesIn,
} from "./nested-orders.ts";
import type { CancelFailure, ListType } from "./order-terms.ts";
import { clientOrderIdOrNone, Fields, fieldsOfTerms, last } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import type { OrdinaryField } from "./records.ts";

/** Every kind that is no row. */
export type OrdinaryMessage = Extract<Message, { kind: OrdinaryKind }>;

type OrdinaryKind =
  | "cancel-all-orders"
  | "place-order-list"
  | "cancel-and-place"
  | "mass-quote"
  | "add-asset"
  | "list-instrument"
  | "open-account"
  | "deposit"
  | "halt-trading"
  | "resume-trading"
  | "form-shard"
  | "claim-emitter"
  | "tick"
  | "checkpoint"
  | "announce-asset"
  | "announce-instrument"
  | "announce-venue-halt"
  | "set-phase"
  | "create-account"
  | "credit-deposit"
  | "ticket-served";

type OfKind<Kind extends OrdinaryKind> = Extract<Message, { kind: Kind }>;

interface OrdinaryCodec<Kind extends OrdinaryKind> {
  readonly number: number;
  readonly fieldsOf: (message: OfKind<Kind>) => readonly OrdinaryField[];
  readonly read: (fields: Fields) => Omit<OfKind<Kind>, "kind">;
}

const codecs: { readonly [Kind in OrdinaryKind]: OrdinaryCodec<Kind> } = {
  "cancel-all-orders": {
    number: 100,
    fieldsOf: ({ account, symbol, side, priceMin, priceMax }) => [
      account,
      symbol,
      side,
      priceMin,
      priceMax,
    ],
    read: (fields) => ({
      account: fields.account(),
      symbol: fields.symbolOrAll(),
      side: fields.choice(anySide) as CancelAllOrders["side"],
      priceMin: fields.integer(),
      priceMax: fields.integer(),
    }),
  },
  "place-order-list": {
    number: 101,
    fieldsOf: (message) => [message.account, message.listType, fieldsOfOrders(message)],
    read: (fields) => {
      const account = fields.account();
      const listType = fields.choice(last.listType) as ListType;
      return { account, listType, orders: ordersIn(fields, account) };
    },
  },
  "cancel-and-place": {
    number: 102,
    fieldsOf: fieldsOfCancelAndPlace,
    read: (fields) => {
      const account = fields.account();
      return {
        account,
        orderId: fields.integer(),
        clientOrderId: clientOrderIdOrNone(fields.text()),
        ifCancelFails: fields.choice(last.cancelFailure) as CancelFailure,
        order: orderIn(fields.fields(), account),
      };
    },
  },
  "mass-quote": {
    number: 103,
    fieldsOf: ({ account, quoteId, quotes }) => [account, quoteId, fieldsOfQuotes(quotes)],
    read: (fields) => ({
      account: fields.account(),
      quoteId: fields.quoteId(),
      quotes: quotesIn(fields),
    }),
  },
  "add-asset": {
    number: 110,
    fieldsOf: ({ asset, decimals }) => [asset, decimals],
    read: (fields) => ({ asset: fields.asset(), decimals: fields.integer() }),
  },
  "list-instrument": {
    number: 111,
    fieldsOf: ({ terms }) => fieldsOfTerms(terms),
    read: (fields) => ({ terms: fields.terms() }),
  },
  "open-account": {
    number: 112,
    fieldsOf: ({ account, participant }) => [account, participant],
    read: (fields) => ({ account: fields.account(), participant: fields.participant() }),
  },
  deposit: {
    number: 113,
    fieldsOf: ({ account, asset, amount, reference }) => [account, asset, amount, reference],
    read: (fields) => ({
      account: fields.account(),
      asset: fields.asset(),
      amount: fields.amount(),
      reference: fields.text(),
    }),
  },
  "halt-trading": {
    number: 114,
    fieldsOf: ({ symbol, author, reason }) => [symbol, author, reason],
    read: intervention,
  },
  "resume-trading": {
    number: 115,
    fieldsOf: ({ symbol, author, reason }) => [symbol, author, reason],
    read: intervention,
  },
  "form-shard": {
    number: 120,
    fieldsOf: ({ cluster, shard, shards }) => [cluster, shard, shards],
    read: (fields) => ({
      cluster: fields.party(),
      shard: fields.count(),
      shards: fields.count(1),
    }),
  },
  "claim-emitter": {
    number: 121,
    fieldsOf: ({ node, emitterEpoch }) => [node, emitterEpoch],
    read: (fields) => ({ node: fields.party(), emitterEpoch: fields.count() }),
  },
  tick: {
    number: 122,
    fieldsOf: () => [],
    read: () => ({}),
  },
  checkpoint: {
    number: 123,
    fieldsOf: ({ label }) => [label],
    read: (fields) => ({ label: fields.text() }),
  },
  "announce-asset": {
    number: 130,
    fieldsOf: ({ shard, asset, decimals }) => [shard, asset, decimals],
    read: (fields) => ({
      shard: fields.count(),
      asset: fields.asset(),
      decimals: fields.integer(),
    }),
  },
  "announce-instrument": {
    number: 131,
    fieldsOf: ({ shard, ticket, terms }) => [shard, ticket, ...fieldsOfTerms(terms)],
    read: (fields) => ({ shard: fields.count(), ticket: fields.count(), terms: fields.terms() }),
  },
  "announce-venue-halt": {
    number: 132,
    fieldsOf: ({ shard, isHalted, ticket }) => [shard, isHalted, ticket],
    read: (fields) => ({
      shard: fields.count(),
      isHalted: fields.boolean(),
      ticket: fields.count(),
    }),
  },
  "set-phase": {
    number: 133,
    fieldsOf: ({ symbol, isHalted, ticket }) => [symbol, isHalted, ticket],
    read: (fields) => ({
      symbol: fields.symbol(),
      isHalted: fields.boolean(),
      ticket: fields.count(),
    }),
  },
  "create-account": {
    number: 134,
    fieldsOf: ({ account, participant, ticket }) => [account, participant, ticket],
    read: (fields) => ({
      account: fields.account(),
      participant: fields.participant(),
      ticket: fields.count(),
    }),
  },
  "credit-deposit": {
    number: 135,
    fieldsOf: ({ account, asset, amount, ticket }) => [account, asset, amount, ticket],
    read: (fields) => ({
      account: fields.account(),
      asset: fields.asset(),
      amount: fields.amount(),
      ticket: fields.count(),
    }),
  },
  "ticket-served": {
    number: 136,
    fieldsOf: ({ ticket }) => [ticket],
    read: (fields) => ({ ticket: fields.count() }),
  },
};

function fieldsOfCancelAndPlace(message: CancelAndPlace): readonly OrdinaryField[] {
  const { account, orderId, clientOrderId, ifCancelFails, order } = message;
  assert(order.account === account, "an order of another account");
  return [account, orderId, clientOrderId, ifCancelFails, fieldsOfOrder(order)];
}

function intervention(fields: Fields): { symbol: string; author: string; reason: string } {
  return { symbol: fields.symbolOrAll(), author: fields.text(), reason: fields.text() };
}

/** The list for a message: its kind's number, then its fields. */
export function listOfMessage(message: OrdinaryMessage): readonly OrdinaryField[] {
  const { number, fieldsOf } = codecs[message.kind] as OrdinaryCodec<OrdinaryKind>;
  return [number, ...fieldsOf(message)];
}

const kindsByNumber = new Map(
  (Object.keys(codecs) as OrdinaryKind[]).map((kind) => [codecs[kind].number, kind]),
);

/** Reads such a list. Throws {@link MalformedRecords}. */
export function messageInList(list: readonly unknown[]): OrdinaryMessage {
  const fields = new Fields(list);
  const number = fields.integer();
  const kind = kindsByNumber.get(number);
  if (kind === undefined) throw new MalformedRecords(`no message kind ${String(number)}`);
  const message = { kind, ...codecs[kind].read(fields) } as OrdinaryMessage;
  fields.end();
  return message;
}
