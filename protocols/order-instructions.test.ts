import { describe, expect, it } from "vitest";
import {
  asItIs,
  plainInstructions,
  revisedBy,
  sharedIfPlain,
  sharedIfUnrevised,
  unrevised,
} from "./order-instructions.ts";
import { instructionsExample, revisedExample } from "./testing/instructions.ts";

describe("instructions", () => {
  it("that ask for nothing are the shared ones", () => {
    expect(sharedIfPlain({ ...plainInstructions })).toBe(plainInstructions);
    expect(sharedIfPlain(instructionsExample)).toBe(instructionsExample);
    expect(sharedIfUnrevised({ ...unrevised })).toBe(unrevised);
    expect(sharedIfUnrevised(revisedExample)).toBe(revisedExample);
  });

  it("stay as they are in a replace that leaves them alone", () => {
    expect(revisedBy(instructionsExample, unrevised)).toBe(instructionsExample);
    expect(revisedBy(instructionsExample, { ...unrevised })).toEqual(instructionsExample);
  });

  it("take what a replace says", () => {
    const revised = {
      triggerPrice: 1,
      trailTicks: 2,
      trailBasisPoints: 3,
      displayQuantity: 4,
      minimumQuantity: 5,
      pegOffset: 6,
      mustKeepPriority: true,
    };
    const { mustKeepPriority: _, ...changes } = revised;
    expect(revisedBy(instructionsExample, revised)).toEqual({ ...instructionsExample, ...changes });
    const some = { ...unrevised, triggerPrice: 0, pegOffset: asItIs };
    expect(revisedBy(instructionsExample, some)).toEqual({
      ...instructionsExample,
      triggerPrice: 0,
    });
  });

  it("that a replace took everything from are the shared ones", () => {
    const iceberg = { ...plainInstructions, displayQuantity: 10 };
    expect(revisedBy(iceberg, { ...unrevised, displayQuantity: 0 })).toBe(plainInstructions);
  });
});
