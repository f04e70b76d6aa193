/** Goal: the journal tells of every command, whether it worked or not. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { nodeCommand } from "../supervisor/node-command.ts";
import type { JournalLine } from "./journal.ts";

const program = fileURLToPath(new URL("main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "outcry-journal-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(journal: string, ...args: string[]): Promise<{ exitCode: number; stderr: string }> {
  const env = { ...process.env, OUTCRY_JOURNAL: journal };
  return new Promise((resolve) => {
    execFile(...nodeCommand(program, ...args), { env }, (error, _stdout, stderr) =>
      resolve({ exitCode: Number(error?.code ?? 0), stderr }),
    );
  });
}

it("has a line for each command, with how it ended", async () => {
  const journal = join(folder, "journal.jsonl");
  const startedAtMs = Date.now();
  await run(journal, "drill", "list", "--json");
  await run(journal, "stop", "--data", folder);
  const text = readFileSync(journal, "utf8").trimEnd().split("\n");
  const lines = text.map((line) => JSON.parse(line) as JournalLine);
  expect(lines.map(({ args, exitCode }) => [args, exitCode])).toEqual([
    [["drill", "list", "--json"], 0],
    [["stop", "--data", folder], 1],
  ]);
  for (const { at, user } of lines) {
    expect(Date.parse(at)).toBeGreaterThanOrEqual(startedAtMs);
    expect(user).not.toBe("");
  }
});

it("that cannot be written says so, and the command works", async () => {
  const { exitCode, stderr } = await run(join(folder, "none", "journal"), "drill", "list");
  expect(exitCode).toBe(0);
  expect(stderr).toContain("nothing was written into the journal");
});
