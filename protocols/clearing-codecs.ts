/** The messages of clearing as positional lists: the part of `ordinary-messages.ts` that it is. */
import { fieldsOfSettlementCycle, settlementCycleIn } from "./clearing.ts";
import type { SettlementLeg } from "./clearing.ts";
import type {
  AnnounceSettlementCycle,
  ApplyFailPermission,
  ClearingMessage,
  ClearTrade,
  SetFailPermission,
  SetSettlementCycle,
  SettlementMessage,
} from "./clearing-messages.ts";
import {
  callIn,
  failPermissionIn,
  fieldsOfCall,
  fieldsOfFailPermission,
  fieldsOfUnits,
  unitsIn,
} from "./fails.ts";
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField } from "./records.ts";
import { amountOf } from "./units.ts";
import type { Amount } from "./units.ts";

type OrdinaryClearing =
  | SetSettlementCycle
  | AnnounceSettlementCycle
  | SetFailPermission
  | ApplyFailPermission
  | ClearingMessage
  | SettlementMessage;
export type ClearingKind = OrdinaryClearing["kind"];
type OfKind<Kind extends ClearingKind> = Extract<OrdinaryClearing, { kind: Kind }>;

interface ClearingCodec<Kind extends ClearingKind> {
  readonly number: number;
  readonly fieldsOf: (message: OfKind<Kind>) => readonly OrdinaryField[];
  readonly read: (fields: Fields) => Omit<OfKind<Kind>, "kind">;
}

/** More than an account trades assets. */
const legsMax = 100_000;

export const clearingCodecs: { readonly [Kind in ClearingKind]: ClearingCodec<Kind> } = {
  "set-settlement-cycle": {
    number: 190,
    fieldsOf: (message) => [...fieldsOfSettlementCycle(message), message.author, message.reason],
    read: (fields) => ({
      ...settlementCycleIn(fields),
      author: fields.text(),
      reason: fields.text(),
    }),
  },
  "announce-settlement-cycle": {
    number: 191,
    fieldsOf: (message) => [message.shard, ...fieldsOfSettlementCycle(message), message.ticket],
    read: (fields) => ({
      shard: fields.count(),
      ...settlementCycleIn(fields),
      ticket: fields.count(),
    }),
  },
  "clear-trade": {
    number: 192,
    fieldsOf: (is) => [
      ...[is.date, is.cutOffUs, is.buyer, is.seller, is.base, is.quote],
      ...[is.goods, is.money],
      ...fieldsOfDelivery(is),
    ],
    read: (fields) => ({
      date: fields.count(),
      cutOffUs: fields.count(),
      buyer: fields.account(),
      seller: fields.account(),
      base: fields.asset(),
      quote: fields.asset(),
      goods: fields.amount(),
      money: fields.amount(),
      ...(fields.hasMore && { onDelivery: onDeliveryIn(fields) }),
    }),
  },
  "instruct-settlement": {
    number: 193,
    fieldsOf: ({ account, round, date, legs, calls }) => [
      ...[account, round, date, legs.map(fieldsOfLeg)],
      ...(calls === undefined ? [] : [calls.map(fieldsOfCall)]),
    ],
    read: (fields) => ({
      account: fields.account(),
      round: fields.count(1),
      date: fields.count(),
      legs: fields.lists(0, legsMax).map(legIn),
      ...(fields.hasMore && { calls: fields.lists(1, legsMax).map(callIn) }),
    }),
  },
  "settlement-confirmed": {
    number: 194,
    fieldsOf: ({ given, ...inRound }) => [
      ...fieldsOfRound(inRound),
      ...(given === undefined ? [] : [given.map(fieldsOfUnits)]),
    ],
    read: (fields) => ({
      ...roundIn(fields),
      ...(fields.hasMore && { given: fields.lists(1, legsMax).map(unitsIn) }),
    }),
  },
  "post-settlement": {
    number: 195,
    fieldsOf: ({ deliveries, penalties = [], ...inRound }) => [
      ...fieldsOfRound(inRound),
      ...(deliveries === undefined
        ? []
        : [deliveries.map(fieldsOfLeg), penalties.map(fieldsOfUnits)]),
    ],
    read: (fields) => ({ ...roundIn(fields), ...(fields.hasMore && postedIn(fields)) }),
  },
  "set-fail-permission": {
    number: 197,
    fieldsOf: (message) => [...fieldsOfFailPermission(message), message.author, message.reason],
    read: (fields) => ({
      ...failPermissionIn(fields),
      author: fields.text(),
      reason: fields.text(),
    }),
  },
  "apply-fail-permission": {
    number: 198,
    fieldsOf: ({ account, asset, limit, ticket }) => [account, asset, limit, ticket],
    read: (fields) => ({
      account: fields.account(),
      asset: fields.asset(),
      limit: fields.amount(),
      ticket: fields.count(),
    }),
  },
};

function fieldsOfDelivery({ onDelivery }: ClearTrade): readonly OrdinaryField[] {
  if (onDelivery === undefined) return [];
  const { symbol, isSellerUncovered, isBuyerUncovered } = onDelivery;
  return [symbol, isSellerUncovered, isBuyerUncovered];
}

function onDeliveryIn(fields: Fields): NonNullable<ClearTrade["onDelivery"]> {
  return {
    symbol: fields.symbol(),
    isSellerUncovered: fields.boolean(),
    isBuyerUncovered: fields.boolean(),
  };
}

function postedIn(fields: Fields): Pick<OfKind<"post-settlement">, "deliveries" | "penalties"> {
  const deliveries = fields.lists(0, legsMax).map(legIn);
  const penalties = fields.lists(0, legsMax).map(unitsIn);
  return penalties.length === 0 ? { deliveries } : { deliveries, penalties };
}

/** Sums as digits: what is bought and sold again and again may be more than there is. */
export function fieldsOfLeg({ asset, deliver, receive }: SettlementLeg) {
  return [asset, String(deliver), String(receive)] as const;
}

/** Reads the list to its end. Throws MalformedRecords. */
export function legIn(fields: Fields): SettlementLeg {
  const [asset, deliver, receive] = [fields.asset(), sumIn(fields), sumIn(fields)];
  fields.end();
  return { asset, deliver, receive };
}

/** A sum of amounts, of any size. Throws MalformedRecords. */
export function sumIn(fields: Fields): Amount {
  return amountOf(BigInt(fields.digits()));
}

/** Likewise of one that may be below zero. Throws MalformedRecords. */
export function signedSumIn(fields: Fields): Amount {
  return amountOf(BigInt(fields.signedDigits()));
}

interface InRound {
  readonly account: string;
  readonly round: number;
}

function fieldsOfRound({ account, round }: InRound): readonly OrdinaryField[] {
  return [account, round];
}

function roundIn(fields: Fields): InRound {
  return { account: fields.account(), round: fields.count(1) };
}
