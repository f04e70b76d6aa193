import { describe, expect, it } from "vitest";
import { ObligationStatus } from "../../protocols/index.ts";
import { expectTableToBeMachine, tableText } from "../testing/machine-equality.ts";
import { obligationAfter, obligationTable } from "./obligation-lifecycle.ts";
import { obligationEvents, obligationLifecycleMachine } from "./obligation-lifecycle.machine.ts";

describe("an obligation's life", () => {
  it("is in the table what it is in the machine, for every state and event", () => {
    expectTableToBeMachine(obligationTable, obligationLifecycleMachine);
  });

  it("is this", () => {
    const label = (state: number) => JSON.parse(obligationTable.nameOf(state)) as string;
    expect(`\n${tableText(obligationTable, label)}\n`).toMatchInlineSnapshot(`
      "
      open
        traded > open
        instructed > instructed
      instructed
        confirmed > confirmed
      confirmed
        posted > settled
        failed > failed
      settled
      failed
      "
    `);
  });

  it("is final where it is settled: nothing leads on or back", () => {
    for (const event of obligationEvents) {
      expect(() => obligationAfter(ObligationStatus.settled, event)).toThrow();
      expect(() => obligationAfter(ObligationStatus.failed, event)).toThrow();
    }
  });
});
