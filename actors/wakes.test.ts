import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Wakes } from "./wakes.ts";

describe("wakes", () => {
  it("are the earliest moment that each asked for", () => {
    const wakes = new Wakes();
    wakes.ask("PEARS", 30);
    wakes.ask("APPLES", 40);
    wakes.ask("PEARS", 50);
    wakes.ask("APPLES", 20);
    expect(wakes.firstUs).toBe(20);
    expect(wakes.snapshot()).toEqual([
      [20, "APPLES"],
      [30, "PEARS"],
    ]);
  });

  it("are taken once their moment has come, by symbol", () => {
    const wakes = new Wakes();
    wakes.ask("PEARS", 10);
    wakes.ask("APPLES", 20);
    wakes.ask("PLUMS", 30);
    expect(wakes.takeDue(9)).toEqual([]);
    expect(wakes.takeDue(20)).toEqual(["APPLES", "PEARS"]);
    expect(wakes.takeDue(29)).toEqual([]);
    wakes.ask("APPLES", 25);
    expect(wakes.takeDue(30)).toEqual(["APPLES", "PLUMS"]);
    expect(wakes.firstUs).toBeUndefined();
  });

  it("go on from what was written down as if nothing had been", () => {
    const moves = fc.array(
      fc.record({ symbol: fc.constantFrom("A", "B", "C"), us: fc.nat(50), isAsked: fc.boolean() }),
    );
    const property = fc.property(moves, (moves) => {
      const lived = new Wakes();
      for (const { symbol, us, isAsked } of moves) {
        const restored = new Wakes();
        restored.restore(lived.snapshot());
        for (const wakes of [lived, restored]) if (isAsked) wakes.ask(symbol, us);
        if (!isAsked) expect(restored.takeDue(us)).toEqual(lived.takeDue(us));
        expect(restored.snapshot()).toEqual(lived.snapshot());
        expect(restored.firstUs).toBe(lived.firstUs);
      }
    });
    fc.assert(property);
  });
});
