import { expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import { LogUnavailable } from "../../cluster/faults.ts";
import { Health } from "./health.ts";
import { LogWatch } from "./log-watch.ts";
import { StallWatch } from "./stall-watch.ts";

it("a process has started once it said so, and does its work until it stops", () => {
  const health = new Health();
  const starting = { started: false, ready: false, live: true, problems: ["it is starting"] };
  expect(health.report()).toEqual(starting);
  health.started();
  expect(health.report()).toEqual({ started: true, ready: true, live: true, problems: [] });
  health.stopping();
  expect(health.report()).toMatchObject({ started: true, ready: false, live: true });
});

it("a process is not ready while something keeps it from its work, and lives", () => {
  const health = new Health();
  let problems = ["its line is broken"];
  health.readyUnless(() => problems);
  health.started();
  expect(health.report()).toEqual({ started: true, ready: false, live: true, problems });
  problems = [];
  expect(health.report().ready).toBe(true);
});

it("a process that does not live is not ready either", () => {
  const health = new Health();
  health.started();
  health.liveUnless(() => ["it stands still"]);
  expect(health.report()).toMatchObject({ ready: false, live: false });
  expect(health.report().problems).toEqual(["it stands still"]);
});

it("who is behind and gets nowhere for a minute stands still", () => {
  let nowMs = 0;
  const stalls = new StallWatch(() => nowMs);
  const look = (position: number, target: number, afterMs: number) => {
    nowMs += afterMs;
    return stalls.look([{ what: "shard 0", position, target, canGoOn: true }]);
  };
  expect(look(5, 9, 0)).toEqual([]);
  expect(look(5, 9, 30_000)).toEqual([]);
  expect(look(5, 9, 30_000)).toEqual(["shard 0 stands at 5 of 9 for 60 s"]);
  expect(look(6, 9, 10_000)).toEqual([]);
  expect(look(6, 9, 40_000)).toEqual([]);
  // Who has done all that there was to do may rest for as long as it likes.
  expect(look(9, 9, 40_000)).toEqual([]);
  expect(look(9, 9, 40_000)).toEqual([]);
  expect(look(9, 10, 40_000)).toEqual([]);
});

it("a time for which nobody asked tells nothing", () => {
  let nowMs = 0;
  const stalls = new StallWatch(() => nowMs);
  const behind = [{ what: "shard 0", position: 1, target: 2, canGoOn: true }];
  stalls.look(behind);
  nowMs = 3_600_000;
  expect(stalls.look(behind)).toEqual([]);
});

it("who cannot go on does not stand still, however long that lasts", () => {
  let nowMs = 0;
  const stalls = new StallWatch(() => nowMs);
  const look = (canGoOn: boolean) => {
    nowMs += 30_000;
    return stalls.look([{ what: "shard 0", position: 1, target: 2, canGoOn }]);
  };
  for (let minutes = 0; minutes < 60; minutes++) expect(look(false)).toEqual([]);
  // From then on there is time to go on.
  expect(look(true)).toEqual([]);
  expect(look(true)).toEqual(["shard 0 stands at 1 of 2 for 60 s"]);
  expect(look(false)).toEqual([]);
});

it("a log that answered last time can be read, and one that does not answer cannot", async () => {
  let head: () => Promise<number> = () => Promise.resolve(7);
  const watch = new LogWatch({ head: () => head() });
  const isSeen = (answers: boolean) =>
    eventually(() => watch.look() === answers, { what: () => `it is seen: ${String(answers)}` });
  expect(watch.look()).toBe(false);
  await isSeen(true);
  head = () => Promise.reject(new LogUnavailable("LOG_0", "no leader"));
  await isSeen(false);
  head = () => Promise.resolve(8);
  await isSeen(true);
  // Whoever asks again before there is an answer goes by the last one.
  head = () => new Promise(() => undefined);
  expect([watch.look(), watch.look()]).toEqual([true, true]);
});
