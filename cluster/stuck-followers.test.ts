import { expect, it } from "vitest";
import type { LogFollower, LogGeneration } from "./log-generation.ts";
import { StuckFollowers } from "./stuck-followers.ts";

const behind = { server: "n1", isReachable: true, isCurrent: false, lag: 10 };

function generationWith(follower: Partial<LogFollower>, generation = 1): LogGeneration {
  const other = { server: "n2", isReachable: true, isCurrent: true, lag: 0 };
  const followers = [{ ...behind, ...follower }, other];
  return { generation, first: 1, last: 9, isSealed: false, voids: 0, bytes: 1, followers };
}

it.each([
  ["as far behind as before", [10, 10, 10], ["n1"]],
  ["further behind each time", [10, 400, 900], ["n1"]],
  ["nearer each time", [900, 400, 10], []],
  ["nearer once", [10, 10, 9, 9], []],
  ["stuck after it got nearer", [10, 9, 9, 9], ["n1"]],
])("a follower that is %s", (_, lags, stuck) => {
  const followers = new StuckFollowers();
  const found = lags.map((lag) => followers.look(generationWith({ lag })));
  expect(found.at(-1)).toEqual(stuck);
  expect(found.slice(0, -1).flat()).toEqual([]);
});

it.each([
  ["has all", { isCurrent: true }],
  ["is away", { isReachable: false }],
  ["is being told of what it has", { lag: 0 }],
])("is not one that %s, not even for a while", (_, follower) => {
  const followers = new StuckFollowers();
  followers.look(generationWith({}));
  followers.look(generationWith({}));
  expect(followers.look(generationWith(follower))).toEqual([]);
  expect(followers.look(generationWith({}))).toEqual([]);
});

it("is watched anew in the next generation", () => {
  const followers = new StuckFollowers();
  followers.look(generationWith({}));
  followers.look(generationWith({}));
  expect(followers.look(generationWith({}, 2))).toEqual([]);
});
