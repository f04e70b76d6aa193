/**
 * The machines are the authority; here their tables are held against them and their text is frozen,
 * so that a change of a withdrawal's or a deposit's life is seen in a review.
 */
import { describe, expect, it } from "vitest";
import { DepositStatus, SweepStatus, WithdrawalStatus } from "../../protocols/index.ts";
import { expectTableToBeMachine, tableText } from "../testing/machine-equality.ts";
import { depositLifecycle, depositTable } from "./deposit-lifecycle.ts";
import { depositLifecycleMachine } from "./deposit-lifecycle.machine.ts";
import { sweepTable, isSweepOver, sweepLifecycle } from "./sweep-lifecycle.ts";
import { sweepEvents, sweepLifecycleMachine } from "./sweep-lifecycle.machine.ts";
import { isWithdrawalOver, withdrawalLifecycle, withdrawalTable } from "./withdrawal-lifecycle.ts";
import { withdrawalEvents, withdrawalLifecycleMachine } from "./withdrawal-lifecycle.machine.ts";

describe("a withdrawal's life", () => {
  it("is in the table what it is in the machine, for every state and event", () => {
    expectTableToBeMachine(withdrawalTable, withdrawalLifecycleMachine);
  });

  it("is this", () => {
    const label = (state: number) => JSON.parse(withdrawalTable.nameOf(state)) as string;
    expect(`\n${tableText(withdrawalTable, label)}\n`).toMatchInlineSnapshot(`
      "
      reviewing
        released > approved
        canceled > canceled
        refused > refused
        voided > voided
      approved
        canceled > canceled
        refused > refused
        voided > voided
        begun > sending
      canceled
      refused
      voided
      sending
        broadcast > sent
        failed > failed
      sent
        displaced > sending
        confirmed > completed
      failed
      completed
      "
    `);
  });

  it("is over where nothing can happen to it any more, and only there", () => {
    for (const status of Object.values(WithdrawalStatus)) {
      const next = withdrawalEvents.map((event) => withdrawalLifecycle.after(status, event));
      expect(next.every((to) => to === undefined)).toBe(isWithdrawalOver(status));
    }
  });

  it("has no way back to the account once it is begun, but the chain's refusal", () => {
    const { sending, sent, failed, completed } = WithdrawalStatus;
    for (const status of [sending, sent]) {
      const next = withdrawalEvents.flatMap((event) => {
        return withdrawalLifecycle.after(status, event) ?? [];
      });
      expect([sending, sent, failed, completed]).toEqual(expect.arrayContaining(next));
    }
  });
});

describe("a sweep's life", () => {
  it("is in the table what it is in the machine, for every state and event", () => {
    expectTableToBeMachine(sweepTable, sweepLifecycleMachine);
  });

  it("is over where nothing can happen to it any more, and only there", () => {
    for (const status of Object.values(SweepStatus)) {
      const next = sweepEvents.map((event) => sweepLifecycle.after(status, event));
      expect(next.every((to) => to === undefined)).toBe(isSweepOver(status));
    }
  });

  it("is not voided, and not released again, once it is begun", () => {
    const { sending } = SweepStatus;
    for (const event of ["voided", "released"] as const) {
      expect(sweepLifecycle.after(sending, event)).toBeUndefined();
    }
  });
});

describe("a deposit's life", () => {
  it("is in the table what it is in the machine, for every state and event", () => {
    expectTableToBeMachine(depositTable, depositLifecycleMachine);
  });

  it("is this", () => {
    const label = (state: number) => JSON.parse(depositTable.nameOf(state)) as string;
    expect(`\n${tableText(depositTable, label)}\n`).toMatchInlineSnapshot(`
      "
      seen
        confirmed > credited
        orphaned > orphaned
      credited
        orphaned > lost
      orphaned
        seen > seen
      lost
        seen > credited
      "
    `);
  });

  it("is credited from nowhere but where it was seen, or had been credited", () => {
    const { seen, lost, credited } = DepositStatus;
    expect(depositLifecycle.after(seen, "confirmed")).toBe(credited);
    expect(depositLifecycle.after(lost, "seen")).toBe(credited);
  });
});
