/**
 * Goal: accounts ask for withdrawals and see deposits by requests, administrators release them with
 * signatures that are looked at, and the custodian's word is taken for what the chain does.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { propose, signApproval } from "../clients/sdk/index.ts";
import type { AdminCommandName, BodyOf } from "../protocols/api/admin-translation.ts";
import type { ApprovalDocument } from "../protocols/api/approval-document.ts";
import { ApprovalCheck } from "./approvals/approval-check.ts";
import { MadeAdministrators } from "./testing/administrators-made.ts";
import { MarketPlace } from "./testing/market-place.ts";

const cluster = "local";
const own = new MadeAdministrators();
const nowSeconds = () => Date.now() / 1000;
const check = new ApprovalCheck({ cluster, administrators: own.trusted, nowSeconds });
const why = { reason: "as decided" };
const rules = {
  ...{ asset: "BTC", custodian: "ops", approvers: ["ann", "ben"], quorum: 2 },
  ...{ withdrawalMin: "10", withdrawalMax: "5000", dailyMax: "9000", coolOffSeconds: 0 },
  ...{ confirmations: 2, depositMin: "5", tiers: [{ from: "0", needed: 1 }] },
};
const there = { asset: "BTC", address: "sim1demo" };
const wanted = { ...there, reference: "payout-1", amount: "400" };
const named = { ...there, account: "demo", number: 1, amount: "400" };

let place: MarketPlace;

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

beforeEach(async () => {
  place = await MarketPlace.open({ approvals: check });
  const body = { ...rules, ...why };
  const approvals = await approvalsOf(["ann", "ben"], "custody.setPolicy", body);
  await place.must("custody.setPolicy", { ...body, approvals });
  await place.must("withdrawal.allowAddress", there, "demo");
});
afterEach(() => place.close());

const coins = async () => {
  const { balances } = await place.must("balances", {}, "demo");
  return balances.find(({ asset }) => asset === "BTC");
};

describe("a withdrawal", () => {
  it("goes out by requests, and comes off what is owed", async () => {
    expect(await place.must("withdrawal.request", wanted, "demo")).toMatchObject({ number: 1 });
    expect(await coins()).toMatchObject({ available: "999999600", withdrawing: "400" });
    const body = { ...named, ...why };
    const approvals = await approvalsOf(["ben"], "custody.releaseWithdrawal", body);
    await place.must("custody.releaseWithdrawal", { ...body, approvals });
    const told = { account: "demo", number: 1, ...why };
    await place.must("custody.advanceWithdrawal", { ...told, step: "begun" });
    for (const step of ["broadcast", "confirmed"]) {
      await place.must("custody.advanceWithdrawal", { ...told, step, transaction: "ab12" });
    }
    const { withdrawals } = await place.must("withdrawal.list", {}, "demo");
    expect(withdrawals).toMatchObject([{ status: "completed", transaction: "ab12", ...named }]);
    expect((await place.must("custody.withdrawals", {})).withdrawals).toEqual([]);
    const { assets } = await place.must("custody.segregation", {});
    expect(assets[0]).toEqual({
      ...{ asset: "BTC", owed: "1999999600", withdrawing: "0", house: "0" },
      ...{ issued: "2000000000", held: "-400", dust: "0" },
    });
  });

  it("is not released by a signature over another one, nor by one that was forged", async () => {
    await place.must("withdrawal.request", wanted, "demo");
    await place.must("withdrawal.request", { ...wanted, reference: "payout-2" }, "demo");
    const body = { ...named, ...why };
    const [approval] = await approvalsOf(["ben"], "custody.releaseWithdrawal", body);
    const other = { ...body, number: 2 };
    const refused = async (asked: object): Promise<string> =>
      (await place.refusalOf("custody.releaseWithdrawal", asked)).error.name;
    expect(await refused({ ...other, approvals: [approval] })).toBe("approval-of-other-command");
    const signature = "A".repeat(86);
    expect(await refused({ ...body, approvals: [{ ...approval, signature }] })).toBe(
      "approval-forged",
    );
    expect(await refused(body)).toBe("approvals-missing");
    const { withdrawals } = await place.must("custody.withdrawals", { account: "demo" });
    expect(withdrawals.map(({ status }) => status)).toEqual(["reviewing", "reviewing"]);
  });

  it.each([
    ["-1", "amount-not-positive"],
    ["0", "amount-not-positive"],
    ["9", "withdrawal-too-small"],
    ["5001", "withdrawal-too-large"],
    ["9223372036854775807", "funds-insufficient"],
    ["9223372036854775808", "field-invalid"],
    ["1e3", "field-invalid"],
  ])("of %s is refused: %s", async (amount, name) => {
    const refusal = await place.refusalOf("withdrawal.request", { ...wanted, amount }, "demo");
    expect(refusal.error.name).toBe(name);
    expect(await coins()).toEqual({ asset: "BTC", available: "1000000000", reserved: "0" });
  });

  it("is taken back by whoever asked for it", async () => {
    await place.must("withdrawal.request", wanted, "demo");
    const other = await place.refusalOf("withdrawal.cancel", { number: 1 }, "maker");
    expect(other.error.name).toBe("withdrawal-unknown");
    await place.must("withdrawal.cancel", { number: 1 }, "demo");
    expect(await coins()).toMatchObject({ available: "1000000000" });
  });

  it("goes to where the account says, within what it is told", async () => {
    const { addresses } = await place.must("withdrawal.addresses", {}, "demo");
    expect(addresses).toMatchObject([there]);
    const { limits } = await place.must("withdrawal.limits", {}, "demo");
    expect(limits).toMatchObject([{ asset: "BTC", withdrawalMax: "5000" }]);
    await place.must("withdrawal.forgetAddress", there, "demo");
    const refusal = await place.refusalOf("withdrawal.request", wanted, "demo");
    expect(refusal.error.name).toBe("address-unknown");
  });
});

describe("a deposit", () => {
  it("is seen at once, and spent when it lies deep enough", async () => {
    const assigned = { account: "demo", asset: "BTC", address: "sim1in" };
    await place.must("custody.assignAddress", { ...assigned, ...why });
    const at = { asset: "BTC", address: "sim1in", amount: "70", transaction: "ff", output: 0 };
    await place.must("custody.reportDeposit", { ...at, step: "seen", confirmations: 1, ...why });
    const { deposits, addresses } = await place.must("deposit.list", {}, "demo");
    expect(addresses).toEqual([assigned]);
    expect(deposits).toMatchObject([{ ...at, status: "seen" }]);
    expect((await place.must("deposit.list", {}, "maker")).deposits).toEqual([]);
    const deep = { ...at, step: "confirmed", confirmations: 2, ...why };
    await place.must("custody.reportDeposit", deep);
    expect(await coins()).toMatchObject({ available: "1000000070" });
  });
});
