import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StartPriority } from "./start-priority.ts";
import { nicenessOf, whyNoWeights } from "./testing/session-weight.ts";

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

const niceness = (): string | undefined => nicenessOf(pid);

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
      priority.lower();
      await expect.poll(niceness).toBe("10");
      priority.raise();
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
