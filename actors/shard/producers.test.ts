import { describe, expect, it } from "vitest";
import { InvariantViolation } from "../../protocols/index.ts";
import { Producers } from "./producers.ts";

const of = (producer: string, epoch: number, frame: number) => ({ producer, epoch, frame });

describe("a producer's frames", () => {
  it("count once each and in turn", () => {
    const producers = new Producers();
    const verdicts = [1, 1, 2, 4, 3, 2, 4, 4].map((frame) => producers.admit(of("gw", 1, frame)));
    expect(verdicts).toEqual([
      "applied",
      "duplicate",
      "applied",
      "gap",
      "applied",
      "duplicate",
      "applied",
      "duplicate",
    ]);
  });

  it("begin with the first", () => {
    const producers = new Producers();
    expect(producers.admit(of("gw", 1, 2))).toBe("gap");
    expect(producers.expected(of("gw", 1, 2))).toBe(1);
    expect(producers.admit(of("gw", 1, 1))).toBe("applied");
  });

  it("begin anew with each start of the producer, whose earlier self is not heard any more", () => {
    const producers = new Producers();
    for (const frame of [1, 2, 3]) producers.admit(of("gw", 1, frame));
    expect(producers.admit(of("gw", 5, 2))).toBe("gap");
    expect(producers.admit(of("gw", 5, 1))).toBe("applied");
    expect(producers.admit(of("gw", 1, 4))).toBe("stale-epoch");
    expect(producers.admit(of("gw", 4, 1))).toBe("stale-epoch");
    expect(producers.admit(of("gw", 5, 2))).toBe("applied");
  });

  it("are counted for each producer apart", () => {
    const producers = new Producers();
    producers.admit(of("gw-1", 1, 1));
    expect(producers.admit(of("gw-2", 1, 1))).toBe("applied");
    expect(producers.admit(of("gw-1", 1, 2))).toBe("applied");
  });

  it("are awaited from where they broke off", () => {
    const producers = new Producers();
    expect(producers.expected(of("gw", 3, 9))).toBe(1);
    for (const frame of [1, 2, 3]) producers.admit(of("gw", 3, frame));
    expect(producers.expected(of("gw", 3, 9))).toBe(4);
    expect(producers.expected(of("gw", 4, 9))).toBe(1);
    expect([producers.lastFrameOf("gw"), producers.lastFrameOf("other")]).toEqual([3, 0]);
  });

  it("have numbers from one", () => {
    expect(() => new Producers().admit(of("gw", 0, 1))).toThrow(InvariantViolation);
    expect(() => new Producers().admit(of("gw", 1, 0))).toThrow(InvariantViolation);
  });

  it("come back from a snapshot, the same whoever spoke first", () => {
    const [one, other] = [new Producers(), new Producers()];
    for (const producer of ["b", "a", "c"]) one.admit(of(producer, 2, 1));
    for (const producer of ["c", "b", "a"]) other.admit(of(producer, 2, 1));
    expect(one.snapshot()).toEqual(other.snapshot());
    const restored = Producers.restore(one.snapshot());
    expect(restored.snapshot()).toEqual(one.snapshot());
    expect(restored.admit(of("a", 2, 1))).toBe("duplicate");
    expect(restored.admit(of("a", 2, 2))).toBe("applied");
  });
});
