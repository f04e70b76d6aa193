import { expect, it } from "vitest";
import { mayReplyTo } from "./reply-subject.ts";

it.each([
  ["account", "demo", "_INBOX.demo.1", true],
  ["account", "demo", "_INBOX.maker.1", false],
  ["account", "demo", "_INBOX._admin.demo.1", false],
  ["admin", "ops", "_INBOX._admin.ops.1", true],
  ["admin", "ops", "_INBOX._custodian.ops.1", true],
  ["admin", "ops", "_INBOX._custodian.other.1", false],
  ["admin", "ops", "_INBOX._engine.ops.1", false],
  ["admin", "ops", "_INBOX.ops.1", false],
  ["admin", "*", "_INBOX._admin.*.1", false],
  ["market", "", "_INBOX.anybody.1", true],
  ["market", "", "outcry.v1.md.depth", false],
] as const)("an answer for %s %s may go to %s: %s", (scope, asker, reply, may) => {
  expect(mayReplyTo(scope, asker, reply)).toBe(may);
});
