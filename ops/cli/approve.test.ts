/** What is approved is shown from the bytes that are signed, and by whoever may approve it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "@nats-io/jwt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { propose, signApproval } from "../../clients/sdk/index.ts";
import type { ApprovalDocument } from "../../protocols/api/approval-document.ts";
import { parseCredentials } from "../../protocols/credentials.ts";
import { administratorsIn } from "../credentials/administrators.ts";
import { initKeys } from "../credentials/keys.ts";
import { mintUser } from "../credentials/users.ts";
import { approvalsIn } from "./approving.ts";
import { runCommandLine } from "./program.ts";
import { captureOutput } from "./testing/captured-output.ts";

const captured = captureOutput();
const data = mkdtempSync(join(tmpdir(), "outcry-approve-"));
const file = (name: string): string => join(data, name);
const hostile = "calm\u001b[2K\nauthor ben";
const body = { account: "demo", asset: "BTC", amount: "5", reference: "r-1", reason: hostile };
const proposal = propose("outcry", "ann", { request: "deposit", body });
const hourMs = 3_600_000;

/** With the data's keys; standard output is emptied before. */
async function run(...args: readonly string[]): Promise<number> {
  captured.stdout = "";
  return await runCommandLine([...args, "--data", data, "--json"]);
}

const printed = <Result>(): Result => JSON.parse(captured.stdout) as Result;
const refusal = (): string => printed<{ error: { name: string } }>().error.name;

beforeAll(async () => {
  const keys = await initKeys(join(data, "keys"));
  for (const name of ["ann", "ben"]) await mintUser(keys, { role: "admin", name });
  writeFileSync(file("proposal.json"), JSON.stringify(proposal));
});
afterAll(() => rmSync(data, { recursive: true }));

describe("approving", () => {
  it("signs what was proposed, for an hour unless told, and says what that is", async () => {
    expect(await run("approve", file("proposal.json"), "--as", "ben", "--yes")).toBe(0);
    const { approval, command } = printed<{ approval: ApprovalDocument; command: unknown }>();
    expect(command).toMatchObject({ kind: "deposit", amount: 5, author: "ann", reason: hostile });
    expect(approval).toMatchObject({ cluster: "outcry", author: "ann" });
    expect(Math.abs(approval.untilUs / 1000 - hourMs - Date.now())).toBeLessThan(hourMs / 2);
  });

  it("takes the credentials that are named, wherever they are", async () => {
    const creds = join(data, "keys", "users", "admin", "ben.creds");
    const args = ["approve", file("proposal.json"), "--yes", "--out", file("ben.json")];
    expect(await run(...args, "--creds", creds)).toBe(0);
    const { approval } = printed<{ approval: ApprovalDocument }>();
    expect(JSON.parse(readFileSync(file("ben.json"), "utf8"))).toEqual(approval);
    expect(await run(...args, "--creds", creds, "--as", "ben")).toBe(2);
  });

  it("is not for whoever proposed it, nor without a look", async () => {
    expect(await run("approve", file("proposal.json"), "--as", "ann", "--yes")).toBe(1);
    expect(refusal()).toBe("approval-own");
    expect(await run("approve", file("proposal.json"), "--as", "ben")).toBe(2);
    expect(refusal()).toBe("usage");
  });

  it.each(["0", "10081"])("does not hold for %s minutes", async (minutes) => {
    const args = ["--as", "ben", "--yes", "--minutes", minutes];
    expect(await run("approve", file("proposal.json"), ...args)).toBe(2);
  });

  it("needs credentials that are there, of a name that can be", async () => {
    expect(await run("approve", file("proposal.json"), "--yes", "--as", "eve")).toBe(1);
    expect(refusal()).toBe("no-credentials");
    expect(await run("approve", file("proposal.json"), "--yes", "--as", "../ann")).toBe(2);
    expect(await run("keys", "administrator", "../ann")).toBe(2);
    writeFileSync(file("none.creds"), "none");
    const none = ["--creds", file("none.creds")];
    expect(await run("approve", file("proposal.json"), "--yes", ...none)).toBe(1);
    expect(refusal()).toBe("credentials-malformed");
  });

  it.each([
    ["{", "proposal-malformed"],
    [JSON.stringify({ ...proposal, more: 1 }), "proposal-malformed"],
    [JSON.stringify({ ...proposal, content: "AAAA" }), "options-invalid"],
    [JSON.stringify({ ...proposal, author: "ben" }), "options-invalid"],
  ])("does not sign %s", async (text, name) => {
    writeFileSync(file("other.json"), text);
    expect(await run("approve", file("other.json"), "--as", "ben", "--yes")).toBe(1);
    expect(refusal()).toBe(name);
  });

  it("shows what it signs, with nothing in it that only a terminal would see", async () => {
    const { renderProposal } = await import("./approve.ts");
    const { proposedCommand } = await import("../../clients/sdk/index.ts");
    const command = proposedCommand(proposal);
    const text = renderProposal(proposal, { command, administrator: "ben", untilUs: 0 });
    expect(
      text.split("\n").map((line) => line.split(/ {2,}/).filter((part) => part !== "")),
    ).toEqual([
      ["cluster", "outcry"],
      ["author", "ann"],
      ["command", "deposit"],
      ["account", '"demo"'],
      ["asset", '"BTC"'],
      ["amount", "5"],
      ["reference", '"r-1"'],
      ["reason", JSON.stringify(hostile)],
      ["approver", "ben"],
      ["until", "1970-01-01T00:00:00.000Z"],
    ]);
  });
});

describe("one more administrator", () => {
  it("has credentials of that name, for as many days as told", async () => {
    expect(await run("keys", "administrator", "dan", "--days", "2")).toBe(0);
    const { credentials: path } = printed<{ credentials: string }>();
    const { jwt } = parseCredentials(readFileSync(path, "utf8"));
    const { name, exp = 0 } = decode(jwt);
    expect(name).toBe("dan");
    expect(Math.abs(exp - Date.now() / 1000 - 2 * 86_400)).toBeLessThan(3600);
    expect(
      administratorsIn(join(data, "keys", "accounts", "clients", "account.jwt"))?.issuers,
    ).toEqual([decode(jwt).iss]);
  });
});

describe("a command's approvals", () => {
  const made = (untilUs: number): ApprovalDocument => {
    const credentials = readFileSync(join(data, "keys", "users", "admin", "ben.creds"), "utf8");
    return signApproval(proposal, { credentials, untilUs });
  };

  it("are those in its files, as they are or as they were printed", () => {
    writeFileSync(file("one.json"), JSON.stringify(made(7)));
    writeFileSync(file("two.json"), JSON.stringify({ ok: true, approval: made(8) }));
    const { approvals } = approvalsIn({ approval: [file("one.json"), file("two.json")] });
    expect(approvals).toEqual([made(7), made(8)]);
    expect(approvalsIn({})).toEqual({});
  });

  it("are not what is none", () => {
    writeFileSync(file("three.json"), JSON.stringify({ ...made(7), signature: "short" }));
    expect(() => approvalsIn({ approval: [file("three.json")] })).toThrow("holds no approval");
    expect(() => approvalsIn({ approval: [file("nowhere.json")] })).toThrow();
  });
});
