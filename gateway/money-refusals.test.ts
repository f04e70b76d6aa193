/**
 * Goal: whatever moves money, or says how it may be moved, refuses bad input by its own number, and
 * leaves everybody's money, orders and rules as they were.
 *
 * Method: one venue with something of everything under way; a table of requests, each wrong in one
 * thing. Before and after each, the whole log is replayed and the state that it leads to is hashed:
 * without where the log has come to, and without the names of what was refused, which are known so
 * that the same request is refused again.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { propose, signApproval } from "../clients/sdk/index.ts";
import { Shard } from "../actors/index.ts";
import { hashOf, hexOf } from "../cluster/hash-chain.ts";
import { HashedShard } from "../cluster/hashed-shard.ts";
import { readAll } from "../cluster/testing/read-all.ts";
import type { AdminCommandName, BodyOf } from "../protocols/api/admin-translation.ts";
import type { ApprovalDocument } from "../protocols/api/approval-document.ts";
import type { RequestName } from "../protocols/api/requests.ts";
import { pack, RejectReason } from "../protocols/index.ts";
import type { RejectReasonName } from "../protocols/index.ts";
import { ApprovalCheck } from "./approvals/approval-check.ts";
import { MadeAdministrators } from "./testing/administrators-made.ts";
import { MarketPlace } from "./testing/market-place.ts";

const cluster = "local";
const own = new MadeAdministrators();
const nowSeconds = () => Date.now() / 1000;
const check = new ApprovalCheck({ cluster, administrators: own.trusted, nowSeconds });
const why = { reason: "as decided" };
const symbol = "BTC-USDT";

/** One more than a ledger can hold, and as much as it can. */
const beyond = "9223372036854775808";
const most = "9223372036854775807";

const rules = {
  ...{ asset: "BTC", custodian: "ops", approvers: ["ann", "ben"], quorum: 2 },
  ...{ withdrawalMin: "10", withdrawalMax: "5000", dailyMax: "9000", coolOffSeconds: 0 },
  ...{ confirmations: 2, depositMin: "5", tiers: [{ from: "0", needed: 1 }] },
};
const there = { asset: "BTC", address: "sim1demo" };
const wanted = { ...there, reference: "payout-2", amount: "400" };
const named = { ...there, account: "demo", number: 1, amount: "400", ...why };
const arrival = {
  ...{ asset: "BTC", address: "sim1in", amount: "70", transaction: "ff", output: 0 },
  ...{ step: "seen", confirmations: 1, ...why },
};
const deposit = { account: "demo", asset: "BTC", amount: "5", reference: "more" };
const schedule = {
  ...{ schedule: "spot", symbols: [symbol], minimum: "0", ...why },
  tiers: [{ volume: "0", makerPpm: 100, takerPpm: 200 }],
};
const ownFees = { account: "demo", rates: { makerPpm: 1, takerPpm: 2 }, ...why };
const limits = { symbol, limits: { orderQuantity: 500 }, ...why };
const cycle = {
  ...{ cycle: "spot", symbols: [symbol], days: 1, offsetMinutes: 0, cutOffMinute: 960 },
  ...{ weekend: [5, 6], holidays: ["2026-12-25"], ...why },
};
const order = {
  ...{ symbol, side: "buy", type: "limit", timeInForce: "GTC", price: 1000, quantity: 5 },
};
const sweep = {
  ...{ asset: "BTC", from: "hot", to: "cold", amount: "70", reference: "sweep-1", ...why },
};
const advanced = { account: "demo", number: 1, step: "begun", ...why };

/** Signed by these over just that request. */
async function approvalsOf<Name extends AdminCommandName>(
  names: readonly string[],
  request: Name,
  body: BodyOf<Name>,
): Promise<ApprovalDocument[]> {
  const proposal = propose(cluster, "ops", { request, body });
  const untilUs = Date.now() * 1000 + 3_600_000_000;
  const credentials = await Promise.all(names.map((name) => own.credentialsOf(name)));
  return credentials.map((text) => signApproval(proposal, { credentials: text, untilUs }));
}

