/** Goal: how far the logs are is known again and again, and a log that is away does no harm. */
import { expect, it } from "vitest";
import { eventually } from "../../../cluster/testing/eventually.ts";
import { DatabaseUnavailable } from "../database.ts";
import { LogHeads } from "./log-heads.ts";

it("is looked at again and again, whether or not a log is away", async () => {
  let head = 1;
  let isAway = false;
  const log = {
    head: () =>
      isAway ? Promise.reject(new DatabaseUnavailable("log", "away")) : Promise.resolve(head),
  };
  const heads = new LogHeads([log, { head: () => Promise.resolve(7) }], 1);
  expect(heads.known).toEqual([]);
  await heads.look();
  expect(heads.known).toEqual([1, 7]);
  isAway = true;
  head = 2;
  await heads.look();
  expect(heads.known).toEqual([1, 7]);
  isAway = false;
  await eventually(() => heads.known[0] === 2, { what: "it has looked again" });
  heads.stop();
});
