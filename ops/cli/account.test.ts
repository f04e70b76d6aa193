import { describe, expect, it } from "vitest";
import { repeatable } from "./account.ts";
import { CommandFault } from "./output.ts";

describe("a deposit that nobody answered", () => {
  const reference = "cli:1";
  const command = "./outcry account deposit demo 5 USDT --reference cli:1";

  it("is told with its reference and the command that sends it again", () => {
    const fault = repeatable(new CommandFault("execution-status-unknown", "no answer"), {
      reference,
      command,
    });
    expect(fault).toMatchObject({
      name: "execution-status-unknown",
      message: expect.stringMatching(/may have been credited or not/) as string,
      details: { reference, command },
    });
    expect((fault as CommandFault).message.endsWith(command)).toBe(true);
  });

  it("is told apart from one that was refused", () => {
    const refusal = new CommandFault("account-unknown", "There is no such account.");
    expect(repeatable(refusal, { reference, command })).toBe(refusal);
  });
});
