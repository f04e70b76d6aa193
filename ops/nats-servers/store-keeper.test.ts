import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { StoreKeeper } from "./store-keeper.ts";
import type { KeptServer } from "./store-keeper.ts";

const servers = ["n1", "n2", "n3"].map((name) => ({
  ...{ name, monitorUrl: "" },
  storeDirectory: tmpdir(),
}));

/** What a keeper restarts within so many rounds. */
async function restarted(givenUp: string, free?: number, rounds = 2): Promise<readonly string[]> {
  const names: string[] = [];
  const keeper = new StoreKeeper({
    servers: () => servers,
    hasGivenUp: ({ name }: KeptServer) => Promise.resolve(givenUp.includes(name)),
    ...(free === undefined ? {} : { freeBytes: () => Promise.resolve(free) }),
    restart: (name) => {
      names.push(name);
      return Promise.resolve();
    },
  });
  for (let round = 0; round < rounds; round++) await keeper.look();
  return names;
}

describe("the keeper of stores", () => {
  it("starts a server anew that stores nothing any more", async () => {
    expect(await restarted("n2", 2 ** 30)).toEqual(["n2"]);
    expect(await restarted("n2")).toEqual(["n2"]);
    expect(await restarted("")).toEqual([]);
  });

  it("does nothing about one that has just begun to say so", async () => {
    expect(await restarted("n2", 2 ** 30, 1)).toEqual([]);
  });

  it("leaves it alone while its disk is full", async () => {
    expect(await restarted("n1 n3", 2 ** 20)).toEqual([]);
  });

  it("looks again and again until it is stopped", async () => {
    let rounds = 0;
    const third = Promise.withResolvers<void>();
    const keeper = new StoreKeeper({
      servers: () => servers.slice(0, 1),
      hasGivenUp: () => Promise.resolve(true),
      restart: () => {
        rounds += 1;
        if (rounds === 3) third.resolve();
        return Promise.resolve();
      },
      everyMs: 1,
    });
    keeper.start();
    await third.promise;
    keeper.stop();
    const roundsThen = rounds;
    await keeper.look();
    expect(rounds).toBe(roundsThen + 1);
  });
});
