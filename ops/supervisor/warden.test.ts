import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isRunning } from "./process-table.ts";
import { Warden } from "./warden.ts";

const children: ChildProcess[] = [];
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-warden-"));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** Lives until it is asked to end, and notes its name then: in what order, we may hear too late. */
const mortalProgram = `
  process.on("SIGTERM", () => {
    require("node:fs").appendFileSync(process.argv[1], process.argv[2] + "\\n");
    process.exit(0);
  });
  setInterval(() => {}, 1e9);
  console.log("ready");
`;

async function mortal(name: string): Promise<{ pid: number; ended: Promise<unknown> }> {
  const args = ["-e", mortalProgram, join(folder, "ends"), name];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  return { pid: child.pid ?? 0, ended };
}

it("a warden ends whom it was told of, those who use others first, and nobody else", async () => {
  const names = ["server", "node", "gone", "stranger"];
  const [server, node, gone, stranger] = await Promise.all(names.map((name) => mortal(name)));
  const warden = new Warden();
  warden.start();
  warden.watch(server?.pid ?? 0, "late");
  warden.watch(node?.pid ?? 0, "early");
  warden.watch(gone?.pid ?? 0, "early");
  warden.forget(gone?.pid ?? 0);
  await warden.release();
  await Promise.all([server?.ended, node?.ended]);
  expect(readFileSync(join(folder, "ends"), "utf8")).toBe("node\nserver\n");
  expect(isRunning(gone?.pid ?? 0)).toBe(true);
  expect(isRunning(stranger?.pid ?? 0)).toBe(true);
});
