/**
 * Contract terms: what makes an instrument a linear contract, a perpetual or a dated future, and
 * not goods that change hands.
 *
 * Of a contract neither asset is held or moved by trading: the base says what a lot is units of,
 * the quote what margin and profit are counted in. So many lots at a price are worth lots times
 * price times the quote units of a tick of one lot, exactly.
 */
import { isAccountId } from "./identifiers.ts";
import type { AccountId, InstrumentSymbol } from "./identifiers.ts";
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField } from "./records.ts";
import { isIntegerWithin, ticksMax } from "./units.ts";
import type { Amount, Ticks, TimeUs } from "./units.ts";

export const ContractKind = {
  /** Never expires: funding keeps its price by the index. */
  perpetual: 0,
  /** Is settled in cash at a moment. */
  future: 1,
} as const;
export type ContractKind = (typeof ContractKind)[keyof typeof ContractKind];

export interface ContractTerms {
  readonly kind: ContractKind;
  /** When a future expires; 0 for a perpetual. */
  readonly expiresAtUs: TimeUs;
  /**
   * The listed spot instrument whose last price is the index: of the same quote, with lots and
   * ticks of the same size. "" where the index is published by command.
   */
  readonly indexSymbol: InstrumentSymbol;
  /** Of a position's value, to open it. */
  readonly initialMarginPpm: number;
  /** Of a position's value, to keep it. */
  readonly maintenanceMarginPpm: number;
  /** How far the mark price may be from the index. */
  readonly markClampPpm: number;
  /** From one funding of a perpetual to the next; 0 for a future. */
  readonly fundingIntervalSeconds: number;
  /** The highest rate of one funding, either way. */
  readonly fundingCapPpm: number;
  /** Of the value of what is liquidated, for the insurance fund. */
  readonly liquidationFeePpm: number;
  /** The account of the insurance fund. */
  readonly fundAccount: AccountId;
}

/** Where a contract stands, as the shard of its book says it. */
export interface ContractState {
  /** 0 while the contract has none; then no order in it is taken. */
  readonly markPrice: Ticks;
  /** 0 while it is not known. */
  readonly indexPrice: Ticks;
  /** Quote units that one lot held long since the listing has paid for it, less what it got. */
  readonly fundingIndex: Amount;
  /** How many fundings there were. */
  readonly fundingRound: number;
  /** At which positions are settled that are open at expiry; 0 until then. */
  readonly finalPrice: Ticks;
  readonly atUs: TimeUs;
}

/** What the public is told of a contract beside what was traded. */
export interface ContractFigures {
  /** 0 while there is none, as the index. */
  readonly markPrice: Ticks;
  readonly indexPrice: Ticks;
  /** Of the last funding, in parts of a million; 0 before the first. */
  readonly fundingRatePpm: number;
  /** 0 for a future. */
  readonly nextFundingUs: TimeUs;
  /** 0 until it has expired. */
  readonly finalPrice: Ticks;
}

/** Parts of a million, as in rates and margins. */
export const partsPerMillion = 1_000_000;

export const contractLimits = {
  /** A minute to a week. */
  fundingIntervalSecondsMin: 60,
  fundingIntervalSecondsMax: 7 * 86_400,
  /** Lots at the highest price are worth less than 2^53 units each, and funding less than that. */
  quoteUnitsPerTickLotMax: 2 ** 21,
} as const;

/** Whether such terms make sense, as far as they alone can tell. */
export function areContractTermsSound(terms: ContractTerms): boolean {
  const { initialMarginPpm, maintenanceMarginPpm, liquidationFeePpm } = terms;
  return (
    isIntegerWithin(initialMarginPpm, 1, partsPerMillion) &&
    isIntegerWithin(maintenanceMarginPpm, 1, initialMarginPpm - 1) &&
    isIntegerWithin(terms.markClampPpm, 0, partsPerMillion) &&
    isIntegerWithin(liquidationFeePpm, 0, maintenanceMarginPpm) &&
    isAccountId(terms.fundAccount) &&
    isLifeSound(terms)
  );
}

function isLifeSound(terms: ContractTerms): boolean {
  const { kind, expiresAtUs, fundingIntervalSeconds, fundingCapPpm } = terms;
  const most = contractLimits;
  if (kind === ContractKind.future) {
    return expiresAtUs > 0 && fundingIntervalSeconds === 0 && fundingCapPpm === 0;
  }
  const [least, longest] = [most.fundingIntervalSecondsMin, most.fundingIntervalSecondsMax];
  return (
    expiresAtUs === 0 &&
    isIntegerWithin(fundingIntervalSeconds, least, longest) &&
    isIntegerWithin(fundingCapPpm, 0, partsPerMillion)
  );
}

export function isTicks(price: number): boolean {
  return isIntegerWithin(price, 1, ticksMax);
}

// ---- As fields of ordinary records ---------------------------------------------------------

export function fieldsOfContractTerms(terms: ContractTerms): readonly OrdinaryField[] {
  return [
    terms.kind,
    terms.expiresAtUs,
    terms.indexSymbol,
    terms.initialMarginPpm,
    terms.maintenanceMarginPpm,
    terms.markClampPpm,
    terms.fundingIntervalSeconds,
    terms.fundingCapPpm,
    terms.liquidationFeePpm,
    terms.fundAccount,
  ];
}

/** Reads the list to its end. Throws MalformedRecords. */
export function contractTermsIn(fields: Fields): ContractTerms {
  const terms = {
    kind: fields.choice(ContractKind.future) as ContractKind,
    expiresAtUs: fields.count(),
    indexSymbol: fields.symbolOrAll(),
    initialMarginPpm: fields.integer(),
    maintenanceMarginPpm: fields.integer(),
    markClampPpm: fields.integer(),
    fundingIntervalSeconds: fields.integer(),
    fundingCapPpm: fields.integer(),
    liquidationFeePpm: fields.integer(),
    fundAccount: fields.account(),
  };
  fields.end();
  return terms;
}

export function fieldsOfContractFigures(figures: ContractFigures): readonly OrdinaryField[] {
  const { markPrice, indexPrice, fundingRatePpm, nextFundingUs, finalPrice } = figures;
  return [markPrice, indexPrice, fundingRatePpm, nextFundingUs, finalPrice];
}

/** Reads the list to its end. Throws MalformedRecords. */
export function contractFiguresIn(fields: Fields): ContractFigures {
  const figures = {
    markPrice: fields.count(),
    indexPrice: fields.count(),
    fundingRatePpm: fields.integer(),
    nextFundingUs: fields.count(),
    finalPrice: fields.count(),
  };
  fields.end();
  return figures;
}

export function fieldsOfContractState(state: ContractState): readonly OrdinaryField[] {
  const { markPrice, indexPrice, fundingIndex, fundingRound, finalPrice, atUs } = state;
  return [markPrice, indexPrice, fundingIndex, fundingRound, finalPrice, atUs];
}

/** Throws MalformedRecords. */
export function contractStateIn(fields: Fields): ContractState {
  return {
    markPrice: fields.count(),
    indexPrice: fields.count(),
    fundingIndex: fields.amount(),
    fundingRound: fields.count(),
    finalPrice: fields.count(),
    atUs: fields.count(),
  };
}
