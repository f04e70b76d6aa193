/** The messages of risk as positional lists: the part of `ordinary-messages.ts` that it is. */
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField } from "./records.ts";
import { fieldsOfRiskLimits, riskLimitsIn } from "./risk-limits.ts";
import type { RiskAnnouncement, RiskCommand } from "./risk-messages.ts";

type RiskMessage = RiskCommand | RiskAnnouncement;
export type RiskKind = RiskMessage["kind"];
type OfKind<Kind extends RiskKind> = Extract<RiskMessage, { kind: Kind }>;

interface RiskCodec<Kind extends RiskKind> {
  readonly number: number;
  readonly fieldsOf: (message: OfKind<Kind>) => readonly OrdinaryField[];
  readonly read: (fields: Fields) => Omit<OfKind<Kind>, "kind">;
}

export const riskCodecs: { readonly [Kind in RiskKind]: RiskCodec<Kind> } = {
  "announce-price": {
    number: 154,
    fieldsOf: ({ shard, symbol, price, atUs }) => [shard, symbol, price, atUs],
    read: (fields) => ({
      shard: fields.count(),
      symbol: fields.symbol(),
      price: fields.count(1),
      atUs: fields.count(),
    }),
  },
  "set-risk-limits": {
    number: 157,
    fieldsOf: ({ scope, limits, author, reason }) => [
      ...fieldsOfRiskLimits(scope, limits),
      ...[author, reason],
    ],
    read: (fields) => ({
      ...riskLimitsIn(fields),
      author: fields.text(),
      reason: fields.text(),
    }),
  },
  "announce-risk-limits": {
    number: 158,
    fieldsOf: ({ shard, ticket, scope, limits }) => [
      ...[shard, ticket],
      ...fieldsOfRiskLimits(scope, limits),
    ],
    read: (fields) => {
      const [shard, ticket] = [fields.count(), fields.count()];
      return { shard, ticket, ...riskLimitsIn(fields) };
    },
  },
  "set-risk-group": {
    number: 159,
    fieldsOf: ({ account, group, author, reason }) => [account, group, author, reason],
    read: (fields) => ({
      account: fields.account(),
      group: fields.participant(),
      author: fields.text(),
      reason: fields.text(),
    }),
  },
  "announce-risk-group": {
    number: 160,
    fieldsOf: ({ shard, account, group, ticket }) => [shard, account, group, ticket],
    read: (fields) => ({
      shard: fields.count(),
      account: fields.account(),
      group: fields.participant(),
      ticket: fields.count(),
    }),
  },
};
