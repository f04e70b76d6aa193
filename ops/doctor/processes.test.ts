import { describe, expect, it } from "vitest";
import { judgeProcesses } from "./processes.ts";

const restart = (name: string): string => `./outcry restart ${name}`;

describe("the processes of a cluster", () => {
  it("are well when all of them run", () => {
    const up = ["e1", "gw-1"].map((name) => ({ name, phase: "up" }));
    expect(judgeProcesses(up, restart)).toEqual([
      { subject: "processes", state: "ok", detail: "all 2 of the cluster run" },
    ]);
  });

  it("are broken where one is down, and degraded where one is on its way back", () => {
    const processes = [
      { name: "e1", phase: "down" },
      { name: "e2", phase: "awaiting" },
      { name: "e3", phase: "up" },
    ];
    expect(judgeProcesses(processes, restart)).toMatchObject([
      { subject: "process e1", state: "broken", remedy: "./outcry restart e1" },
      { subject: "process e2", state: "degraded" },
    ]);
  });
});
