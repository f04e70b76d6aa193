import { describe, expect, it } from "vitest";
import { ReportLog } from "./report-log.ts";
import { reportText } from "./report-text.ts";
import { workloadBytes } from "./testing/workload-bytes.ts";
import { WorkloadRun } from "./workload-run.ts";
import { Workload } from "./workload.ts";

/** The report lines of a workload written by hand. */
function reportsOf(...lines: readonly string[]): string[] {
  const workload = new Workload(workloadBytes(...lines).buffer);
  const reports = new ReportLog(workload.messageCount);
  new WorkloadRun(workload, reports).run();
  return [...reportText(workload, reports)].join("").split("\n");
}

describe("the reports", () => {
  it("acknowledge a new order and tell its trades at the resting orders' prices", () => {
    expect(reportsOf("new 1 sell 5 @ 101", "new 2 sell 5 @ 100", "new 3 buy 7 @ 102")).toEqual([
      "0,0,1,1,101,5",
      "0,1,1,2,100,5",
      "0,2,0,3,102,7",
      "1,2,100,5,2,3",
      "1,2,101,2,1,3",
    ]);
  });

  it("cancel what remains of an immediate order, and nothing of one that traded in full", () => {
    expect(
      reportsOf(
        "new 1 sell 5 @ 100",
        "new 2 buy 8 @ 100 ioc",
        "new 3 sell 1 @ 9",
        "new 4 buy 1 @ 9 ioc",
      ),
    ).toEqual([
      ...["0,0,1,1,100,5", "0,1,0,2,100,8", "1,1,100,5,1,2", "2,1,0,2,100"],
      ...["0,2,1,3,9,1", "0,3,0,4,9,1", "1,3,9,1,3,4"],
    ]);
  });

  it("tell a canceled order's own side and price", () => {
    expect(reportsOf("new 1 sell 5 @ 100", "modify 1 sell 6 @ 90", "cancel 1")).toEqual([
      ...["0,0,1,1,100,5", "3,1,1,1,90,6", "2,2,1,1,90"],
    ]);
  });

  it("reject what is asked of an order that is filled, canceled or unknown", () => {
    expect(
      reportsOf(
        ...["new 1 buy 5 @ 100", "new 2 sell 5 @ 100", "cancel 1", "modify 1 buy 6 @ 100"],
        ...["new 3 buy 5 @ 100", "cancel 3", "cancel 3", "cancel 9", "modify 2 sell 1 @ 1"],
      ).slice(3),
    ).toEqual(["4,2,1", "5,3,1", "0,4,0,3,100,5", "2,5,0,3,100", "4,6,3", "4,7,9", "5,8,2"]);
  });

  it("tell a modify's trades before its acknowledgement", () => {
    expect(reportsOf("new 1 buy 5 @ 99", "new 2 sell 2 @ 101", "modify 1 buy 6 @ 101")).toEqual([
      ...["0,0,0,1,99,5", "0,1,1,2,101,2", "1,2,101,2,2,1", "3,2,0,1,101,6"],
    ]);
  });

  it("show that a modify loses priority, even for less at the same price", () => {
    expect(
      reportsOf(
        ...["new 1 buy 5 @ 100", "new 2 buy 5 @ 100", "modify 1 buy 4 @ 100", "new 3 sell 6 @ 100"],
      ).slice(2),
    ).toEqual(["3,2,0,1,100,4", "0,3,1,3,100,6", "1,3,100,5,2,3", "1,3,100,1,1,3"]);
  });

  it("let an id be used again once its order is gone", () => {
    expect(reportsOf("new 1 buy 5 @ 100", "cancel 1", "new 1 sell 3 @ 7", "cancel 1")).toEqual([
      ...["0,0,0,1,100,5", "2,1,0,1,100", "0,2,1,1,7,3", "2,3,1,1,7"],
    ]);
  });

  it("say nothing of a new order whose id still rests: it is not taken", () => {
    expect(reportsOf("new 1 buy 5 @ 100", "new 1 sell 9 @ 90", "cancel 1", "cancel 1")).toEqual([
      ...["0,0,0,1,100,5", "2,2,0,1,100", "4,3,1"],
    ]);
  });

  it("acknowledge a quantity of zero, which never rests", () => {
    expect(
      reportsOf(
        ...["new 1 buy 0 @ 100", "cancel 1", "new 2 buy 0 @ 100 ioc"],
        ...["new 3 buy 5 @ 100", "modify 3 buy 0 @ 100", "cancel 3"],
      ),
    ).toEqual([
      "0,0,0,1,100,0",
      "4,1,1",
      "0,2,0,2,100,0",
      "0,3,0,3,100,5",
      "3,4,0,3,100,0",
      "4,5,3",
    ]);
  });

  it("trade at prices of zero and less", () => {
    expect(
      reportsOf(
        "new 1 buy 5 @ -3",
        "new 2 buy 5 @ 0",
        "new 3 sell 10 @ -5",
        "new 4 sell 1 @ -1",
      ).slice(2),
    ).toEqual(["0,2,1,3,-5,10", "1,2,0,5,2,3", "1,2,-3,5,1,3", "0,3,1,4,-1,1"]);
  });

  it("keep every digit of ids, prices and sequence numbers of 64 bits", () => {
    const id = 2n ** 64n - 1n;
    const other = id - 1n;
    const low = -(2n ** 63n);
    const high = 2n ** 63n - 1n;
    const first = 2n ** 63n;
    expect(
      reportsOf(
        `#${first} new ${id} sell 4294967295 @ ${high}`,
        `#${first + 1n} new ${other} sell 1 @ ${high - 1n}`,
        `#${first + 2n} new 0 buy 2 @ ${low}`,
        `#${first + 3n} new 5 buy 3 @ ${high}`,
        `#${first + 4n} cancel ${other}`,
        `#${first + 5n} cancel ${id}`,
        `#${first + 6n} new 6 sell 2 @ ${low}`,
      ),
    ).toEqual([
      `0,${first},1,${id},${high},4294967295`,
      `0,${first + 1n},1,${other},${high - 1n},1`,
      `0,${first + 2n},0,0,${low},2`,
      `0,${first + 3n},0,5,${high},3`,
      `1,${first + 3n},${high - 1n},1,${other},5`,
      `1,${first + 3n},${high},2,${id},5`,
      `4,${first + 4n},${other}`,
      `2,${first + 5n},1,${id},${high}`,
      `0,${first + 6n},1,6,${low},2`,
      `1,${first + 6n},${low},2,0,6`,
    ]);
  });

  it.each([2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 2n ** 40n])(
    "keep the id %s apart from its neighbours",
    (id) => {
      expect(reportsOf(`new ${id} buy 1 @ 1`, `cancel ${id - 1n}`, `cancel ${id}`)).toEqual([
        ...[`0,0,0,${id},1,1`, `4,1,${id - 1n}`, `2,2,0,${id},1`],
      ]);
    },
  );

  it("come in the order of sequence numbers, then types, then as they happened", () => {
    expect(
      reportsOf(
        ...[
          "#9 new 1 sell 1 @ 100",
          "#3 new 2 sell 1 @ 100",
          "#3 new 3 buy 2 @ 100",
          "#3 cancel 1",
        ],
        ...[`#${2n ** 60n} cancel 7`, "#1 cancel 8"],
      ),
    ).toEqual([
      ...["4,1,8", "0,3,1,2,100,1", "0,3,0,3,100,2", "1,3,100,1,1,3", "1,3,100,1,2,3", "4,3,1"],
      ...["0,9,1,1,100,1", `4,${2n ** 60n},7`],
    ]);
  });

  it("of more lines than are made at once are joined as all others", () => {
    const lines = Array.from({ length: 10_000 }, (_, id) => `new ${id} buy 1 @ ${id % 100}`);
    const reports = reportsOf(...lines);
    expect(reports).toHaveLength(10_000);
    expect(reports.every((line, id) => line === `0,${id},0,${id},${id % 100},1`)).toBe(true);
  });
});
