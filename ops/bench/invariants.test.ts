/** Goal: the benchmark of the invariants runs, and both programs do the same work. No times. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { inProcessOfItsOwn } from "./own-process.ts";

const program = fileURLToPath(new URL("invariants.ts", import.meta.url));
it("compares commands and checkpoints with and without invariants", async () => {
  const few = ["--pairs", "1", "--commands", "200", "--runs", "1", "--batches", "50"];
  const args = [program, "--json", "--resting", "100", ...few];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { costs } = JSON.parse(stdout) as { costs: readonly { readonly what: string }[] };
  expect(costs.map(({ what }) => what)).toEqual([
    "plain orders, frames of 50",
    "all orders, frames of 50",
    "a checkpoint of 100 orders",
  ]);
});

it("has the same outputs with and without", async () => {
  const run = { mix: "all", commandsPerFrame: 20, commands: 400, runs: 1, secondsMax: 60 };
  const assignment = { what: "speed", ...run };
  const [held, free] = await Promise.all(
    [true, false].map(async (hasInvariants) => {
      const measured = await inProcessOfItsOwn(program, assignment, { hasInvariants });
      return (measured as { readonly work: string }).work;
    }),
  );
  expect(held).toMatch(/^[0-9a-f]{64} [0-9a-f]{64}$/);
  expect(free).toBe(held);
});