let place: MarketPlace;
/** Of a command that was done. */
let used: readonly ApprovalDocument[];

beforeAll(async () => {
  place = await MarketPlace.open({ approvals: check });
  const body = { ...rules, ...why };
  used = await approvalsOf(["ann", "ben"], "custody.setPolicy", body);
  await place.must("custody.setPolicy", { ...body, approvals: used });
  await place.must("withdrawal.allowAddress", there, "demo");
  await place.must("withdrawal.request", { ...wanted, reference: "payout-1" }, "demo");
  await place.must("custody.assignAddress", {
    ...{ account: "demo", asset: "BTC", address: "sim1in", ...why },
  });
  await place.must("custody.reportDeposit", { ...arrival, transaction: "known" });
  await place.mustAdmin("deposit", { ...deposit, reference: "before" });
  await place.mustAdmin("fees.setSchedule", schedule);
  await place.mustAdmin("riskLimits.set", limits);
  await place.mustAdmin("clearing.setCycle", cycle);
  await place.must("order.place", { ...order, clientOrderId: "works" }, "demo");
});
afterAll(() => place.close());

/** A hash over all that anybody has, owes, may and wants, as a replay of the log comes to it. */
async function stateHash(): Promise<string> {
  const hashes = await Promise.all(
    place.cluster.storages.map(async (storage, number) => {
      const replica = new HashedShard(new Shard(number, place.cluster.storages.length));
      for (const entry of await readAll(storage.open())) replica.apply(entry);
      replica.shard.audit();
      const { governor, directory, fees, ledger, markets, books } = replica.shard.snapshot();
      const accounts = [...replica.shard.accounts()].map((account) => [
        ...[account.id, account.balances(), account.obligations(), account.withdrawals()],
        ...[account.openOrders({ symbol: "", after: 0, limit: Infinity })],
        account.snapshot().slice(6),
      ]);
      return pack([governor, directory, fees, ledger, markets, books, accounts]);
    }),
  );
  return hexOf(hashOf(...hashes));
}

type Made = object | (() => Promise<object>);
type Row = readonly [what: string, RequestName, Made, RejectReasonName, account?: string];

/** A request whose one field is as bad as each of these. */
const eachOf = (
  request: RequestName,
  bodies: Readonly<Record<string, readonly [object, RejectReasonName]>>,
  account?: string,
): Row[] =>
  Object.entries(bodies).map(([what, [body, reason]]) => [
    what,
    request,
    body,
    reason,
    ...(account === undefined ? [] : [account]),
  ]) as unknown as Row[];

const deposits = eachOf("deposit", {
  "of nothing": [{ ...deposit, amount: "0" }, "amount-not-positive"],
  "of less than nothing": [{ ...deposit, amount: "-5" }, "amount-not-positive"],
  "of more than a ledger holds": [{ ...deposit, amount: beyond }, "field-invalid"],
  "of what there would be too much of": [{ ...deposit, amount: most }, "supply-too-large"],
  "of an amount that is none": [{ ...deposit, amount: "1e3" }, "field-invalid"],
  "of an asset nobody knows": [{ ...deposit, asset: "FIG" }, "asset-unknown"],
  "to an account nobody knows": [{ ...deposit, account: "zoe" }, "account-unknown"],
  "of another amount by a reference that was used": [
    { ...deposit, reference: "before", amount: "6" },
    "reference-reused",
  ],
});

