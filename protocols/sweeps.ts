/**
 * Sweeps: what is moved between the venue's own wallets, as the log knows it. Whoever owns what is in
 * them is the same before and after.
 */
import type { AssetId } from "./identifiers.ts";
import type { Amount } from "./units.ts";

/** Where a sweep stands. */
export const SweepStatus = {
  /** Waits for approvals. */
  proposed: 0,
  approved: 1,
  /** Its transaction may exist: there is no way back but the chain's refusal. */
  sending: 2,
  done: 3,
  /** Nobody wanted it any more, or no chain takes it. */
  dropped: 4,
  /** The rules changed before it was sent. */
  voided: 5,
} as const;
export type SweepStatus = (typeof SweepStatus)[keyof typeof SweepStatus];

/** What is said of a sweep that was proposed. */
export const SweepStep = { begun: 0, done: 1, dropped: 2 } as const;
export type SweepStep = (typeof SweepStep)[keyof typeof SweepStep];

/** What is moved, from which wallet to which; by their names. */
export interface SweepTerms {
  readonly asset: AssetId;
  readonly from: string;
  readonly to: string;
  readonly amount: Amount;
}

export interface SweepView extends SweepTerms {
  /** Counts the asset's sweeps from 1. */
  readonly number: number;
  readonly reference: string;
  readonly status: SweepStatus;
  /** How many have to approve of it, of those whom the rules name. */
  readonly needed: number;
  readonly approvers: readonly string[];
  /** "" while it has none. */
  readonly transaction: string;
}

/** Of one asset, that are not over. */
export const sweepsOpenMax = 100;

const walletPattern = /^[a-z0-9][a-z0-9-]{0,30}$/;

export const walletNamePattern = walletPattern.source;

export function isWalletName(text: string): boolean {
  return walletPattern.test(text);
}
