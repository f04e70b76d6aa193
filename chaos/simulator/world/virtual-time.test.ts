import { describe, expect, it } from "vitest";
import { SimProcess } from "./sim-process.ts";
import { VirtualTime } from "./virtual-time.ts";

const never = () => false;
const rightClock = { offsetMs: 0, rate: 1 };

describe("virtual time", () => {
  it("lets things happen when they are due, and those due together in the order they were set", async () => {
    const time = new VirtualTime();
    const happened: string[] = [];
    for (const [name, ms] of [
      ["c", 5],
      ["a", 1],
      ["d", 5],
      ["b", 1],
    ] as const) {
      time.after(ms, () => happened.push(name));
    }
    await time.run(time.nowMs + 10, never);
    expect(happened).toEqual(["a", "b", "c", "d"]);
    expect(time.elapsedMs).toBe(10);
  });

  it("lets promises settle between one thing and the next, due together or not", async () => {
    const time = new VirtualTime();
    const happened: string[] = [];
    const settle = async (name: string): Promise<void> => {
      for (let step = 0; step < 5; step++) await Promise.resolve();
      happened.push(name);
    };
    time.after(1, () => void settle("first"));
    time.after(1, () => happened.push("second"));
    await time.run(time.nowMs + 1, never);
    expect(happened).toEqual(["first", "second"]);
  });

  it("fails with what was thrown, in a turn or in a promise of nobody's", async () => {
    for (const defect of [
      () => {
        throw new RangeError("a defect");
      },
      () => void Promise.reject(new RangeError("a defect")),
    ]) {
      const time = new VirtualTime();
      time.after(1, defect);
      time.after(2, () => undefined);
      await expect(time.run(time.nowMs + 5, never)).rejects.toThrow("a defect");
    }
  });
});

describe("a simulated process", () => {
  it("does when it goes on what was due while it stood still, in order", async () => {
    const time = new VirtualTime();
    const process = new SimProcess("p", time, rightClock);
    const happened: [string, number][] = [];
    process.pause();
    process.after(1, () => happened.push(["a", time.elapsedMs]));
    process.after(2, () => happened.push(["b", time.elapsedMs]));
    time.after(10, () => process.resume());
    await time.run(time.nowMs + 20, never);
    expect(happened).toEqual([
      ["a", 10],
      ["b", 10],
    ]);
  });

  it("does nothing any more once it is dead, not even what it had to do", async () => {
    const time = new VirtualTime();
    const process = new SimProcess("p", time, rightClock);
    const happened: string[] = [];
    process.after(5, () => happened.push("late"));
    process.onDeath(() => happened.push("death"));
    time.after(1, () => process.kill());
    await time.run(time.nowMs + 20, never);
    process.act(() => happened.push("act"));
    expect(happened).toEqual(["death"]);
  });

  it("waits by a clock of its own, which may be ahead, fast, and set forward", async () => {
    const time = new VirtualTime();
    const process = new SimProcess("p", time, { offsetMs: 1000, rate: 2 });
    let firedAtMs = 0;
    process.after(100, () => (firedAtMs = time.elapsedMs));
    await time.run(time.nowMs + 200, never);
    expect(firedAtMs).toBe(50);
    expect(process.nowMs() - time.nowMs).toBe(1200);
    process.jump(500);
    expect(process.nowMs() - time.nowMs).toBe(1700);
  });
});
