/**
 * Accounts and books moved by the command line, on a cluster of its own that is stopped and started
 * in between. The steps build on one another; what happens under load is chaos/drills/moves.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shardOfAccount } from "../../protocols/placement.ts";
import type { StatusReport } from "../cli/status-report.ts";
import { CommandLine, freePortBase } from "./testing/command-line.ts";

interface Moves {
  readonly moves: readonly { readonly actor: string }[];
}

interface Share {
  readonly isAdded: boolean;
}

interface Where {
  readonly shard: number;
  readonly isPinned: boolean;
  readonly isMoving: boolean;
}

let outcry: CommandLine;
let ports: readonly string[];
const [account, book] = ["account/demo", "book/BTC-USDT"] as const;
const by = ["--reason", "test"] as const;

beforeAll(async () => {
  outcry = new CommandLine();
  ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start("--agents", "none", "--shards", "2", ...ports);
});

afterAll(() => outcry.release());

const where = (actor: string): Promise<Where> => outcry.json<Where>("actor", "where", actor);

async function move(actor: string): Promise<number> {
  const to = 1 - (await where(actor)).shard;
  await outcry.json("actor", "move", actor, "--to", String(to), ...by);
  return to;
}

let price = 50_000;
async function place(): Promise<void> {
  price += 1;
  await outcry.json("order", "place", "BTC-USDT", "buy", "0.001", String(price));
}

describe("the command line", () => {
  it("moves accounts and books, which trade on where they are", async () => {
    await place();
    for (const actor of [account, book, account]) {
      const to = await move(actor);
      expect(await where(actor)).toMatchObject({ shard: to, isPinned: true, isMoving: false });
      await place();
    }
    const { orders } = await outcry.json<{ orders: readonly unknown[] }>("order", "list");
    expect(orders).toHaveLength(4);
    const { stdout, stderr } = await outcry.run("status");
    expect(stdout + stderr).toContain("3 moves of actors so far");
  });

  it("adds a shard, which gets its share and serves as the others do", async () => {
    expect(await outcry.json("shard", "add", ...by)).toMatchObject({ shard: 2 });
    await place();
    const [share] = ["ann", "ben", "cid", "dee"].filter((name) => shardOfAccount(name, 3) === 2);
    await outcry.json("account", "create", share!);
    const dry = await outcry.json<Moves>("shard", "spread", "--dry-run", ...by);
    expect(dry.moves).toContainEqual({ actor: `account/${share!}`, to: 2 });
    expect(await outcry.json("shard", "spread", ...by)).toEqual({ ...dry, isDone: true });
    expect(await where(`account/${share!}`)).toMatchObject({ shard: 2 });
    await outcry.json("actor", "move", book, "--to", "2", ...by);
    await place();
    const { shards } = await outcry.json<{ shards: readonly Share[] }>("shard", "list");
    expect(shards.map(({ isAdded }) => isAdded)).toEqual([false, false, true]);
    expect(shards[2]).toMatchObject({ books: expect.any(Number) as number });
    expect(await outcry.json("shard", "spread", ...by)).toMatchObject({ moves: [] });
    const { nodes } = await outcry.json<StatusReport>("status");
    expect(nodes.map(({ replicas }) => replicas.length)).toEqual([3, 3, 3]);
  });

  it("says what is wrong, and changes nothing", async () => {
    const { shard } = await where(book);
    const refused = async (...args: readonly string[]) => {
      const { exitCode, stderr, stdout } = await outcry.run("actor", ...args);
      return `${exitCode} ${stderr}${stdout}`;
    };
    expect(await refused("move", book, "--to", String(shard), ...by)).toMatch(/^1 .*lives in that/);
    expect(await refused("move", book, "--to", "7", ...by)).toMatch(/^1 .*no such shard/);
    expect(await refused("move", "account/nobody", "--to", "1", ...by)).toMatch(/^1 .*no such acc/);
    expect(await refused("where", "account/nobody")).toMatch(/^1 .*there is no account\/nobody/);
    expect(await refused("move", book, "--to", "1")).toMatch(/^2 .*--reason/);
    expect(await where(book)).toMatchObject({ shard });
  });

  it("finds all where they were once the cluster has been stopped and started", async () => {
    const list = ["actor", "list"] as const;
    const before = await outcry.json(...list);
    await outcry.run("stop");
    await outcry.start("--agents", "none", ...ports);
    expect(await outcry.json(...list)).toEqual(before);
    await place();
    const { exitCode, stdout } = await outcry.run("replay", "--verify");
    expect(`${exitCode} ${stdout}`).toMatch(/^0 /);
  });
});
