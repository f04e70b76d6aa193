/**
 * The versions of the actors' logic that this code carries: all from the first to the newest.
 *
 * A version is in force in a shard from one entry of its log to another, and what it decided there
 * is to be decided in the same way for ever. So what changes is a named difference here, asked for
 * where it matters: `context.logic.tellsBandsAtListing`. Nobody compares numbers elsewhere, and what
 * a version did is never taken away.
 */
import { assert } from "../protocols/index.ts";
import type { LogicVersion } from "../protocols/index.ts";

/** Rises by one with every release whose actors decide anything otherwise. */
export const newestLogic: LogicVersion = 3;

/** How one version decides where versions differ. */
export interface Logic {
  readonly version: LogicVersion;
  /** From 2: the public hears of price bands when the instrument is listed, not when they move. */
  readonly tellsBandsAtListing: boolean;
  /** From 2: a replace that an account refuses uses up the revision that it names. */
  readonly usesUpRefusedRevisions: boolean;
  /** From 2: accounts and books move between shards, and who asks elsewhere is told where to. */
  readonly movesActors: boolean;
  /** From 2: a shard is told which engine nodes there are. */
  readonly countsNodes: boolean;
  /** From 2: what is resumed while the venue is halted goes on trading when that is lifted. */
  readonly waitsToResume: boolean;
  /** From 2: shards are added to those that the venue was founded with. */
  readonly addsShards: boolean;
  /** From 3: administrators' commands need the approvals that the policy asks for. */
  readonly asksForApprovals: boolean;
  /** From 3: what accounts pay for trading is set while they trade. */
  readonly hasFeeSchedules: boolean;
  /** From 3: assets come from chains and go there. */
  readonly hasCustody: boolean;
  /** From 3: a market order for an auction has what makers pay set aside, if that is more. */
  readonly coversAuctions: boolean;
  /** From 3: what accounts may ask of the market is bounded while they trade. */
  readonly hasRiskLimits: boolean;
  /** From 3: trades are settled later, by cycles that are set. */
  readonly hasClearing: boolean;
  /** From 3: instruments are listed that are contracts. */
  readonly hasContracts: boolean;
}

const carried: readonly Logic[] = Array.from({ length: newestLogic }, (_, index) => {
  const version = index + 1;
  return {
    version,
    tellsBandsAtListing: version >= 2,
    usesUpRefusedRevisions: version >= 2,
    movesActors: version >= 2,
    countsNodes: version >= 2,
    waitsToResume: version >= 2,
    addsShards: version >= 2,
    asksForApprovals: version >= 3,
    hasFeeSchedules: version >= 3,
    hasCustody: version >= 3,
    coversAuctions: version >= 3,
    hasRiskLimits: version >= 3,
    hasClearing: version >= 3,
    hasContracts: version >= 3,
  };
});

/** Of a version that this code carries. */
export function logicOf(version: LogicVersion): Logic {
  const logic = carried[version - 1];
  assert(logic !== undefined, "a version of logic that this code does not carry");
  return logic;
}
