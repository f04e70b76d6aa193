/**
 * Goal: whoever has the logs and the token of the administrators' account finds every approval in
 * them that its approver did not sign, and none that it did.
 */
import { beforeAll, expect, it } from "vitest";
import { openVenue } from "../../actors/testing/trading-day.ts";
import type { TestVenue } from "../../actors/testing/test-venue.ts";
import { propose, signApproval } from "../../clients/sdk/index.ts";
import type { LogEntry } from "../../cluster/replicated-log.ts";
import { MadeAdministrators } from "../../gateway/testing/administrators-made.ts";
import type { Approval, Command } from "../../protocols/index.ts";
import { AdministrativeActs } from "./admin-commands.ts";
import { approvalFindings } from "./approval-proof.ts";

const body = { symbol: "APPLE-COIN", reason: "stale" };
const [own, before] = [new MadeAdministrators(), new MadeAdministrators()];
const hourUs = 3_600_000_000;
let venue: TestVenue;

interface Signing {
  readonly author?: string;
  readonly expiresAtSeconds?: number;
  readonly administrators?: MadeAdministrators;
}

/** As a gateway that looks at nothing would have it in the log. */
async function halt(approver: string, signing: Signing = {}): Promise<void> {
  const { author = "ann", expiresAtSeconds, administrators = own } = signing;
  const credentials = await administrators.credentialsOf("ben", expiresAtSeconds);
  const proposal = propose("test", author, { request: "halt", body });
  const untilUs = venue.timeUs + hourUs;
  const { token, signature: text } = signApproval(proposal, { credentials, untilUs });
  const signature = new Uint8Array(Buffer.from(text, "base64url"));
  const approvals: readonly Approval[] = [{ approver, untilUs, token, signature }];
  const command = { kind: "halt-trading", symbol: body.symbol, author: "ann", approvals } as const;
  venue.send({ ...command, reason: body.reason } satisfies Command);
}

beforeAll(async () => {
  venue = openVenue(2);
  const seconds = venue.timeUs / 1_000_000;
  await halt("ben");
  await halt("cleo");
  await halt("ben", { author: "eve" });
  await halt("ben", { expiresAtSeconds: seconds - 3600 });
  await halt("ben", { administrators: before });
  venue.send({ kind: "resume-trading", symbol: body.symbol, author: "ann", reason: "fresh" });
  venue.append(0, "gw", []);
  venue.apply(0, "gw", Uint8Array.of(1, 2, 3));
  venue.drain();
});

const verdicts = ["genuine", "approver-unknown", "approval-forged", "approver-expired"];

it("is told beside each command of administrators", () => {
  const acts = new AdministrativeActs([own.trusted]);
  for (const [shard, log] of venue.logs.entries()) {
    for (const [index, entry] of log.entries()) {
      acts.hear(shard, entry, venue.steps[shard]![index]!);
    }
  }
  const halts = acts.all().filter(({ command }) => command === "halt-trading");
  expect(halts.map(({ signatures }) => signatures[0]?.verdict)).toEqual([
    ...verdicts,
    "approver-unknown",
  ]);
  expect(halts.map(({ approvals }) => approvals)).toEqual([
    ...[["ben"], ["cleo"], ["ben"], ["ben"], ["ben"]],
  ]);
});

it("is found in the logs alone, with the tokens of now and of before", async () => {
  const logs = venue.logs.map((log) => ({
    head: () => Promise.resolve(log.length),
    read: (from: number) => Promise.resolve(log.slice(from - 1, from + 6) as LogEntry[]),
  }));
  const context = { cluster: "test", trusted: [before.trusted, own.trusted] };
  const findings = await approvalFindings(logs, context);
  expect(findings.map(({ kind, message }) => [kind, message])).toEqual(
    [
      ["cleo", "approver-unknown"],
      ["ben", "approval-forged"],
      ["ben", "approver-expired"],
    ].map(([who, why]) => ["approval", `halt-trading of ann, approved by ${who}: ${why}`]),
  );
  expect(findings[0]?.file).toMatch(/^shard 0, entry \d+$/);
  const elsewhere = await approvalFindings(logs, { ...context, cluster: "elsewhere" });
  expect(elsewhere).toHaveLength(5);
});
