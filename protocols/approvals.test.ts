/**
 * What is signed has bytes that never change: signatures are in logs, and are looked at again in
 * years.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adminCommandKinds, isAdminCommand } from "./admin-commands.ts";
import { statementText } from "./approvals.ts";
import type { ApprovalStatement } from "./approvals.ts";
import { commandInContent, contentOfCommand } from "./approved-content.ts";
import { InvariantViolation } from "./assert.ts";
import { MalformedRecords, pack } from "./records.ts";
import { approvalExample, messageExamples, messagesOf } from "./testing/messages.ts";

const statement: ApprovalStatement = {
  purpose: "admin-command",
  cluster: "outcry",
  author: "ann",
  untilUs: 1_700_000_000_000_000,
  digest: "0123456789abcdef".repeat(4),
};

describe("a statement", () => {
  it("is six lines of text, for ever these", () => {
    expect(statementText(statement)).toBe(
      "outcry approval 1\npurpose admin-command\ncluster outcry\nauthor ann\n" +
        `until 1700000000000000\nsha256 ${"0123456789abcdef".repeat(4)}\n`,
    );
  });

  it.each([
    { cluster: "a\nauthor eve" },
    { cluster: "" },
    { author: "ann\n" },
    { author: "Ann" },
    { digest: "00" },
  ])("has no room for another line: %j", (change) => {
    expect(() => statementText({ ...statement, ...change })).toThrow(InvariantViolation);
  });
});

describe("a command as the bytes that are approved", () => {
  const { deposit } = messageExamples;
  const command = { ...deposit, author: "ann", reason: "why" };

  it("has the bytes that it has in the log, without its approvals", () => {
    const { account, asset, amount, reference } = deposit;
    const bytes = pack([113, account, asset, amount, reference, "ann", "why"]);
    expect(contentOfCommand(command)).toEqual(bytes);
    expect(contentOfCommand({ ...command, approvals: [approvalExample] })).toEqual(bytes);
  });

  it.each(adminCommandKinds)("is read from them, whatever the %s", (kind) => {
    fc.assert(
      fc.property(messagesOf(kind).filter(isAdminCommand), (some) => {
        const { approvals: _, ...alone } = some;
        expect(commandInContent(contentOfCommand(some))).toStrictEqual(alone);
      }),
    );
  });

  it("is nothing else, and in no other bytes", () => {
    const list = [112, "demo", "", "ann", "why"];
    expect(() => commandInContent(pack(list))).not.toThrow();
    expect(() => commandInContent(pack({}))).toThrow("a command is a list");
    expect(() => commandInContent(pack([122]))).toThrow("not an administrator's command");
    expect(() => commandInContent(Uint8Array.of(0xc1))).toThrow(MalformedRecords);
    const { approver, untilUs, token, signature } = approvalExample;
    const approved = pack([...list, [[approver, untilUs, token, signature]]]);
    expect(() => commandInContent(approved)).toThrow("bytes are not its own");
    // The same list behind a longer header.
    const long = Uint8Array.from([0xdc, 0, list.length, ...pack(list).subarray(1)]);
    expect(() => commandInContent(long)).toThrow("bytes are not its own");
  });
});
