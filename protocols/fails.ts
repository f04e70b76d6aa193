/**
 * Fails: what may be traded without being there, and what becomes of what is not there when it is
 * to be settled.
 *
 * Who is permitted to may place orders that nothing is set aside for. What they trade is settled
 * one by one, goods against money, with what has been given by then; the rest fails and is due
 * again on the next settlement date, at a penalty.
 */
import type { CivilDate } from "./civil-days.ts";
import type { AccountId, AssetId, InstrumentSymbol } from "./identifiers.ts";
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField } from "./records.ts";
import { amountOf, isIntegerWithin } from "./units.ts";
import type { Amount } from "./units.ts";

/** What an account may owe of an asset without having it. */
export interface FailPermission {
  readonly account: AccountId;
  readonly asset: AssetId;
  /** Units that it may owe at most, those of its uncovered orders included; 0 for no more. */
  readonly limit: Amount;
  /** Of the money that what fails was traded for, for each settlement date that it fails on. */
  readonly penaltyBasisPoints: number;
  /** After so many such dates somebody is to be bought in; 0 for never. */
  readonly buyInDays: number;
}

export const failLimits = { penaltyBasisPoints: 10_000, buyInDays: 1000 } as const;

/** Whether a permission is one, as far as it alone can tell. */
export function isFailPermissionSound(terms: FailPermission): boolean {
  const { limit, penaltyBasisPoints, buyInDays } = terms;
  return (
    limit >= 0 &&
    isIntegerWithin(penaltyBasisPoints, 0, failLimits.penaltyBasisPoints) &&
    isIntegerWithin(buyInDays, 0, failLimits.buyInDays)
  );
}

/** What an account has to do with deliveries one by one in a round, of one asset. */
export interface DeliveryCall {
  readonly asset: AssetId;
  /** Units that it gave before, */
  readonly given: Amount;
  /** and those that it has yet to give. */
  readonly owed: Amount;
}

export interface AssetUnits {
  readonly asset: AssetId;
  readonly units: Amount;
}

/** What has failed of a delivery: whose, and since when. Amounts are digits. */
export interface DeliveryView {
  /** Counts deliveries as they were agreed. */
  readonly delivery: number;
  readonly symbol: InstrumentSymbol;
  readonly seller: AccountId;
  readonly buyer: AccountId;
  /** What is left of it: units of the base asset, and of the quote asset. */
  readonly goods: string;
  readonly money: string;
  /** What of that has been given. */
  readonly goodsGiven: string;
  readonly moneyGiven: string;
  /** When it was first to be settled, */
  readonly since: CivilDate;
  /** and when it is to be now. */
  readonly date: CivilDate;
  readonly daysFailed: number;
  /** Whether somebody is to be bought in. */
  readonly isBuyIn: boolean;
}

/** What an account may owe of an asset, and what it does; amounts are digits. */
export interface OwingView {
  readonly asset: AssetId;
  readonly limit: string;
  /** What its uncovered orders that work may cost, */
  readonly ordered: string;
  /** what it has traded and has yet to give, */
  readonly owed: string;
  /** and what it has given that waits for the other party. */
  readonly given: string;
  /** Fees and penalties that it could not pay. */
  readonly dues: string;
}

/** Which deliveries that have not been settled. */
export interface DeliveriesAsked {
  /** "" for those of all. */
  readonly account: AccountId;
  /** Only those with a number above this. */
  readonly after: number;
  readonly limit: number;
  /** Whether only those that have failed. */
  readonly isFailed: boolean;
}

// ---- As fields of ordinary records ---------------------------------------------------------

export function fieldsOfFailPermission(terms: FailPermission): readonly OrdinaryField[] {
  const { account, asset, limit, penaltyBasisPoints, buyInDays } = terms;
  return [account, asset, limit, penaltyBasisPoints, buyInDays];
}

/** Throws MalformedRecords. */
export function failPermissionIn(fields: Fields): FailPermission {
  return {
    account: fields.account(),
    asset: fields.asset(),
    limit: fields.amount(),
    penaltyBasisPoints: fields.integer(),
    buyInDays: fields.integer(),
  };
}

/** Sums as digits: there may be more of them than one amount holds. */
export function fieldsOfCall({ asset, given, owed }: DeliveryCall): readonly string[] {
  return [asset, String(given), String(owed)];
}

/** Reads the list to its end. Throws MalformedRecords. */
export function callIn(fields: Fields): DeliveryCall {
  const [asset, given, owed] = [fields.asset(), totalIn(fields), totalIn(fields)];
  fields.end();
  return { asset, given, owed };
}

export function fieldsOfUnits({ asset, units }: AssetUnits): readonly string[] {
  return [asset, String(units)];
}

/** Reads the list to its end. Throws MalformedRecords. */
export function unitsIn(fields: Fields): AssetUnits {
  const [asset, units] = [fields.asset(), totalIn(fields)];
  fields.end();
  return { asset, units };
}

function totalIn(fields: Fields): Amount {
  return amountOf(BigInt(fields.digits()));
}
