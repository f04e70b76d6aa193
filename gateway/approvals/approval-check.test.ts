/**
 * Goal: what comes into the log as an approval was signed by an administrator of this cluster, over
 * this very command; everything else is refused by its own number, and nothing changes.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { propose, signApproval } from "../../clients/sdk/index.ts";
import type { ApprovalDocument } from "../../protocols/api/approval-document.ts";
import { approvalLifetimeUsMax, RejectReason } from "../../protocols/index.ts";
import { Gateway } from "../gateway.ts";
import { MadeAdministrators } from "../testing/administrators-made.ts";
import { MarketPlace } from "../testing/market-place.ts";
import { ScriptedCluster } from "../testing/scripted-cluster.ts";
import { ApprovalCheck } from "./approval-check.ts";

const cluster = "local";
const symbol = "BTC-USDT";
const body = { symbol, reason: "stale feed" };
const hourUs = 3_600_000_000;
const [own, others] = [new MadeAdministrators(), new MadeAdministrators()];
const { trusted } = own;
const nowSeconds = () => Date.now() / 1000;
const check = new ApprovalCheck({ cluster, administrators: trusted, nowSeconds });

let place: MarketPlace;

beforeAll(async () => {
  place = await MarketPlace.open({ approvals: check });
  await setPolicy(1);
});
afterAll(() => place.close());

interface Wish {
  readonly cluster?: string;
  readonly author?: string;
  readonly reason?: string;
  readonly untilUs?: number;
}

const untilUs = () => Date.now() * 1000 + hourUs;

/** What somebody signs of a halt. */
function approvalBy(credentials: string, wish: Wish = {}): ApprovalDocument {
  const { author = "ops", reason = body.reason } = wish;
  const proposed = { request: "halt", body: { symbol, reason } } as const;
  const proposal = propose(wish.cluster ?? cluster, author, proposed);
  return signApproval(proposal, { credentials, untilUs: wish.untilUs ?? untilUs() });
}

async function setPolicy(needed: number): Promise<void> {
  const change = { command: "halt-trading", needed, reason: "four eyes" } as const;
  const proposal = propose(cluster, "ops", { request: "approvals.setPolicy", body: change });
  const credentials = await own.credentialsOf("ben");
  const approvals = [signApproval(proposal, { credentials, untilUs: untilUs() })];
  await place.must("approvals.setPolicy", { ...change, approvals });
  const { policy } = await place.must("approvals.policy", {});
  expect(policy).toEqual(needed === 0 ? [] : [{ command: "halt-trading", needed }]);
}

const bent = (signature: string): string =>
  (signature.startsWith("A") ? "B" : "A") + signature.slice(1);

/** By a token that says what another one does not vouch for. */
function withClaims(document: ApprovalDocument, change: object): ApprovalDocument {
  const [header = "", claims = "", signature = ""] = document.token.split(".");
  const said = JSON.parse(Buffer.from(claims, "base64url").toString()) as object;
  const changed = Buffer.from(JSON.stringify({ ...said, ...change })).toString("base64url");
  return { ...document, token: [header, changed, signature].join(".") };
}

const ben = () => own.credentialsOf("ben");
type Made = readonly ApprovalDocument[] | Promise<readonly ApprovalDocument[]>;

