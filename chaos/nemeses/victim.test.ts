import { expect, it } from "vitest";
import { chooseVictim } from "./victim.ts";
import type { Playing } from "./victim.ts";

const shards = [0, 1, 2];
const others = (of: readonly number[]): readonly number[] => shards.filter((s) => !of.includes(s));

it("who emits nothing any more when it is asked is no victim: whoever emits then is", async () => {
  const emitters = ["e1", "e2"];
  const target: Playing = {
    ...{ shards, others },
    processOf: () => Promise.resolve(emitters.shift() ?? "nobody"),
    emittedBy: (name) => Promise.resolve(name === "e1" ? [] : [0, 2]),
    ledBy: () => Promise.resolve([]),
  };
  expect(await chooseVictim(target, "emitter")).toEqual({
    ...{ name: "e2", inWords: "e2, which emits shards 0 and 2", shards: [0, 2], untouched: [1] },
  });
});
