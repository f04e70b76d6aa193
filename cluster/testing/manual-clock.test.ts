import { expect, it } from "vitest";
import { delay } from "../clock.ts";
import { ManualClock } from "./manual-clock.ts";

it("timers fire in the order they are due, each at its own time", () => {
  const clock = new ManualClock(0);
  const fired: string[] = [];
  const note = (name: string) => () => fired.push(`${name}@${String(clock.nowMs())}`);
  clock.after(20, note("late"));
  clock.after(10, note("early"));
  clock.after(10, note("early, set second"));
  clock.after(30, note("not due"));
  clock.advance(25);
  expect(fired).toEqual(["early@10", "early, set second@10", "late@20"]);
  expect(clock.nowMs()).toBe(25);
  expect(clock.timersCount).toBe(1);
  expect(clock.nextDueMs).toBe(30);
});

it("a canceled timer does not fire", () => {
  const clock = new ManualClock(0);
  clock.after(1, () => expect.unreachable()).cancel();
  clock.advance(10);
  expect(clock.timersCount).toBe(0);
});

it("a timer set by a timer fires within the same advance when it is due", () => {
  const clock = new ManualClock(0);
  const fired: number[] = [];
  const again = () => {
    fired.push(clock.nowMs());
    clock.after(10, again);
  };
  clock.after(10, again);
  clock.advance(35);
  expect(fired).toEqual([10, 20, 30]);
});

it("promises settle between the timers of one advance", async () => {
  const clock = new ManualClock(0);
  const waits: number[] = [];
  const waitTwice = async () => {
    await delay(clock, 10);
    waits.push(clock.nowMs());
    await delay(clock, 10);
    waits.push(clock.nowMs());
  };
  const done = waitTwice();
  await clock.advanceAndSettle(20);
  await done;
  expect(waits).toEqual([10, 20]);
});
