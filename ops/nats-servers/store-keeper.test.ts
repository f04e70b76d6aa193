import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { StoreKeeper } from "./store-keeper.ts";
import type { KeptServer, StoreKeeperOptions } from "./store-keeper.ts";

const servers = ["n1", "n2", "n3"].map((name): KeptServer => ({
  ...{ name, monitorUrl: "" },
  ...{ storeDirectory: tmpdir(), startingMs: undefined },
}));

/** With nothing to do. */
const idle: StoreKeeperOptions = {
  servers: () => servers,
  hasGivenUp: () => Promise.resolve(false),
  isReading: () => Promise.resolve(false),
  storedBytes: () => Promise.resolve(0),
  isDispensable: () => Promise.resolve(true),
  restart: () => Promise.resolve(),
  setAside: () => Promise.resolve(),
  onServing: () => undefined,
};

/** What a keeper restarts within so many rounds. */
async function restarted(givenUp: string, free?: number, rounds = 2): Promise<readonly string[]> {
  const names: string[] = [];
  const keeper = new StoreKeeper({
    ...idle,
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
      ...idle,
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

describe("a server that reads its store and does not come to serve", () => {
  /** What is done about n2, which has tried for so long. */
  async function done(
    startingMs: number | undefined,
    options: Partial<StoreKeeperOptions> = {},
  ): Promise<readonly string[]> {
    const deeds: string[] = [];
    const keeper = new StoreKeeper({
      ...idle,
      servers: () => servers.map((server) => ({ ...server, ...of(server.name, startingMs) })),
      isReading: ({ name }) => Promise.resolve(name === "n2"),
      setAside: (name) => {
        deeds.push(`aside ${name}`);
        return Promise.resolve();
      },
      onServing: (name) => void deeds.push(`serves ${name}`),
      patienceMs: 1000,
      ...options,
    });
    await keeper.look();
    return deeds;
  }

  function of(name: string, startingMs: number | undefined): { startingMs: number | undefined } {
    return { startingMs: name === "n2" ? startingMs : undefined };
  }

  it("has its store set aside", async () => {
    expect(await done(1001)).toEqual(["aside n2"]);
  });

  it("is given time, and more for a larger store", async () => {
    expect(await done(999)).toEqual([]);
    const storedBytes = (): Promise<number> => Promise.resolve(20_000_000);
    expect(await done(1999, { storedBytes })).toEqual([]);
    expect(await done(2001, { storedBytes })).toEqual(["aside n2"]);
  });

  it("keeps it while that may be the only copy of something", async () => {
    expect(await done(1001, { isDispensable: () => Promise.resolve(false) })).toEqual([]);
  });

  it("is no such server any more once it has served", async () => {
    expect(await done(1001, { isReading: () => Promise.resolve(false) })).toEqual(["serves n2"]);
    expect(await done(undefined)).toEqual([]);
  });
});
