/**
 * Custody: under which rules an asset comes in from a chain and goes out to it, and where a
 * withdrawal and a deposit stand.
 */
import { isAccountId } from "./identifiers.ts";
import type { AccountId, AssetId } from "./identifiers.ts";
import { approvalsMax, isStatementName } from "./approvals.ts";
import type { Fields } from "./record-fields.ts";
import { MalformedRecords } from "./records.ts";
import type { OrdinaryField } from "./records.ts";
import { amountMax } from "./units.ts";
import type { Amount, TimeUs } from "./units.ts";

/** How many have to approve of a withdrawal of so much or more. */
export interface ApprovalTier {
  /** Units. */
  readonly from: Amount;
  readonly needed: number;
}

/** The rules of one asset. */
export interface CustodyTerms {
  readonly asset: AssetId;
  /** Who watches the chain and sends to it: nobody else is heard about that. */
  readonly custodian: string;
  /** Who may approve of withdrawals, and of a change of these rules; by name. */
  readonly approvers: readonly string[];
  /** How many of them a change of the rules needs. */
  readonly quorum: number;
  /** Units of one withdrawal, */
  readonly withdrawalMin: Amount;
  readonly withdrawalMax: Amount;
  /** and of all that an account asks for within a day. */
  readonly dailyMax: Amount;
  /** How long an address is known before anything goes there. */
  readonly coolOffSeconds: number;
  /** By ascending amount, the first from 0. */
  readonly tiers: readonly ApprovalTier[];
  /** How many blocks a deposit lies under before it is credited, its own included. */
  readonly confirmations: number;
  /** Less than this is dust: collected, and credited to nobody. */
  readonly depositMin: Amount;
}

/** The rules in force: every change of them counts. */
export interface CustodyPolicy extends CustodyTerms {
  /** From 1. */
  readonly revision: number;
}

export const custodyTiersMax = 8;
export const custodyApproversMax = 32;
export const confirmationsMax = 10_000;
/** A year. */
export const coolOffSecondsMax = 366 * 86_400;
/** In which withdrawals count against the most of a day. */
export const withdrawalDayUs: TimeUs = 86_400_000_000;
/** For how long one is remembered that is over; the same reference is the same request so long. */
export const withdrawalMemoryUs: TimeUs = 7 * withdrawalDayUs;
export const withdrawalsOpenMax = 100;
/** With those that are over and not forgotten. */
export const withdrawalsKnownMax = 1000;
export const addressesMax = 100;

/** Where a withdrawal stands. */
export const WithdrawalStatus = {
  reviewing: 0,
  approved: 1,
  /** Its transaction may exist: there is no way back but the chain's refusal. */
  sending: 2,
  /** Its transaction is on the chain. */
  sent: 3,
  completed: 4,
  canceled: 5,
  refused: 6,
  /** The rules changed before it was sent. */
  voided: 7,
  /** The chain did not take it. */
  failed: 8,
} as const;
export type WithdrawalStatus = (typeof WithdrawalStatus)[keyof typeof WithdrawalStatus];

/** What the custodian says of a withdrawal. */
export const WithdrawalStep = {
  begun: 0,
  broadcast: 1,
  /** Its block is not part of the chain any more. */
  displaced: 2,
  confirmed: 3,
  failed: 4,
} as const;
export type WithdrawalStep = (typeof WithdrawalStep)[keyof typeof WithdrawalStep];

/** Where a deposit stands. */
export const DepositStatus = {
  /** On the chain, and not to be used as yet. */
  seen: 0,
  credited: 1,
  dust: 2,
  /** Its block is not part of the chain any more, and it was not credited. */
  orphaned: 3,
  /** It was credited and is not part of the chain any more: an incident. */
  lost: 4,
} as const;
export type DepositStatus = (typeof DepositStatus)[keyof typeof DepositStatus];

/** What the custodian says of a deposit. */
export const DepositStep = { seen: 0, confirmed: 1, orphaned: 2 } as const;
export type DepositStep = (typeof DepositStep)[keyof typeof DepositStep];

/** One output of one transaction. */
export interface ChainOutput {
  readonly transaction: string;
  readonly output: number;
}

/** A withdrawal as its account knows it. */
export interface WithdrawalView {
  readonly account: AccountId;
  /** Counts the account's withdrawals from 1. */
  readonly number: number;
  readonly reference: string;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly address: string;
  readonly status: WithdrawalStatus;
  readonly requestedUs: TimeUs;
  /** How many have to approve of it. */
  readonly needed: number;
  readonly approvers: readonly string[];
  /** "" while it has none. */
  readonly transaction: string;
}

/** An address that an account may withdraw to. */
export interface AllowedAddressView {
  readonly asset: AssetId;
  readonly address: string;
  /** In log time. */
  readonly usableFromUs: TimeUs;
}

