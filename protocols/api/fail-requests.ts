/** What is asked about fails, and said in answer: permissions, deliveries, what an account owes. */
import { Type } from "typebox";
import type { Static } from "typebox";
import { failLimits } from "../fails.ts";
import { approvals } from "./approval-document.ts";
import { accountId, amount, assetId, closed, count, list, remark, symbol } from "./fields.ts";

/** As an amount, but of any size. */
const sum = (description: string) =>
  Type.String({ pattern: "^[0-9]{1,40}$", unit: "units of the asset", description });
const date = (description: string) =>
  Type.String({ pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description });

const permissionFields = {
  account: accountId(),
  asset: assetId(),
  limit: amount("What it may owe without having it, uncovered orders included; 0 for no more."),
  penaltyBasisPoints: Type.Integer({
    minimum: 0,
    maximum: failLimits.penaltyBasisPoints,
    description: "What failing costs for each settlement date, of what was traded for it.",
  }),
  buyInDays: Type.Integer({
    minimum: 0,
    maximum: failLimits.buyInDays,
    description: "After so many such dates somebody is to be bought in; 0 for never.",
  }),
};

export const failPermission = Type.Object(permissionFields, {
  description: "What an account may owe of an asset.",
});

export const setFailPermissionRequest = Type.Object(
  { ...permissionFields, reason: remark("Why, for the record."), approvals },
  closed,
);
export const failPermissionsRequest = Type.Object({}, closed);
export const failPermissionsReply = Type.Object({
  ok: Type.Literal(true),
  permissions: list(failPermission, "By account and asset."),
});

const page = {
  after: Type.Optional(count({ description: "Only those with a number above this." })),
};

export const failsRequest = Type.Object(
  {
    account: Type.Optional(accountId("Of one account; left out, of all.")),
    failedOnly: Type.Optional(Type.Boolean({ description: "Only those that have failed." })),
    ...page,
  },
  closed,
);
export const deliveriesRequest = Type.Object(page, closed);

export const delivery = Type.Object(
  {
    delivery: count({ description: "Its number." }),
    symbol: symbol(),
    seller: accountId("Who delivers goods."),
    buyer: accountId("Who pays."),
    goods: sum("What is left of the goods."),
    money: sum("What is left of the money."),
    goodsGiven: sum("What the seller has given of that."),
    moneyGiven: sum("What the buyer has given of that."),
    since: date("When it was first to be settled."),
    date: date("When it is to be settled now."),
    daysFailed: count({ description: "On how many settlement dates it has failed." }),
    isBuyIn: Type.Boolean({ description: "Whether who waits is to be bought in." }),
  },
  { description: "Goods for money between two accounts, settled by itself." },
);
const next = Type.Optional(
  count({ description: "There may be more: ask again for those after this." }),
);
export const failsReply = Type.Object({
  ok: Type.Literal(true),
  deliveries: list(delivery, "By number, at most 500."),
  next,
});

export const owing = Type.Object(
  {
    asset: assetId(),
    limit: sum("What it may owe at most."),
    ordered: sum("What its uncovered orders may cost."),
    owed: sum("What it has traded and not given."),
    given: sum("What it has given that waits for the other party."),
    dues: sum("Fees and penalties that it could not pay."),
  },
  { description: "What the account may owe of an asset, and does." },
);
export const deliveriesReply = Type.Object({
  ok: Type.Literal(true),
  deliveries: list(delivery, "By number, at most 500."),
  next,
  owings: list(owing, "By asset."),
});

export type SetFailPermissionRequest = Static<typeof setFailPermissionRequest>;
export type FailPermissionsReply = Static<typeof failPermissionsReply>;
export type FailPermissionTerms = FailPermissionsReply["permissions"][number];
export type FailsRequest = Static<typeof failsRequest>;
export type FailsReply = Static<typeof failsReply>;
export type DeliveryTerms = FailsReply["deliveries"][number];
export type DeliveriesRequest = Static<typeof deliveriesRequest>;
export type DeliveriesReply = Static<typeof deliveriesReply>;
