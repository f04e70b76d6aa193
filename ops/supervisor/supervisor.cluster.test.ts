/**
 * A whole cluster as a person runs it: started, traded on, hurt, rebuilt, stopped and resumed, all
 * by the command line. The steps build on one another, so that two starts are enough.
 */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import type { OrderTrace } from "../audit/order-trace.ts";
import type { Comparison, ShardReport } from "../cli/shard-replay.ts";
import type { StatusReport } from "../cli/status-report.ts";
import { CommandLine, freePortBase } from "./testing/command-line.ts";
import type { StartedProgram } from "./testing/command-line.ts";

let outcry: CommandLine;
let supervisor: StartedProgram;
let ports: string[] = [];

beforeAll(async () => {
  outcry = new CommandLine();
  ports = ["--port-base", String(await freePortBase(3))];
  supervisor = await outcry.start("--agents", "none", ...ports);
});

afterAll(() => outcry.release());

interface PlacedOrder {
  readonly order: { readonly orderId: number; readonly status: string };
  readonly natural: { readonly price: string; readonly quantity: string };
}

interface Book {
  readonly natural: { readonly bids: readonly string[][]; readonly asks: readonly string[][] };
}

async function status(): Promise<StatusReport> {
  return JSON.parse((await outcry.run("status", "--json")).stdout) as StatusReport;
}

/** Everybody runs, follows and agrees. */
async function untilWell(): Promise<void> {
  let last: StatusReport | undefined;
  await eventually(
    async () => {
      last = await status();
      return (
        last.ok && last.nodes.length === 3 && last.processes.every(({ phase }) => phase === "up")
      );
    },
    { what: () => `the cluster is well: ${JSON.stringify(last)}`, deadlineMs: 60_000 },
  );
}

function pidOf({ processes }: StatusReport, name: string): number | undefined {
  return processes.find((process) => process.name === name)?.pid;
}

