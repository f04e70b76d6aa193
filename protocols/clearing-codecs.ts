/** The messages of clearing as positional lists: the part of `ordinary-messages.ts` that it is. */
import { fieldsOfSettlementCycle, settlementCycleIn } from "./clearing.ts";
import type { SettlementLeg } from "./clearing.ts";
import type {
  AnnounceSettlementCycle,
  ClearingMessage,
  SetSettlementCycle,
  SettlementMessage,
} from "./clearing-messages.ts";
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField } from "./records.ts";
import { amountOf } from "./units.ts";
import type { Amount } from "./units.ts";

type OrdinaryClearing =
  SetSettlementCycle | AnnounceSettlementCycle | ClearingMessage | SettlementMessage;
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
    }),
  },
  "instruct-settlement": {
    number: 193,
    fieldsOf: ({ account, round, date, legs }) => [account, round, date, legs.map(fieldsOfLeg)],
    read: (fields) => ({
      account: fields.account(),
      round: fields.count(1),
      date: fields.count(),
      legs: fields.lists(1, legsMax).map(legIn),
    }),
  },
  "settlement-confirmed": { number: 194, fieldsOf: fieldsOfRound, read: roundIn },
  "post-settlement": { number: 195, fieldsOf: fieldsOfRound, read: roundIn },
};

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