const withdrawals = [
  ...eachOf(
    "withdrawal.request",
    {
      "of nothing": [{ ...wanted, amount: "0" }, "amount-not-positive"],
      "of less than nothing": [{ ...wanted, amount: "-1" }, "amount-not-positive"],
      "of more than a ledger holds": [{ ...wanted, amount: beyond }, "field-invalid"],
      "of more than there is": [{ ...wanted, amount: most }, "funds-insufficient"],
      "of too little": [{ ...wanted, amount: "9" }, "withdrawal-too-small"],
      "of too much": [{ ...wanted, amount: "5001" }, "withdrawal-too-large"],
      "of an asset nobody knows": [{ ...wanted, asset: "FIG" }, "funds-insufficient"],
      "of an asset without rules": [{ ...wanted, asset: "USDT" }, "custody-unknown"],
      "to an address that was not allowed": [{ ...wanted, address: "else" }, "address-unknown"],
      "by a reference of another": [
        { ...wanted, reference: "payout-1", amount: "401" },
        "reference-reused",
      ],
    },
    "demo",
  ),
  ...eachOf(
    "withdrawal.request",
    { "of another's, to where that one may": [wanted, "address-unknown"] },
    "maker",
  ),
  ...eachOf("withdrawal.cancel", { "of another": [{ number: 1 }, "withdrawal-unknown"] }, "maker"),
  ...eachOf(
    "withdrawal.cancel",
    { "never asked for": [{ number: 9 }, "withdrawal-unknown"] },
    "demo",
  ),
];

const judged = (change: object, names: readonly string[] = ["ann"]) =>
  async function make(): Promise<object> {
    const body = { ...named, ...change };
    return { ...body, approvals: await approvalsOf(names, "custody.releaseWithdrawal", body) };
  };

async function forged(): Promise<object> {
  const [approval] = await approvalsOf(["ann"], "custody.releaseWithdrawal", named);
  return { ...named, approvals: [{ ...approval, signature: "A".repeat(86) }] };
}

async function ofAnother(): Promise<object> {
  const approvals = await approvalsOf(["ann"], "custody.releaseWithdrawal", named);
  return { ...named, amount: "399", approvals };
}

/** The very request that was done before, with the signatures that had it done. */
const replayed = () => Promise.resolve({ ...rules, ...why, approvals: used });

const policy = (change: object) => async () => {
  const body = { ...rules, ...change, ...why };
  return { ...body, approvals: await approvalsOf(["ann", "ben"], "custody.setPolicy", body) };
};

const custody: readonly Row[] = [
  ["release without approvals", "custody.releaseWithdrawal", named, "approvals-missing"],
  ["release with a forged signature", "custody.releaseWithdrawal", forged, "approval-forged"],
  [
    "release by a signature over another amount",
    "custody.releaseWithdrawal",
    ofAnother,
    "approval-of-other-command",
  ],
  [
    "release by who is not named",
    "custody.releaseWithdrawal",
    judged({}, ["eve"]),
    "approver-not-named",
  ],
  [
    "release of another amount",
    "custody.releaseWithdrawal",
    judged({ amount: "399" }),
    "withdrawal-terms-differ",
  ],
  [
    "release of more than a ledger holds",
    "custody.releaseWithdrawal",
    { ...named, amount: beyond },
    "field-invalid",
  ],
  [
    "release of another account's",
    "custody.releaseWithdrawal",
    judged({ account: "maker" }),
    "withdrawal-unknown",
  ],
  [
    "release of nobody's",
    "custody.releaseWithdrawal",
    judged({ account: "zoe" }),
    "account-unknown",
  ],
  ["rules that were replayed", "custody.setPolicy", replayed, "approval-used"],
  ["rules by one alone", "custody.setPolicy", { ...rules, ...why }, "approvals-missing"],
  [
    "rules of less than nothing",
    "custody.setPolicy",
    policy({ withdrawalMin: "-1" }),
    "custody-policy-invalid",
  ],
  [
    "rules of a most below the least",
    "custody.setPolicy",
    policy({ withdrawalMax: "9" }),
    "custody-policy-invalid",
  ],
  [
    "rules beyond a ledger",
    "custody.setPolicy",
    { ...rules, ...why, dailyMax: beyond },
    "field-invalid",
  ],
  [
    "rules of an asset nobody knows",
    "custody.setPolicy",
    policy({ asset: "FIG" }),
    "asset-unknown",
  ],
  ...eachOf("custody.advanceWithdrawal", {
    "sent before it was released": [advanced, "withdrawal-out-of-turn"],
    "sent that nobody asked for": [{ ...advanced, number: 9 }, "withdrawal-unknown"],
    "sent for an account nobody knows": [{ ...advanced, account: "zoe" }, "account-unknown"],
    "sent in no transaction": [{ ...advanced, step: "broadcast" }, "withdrawal-terms-differ"],
  }),
  ...eachOf("custody.assignAddress", {
    "an address for nobody": [
      { account: "zoe", asset: "BTC", address: "sim1zoe", ...why },
      "account-unknown",
    ],
    "an address of another": [
      { account: "maker", asset: "BTC", address: "sim1in", ...why },
      "address-taken",
    ],
  }),
  ...eachOf("custody.reportDeposit", {
    "a receipt of nothing": [{ ...arrival, amount: "0" }, "amount-not-positive"],
    "a receipt of less than nothing": [{ ...arrival, amount: "-70" }, "amount-not-positive"],
    "a receipt beyond a ledger": [{ ...arrival, amount: beyond }, "field-invalid"],
    "a receipt of an asset without rules": [{ ...arrival, asset: "USDT" }, "custody-unknown"],
    "a receipt at nobody's address": [{ ...arrival, address: "else" }, "address-unknown"],
    "a receipt confirmed that nobody saw": [{ ...arrival, step: "confirmed" }, "deposit-unknown"],
    "a receipt of another amount than before": [
      { ...arrival, transaction: "known", amount: "71" },
      "deposit-terms-differ",
    ],
    "a receipt that lies too shallow": [
      { ...arrival, transaction: "known", step: "confirmed" },
      "deposit-unconfirmed",
    ],
  }),
  ...eachOf("custody.proposeSweep", {
    "a sweep of nothing": [{ ...sweep, amount: "0" }, "amount-not-positive"],
    "a sweep beyond a ledger": [{ ...sweep, amount: beyond }, "field-invalid"],
    "a sweep to itself": [{ ...sweep, to: "hot" }, "sweep-inconsistent"],
    "a sweep of an asset without rules": [{ ...sweep, asset: "USDT" }, "custody-unknown"],
  }),
  [
    "a sweep released that nobody proposed",
    "custody.releaseSweep",
    { asset: "BTC", from: "hot", to: "cold", amount: "70", number: 9, ...why },
    "sweep-unknown",
  ],
  [
    "a sweep done that nobody proposed",
    "custody.advanceSweep",
    { asset: "BTC", number: 9, step: "done", transaction: "aa", ...why },
    "sweep-unknown",
  ],
];

