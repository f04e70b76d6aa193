/**
 * Goal: what docs/risk.md and docs/clearing.md say to type works as it stands there, and who is
 * held to a limit is told by how much in whole assets.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { commandsIn } from "../scripts/rehearsed.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";

const outcry = new CommandLine();
const place = mkdtempSync(join(tmpdir(), "outcry-limits-"));
const cycleFile = join(place, "spot-cycle.json");

const page = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../docs/${name}.md`, import.meta.url)), "utf8");

/** What stands in the first block of that kind. */
function blockOf(text: string, kind: string): string {
  const block = new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``).exec(text)?.[1];
  if (block === undefined) throw new Error(`no block of ${kind}`);
  return block;
}

/** The words of a command line, as a shell would take them apart. */
function wordsOf(command: string): string[] {
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)];
  return words.map(([, quoted, plain]) => quoted ?? plain ?? "");
}

/** What stands in all blocks of that kind. */
function blocksOf(text: string, kind: string): string {
  const blocks = [...text.matchAll(new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``, "g"))];
  return blocks.map(([, block = ""]) => block).join("\n");
}

beforeAll(async () => {
  writeFileSync(cycleFile, blockOf(page("clearing"), "json"));
  const ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start("--agents", "none", "--shards", "2", "--nodes", "1", ...ports);
});
afterAll(async () => {
  await outcry.release();
  rmSync(place, { recursive: true });
});

it.each(["risk", "clearing"])("the commands of docs/%s.md work in their order", async (name) => {
  const commands = commandsIn(blocksOf(page(name), "sh"));
  expect(commands.length).toBeGreaterThan(4);
  for (const command of commands) {
    const words = wordsOf(command.replace("spot-cycle.json", cycleFile));
    const { exitCode, stdout, stderr } = await outcry.run(...words);
    expect([command, exitCode, `${stdout}${stderr}`]).toEqual([command, 0, expect.anything()]);
  }
});

it("who is permitted to owe is listed, and deliveries are none while nothing is traded", async () => {
  const fails = (...args: string[]) => outcry.json("clearing", "fails", ...args);
  expect(await fails("permissions")).toMatchObject({
    permissions: [{ account: "demo", asset: "BTC", penaltyBasisPoints: 10, buyInDays: 4 }],
  });
  expect(await fails("list", "--all")).toMatchObject({ deliveries: [] });
  const nets = await outcry.json("clearing", "nets", "2026-12-28");
  expect(nets).toEqual({ ok: true, nets: [] });
});

it("an account is told by how much its order is too large", async () => {
  const limit = ["--account", "demo", "--symbol", "BTC-USDT", "--order-quantity", "0.5"];
  await outcry.json("risk", "limits", "set", ...limit, "--reason", "as agreed");
  const { exitCode, stderr } = await outcry.run(
    "order",
    "place",
    "BTC-USDT",
    "buy",
    "0.6",
    "64000",
  );
  expect(exitCode).toBe(1);
  expect(stderr).toContain("limit 0.5000, used 0.0000, asked 0.6000, in BTC");
});
