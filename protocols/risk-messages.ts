/** What is said about risk: the part of `messages.ts` that limits of orders are. */
import type { Approvable } from "./approvals.ts";
import type { AccountId, ShardId } from "./identifiers.ts";
import type { RiskLimits, RiskScope } from "./risk-limits.ts";

interface Commanded extends Approvable {
  readonly author: string;
  readonly reason: string;
}

/** Sets all limits of one scope, in place of those that it had; without any it has none. */
export interface SetRiskLimits extends Commanded {
  readonly kind: "set-risk-limits";
  readonly scope: RiskScope;
  readonly limits: RiskLimits;
}

/** Puts an account into a group, and out of the one that it was in. */
export interface SetRiskGroup extends Commanded {
  readonly kind: "set-risk-group";
  readonly account: AccountId;
  /** "" for none. */
  readonly group: string;
}

/** From the governor to every shard. */
export interface AnnounceRiskLimits {
  readonly kind: "announce-risk-limits";
  readonly shard: ShardId;
  readonly scope: RiskScope;
  readonly limits: RiskLimits;
  readonly ticket: number;
}

export interface AnnounceRiskGroup {
  readonly kind: "announce-risk-group";
  readonly shard: ShardId;
  readonly account: AccountId;
  readonly group: string;
  readonly ticket: number;
}

export type RiskCommand = SetRiskLimits | SetRiskGroup;
export type RiskAnnouncement = AnnounceRiskLimits | AnnounceRiskGroup;
