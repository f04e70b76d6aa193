import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { afterEach, expect, it } from "vitest";
import { isRunning } from "./process-table.ts";
import { Warden } from "./warden.ts";

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A process that lives until it is ended; its end is noted in the list. */
function mortal(name: string, ends: string[]): { pid: number; ended: Promise<void> } {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e9)"], { stdio: "ignore" });
  children.push(child);
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      ends.push(name);
      resolve();
    });
  });
  return { pid: child.pid ?? 0, ended };
}

it("a warden ends whom it was told of, those who use others first, and nobody else", async () => {
  const ends: string[] = [];
  const [server, node, gone, stranger] = ["server", "node", "gone", "stranger"].map((name) =>
    mortal(name, ends),
  );
  const warden = new Warden();
  warden.start();
  warden.watch(server?.pid ?? 0, "late");
  warden.watch(node?.pid ?? 0, "early");
  warden.watch(gone?.pid ?? 0, "early");
  warden.forget(gone?.pid ?? 0);
  await warden.release();
  await Promise.all([server?.ended, node?.ended]);
  expect(ends).toEqual(["node", "server"]);
  expect(isRunning(gone?.pid ?? 0)).toBe(true);
  expect(isRunning(stranger?.pid ?? 0)).toBe(true);
});
