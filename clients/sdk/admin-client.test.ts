/** Approved commands on a line that loses answers: each is done once, and said to be done. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { ApprovalCheck } from "../../gateway/approvals/approval-check.ts";
import { MadeAdministrators } from "../../gateway/testing/administrators-made.ts";
import { propose, signApproval } from "./sign-approval.ts";
import { MemoryExchange } from "./testing/memory-exchange.ts";
import type { Fate } from "./testing/memory-exchange.ts";

const made = new MadeAdministrators();
const nowSeconds = () => Date.now() / 1000;
const body = { symbol: "BTC-USDT", reason: "stale" };
let exchange: MemoryExchange;

beforeAll(async () => {
  const parts = { cluster: "local", administrators: made.trusted, nowSeconds };
  exchange = await MemoryExchange.open(undefined, { approvals: new ApprovalCheck(parts) });
});
afterAll(() => exchange.close());

async function approved() {
  const proposal = propose("local", "ops", { request: "halt", body });
  const credentials = await made.credentialsOf("ben");
  const untilUs = (Date.now() + 60_000) * 1000;
  return { ...body, approvals: [signApproval(proposal, { credentials, untilUs })] };
}

it("is done once, and that is the answer, when its first answer was lost", async () => {
  const wire = exchange.wire();
  const fates: Fate[] = ["answer-lost"];
  wire.fateOf = () => fates.shift() ?? "delivered";
  expect(await exchange.adminOn(wire).halt(await approved())).toEqual({ ok: true });
  expect(wire.requested.length).toBe(2);
  expect((await exchange.place.must("depth", { symbol: body.symbol })).isHalted).toBe(true);
  await exchange.admin().resume(body);
});

it("is refused when it was done before somebody else asked for it", async () => {
  const request = await approved();
  const admin = exchange.admin();
  expect(await admin.halt(request)).toEqual({ ok: true });
  await admin.resume(body);
  expect(await admin.halt(request)).toMatchObject({ error: { name: "approval-used" } });
  expect((await exchange.place.must("depth", { symbol: body.symbol })).isHalted).toBe(false);
});

it("is asked for by a policy, of which the exchange tells with its name", async () => {
  expect(await exchange.admin().approvalPolicy()).toEqual({
    ok: true,
    cluster: "local",
    policy: [],
  });
  const change = { command: "deposit", needed: 1, reason: "four eyes" } as const;
  const proposal = propose("local", "ops", { request: "approvals.setPolicy", body: change });
  const credentials = await made.credentialsOf("ben");
  const untilUs = (Date.now() + 60_000) * 1000;
  const approvals = [signApproval(proposal, { credentials, untilUs })];
  expect(await exchange.admin().setApprovalPolicy({ ...change, approvals })).toEqual({ ok: true });
  const { policy } = await exchange.admin().approvalPolicy();
  expect(policy).toEqual([{ command: "deposit", needed: 1 }]);
});
