/** Other programs take the processors: twice as many busy processes as there are processors. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import type { Nemesis } from "./fault.ts";

const program = `
  process.stdin.resume().on("end", () => process.exit());
  const spin = () => {
    const endMs = Date.now() + 400;
    while (Date.now() < endMs);
    setImmediate(spin);
  };
  spin();
`;

export function cpuStarvation(): Nemesis {
  return async (target) => {
    const count = 2 * availableParallelism();
    const busy: ChildProcess[] = [];
    return {
      what: `kept the processors busy with ${count} other processes`,
      shards: target.shards,
      untouched: [],
      inject: () => {
        for (let number = 0; number < count; number++) {
          // Its input closes when we are gone, and then it ends by itself.
          busy.push(
            spawn(process.execPath, ["-e", program], { stdio: ["pipe", "ignore", "ignore"] }),
          );
        }
        return Promise.resolve();
      },
      heal: async () => {
        const ends = busy.map((child) => once(child, "exit"));
        for (const child of busy) child.kill("SIGKILL");
        await Promise.all(ends);
      },
    };
  };
}
