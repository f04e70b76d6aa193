/** A venue that lists nothing and asks for nothing: tests say what theirs has besides. */
import type { Venue } from "../actor.ts";
import { ApprovalPolicy } from "../approvals/approval-policy.ts";

export function bareVenue(): Venue {
  return {
    isHalted: false,
    approvalPolicy: new ApprovalPolicy(),
    hasAsset: () => false,
    instrument: () => undefined,
    feeScheduleOf: () => undefined,
    lastPriceOf: () => undefined,
    openingPriceOf: () => undefined,
    openingMarkOf: () => undefined,
    instruments: () => [],
    risk: undefined,
    contractOf: () => undefined,
    settlementCycleOf: () => undefined,
    custodyPolicyOf: () => undefined,
  };
}
