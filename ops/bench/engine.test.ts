/** Goal: the benchmark of the engine runs, and its flow is what it says. It times nothing here. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { OrderType } from "../../protocols/index.ts";
import { OrderFlow } from "./engine/order-flow.ts";
import type { Mix } from "./engine/order-flow.ts";

const program = fileURLToPath(new URL("engine.ts", import.meta.url));

async function bench(...options: readonly string[]): Promise<unknown> {
  const args = [program, "--json", "--runs", "2", "--commands", "300", ...options];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

describe("the engine benchmark", () => {
  it("applies the commands in frames, each run alike, and weighs what rests", async () => {
    expect(await bench("--batches", "1,100", "--resting", "200")).toMatchObject({
      speed: [
        { commandsPerFrame: 1, perFrameUs: { count: 600 }, tally: { replies: 300 } },
        { commandsPerFrame: 100, perFrameUs: { count: 6 }, tally: { replies: 300 } },
      ],
      memory: [{ restingOrders: 200 }],
    });
  });

  it("takes every kind of order, hardly one of which is refused", async () => {
    const result = await bench("--mix", "all", "--batches", "50", "--resting", "0");
    const { speed, memory } = result as { speed: { tally: { rejected: number } }[]; memory: [] };
    expect(speed[0]?.tally.rejected).toBeLessThan(15);
    expect(memory).toEqual([]);
  });
});

describe("the benchmark of the rules of money", () => {
  it("has the same orders trade with all rules as without any, and refuses none for them", async () => {
    const result = await bench("--rules", "--batches", "50", "--commands", "3000");
    const { speed, rules, memory } = result as Record<string, readonly object[]>;
    expect([speed, memory]).toEqual([[], []]);
    const [measured] = rules as readonly { with: Side; without: Side; ratio: number }[];
    type Side = { tally: { trades: number; rejected: number }; runs: number };
    expect(measured?.with.tally).toEqual(measured?.without.tally);
    expect(measured?.with.tally.trades).toBeGreaterThan(100);
    expect(measured?.with.runs).toBe(2);
    expect(measured?.ratio).toBeGreaterThan(0);
  });
});

describe("the flow of the engine benchmark", () => {
  function commandsOf(mix: Mix) {
    const flow = new OrderFlow(mix);
    return Array.from({ length: 15_000 }, () => flow.next());
  }

  it("is the same each time", () => {
    expect(commandsOf("all")).toEqual(commandsOf("all"));
  });

  it("places, cancels and replaces, and one order in fifty has no limit", () => {
    const commands = commandsOf("plain");
    const kinds = Map.groupBy(commands, ({ kind }) => kind);
    expect([...kinds.keys()].sort()).toEqual(["cancel-order", "place-order", "replace-order"]);
    const market = commands.filter(
      (command) => command.kind === "place-order" && command.orderType === OrderType.market,
    );
    expect(market.length).toBeGreaterThan(100);
  });

  it("has every type of order and every command when it is to have all", () => {
    const commands = commandsOf("all");
    const types = commands.flatMap((command) =>
      command.kind === "place-order" ? [command.orderType] : [],
    );
    expect(new Set(types)).toEqual(new Set(Object.values(OrderType)));
    expect(new Set(commands.map(({ kind }) => kind)).size).toBe(7);
  });
});