const fees = [
  ...eachOf("fees.setSchedule", {
    "at least less than nothing": [{ ...schedule, minimum: "-1" }, "fees-invalid"],
    "at least more than a ledger holds": [{ ...schedule, minimum: beyond }, "field-invalid"],
    "without a first tier": [{ ...schedule, tiers: [] }, "fees-invalid"],
    "from a volume below nothing": [
      { ...schedule, tiers: [{ volume: "-1", makerPpm: 0, takerPpm: 0 }] },
      "fees-invalid",
    ],
    "from a volume beyond a ledger": [
      { ...schedule, tiers: [{ volume: beyond, makerPpm: 0, takerPpm: 0 }] },
      "field-invalid",
    ],
    "of rebates that nobody pays": [
      { ...schedule, tiers: [{ volume: "0", makerPpm: -200, takerPpm: 100 }] },
      "fees-invalid",
    ],
    "of an instrument nobody knows": [{ ...schedule, symbols: ["NO-SUCH"] }, "instrument-unknown"],
  }),
  ...eachOf("fees.setAccount", {
    "of an account nobody knows": [{ ...ownFees, account: "zoe" }, "account-unknown"],
    "of an instrument nobody knows": [{ ...ownFees, symbol: "NO-SUCH" }, "instrument-unknown"],
  }),
];

