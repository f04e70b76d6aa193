/**
 * Why the exchange said no: one closed, numbered list.
 *
 * The numbers are in the log and in clients' code: never reuse or renumber one. The order of lines
 * is the order of precedence: a command that breaks several rules is refused for the first. What
 * only a book can tell comes after what an account can, wherever the two live; limits of risk, from
 * 301 on, an account looks at last of all, so they come before what the book tells. Numbers below
 * 1000 are decided by actors and are the same on every replica and every replay; those from 1000 on
 * are said by a gateway about a request that never reached the log, or too late to be done.
 */

export const RejectReason = {
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
  "risk-limits-invalid": 300,
  "trading-restricted": 301,
  "order-quantity-above-limit": 302,
  "order-notional-above-limit": 303,
  "order-value-unknown": 304,
  "price-distance-above-limit": 305,
  "open-orders-above-limit": 306,
  "position-above-limit": 307,
  "exposure-above-limit": 308,
  "daily-loss-above-limit": 309,
  "order-rate-above-limit": 311,
  "order-to-trade-above-limit": 312,
  "order-repeated": 313,
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
  "settlement-cycle-invalid": 370,
  "funds-unsettled": 371,
  "fail-permission-invalid": 372,
  "uncovered-not-permitted": 373,
  "uncovered-limit-exceeded": 374,
  "margin-account-required": 390,
  "margin-insufficient": 391,
  "position-too-large": 392,
  "being-liquidated": 393,
  "reduce-only-would-open": 394,
  "contract-terms-invalid": 396,
  "price-source-other": 397,
  "contract-expired": 398,
  "mark-price-missing": 399,

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
} as const;

export type RejectReasonName = keyof typeof RejectReason;
export type RejectReason = (typeof RejectReason)[RejectReasonName];

const namesByNumber = new Map<number, RejectReasonName>(
  Object.entries(RejectReason).map(([name, number]) => [number, name as RejectReasonName]),
);

/** The name of a reason, or `unknown-<number>` for one that a newer release assigned. */
export function rejectReasonName(reason: number): string {
  return namesByNumber.get(reason) ?? `unknown-${String(reason)}`;
}

/** Why an order that had been accepted left the book other than by a fill. */
export const CloseReason = {
  none: 0,
  requested: 1,
  "immediate-remainder": 2,
  "budget-exhausted": 3,
  /** A fill-or-kill order could not be filled at once. */
  unfillable: 4,
  "self-trade": 5,
  /** Another order of its list took its place. */
  "linked-order": 6,
  "day-ended": 7,
  "time-reached": 8,
  "auction-ended": 9,
  /** A market order went as far as its collar, or a limit lay beyond the market's as it came in. */
  "collar-reached": 10,
  "band-reached": 11,
  "minimum-unmet": 12,
  /** All orders of the instrument were canceled. */
  "kill-switch": 13,
  /** All orders of the account were canceled. */
  "account-blocked": 14,
  /** It was to come into the order book, which had no room for it by then. */
  "book-full": 15,
} as const;
export type CloseReason = (typeof CloseReason)[keyof typeof CloseReason];
