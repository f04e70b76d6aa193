/**
 * Processors that are never idle, for as long as something is measured. What a virtual machine
 * leaves idle its host gives to others, and takes its time to give back: a cluster of processes
 * that sleep and wake waits for that at every turn.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./awake-main.ts", import.meta.url));

export async function withAwakeProcessors<Result>(action: () => Promise<Result>): Promise<Result> {
  // A session of its own: it is the sessions that processors are shared between. Its input closes
  // when we are gone, and then it ends by itself.
  const busy = spawn(process.execPath, [program], {
    stdio: ["pipe", "ignore", "inherit"],
    detached: true,
  });
  const ended = once(busy, "exit");
  try {
    return await action();
  } finally {
    busy.kill("SIGKILL");
    await ended;
  }
}
