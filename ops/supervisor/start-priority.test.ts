import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StartPriority } from "./start-priority.ts";

let child: ChildProcess;
let pid: number;

beforeEach(() => {
  child = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
  pid = child.pid ?? 0;
});

afterEach(() => {
  child.kill("SIGKILL");
});

const whyNot = whyNoWeights();

/** Sessions have no weight on systems other than Linux, and where it was built or told without. */
function whyNoWeights(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/sched_autogroup_enabled", "utf8").trim() === "1"
      ? undefined
      : "sessions share no processors here";
  } catch {
    return "sessions have no weight here";
  }
}

const niceness = (): string | undefined =>
  /nice (-?\d+)/.exec(readFileSync(`/proc/${pid}/autogroup`, "utf8"))?.[1];

describe("a process that starts", () => {
  it.skipIf(whyNot !== undefined)(
    `lets others go first until it has served for a moment (${whyNot ?? "as anybody"})`,
    async () => {
      const priority = new StartPriority(pid, { coldMs: 50 });
      expect(niceness()).toBe("0");
      priority.lower();
      await expect.poll(niceness).toBe("10");
      priority.restore();
      expect(niceness()).toBe("10");
      await expect.poll(niceness).toBe("0");
      // What was told last counts, whenever the system takes it.
      for (let times = 0; times < 20; times += 1) {
        priority.lower();
        priority.restore();
      }
      await expect.poll(niceness).toBe("0");
      priority.forget();
    },
  );

  it("may be gone, or have no session of its own", () => {
    const priority = new StartPriority(2 ** 22 + 1);
    priority.lower();
    priority.restore();
    priority.forget();
  });
});
