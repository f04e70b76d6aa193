/** What is said about risk: the part of `messages.ts` that limits of orders are. */
import type { Approvable } from "./approvals.ts";
import type { AccountId, InstrumentSymbol, ShardId } from "./identifiers.ts";
import type { RiskLimits, RiskScope } from "./risk-limits.ts";
import type { Ticks, TimeUs } from "./units.ts";

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

/** From the shard of an instrument's book to every shard: what it trades at. */
export interface AnnouncePrice {
  readonly kind: "announce-price";
  readonly shard: ShardId;
  readonly symbol: InstrumentSymbol;
  readonly price: Ticks;
  /** When it said so, in its own log's time. */
  readonly atUs: TimeUs;
}

export type RiskCommand = SetRiskLimits | SetRiskGroup;
export type RiskAnnouncement = AnnounceRiskLimits | AnnounceRiskGroup | AnnouncePrice;
