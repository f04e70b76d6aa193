/**
 * Contracts as requests and replies tell them: their terms when one is listed or shown, and what
 * the public is told of their prices.
 */
import { Type } from "typebox";
import type { Static } from "typebox";
import { ContractKind } from "../contract-terms.ts";
import type { ContractFigures, ContractTerms } from "../contract-terms.ts";
import { accountId, closed, count, integer, symbol } from "./fields.ts";
import { wordOf, wordsOf } from "./words.ts";

export const contractKindWords = wordsOf(ContractKind);

const ppm = (description: string, rule: string) =>
  integer({ description, unit: "parts of a million", rule });

export const contractTerms = Type.Object(
  {
    kind: Type.Enum([...contractKindWords], {
      description: "`perpetual`, which funding keeps by its index, or `future`, which expires.",
    }),
    expiresAtUs: Type.Optional(
      count({ description: "Of a future: when it expires.", unit: "µs since 1970" }),
    ),
    indexSymbol: Type.Optional(
      symbol(
        "The spot instrument whose last price is the index; without it, `indexPrice.publish` says it.",
      ),
    ),
    initialMarginPpm: ppm("Of a position's value, to open it.", "1 to 1000000"),
    maintenanceMarginPpm: ppm("Of a position's value, to keep it.", "below the initial margin"),
    markClampPpm: ppm("How far the mark price may be from the index.", "0 to 1000000"),
    fundingIntervalSeconds: Type.Optional(
      integer({
        description: "Of a perpetual: from one funding to the next.",
        unit: "s",
        rule: "60 to 604800",
      }),
    ),
    fundingCapPpm: Type.Optional(
      ppm("Of a perpetual: the highest rate of one funding, either way.", "0 to 1000000"),
    ),
    liquidationFeePpm: ppm(
      "Of the value of what is liquidated, for the insurance fund.",
      "up to the maintenance margin",
    ),
    fundAccount: accountId("The account of the insurance fund."),
  },
  {
    ...closed,
    description:
      "What makes an instrument a contract: neither asset changes hands, profit is paid in the " +
      "quote asset.",
  },
);

export const contractFigures = Type.Object(
  {
    markPrice: count({ description: "What positions are valued at; 0 for none.", unit: "ticks" }),
    indexPrice: count({ description: "What it goes by; 0 while it is not known.", unit: "ticks" }),
    lastFundingRatePpm: integer({
      description: "Of the last funding: above 0 longs paid. 0 before the first.",
      unit: "parts of a million",
    }),
    nextFundingTimeUs: count({
      description: "When the next funding is due; 0 for a future.",
      unit: "µs since 1970",
    }),
    finalPrice: count({ description: "What it was settled at; 0 until then.", unit: "ticks" }),
  },
  { description: "Where a contract stands." },
);

export type ContractTermsRequest = Static<typeof contractTerms>;
export type ShownContractFigures = Static<typeof contractFigures>;

/** The body has been held to its schema; whether the terms make sense, the governor says. */
export function contractTermsOf(request: ContractTermsRequest): ContractTerms {
  return {
    kind: ContractKind[request.kind],
    expiresAtUs: (request.expiresAtUs ?? 0) + 0,
    indexSymbol: request.indexSymbol ?? "",
    initialMarginPpm: request.initialMarginPpm + 0,
    maintenanceMarginPpm: request.maintenanceMarginPpm + 0,
    markClampPpm: request.markClampPpm + 0,
    fundingIntervalSeconds: (request.fundingIntervalSeconds ?? 0) + 0,
    fundingCapPpm: (request.fundingCapPpm ?? 0) + 0,
    liquidationFeePpm: request.liquidationFeePpm + 0,
    fundAccount: request.fundAccount,
  };
}

/** What a kind has none of is left out. */
export function renderContractTerms(terms: ContractTerms): ContractTermsRequest {
  const { expiresAtUs, indexSymbol, fundingIntervalSeconds, fundingCapPpm } = terms;
  const isPerpetual = terms.kind === ContractKind.perpetual;
  return {
    kind: wordOf(contractKindWords, terms.kind),
    ...(!isPerpetual && { expiresAtUs }),
    ...(indexSymbol !== "" && { indexSymbol }),
    initialMarginPpm: terms.initialMarginPpm,
    maintenanceMarginPpm: terms.maintenanceMarginPpm,
    markClampPpm: terms.markClampPpm,
    ...(isPerpetual && { fundingIntervalSeconds, fundingCapPpm }),
    liquidationFeePpm: terms.liquidationFeePpm,
    fundAccount: terms.fundAccount,
  };
}

export function renderContractFigures(figures: ContractFigures): ShownContractFigures {
  return {
    markPrice: figures.markPrice,
    indexPrice: figures.indexPrice,
    lastFundingRatePpm: figures.fundingRatePpm,
    nextFundingTimeUs: figures.nextFundingUs,
    finalPrice: figures.finalPrice,
  };
}
