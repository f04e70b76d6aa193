/** Goal: the benchmark runs, and its yardsticks measure what they say. It times nothing here. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { OrderBook } from "../../actors/order-book/order-book.ts";
import { ReportLog } from "../conform/report-log.ts";
import { reportText } from "../conform/report-text.ts";
import { workloadBytes } from "../conform/testing/workload-bytes.ts";
import { WorkloadRun } from "../conform/workload-run.ts";
import type { WorkloadBookClass } from "../conform/workload-run.ts";
import { measureWideBook } from "./book/wide-book.ts";
import { EmptyBook } from "./yardstick/empty-book.ts";
import { NpmBook } from "./yardstick/npm-book.ts";
import { syntheticWorkload } from "./yardstick/synthetic-workload.ts";

function reportsOf(Book: WorkloadBookClass, orderCount: number): string[] {
  const workload = syntheticWorkload(orderCount);
  const reports = new ReportLog(workload.messageCount);
  new WorkloadRun(workload, reports, Book).run();
  return [...reportText(workload, reports)].join("").split("\n");
}

describe("the book benchmark", () => {
  it("gives every subject the same file and says whether the peer agrees", async () => {
    const folder = mkdtempSync(join(tmpdir(), "outcry-bench-"));
    try {
      const file = join(folder, "three.bin");
      writeFileSync(file, workloadBytes("new 1 buy 5 @ 100", "new 2 sell 7 @ 99", "cancel 2"));
      const bench = fileURLToPath(new URL("book.ts", import.meta.url));
      const args = [bench, file, "--runs", "1", "--peer-messages", "2", "--json"];
      args.push("--resting", "500", "--wide", "400");
      const { stdout } = await promisify(execFile)(process.execPath, args);
      expect(JSON.parse(stdout)).toMatchObject({
        comparisons: [
          {
            file: "three.bin",
            floor: { messages: 3 },
            outcry: { messages: 3, pauses: { share: expect.any(Number) as number } },
            outcryBesidePeer: { messages: 2 },
            peer: { messages: 2 },
            latency: { messages: 3, perMessageNs: { count: 1 } },
            isPeerAgreed: true,
          },
        ],
        memory: { restingOrders: 500 },
        wide: { messages: 400, bestBid: expect.any(Number) },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("has a wide book that does the same work each time, at prices far apart", () => {
    const assignment = { messages: 2_000, runs: 1, standingOrders: 500 };
    const [first, second] = [measureWideBook(assignment), measureWideBook(assignment)];
    expect(second.work).toBe(first.work);
    expect(first.orders).toBeGreaterThan(200);
    expect(first.levels).toBe(first.orders);
    expect(first.bestAsk).toBeGreaterThan(first.bestBid);
  });

  it("has a peer that reports what our book reports", () => {
    const ours = reportsOf(OrderBook, 6_000);
    expect(reportsOf(NpmBook, 6_000)).toEqual(ours);
    expect(ours.filter((line) => line.startsWith("1,")).length).toBeGreaterThan(500);
  });

  it("has a floor that answers every message once, and immediate orders twice", () => {
    const types = reportsOf(EmptyBook, 6_000).map((line) => line.charAt(0));
    expect(new Set(types)).toEqual(new Set(["0", "2", "3"]));
  });
});
