import { describe, expect, it } from "vitest";
import { DueTimes } from "./due-times.ts";

describe("due times", () => {
  it("are called when they have come, the earliest first", () => {
    const due = new DueTimes<string>();
    due.add(30, "late");
    due.add(10, "early");
    due.add(20, "between");
    expect(due.takeDue(9)).toBeUndefined();
    expect(due.takeDue(10)).toBe("early");
    expect([due.takeDue(30), due.takeDue(30), due.takeDue(30)]).toEqual([
      "between",
      "late",
      undefined,
    ]);
  });

  it("at one moment are called in the order in which they asked, however often", () => {
    const due = new DueTimes<number>();
    const asked = [5, 3, 5, 4, 1, 2];
    for (const subject of asked) due.add(7, subject);
    expect(asked.map(() => due.takeDue(7))).toEqual(asked);
  });

  it("may be asked for while others are taken", () => {
    const due = new DueTimes<string>();
    due.add(10, "a");
    expect(due.takeDue(50)).toBe("a");
    due.add(40, "b");
    due.add(60, "c");
    expect([due.takeDue(50), due.takeDue(50)]).toEqual(["b", undefined]);
  });
});