describe("a cluster started by the command line", () => {
  it("tells in one screen where it is and what to try", () => {
    const screen = supervisor.output.slice(supervisor.output.indexOf("Outcry runs:"));
    expect(screen.split("\n").length).toBeLessThanOrEqual(24);
    expect(screen).toContain("3 engine nodes, 3 shards, 3 nats-servers, 1 gateway");
    expect(screen).toContain("order place BTC-USDT buy 0.01 64000");
    const [, credentials = ""] = /credentials +(\S+)/.exec(screen) ?? [];
    expect(existsSync(credentials)).toBe(true);
  });

  it("takes orders in natural units and shows them in the book", async () => {
    const placed = await outcry.json<PlacedOrder>(
      ...["order", "place", "BTC-USDT", "buy", "0.01", "64000.5", "--client-id", "mine-1"],
    );
    expect(placed.order.status).toBe("new");
    expect(placed.natural).toMatchObject({ price: "64000.50", quantity: "0.0100" });
    const book = await outcry.json<Book>("book", "BTC-USDT", "--once");
    expect(book.natural).toEqual({ bids: [["64000.50", "0.0100"]], asks: [] });
  });

  it("lists an asset and an instrument of it", async () => {
    await outcry.json("asset", "add", "SOL", "9");
    await outcry.json(
      ...["instrument", "add", "SOL-USDT", "--base", "SOL", "--quote", "USDT"],
      ...["--tick", "0.01", "--lot", "0.001"],
    );
    const placed = await outcry.json<PlacedOrder>(
      ...["order", "place", "SOL-USDT", "buy", "0.002", "150.25"],
    );
    expect(placed.natural).toMatchObject({ price: "150.25", quantity: "0.002" });
    await outcry.json("order", "cancel", String(placed.order.orderId));
  });

  it("opens accounts that trade with one another", async () => {
    await outcry.json("account", "create", "alice");
    await outcry.json("account", "deposit", "alice", "1", "BTC", "--reference", "gift");
    await outcry.json("account", "deposit", "alice", "1", "BTC", "--reference", "gift");
    const sold = await outcry.json<PlacedOrder>(
      ...["order", "place", "BTC-USDT", "sell", "0.004", "market", "--account", "alice"],
    );
    expect(sold.order.status).toBe("filled");
    const { stdout } = await outcry.run("account", "show", "alice");
    // 0.004 at 64000.5 less 0.2 percent.
    expect(stdout).toMatch(/BTC +0\.996 +0\n/);
    expect(stdout).toMatch(/USDT +255\.489996 +0\n/);
    const trades = await outcry.run("trades", "BTC-USDT");
    expect(trades.stdout).toMatch(/BTC-USDT +sell +64000\.50 +0\.0040/);
  });

  it("tells the life of an order from the logs alone", async () => {
    const ofGateway = ["gateway.receive", "append", "commit", "gateway.reply"];
    let found: { readonly traces: readonly OrderTrace[] } = { traces: [] };
    const named = () => found.traces[0]?.spans.map(({ name }) => name) ?? [];
    await eventually(
      async () => {
        found = await outcry.json("trace", "mine-1");
        return ofGateway.every((stage) => named().includes(stage));
      },
      { what: () => `its gateway has told all of it: ${named().join(" ")}` },
    );
    expect(found).toMatchObject({ kind: "client", traces: [{}] });
    expect(named().filter((name) => name !== "hop" && !ofGateway.includes(name))).toEqual([
      ...["order", "account.place", "book.match", "account.rested", "report.new", "reply"],
      ...["account.settle", "report.trade"],
    ]);
    expect(await outcry.json("trace", "mine-1")).toEqual(found);
    const { stdout } = await outcry.run("trace", "mine-1", "--account", "demo");
    expect(stdout).toContain("buy 0.0100 @ 64000.50 limit GTC: partiallyFilled");
    expect(stdout).toMatch(
      /account\.settle +\d\/\d+\/\d+ +0\.0040 @ 64000\.50 as maker, trade \d+/,
    );
    await outcry.run(
      "order",
      "place",
      "BTC-USDT",
      "buy",
      "900",
      "64000",
      "--client-id",
      "too-much",
    );
    const refused = await outcry.run("trace", "too-much");
    expect(refused.stdout).toMatch(/^refused command .*\n.*: rejected\n/);
    const unknown = await outcry.run("trace", "mine-1", "--account", "alice");
    expect(unknown.stderr).toBe("outcry: the logs tell of no order mine-1\n");
  });

  it("quotes both sides, moves a quote, and sends many commands at once", async () => {
    const symbol = "ETH-USDT";
    const quotes = [symbol, "0.1@2490", "0.1@2510"];
    const quoted = await outcry.json("order", "quote", ...quotes, "--quote-id", "mine");
    expect(quoted).toMatchObject({ ok: true, quoted: 1, quoteId: "mine" });
    const moved = await outcry.json<PlacedOrder>(
      ...["order", "cancel-and-place", "mine-b1", symbol, "buy", "0.1", "2480"],
      ...["--client-id", "moved"],
    );
    expect(moved).toMatchObject({ order: { status: "new" }, natural: { price: "2480.00" } });
    const order = { symbol, side: "buy", type: "limit", price: "2470", quantity: "0.1" };
    const commands = [
      { op: "place", ...order, clientOrderId: "third" },
      ...["third", "moved", "mine-a1"].map((clientOrderId) => ({ op: "cancel", clientOrderId })),
    ];
    const texts = commands.map((command) => JSON.stringify(command));
    const batch = await outcry.json<{ answers: readonly object[] }>("order", "batch", ...texts);
    expect(batch.answers).toMatchObject(commands.map(() => ({ ok: true })));
    const again = await outcry.run("order", "batch", ...texts.slice(1, 2));
    expect(again).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^refused: /) });
    const working = await outcry.json("order", "list", "--symbol", symbol);
    expect(working).toMatchObject({ orders: [] });
  });

  it("says in one line what is wrong, and exits with other than 0", async () => {
    const refused = [
      [["order", "place", "NOPE", "buy", "1", "1"], 1, /^outcry: there is no instrument NOPE/],
      [["order", "place", "BTC-USDT", "buy", "0.00001", "1"], 2, /^outcry: quantity "0.00001"/],
      [
        ["order", "place", "BTC-USDT", "buy", "900", "64000"],
        1,
        /^outcry: The account has not got/,
      ],
      [["order", "show", "4711"], 1, /^outcry: account demo has no order 4711/],
      [["kill", "e9"], 1, /^outcry: there is no process e9/],
      [["account", "show", "bob"], 1, /^outcry: there are no credentials for account bob/],
      [["start", "--shards", "1"], 1, /^outcry: a cluster runs in .* already/],
    ] as const;
    const results = await Promise.all(refused.map(([args]) => outcry.run(...args)));
    for (const [index, [args, exitCode, words]] of refused.entries()) {
      const result = results[index];
      expect(result?.stderr, args.join(" ")).toMatch(words);
      expect(result?.stderr.trim().split("\n"), args.join(" ")).toHaveLength(1);
      expect(result?.exitCode, args.join(" ")).toBe(exitCode);
    }
  });

  it("goes on when a node is killed, and the node comes back", async () => {
    const before = await status();
    const emitter = before.shards[0]?.emitter ?? "e1";
    await outcry.json("kill", emitter);
    const placed = await outcry.json<PlacedOrder>(
      ...["order", "place", "BTC-USDT", "buy", "0.02", "63000"],
    );
    expect(placed.order.status).toBe("new");
    await untilWell();
    expect(pidOf(await status(), emitter)).not.toBe(pidOf(before, emitter));
    expect(supervisor.output).toMatch(new RegExp(`${emitter} \\(process \\d+\\) ended: SIGKILL`));
  });

  it("has nodes that stop in order at whatever moment of their start", async () => {
    await outcry.json("kill", "e3", "--no-restart");
    const nobody = ["--servers", "nats://127.0.0.1:9"];
    for (const [moment, ...flags] of [["starting", ...nobody], ["replaying"], ["ready"]]) {
      const engine = outcry.startEngine("e3", ...flags);
      await eventually(() => engine.output.includes(`"${moment}"`), {
        what: () => `e3 is ${moment}: ${engine.output}`,
      });
      expect(await engine.signal("SIGTERM"), engine.output).toBe(0);
      expect(engine.output.trimEnd().split("\n").at(-1)).toContain('"kind":"stopped"');
    }
    const replayed = ["replay", "--verify", "--shard", "0"] as const;
    expect(await outcry.json(...replayed)).toMatchObject({ ok: true, silent: ["e3"] });
    await outcry.json("restart", "e3");
    await untilWell();
    expect(await outcry.json(...replayed)).toMatchObject({ ok: true, silent: [] });
  });

  it("goes on when a nats-server is killed, which stays down until it is restarted", async () => {
    await outcry.json("kill", "n2", "--no-restart");
    const placed = await outcry.json<PlacedOrder>(
      ...["order", "place", "BTC-USDT", "buy", "0.03", "62000"],
    );
    expect(placed.order.status).toBe("new");
    expect(pidOf(await status(), "n2")).toBeUndefined();
    await outcry.json("restart", "n2");
    await untilWell();
  });

  it("is rebuilt from its log to the same hashes", async () => {
    const { shards } = await outcry.json<{ shards: readonly ShardReport[] }>("replay", "--verify");
    expect(shards.map(({ shard }) => shard)).toEqual([0, 1, 2]);
    const comparisons = shards.flatMap((report): readonly Comparison[] => report.comparisons);
    expect(comparisons.map(({ node, what }) => `${node} ${what}`).sort()).toEqual(
      [0, 1, 2]
        .flatMap(() => ["e1", "e2", "e3"])
        .flatMap((node) => ["entries", "outputs", "state"].map((what) => `${node} ${what}`))
        .sort(),
    );
    expect(comparisons.filter(({ same }) => !same)).toEqual([]);
  });

  it("stops in order and leaves nothing running", async () => {
    expect((await outcry.run("stop")).stdout).toBe("stopped\n");
    expect(await supervisor.exited).toBe(0);
    expect(outcry.processes()).toEqual([]);
    expect((await outcry.run("order", "list")).stderr).toMatch(/^outcry: no cluster runs in /);
  });

  it("resumes from the data on disk, with the number of shards it was made with", async () => {
    const other = await outcry.run("start", "--shards", "1");
    expect(other.stderr).toMatch(/this data was made with --shards 3/);
    supervisor = await outcry.start("--agents", "none");
    const { orders } = await outcry.json<{
      orders: readonly { natural: { price: string; executed: string } }[];
    }>("order", "list");
    expect(orders.map(({ natural }) => [natural.price, natural.executed])).toEqual([
      ["64000.50", "0.0040"],
      ["63000.00", "0.0000"],
      ["62000.00", "0.0000"],
    ]);
    const { stdout } = await outcry.run("account", "show", "demo");
    // Bought 0.004; what it was funded with was not given again.
    expect(stdout).toMatch(/BTC +10\.004 +0\n/);
  });

  it("leaves nothing running when its supervisor is killed", async () => {
    await supervisor.signal("SIGKILL");
    await eventually(() => outcry.processes().length === 0, {
      what: () => `these have ended: ${outcry.processes().join(", ")}`,
      deadlineMs: 60_000,
      everyMs: 50,
    });
    // Its description stays behind, and misleads nobody.
    expect((await outcry.run("status")).stderr).toBe("outcry: no cluster runs here\n");
  });
});

describe("a start", () => {
  it("is refused when its ports are taken, with those that are free", async () => {
    const { createServer } = await import("node:net");
    const [, base = ""] = ports;
    const squatter = createServer().listen(Number(base) + 1, "127.0.0.1");
    const { stderr, exitCode } = await outcry.run("start");
    squatter.close();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`^outcry: ports in use: ${Number(base) + 1} \\(client port of n2\\).*--port-base`),
    );
  });
});