const governed = [
  ...eachOf("riskLimits.set", {
    "of an account nobody knows": [{ ...limits, account: "zoe" }, "account-unknown"],
    "of an instrument nobody knows": [{ ...limits, symbol: "NO-SUCH" }, "instrument-unknown"],
    "of an asset nobody knows": [
      { quote: "FIG", limits: { exposure: "5" }, ...why },
      "asset-unknown",
    ],
    "of a worth below nothing": [{ ...limits, limits: { exposure: "-1" } }, "risk-limits-invalid"],
    "of a loss of nothing": [{ ...limits, limits: { dailyLoss: "0" } }, "risk-limits-invalid"],
    "of a loss beyond a ledger": [{ ...limits, limits: { dailyLoss: beyond } }, "field-invalid"],
    "of a loss of everything": [{ limits: { dailyLoss: "5" }, ...why }, "risk-limits-invalid"],
    "of no lots": [{ ...limits, limits: { orderQuantity: 0 } }, "field-invalid"],
  }),
  ...eachOf("riskLimits.setGroup", {
    "a group for nobody": [{ account: "zoe", group: "retail", ...why }, "account-unknown"],
  }),
  ...eachOf("clearing.setCycle", {
    "settled before it is traded": [{ ...cycle, days: -1 }, "field-invalid"],
    "of an instrument nobody knows": [{ ...cycle, symbols: ["NO-SUCH"] }, "instrument-unknown"],
    "of days that do not ascend": [{ ...cycle, weekend: [6, 5] }, "settlement-cycle-invalid"],
    "without any business day": [{ ...cycle, weekend: [0, 1, 2, 3, 4, 5, 6] }, "field-invalid"],
  }),
];

let names = 0;
const newOrder = (change: object): object => {
  names += 1;
  return { ...order, clientOrderId: `bad-${String(names)}`, ...change };
};
const orders = [
  ...eachOf(
    "order.place",
    {
      "of no lots": [newOrder({ quantity: 0 }), "quantity-not-positive"],
      "of lots below nothing": [newOrder({ quantity: -1 }), "quantity-not-positive"],
      "of more lots than may be": [newOrder({ quantity: 2 ** 40 + 1 }), "quantity-too-large"],
      "at a price of nothing": [newOrder({ price: 0 }), "price-not-positive"],
      "of an instrument nobody knows": [newOrder({ symbol: "NO-SUCH" }), "instrument-unknown"],
      "of more than a ledger holds": [
        newOrder({ price: 2 ** 31, quantity: 2 ** 40 }),
        "notional-too-large",
      ],
      "of more than there is": [newOrder({ price: 10 ** 9 }), "funds-insufficient"],
      "of more than the limits let it have": [
        newOrder({ quantity: 501 }),
        "order-quantity-above-limit",
      ],
      "by a name that another order has": [
        newOrder({ clientOrderId: "works", quantity: 6 }),
        "client-order-id-reused",
      ],
    },
    "demo",
  ),
  ...eachOf(
    "order.place",
    { "of an account nobody knows": [newOrder({}), "account-unknown"] },
    "zoe",
  ),
  ...eachOf(
    "order.replace",
    {
      "of another's": [
        { clientOrderId: "works", price: 1000, quantity: 6, revision: 1 },
        "order-unknown",
      ],
    },
    "maker",
  ),
  ...eachOf(
    "order.cancel",
    { "of another's": [{ clientOrderId: "works" }, "order-unknown"] },
    "maker",
  ),
];

describe.each([
  ["a deposit", deposits],
  ["a withdrawal", withdrawals],
  ["custody", custody],
  ["fees", fees],
  ["limits and cycles", governed],
  ["an order", orders],
] as const)("%s", (_, rows) => {
  const wrongs = rows.map(([what, request, made, reason, account = "ops"]) => {
    return { what, request, made, reason, account };
  });
  it.each(wrongs)("changes nothing: $what ($request)", async (wrong) => {
    const { request, made, reason, account } = wrong;
    const before = await stateHash();
    const body = typeof made === "function" ? await made() : made;
    const { error } = await place.refusalOf(request, body, account);
    expect([error.name, error.number]).toEqual([reason, RejectReason[reason]]);
    expect(await stateHash()).toBe(before);
  });
});

describe("the hash that says so", () => {
  it("tells when anything was done", async () => {
    const before = await stateHash();
    await place.mustAdmin("deposit", { ...deposit, reference: "really" });
    const after = await stateHash();
    expect(after).not.toBe(before);
    await place.must("order.place", newOrder({}), "demo");
    expect(await stateHash()).not.toBe(after);
  });
});
