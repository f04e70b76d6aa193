/**
 * An order's instructions as bytes: as columns at the end of a row, and as fields of a list.
 *
 * Most orders have none of them, and their rows have no such columns: `message-codec.ts` gives
 * those a kind of their own. Whatever is read that equals the shared objects is the shared objects.
 */
import { sharedIfPlain, sharedIfUnrevised } from "./order-instructions.ts";
import type { OrderInstructions, RevisedInstructions } from "./order-instructions.ts";
import type { PegReference, PostOnly, SelfTradePrevention, TriggerSource } from "./order-terms.ts";
import { last } from "./record-fields.ts";
import type { Fields } from "./record-fields.ts";
import type { OrdinaryField, RecordReader, RecordWriter } from "./records.ts";

export function writeInstructions(writer: RecordWriter, instructions: OrderInstructions): void {
  writer.amount(instructions.quoteBudget);
  writer.integer(instructions.collarBasisPoints);
  writer.integer(instructions.triggerPrice);
  writer.u8(instructions.triggerSource);
  writer.integer(instructions.trailTicks);
  writer.integer(instructions.trailBasisPoints);
  writer.integer(instructions.displayQuantity);
  writer.u8(marksOf(instructions));
  writer.integer(instructions.minimumQuantity);
  writer.u8(instructions.postOnly);
  writer.u8(instructions.pegReference);
  writer.integer(instructions.pegOffset);
  writer.integer(instructions.expiresAtUs);
  writer.u8(instructions.selfTradePrevention);
}

/** Marks in one byte, which was a flag of the first alone. */
const Mark = { hidden: 1, uncovered: 2, reduceOnly: 4 } as const;
const marksMax = Mark.hidden | Mark.uncovered | Mark.reduceOnly;
type Marked = Pick<OrderInstructions, "isHidden" | "isUncovered" | "isReduceOnly">;

function marksOf({ isHidden, isUncovered, isReduceOnly }: Marked): number {
  const hidden = isHidden ? Mark.hidden : 0;
  const uncovered = isUncovered ? Mark.uncovered : 0;
  return hidden | uncovered | (isReduceOnly ? Mark.reduceOnly : 0);
}

function marksIn(marks: number): Marked {
  return {
    isHidden: (marks & Mark.hidden) !== 0,
    isUncovered: (marks & Mark.uncovered) !== 0,
    isReduceOnly: (marks & Mark.reduceOnly) !== 0,
  };
}

export function readInstructions(reader: RecordReader): OrderInstructions {
  return sharedIfPlain({
    quoteBudget: reader.amount(),
    collarBasisPoints: reader.integer(),
    triggerPrice: reader.integer(),
    triggerSource: reader.choice(last.triggerSource) as TriggerSource,
    trailTicks: reader.integer(),
    trailBasisPoints: reader.integer(),
    displayQuantity: reader.integer(),
    ...marksIn(reader.choice(marksMax)),
    minimumQuantity: reader.integer(),
    postOnly: reader.choice(last.postOnly) as PostOnly,
    pegReference: reader.choice(last.pegReference) as PegReference,
    pegOffset: reader.integer(),
    expiresAtUs: reader.integer(),
    selfTradePrevention: reader.choice(last.selfTradePrevention) as SelfTradePrevention,
  });
}

export function fieldsOfInstructions(instructions: OrderInstructions): readonly OrdinaryField[] {
  return [
    instructions.quoteBudget,
    instructions.collarBasisPoints,
    instructions.triggerPrice,
    instructions.triggerSource,
    instructions.trailTicks,
    instructions.trailBasisPoints,
    instructions.displayQuantity,
    instructions.isHidden,
    instructions.minimumQuantity,
    instructions.postOnly,
    instructions.pegReference,
    instructions.pegOffset,
    instructions.expiresAtUs,
    instructions.selfTradePrevention,
    ...laterFieldsOf(instructions),
  ];
}

export function instructionsIn(fields: Fields): OrderInstructions {
  return sharedIfPlain({
    quoteBudget: fields.amount(),
    collarBasisPoints: fields.integer(),
    triggerPrice: fields.integer(),
    triggerSource: fields.choice(last.triggerSource) as TriggerSource,
    trailTicks: fields.integer(),
    trailBasisPoints: fields.integer(),
    displayQuantity: fields.integer(),
    isHidden: fields.boolean(),
    minimumQuantity: fields.integer(),
    postOnly: fields.choice(last.postOnly) as PostOnly,
    pegReference: fields.choice(last.pegReference) as PegReference,
    pegOffset: fields.integer(),
    expiresAtUs: fields.integer(),
    selfTradePrevention: fields.choice(last.selfTradePrevention) as SelfTradePrevention,
    isUncovered: fields.hasMore && fields.boolean(),
    isReduceOnly: fields.hasMore && fields.boolean(),
  });
}

/** What was written before there were such orders has neither. */
function laterFieldsOf({ isUncovered, isReduceOnly }: OrderInstructions): readonly boolean[] {
  if (isReduceOnly) return [isUncovered, true];
  return isUncovered ? [true] : [];
}

export function writeRevised(writer: RecordWriter, revised: RevisedInstructions): void {
  writer.integer(revised.triggerPrice);
  writer.integer(revised.trailTicks);
  writer.integer(revised.trailBasisPoints);
  writer.integer(revised.displayQuantity);
  writer.integer(revised.minimumQuantity);
  writer.integer(revised.pegOffset);
  writer.flag(revised.mustKeepPriority);
}

export function readRevised(reader: RecordReader): RevisedInstructions {
  return sharedIfUnrevised({
    triggerPrice: reader.integer(),
    trailTicks: reader.integer(),
    trailBasisPoints: reader.integer(),
    displayQuantity: reader.integer(),
    minimumQuantity: reader.integer(),
    pegOffset: reader.integer(),
    mustKeepPriority: reader.flag(),
  });
}
