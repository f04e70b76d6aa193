import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import type { ProcessNotice, ProcessPlan } from "./managed-process.ts";
import { ManagedProcess } from "./managed-process.ts";
import { describeNotice } from "./notices.ts";
import { isRunning } from "./process-table.ts";
import { nicenessOf, whyNoWeights } from "./testing/session-weight.ts";

const program = fileURLToPath(new URL("./testing/sample-process.ts", import.meta.url));

let folder = "";
let notices: ProcessNotice[] = [];
let started: ManagedProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-process-"));
  notices = [];
  started = [];
});

afterEach(async () => {
  for (const process of started) {
    if (process.pid !== undefined) await process.kill("SIGKILL", false);
    await process.stop(0);
  }
  rmSync(folder, { recursive: true });
});

const whyNot = whyNoWeights();

function sample(behaviour: string, isNeeded?: () => boolean): ManagedProcess {
  const plan: ProcessPlan = {
    name: "sample",
    command: [program, behaviour],
    logFile: join(folder, "logs", "sample.log"),
    pidFile: join(folder, "sample.pid"),
  };
  const process = new ManagedProcess(plan, (notice) => notices.push(notice), isNeeded);
  started.push(process);
  return process;
}

function kinds(): string[] {
  return notices.map(({ kind }) => kind);
}

/** The kinds of all that it wrote into its log. */
function logged({ plan }: ManagedProcess): (string | undefined)[] {
  const lines = readFileSync(plan.logFile, "utf8").trimEnd().split("\n");
  return lines.map((line) => /"kind":"(\w+)"/.exec(line)?.[1]);
}

describe("a managed process", () => {
  it("is ready when it says so, and gone when it was stopped", async () => {
    const process = sample("well");
    await process.start();
    const { pid = 0 } = process;
    expect(process.phase).toBe("up");
    expect(readFileSync(process.plan.pidFile, "utf8")).toBe(`${pid}\n`);
    await process.stop(5000);
    expect(process.phase).toBe("down");
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(process.plan.pidFile)).toBe(false);
    expect(kinds().filter((kind) => kind !== "told")).toEqual(["started", "ready", "exited"]);
    const kindsLogged = ["starting", "working", "ready", "stopping", "ended", "stopped"];
    expect(logged(process)).toEqual(kindsLogged);
  });

  it("that is told to stop while it starts ends at once what it has started", async () => {
    const process = sample("linger");
    const starting = process.start();
    const ended = expect(starting).rejects.toThrow();
    await eventually(() => logged(process).includes("working"), { what: "it has started" });
    await process.stop(5000);
    await ended;
    expect(notices.at(-1)).toMatchObject({ kind: "exited", exit: { code: 0 } });
    expect(logged(process)).toEqual(["starting", "working", "stopping", "ended", "stopped"]);
  });

  it("comes back when it was killed", async () => {
    const process = sample("well");
    await process.start();
    const pid = await process.kill("SIGKILL", true);
    expect(process.phase).toBe("awaiting");
    expect(describeNotice(notices.at(-1) as ProcessNotice)).toBe(
      `sample (process ${pid}) ended: SIGKILL; starting it again in 1.0 s`,
    );
    await process.ready();
    expect(process.pid).not.toBe(pid);
  });

  it("stays down when it was killed for good, until it is restarted", async () => {
    const process = sample("well");
    await process.start();
    await process.kill("SIGKILL", false);
    expect(process.phase).toBe("down");
    await expect(process.kill("SIGKILL", true)).rejects.toThrow("sample does not run");
    await process.restart(5000);
    expect(process.phase).toBe("up");
  });

  it.skipIf(whyNot !== undefined)(
    `that comes back lets others go first, unless it is needed (${whyNot ?? "here"})`,
    async () => {
      let isNeeded = false;
      const process = sample("late", () => isNeeded);
      const niceness = (): string | undefined => nicenessOf(process.pid ?? 0);
      await process.start();
      expect(niceness()).toBe("0");
      const comeBack = async (): Promise<void> => {
        await process.kill("SIGKILL", true);
        await expect.poll(() => process.phase, { timeout: 5000 }).toBe("starting");
      };
      await comeBack();
      await expect.poll(niceness).toBe("10");
      isNeeded = true;
      process.settlePriority();
      await expect.poll(niceness).toBe("0");
      await process.ready();
      await comeBack();
      expect(niceness()).toBe("0");
      isNeeded = false;
      process.settlePriority();
      await expect.poll(niceness).toBe("10");
    },
  );

  it("that is paused is stopped all the same", async () => {
    const process = sample("well");
    await process.start();
    await process.kill("SIGSTOP", true);
    await process.stop(5000);
    expect(process.phase).toBe("down");
  });

  it("that does not stop when asked is made to", async () => {
    const process = sample("hang");
    await process.start();
    await process.stop(100);
    expect(notices.at(-1)).toMatchObject({ kind: "exited", exit: { signal: "SIGKILL" } });
  });

  it("that ends before it is ready tells with its last words", async () => {
    const process = sample("fail");
    await expect(process.start()).rejects.toThrow(
      /sample ended \(exit code 1\): .*no servers there/,
    );
  });

  it("ends with 70 on a defect of ours", async () => {
    const process = sample("break");
    await expect(process.start()).rejects.toThrow(
      /exit code 70.*invariant-violated.*the book is crossed/,
    );
    const lines = (): string => notices.map((notice) => describeNotice(notice)).join("\n");
    await eventually(() => /^sample failed: .*crossed/m.test(lines()), { what: lines });
  });
});

describe("a process", () => {
  it("stops by itself when whoever started it is gone", async () => {
    const { spawn } = await import("node:child_process");
    const { nodeCommand } = await import("./node-command.ts");
    const child = spawn(...nodeCommand(program, "well"), {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    await eventually(
      () => new Promise<boolean>((resolve) => child.once("message", () => resolve(true))),
      { what: "the process speaks" },
    );
    child.disconnect();
    expect(await exited).toBe(0);
  });
});