export interface DepositView extends ChainOutput {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly address: string;
  readonly amount: Amount;
  readonly status: DepositStatus;
}

export interface DepositAddressView {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly address: string;
}

/** What a shard owes of an asset. */
export interface LiabilityView {
  readonly asset: AssetId;
  /** All that accounts have, */
  readonly clients: Amount;
  /** and of that what is set aside to be sent. */
  readonly withdrawing: Amount;
  /** What the exchange has earned here, less what it has given away. */
  readonly house: Amount;
}

/** What the venue holds of an asset on a chain, as the log knows it. */
export interface CustodyHoldingView {
  readonly asset: AssetId;
  /** Brought in by administrators. */
  readonly issued: Amount;
  /** Came in from the chain and has not left; withdrawals under way are still in it. */
  readonly held: Amount;
  /** Came in, and is owed to nobody. */
  readonly dust: Amount;
}

const addressPattern = /^[A-Za-z0-9][A-Za-z0-9:_-]{3,95}$/;
const transactionPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,95}$/;
const referencePattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

export const custodyPatterns = {
  address: addressPattern.source,
  transaction: transactionPattern.source,
  reference: referencePattern.source,
} as const;

export function isChainAddress(text: string): boolean {
  return addressPattern.test(text);
}

export function isChainTransaction(text: string): boolean {
  return transactionPattern.test(text);
}

export function isWithdrawalReference(text: string): boolean {
  return referencePattern.test(text);
}

/** Whether these are rules, as far as they alone can tell. */
export function areCustodyTermsSound(terms: CustodyTerms): boolean {
  const { custodian, approvers, quorum, tiers } = terms;
  const areNames = approvers.every(isStatementName) && isAccountId(custodian);
  const areDistinct = new Set(approvers).size === approvers.length;
  const isOwn = approvers.includes(custodian);
  if (!areNames || !areDistinct || isOwn || approvers.length > custodyApproversMax) return false;
  if (!isCount(quorum, 1, Math.min(approvers.length, approvalsMax))) return false;
  if (!areAmountsSound(terms) || !areTiersSound(tiers, approvers.length)) return false;
  const { coolOffSeconds, confirmations } = terms;
  return (
    isCount(coolOffSeconds, 0, coolOffSecondsMax) && isCount(confirmations, 1, confirmationsMax)
  );
}

function areAmountsSound(terms: CustodyTerms): boolean {
  const { withdrawalMin, withdrawalMax, dailyMax, depositMin } = terms;
  const isRange = withdrawalMin > 0 && withdrawalMin <= withdrawalMax;
  return isRange && withdrawalMax <= dailyMax && dailyMax <= amountMax && depositMin > 0;
}

/** More for more, and never more than there are who could. */
function areTiersSound(tiers: readonly ApprovalTier[], approvers: number): boolean {
  if (tiers[0]?.from !== 0 || tiers.length > custodyTiersMax) return false;
  return tiers.every(({ from, needed }, index) => {
    const before = tiers[index - 1];
    const isNext = before === undefined || (from > before.from && needed >= before.needed);
    return isNext && isCount(needed, 0, Math.min(approvers, approvalsMax));
  });
}

function isCount(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/** How many have to approve of a withdrawal of so much. */
export function approvalsForAmount({ tiers }: CustodyTerms, amount: Amount): number {
  return tiers.findLast(({ from }) => from <= amount)?.needed ?? 0;
}

export function fieldsOfCustodyTerms(terms: CustodyTerms): readonly OrdinaryField[] {
  const { asset, custodian, approvers, quorum, coolOffSeconds, confirmations, tiers } = terms;
  const { withdrawalMin, withdrawalMax, dailyMax, depositMin } = terms;
  return [
    ...[asset, custodian, approvers, quorum, withdrawalMin, withdrawalMax, dailyMax],
    ...[coolOffSeconds, confirmations, depositMin],
    tiers.map(({ from, needed }) => [from, needed]),
  ];
}

/** Throws MalformedRecords. */
export function custodyTermsIn(fields: Fields): CustodyTerms {
  const asset = fields.asset();
  const custodian = fields.party();
  const listed = fields.fields();
  const approvers: string[] = [];
  while (listed.hasMore) approvers.push(listed.party());
  if (approvers.length > custodyApproversMax) throw new MalformedRecords("too many approvers");
  return {
    ...{ asset, custodian, approvers, quorum: fields.count() },
    ...{ withdrawalMin: fields.amount(), withdrawalMax: fields.amount() },
    ...{ dailyMax: fields.amount(), coolOffSeconds: fields.count() },
    ...{ confirmations: fields.count(), depositMin: fields.amount() },
    tiers: fields.lists(0, custodyTiersMax).map((row) => {
      const tier = { from: row.amount(), needed: row.count() };
      row.end();
      return tier;
    }),
  };
}
