import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeptRuns, OtherRuns } from "./kept-runs.ts";
import { sampleRun } from "./testing/sample-report.ts";

const kind = {
  ...{ drill: "quake", seed: 7, shards: 2, rate: 300, isUndisturbed: false },
  ...{ release: "0.1.0", natsServer: "2.15.1" },
};
const samples = { ackCalmMs: [4.25], ackFaultedMs: [900], faultedMs: [900, Infinity] };

describe("the runs of a drill that were made", () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "outcry-kept-"));
    path = join(folder, "quake.runs");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("are there after each of them, with when the first began", () => {
    const first = new KeptRuns(path, kind);
    expect(first.runs).toEqual([]);
    const runs = [1, 2, 3].map((number) => ({ report: sampleRun({ number }), samples }));
    for (const [index, run] of runs.entries()) {
      new KeptRuns(path, kind).add(run);
      expect(new KeptRuns(path, kind).runs).toEqual(runs.slice(0, index + 1));
    }
    const [one, other] = [new KeptRuns(path, kind), new KeptRuns(path, kind)];
    expect(one.startedAt).toBe(other.startedAt);
  });

  it("are not put together with those of other conditions", () => {
    new KeptRuns(path, kind).add({ report: sampleRun(), samples });
    const others = { ...kind, drill: "flood", seed: 8, shards: 3, rate: 1, isUndisturbed: true };
    for (const [name, value] of Object.entries({ ...others, release: "9", natsServer: "3" })) {
      const open = () => new KeptRuns(path, { ...kind, [name]: value });
      expect(open, name).toThrow(OtherRuns);
      expect(open, name).toThrow(`${name} `);
    }
  });
});
