/** What is signed is what was shown, and nothing that is not a command of its author. */
import { describe, expect, it } from "vitest";
import { MadeAdministrators } from "../../gateway/testing/administrators-made.ts";
import { OptionsInvalid } from "./faults.ts";
import { propose, proposedCommand, signApproval } from "./sign-approval.ts";

const body = { account: "demo", asset: "BTC", amount: "5", reference: "r-1" };
const proposal = propose("outcry", "ann", { request: "deposit", body });

describe("a proposal", () => {
  it("holds the command that the request becomes", () => {
    expect(proposedCommand(proposal)).toEqual({
      ...{ kind: "deposit", account: "demo", asset: "BTC", amount: 5, reference: "r-1" },
      ...{ author: "ann", reason: "" },
    });
  });

  it("is the same whatever approvals the request has already", async () => {
    const credentials = await new MadeAdministrators().credentialsOf("ben");
    const approvals = [signApproval(proposal, { credentials, untilUs: 7 })];
    expect(propose("outcry", "ann", { request: "deposit", body: { ...body, approvals } })).toEqual(
      proposal,
    );
  });

  it.each([
    [{ content: "AAAA" }, "it holds no command"],
    [{ author: "ben" }, "its command is that of ann"],
    [{ author: "a\nb" }, "it names no cluster, or no author"],
    [{ cluster: "" }, "it names no cluster, or no author"],
  ])("that is none is not signed: %j", (change, why) => {
    const other = { ...proposal, ...change };
    expect(() => proposedCommand(other)).toThrow(why);
    expect(() => signApproval(other, { credentials: "", untilUs: 7 })).toThrow(OptionsInvalid);
  });

  it("is not made of what no gateway would take", () => {
    const tooMuch = { ...body, amount: "9".repeat(30) };
    expect(() => propose("outcry", "ann", { request: "deposit", body: tooMuch })).toThrow(
      "more than a ledger can hold",
    );
  });
});

describe("an approval", () => {
  it("is made with credentials only", () => {
    expect(() => signApproval(proposal, { credentials: "none", untilUs: 7 })).toThrow(
      "this is not the text of a .creds file",
    );
  });
});
