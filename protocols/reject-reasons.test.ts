import { describe, expect, it } from "vitest";
import { CloseReason, RejectReason, rejectReasonName } from "./reject-reasons.ts";

describe("reject reasons", () => {
  it("keep their numbers for ever", () => {
    expect(RejectReason).toEqual({
      none: 0,
      "command-not-permitted": 10,
      "actor-elsewhere": 11,
      "approval-own": 12,
      "approval-repeated": 13,
      "approval-expired": 14,
      "approval-too-long": 15,
      "approval-used": 16,
      "approvals-missing": 17,
      "account-unknown": 20,
      "account-blocked": 21,
      "client-order-id-reused": 30,
      "reference-reused": 31,
      "venue-halted": 40,
      "instrument-unknown": 50,
      "order-unknown": 70,
      "order-closed": 71,
      "revision-out-of-turn": 72,
      "terms-inconsistent": 80,
      "list-inconsistent": 81,
      "expiry-passed": 82,
      "quantity-not-positive": 90,
      "quantity-too-large": 91,
      "quantity-below-executed": 92,
      "display-quantity-invalid": 93,
      "minimum-quantity-invalid": 94,
      "quantity-too-small": 95,
      "price-not-positive": 100,
      "price-too-large": 101,
      "price-off-tick": 102,
      "trigger-price-invalid": 103,
      "trail-invalid": 104,
      "peg-offset-invalid": 105,
      "quote-crossed": 106,
      "notional-too-large": 110,
      "notional-too-small": 111,
      "budget-invalid": 112,
      "open-orders-too-many": 120,
      "closed-orders-too-many": 121,
      "funds-insufficient": 130,
      "instrument-halted": 140,
      "phase-forbids": 141,
      "price-beyond-collar": 142,
      "reference-price-missing": 143,
      "book-full": 150,
      "waiting-orders-too-many": 151,
      "pegged-orders-too-many": 152,
      "post-only-would-take": 160,
      "priority-would-be-lost": 161,
      "asset-unknown": 200,
      "asset-exists": 201,
      "asset-terms-invalid": 202,
      "instrument-exists": 210,
      "instrument-terms-invalid": 211,
      "account-exists": 220,
      "account-reserved": 221,
      "amount-not-positive": 230,
      "supply-too-large": 231,
      "already-halted": 240,
      "not-halted": 241,
      "kill-switch-unknown": 250,
      "kill-switch-target-unknown": 251,
      "kill-switch-not-thrown": 252,
      "breaker-invalid": 253,
      "kill-switch-of-your-own": 254,
      "logic-out-of-turn": 260,
      "nodes-out-of-turn": 261,
      "nodes-invalid": 262,
      "shard-unknown": 270,
      "actor-already-there": 271,
      "placement-under-way": 272,
      "shard-out-of-turn": 273,
      "approval-policy-invalid": 280,
      "fees-invalid": 290,
      "custody-unknown": 330,
      "custody-policy-invalid": 331,
      "custodian-other": 332,
      "address-unknown": 333,
      "address-cooling-off": 334,
      "address-taken": 335,
      "addresses-too-many": 336,
      "withdrawal-unknown": 337,
      "withdrawal-terms-differ": 338,
      "withdrawal-out-of-turn": 339,
      "withdrawal-too-small": 340,
      "withdrawal-too-large": 341,
      "withdrawals-too-many": 342,
      "withdrawals-of-day-exceeded": 343,
      "approver-not-named": 344,
      "approver-is-initiator": 345,
      "deposit-unknown": 350,
      "deposit-terms-differ": 351,
      "deposit-out-of-turn": 352,
      "deposit-unconfirmed": 353,
      "request-malformed": 1000,
      "field-invalid": 1001,
      "batch-too-large": 1002,
      "account-not-yours": 1010,
      "reply-subject-not-allowed": 1011,
      "subject-unknown": 1012,
      busy: 1020,
      "rate-exceeded": 1021,
      "cluster-unavailable": 1030,
      "command-too-late": 1031,
      "execution-status-unknown": 1040,
      "approval-malformed": 1050,
      "approval-of-other-cluster": 1051,
      "approver-unknown": 1052,
      "approver-expired": 1053,
      "approval-of-other-command": 1054,
      "approval-forged": 1055,
      "approvals-unchecked": 1056,
    });
  });

  it("are told apart by number, and stand in the order of precedence", () => {
    const numbers = Object.values(RejectReason);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it("fit the two bytes they have on the wire", () => {
    for (const number of Object.values(RejectReason)) expect(number).toBeLessThan(65_536);
  });

  it("have names, and a newer release's unknown number is shown as such", () => {
    for (const [name, number] of Object.entries(RejectReason)) {
      expect(rejectReasonName(number)).toBe(name);
    }
    expect(rejectReasonName(777)).toBe("unknown-777");
  });
});

describe("close reasons", () => {
  it("keep their numbers for ever", () => {
    expect(CloseReason).toEqual({
      none: 0,
      requested: 1,
      "immediate-remainder": 2,
      "budget-exhausted": 3,
      unfillable: 4,
      "self-trade": 5,
      "linked-order": 6,
      "day-ended": 7,
      "time-reached": 8,
      "auction-ended": 9,
      "collar-reached": 10,
      "band-reached": 11,
      "minimum-unmet": 12,
      "kill-switch": 13,
      "account-blocked": 14,
      "book-full": 15,
    });
  });
});
