/** Goal: a recorded drill gets its row, with all figures and what they were measured on. */
import { describe, expect, it } from "vitest";
import { rowsInMarkdown } from "../report/page-part.ts";
import { drillTable } from "./drill-table.ts";
import { sampleReport } from "./testing/sample-report.ts";

const names = ["emitter-pause", "emitter-kill", "planned-move"];
const named = (name: string, violations = 0) => {
  const { drill } = sampleReport();
  return sampleReport({ drill: { ...drill, name }, violations });
};

describe("the table of drills", () => {
  it("tells what runs came to, and on what", () => {
    expect(rowsInMarkdown(drillTable("", names, sampleReport()))).toEqual([
      [
        "emitter-kill",
        "2",
        "gap p50 182 ms (aim 100 ms); gap p99 240 ms (aim 300 ms)",
        "missed",
        "182 ms, 240 ms, 240 ms",
        "182 ms, 182 ms (1)",
        "31 ms, 31 ms",
        "2468",
        "2",
        "0",
        "3.3 %",
        "2026-01-02, seed 7, 300/s in 2 shards; Outcry 0.1.0, nats-server 2.15.1, Node 24.0.0, 2 processors, undisturbed",
      ],
    ]);
  });

  it("keeps the rows of others, in the order of the drills, and none that is no more", () => {
    let table = "";
    for (const name of ["emitter-kill", "planned-move", "emitter-pause"]) {
      table = drillTable(table, names, named(name));
    }
    table = drillTable(table, names.slice(0, 2), named("emitter-kill", 3));
    const rows = rowsInMarkdown(table);
    expect(rows.map((row) => [row[0], row[9]])).toEqual([
      ["emitter-pause", "0"],
      ["emitter-kill", "3"],
    ]);
  });
});