/** What is wrong with them, by the number it is refused with, and which one it is. */
const wrong: readonly [what: string, RejectReason, at: number | undefined, make: () => Made][] = [
  ["none", RejectReason["approvals-missing"], undefined, () => []],
  [
    "a signature that was altered",
    RejectReason["approval-forged"],
    0,
    async () => {
      const approval = approvalBy(await ben());
      return [{ ...approval, signature: bent(approval.signature) }];
    },
  ],
  [
    "one that would hold longer than was signed",
    RejectReason["approval-forged"],
    0,
    async () => [{ ...approvalBy(await ben()), untilUs: untilUs() + hourUs }],
  ],
  [
    "one in the name of somebody else, signed by another's key",
    RejectReason["approval-forged"],
    1,
    async () => {
      const [good, bad] = [approvalBy(await ben()), approvalBy(await own.credentialsOf("eve"))];
      const { token } = approvalBy(await own.credentialsOf("cleo"));
      return [good, { ...bad, token }];
    },
  ],
  [
    "one for another cluster",
    RejectReason["approval-of-other-cluster"],
    0,
    async () => [approvalBy(await ben(), { cluster: "elsewhere" })],
  ],
  [
    "one for another cluster that says it is for this one",
    RejectReason["approval-forged"],
    0,
    async () => [{ ...approvalBy(await ben(), { cluster: "elsewhere" }), cluster }],
  ],
  [
    "one for another command",
    RejectReason["approval-of-other-command"],
    0,
    async () => [approvalBy(await ben(), { reason: "another" })],
  ],
  [
    "one for another command that says it is for this one",
    RejectReason["approval-forged"],
    0,
    async () => {
      const { digest } = approvalBy(await ben());
      return [{ ...approvalBy(await ben(), { reason: "another" }), digest }];
    },
  ],
  [
    "one for the same command of another author",
    RejectReason["approval-of-other-command"],
    0,
    async () => [approvalBy(await ben(), { author: "ann" })],
  ],
  [
    "one whose time is over",
    RejectReason["approval-expired"],
    undefined,
    async () => [approvalBy(await ben(), { untilUs: Date.now() * 1000 - hourUs })],
  ],
  [
    "one that holds for too long",
    RejectReason["approval-too-long"],
    undefined,
    async () => [approvalBy(await ben(), { untilUs: untilUs() + approvalLifetimeUsMax })],
  ],
  [
    "one's own",
    RejectReason["approval-own"],
    undefined,
    async () => [approvalBy(await own.credentialsOf("ops"))],
  ],
  [
    "two of one person, by other credentials",
    RejectReason["approval-repeated"],
    undefined,
    async () => [approvalBy(await ben()), approvalBy(await ben())],
  ],
  [
    "one by an administrator of another cluster",
    RejectReason["approver-unknown"],
    0,
    async () => [approvalBy(await others.credentialsOf("ben"))],
  ],
  [
    "one by a token that says another name than was vouched for",
    RejectReason["approver-unknown"],
    0,
    async () => [withClaims(approvalBy(await ben()), { name: "cleo" })],
  ],
  [
    "one by a token that claims this cluster's issuer",
    RejectReason["approver-unknown"],
    0,
    async () => {
      const nats = { issuer_account: trusted.account, type: "user" };
      const approval = approvalBy(await others.credentialsOf("ben"));
      return [withClaims(approval, { iss: trusted.issuers[0], nats })];
    },
  ],
  [
    "one by credentials that are not valid any more",
    RejectReason["approver-expired"],
    0,
    async () => [approvalBy(await own.credentialsOf("ben", Math.floor(nowSeconds()) - 1))],
  ],
  [
    "one by a token that is none",
    RejectReason["approval-malformed"],
    0,
    async () => [{ ...approvalBy(await ben()), token: "a.b.c" }],
  ],
  [
    "one by a token of another kind",
    RejectReason["approval-malformed"],
    0,
    async () => {
      const { token, ...approval } = approvalBy(await ben());
      const header = Buffer.from('{"typ":"JWT","alg":"none"}').toString("base64url");
      return [{ ...approval, token: token.replace(/^[^.]+/, header) }];
    },
  ],
  [
    "one by a token whose user has no key",
    RejectReason["approval-malformed"],
    0,
    async () => [withClaims(approvalBy(await ben()), { sub: "UABC" })],
  ],
  [
    "one without a signature",
    RejectReason["field-invalid"],
    0,
    async () => [{ ...approvalBy(await ben()), signature: "" }],
  ],
];

describe("a command that needs an approval", () => {
  it.each(wrong)("is refused with %s, and nothing changes", async (_, number, at, make) => {
    const refused = await place.refusalOf("halt", { ...body, approvals: await make() });
    expect(refused.error.number).toBe(number);
    if (at !== undefined) expect(refused.error.field).toContain(`approvals[${at}]`);
    expect((await place.must("depth", { symbol })).isHalted).toBe(false);
  });

  it("is done with one, once", async () => {
    const approvals = [approvalBy(await ben())];
    await place.must("halt", { ...body, approvals });
    await place.must("resume", body);
    const again = await place.refusalOf("halt", { ...body, approvals });
    expect(again.error.number).toBe(RejectReason["approval-used"]);
    expect((await place.must("depth", { symbol })).isHalted).toBe(false);
  });

  it("comes into the log with the names that tokens vouch for", async () => {
    const scripted = new ScriptedCluster();
    const gateway = new Gateway(scripted, { approvals: check });
    const approval = approvalBy(await ben());
    const who = { account: "", administrator: "ops" };
    await gateway.answer("halt", who, { ...body, approvals: [approval] });
    const { token } = approval;
    const signature = new Uint8Array(Buffer.from(approval.signature, "base64url"));
    expect(scripted.submitted).toEqual([
      {
        ...{ kind: "halt-trading", symbol, author: "ops", reason: body.reason },
        approvals: [{ approver: "ben", untilUs: approval.untilUs, token, signature }],
      },
    ]);
  });

  it("is not taken by a gateway that cannot tell who is an administrator", async () => {
    const scripted = new ScriptedCluster();
    const request = { ...body, approvals: [approvalBy(await ben())] };
    const who = { account: "", administrator: "ops" };
    const reply = await new Gateway(scripted).answer("halt", who, request);
    expect(reply).toMatchObject({ ok: false, error: { name: "approvals-unchecked" } });
    expect(scripted.submitted).toEqual([]);
  });
});
