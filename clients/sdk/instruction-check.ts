/**
 * Whether the fields that most orders do not have are what they may be, where an order has some:
 * `order-check.ts` asks, and only then. What they may hold is `instruction-fields.ts` in
 * `protocols/api/`; a test holds the two to each other.
 */
import { fieldFault } from "../../protocols/api/errors.ts";
import type { RequestFault } from "../../protocols/api/errors.ts";
import type { instructionFields, revisedFields } from "../../protocols/api/instruction-fields.ts";
import {
  pegReferenceWords,
  postOnlyWords,
  selfTradePreventionWords,
  triggerSourceWords,
  withoutNone,
} from "../../protocols/api/words.ts";
import { basisPointsPerUnit, isIntegerWithin } from "../../protocols/index.ts";

/** What a field may be, and what is said of one that is something else. */
interface FieldRule {
  readonly is: (value: unknown) => boolean;
  readonly what: string;
}

const integer: FieldRule = { is: Number.isSafeInteger, what: "It must be an integer." };
const count: FieldRule = { is: (value) => isInteger(value, 0), what: "It must be at least 0." };
const some: FieldRule = { is: (value) => isInteger(value, 1), what: "It must be at least 1." };
const part: FieldRule = {
  is: (value) => isIntegerWithin(value, 1, basisPointsPerUnit),
  what: `It must be 1 to ${String(basisPointsPerUnit)}.`,
};
const flag: FieldRule = {
  is: (value) => typeof value === "boolean",
  what: "It must be true or false.",
};
const budget: FieldRule = {
  is: (value) => typeof value === "string" && /^[1-9][0-9]{0,18}$/.test(value),
  what: "It is a whole number above zero, as text.",
};

function wordOf(words: readonly string[]): FieldRule {
  const known: readonly unknown[] = words;
  return { is: (value) => known.includes(value), what: `It is one of ${words.join(", ")}.` };
}

function isInteger(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

type Rules<Fields> = { readonly [Field in keyof Fields]: FieldRule };

const instructionRules: Rules<typeof instructionFields> = {
  quoteBudget: budget,
  collarBasisPoints: part,
  triggerPrice: some,
  triggerBy: wordOf(triggerSourceWords),
  trailTicks: some,
  trailBasisPoints: some,
  displayQuantity: some,
  hidden: flag,
  uncovered: flag,
  reduceOnly: flag,
  minimumQuantity: some,
  postOnly: wordOf(withoutNone(postOnlyWords)),
  pegTo: wordOf(withoutNone(pegReferenceWords)),
  pegOffset: integer,
  expiresAtUs: some,
  selfTradePrevention: wordOf(withoutNone(selfTradePreventionWords)),
};

const revisedRules: Rules<typeof revisedFields> = {
  triggerPrice: count,
  trailTicks: count,
  trailBasisPoints: count,
  displayQuantity: count,
  minimumQuantity: count,
  pegOffset: count,
  keepPriority: flag,
};

export function isInstructionField(field: string): boolean {
  return Object.hasOwn(instructionRules, field);
}

export function isRevisedField(field: string): boolean {
  return Object.hasOwn(revisedRules, field);
}

export function faultOfInstructions(request: object): RequestFault | undefined {
  return faultBy(instructionRules, request);
}

export function faultOfRevised(request: object): RequestFault | undefined {
  return faultBy(revisedRules, request);
}

function faultBy(
  rules: Readonly<Record<string, FieldRule>>,
  request: object,
): RequestFault | undefined {
  const values = request as Readonly<Record<string, unknown>>;
  for (const [field, { is, what }] of Object.entries(rules)) {
    const value = values[field];
    if (value !== undefined && !is(value)) return fieldFault(field, what);
  }
  return undefined;
}
