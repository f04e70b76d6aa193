/**
 * History on a PostgreSQL server (see `history.conformance.ts`), and of a cluster that runs.
 *
 * Goal of the latter: a projector that is killed at any moment of its writing has the same rows in
 * the end as one that reads all logs at once, into another database.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../actors/testing/random.ts";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import { systemClock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { ChanceOfEntries } from "../../cluster/testing/chance-of-entries.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import type { StatusReport } from "../cli/status-report.ts";
import { withEngine } from "../cli/engine-access.ts";
import { findCluster } from "../cli/running-cluster.ts";
import { DataDirectory } from "../config/data-directory.ts";
import { historySocketPath } from "../supervisor/cluster-plan.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";
import { DatabaseUnavailable } from "./database.ts";
import type { Question } from "./database.ts";
import { historyConformance } from "./history.conformance.ts";
import { askHistory } from "./history-desk.ts";
import type { HistoryAnswer } from "./history-desk.ts";
import { PostgresDatabase } from "./postgres-database.ts";
import { Projector } from "./projector.ts";
import { historyText, textOf } from "./testing/history-text.ts";
import type { HistoryText } from "./testing/history-text.ts";
import { findingsIn, findingsOf } from "./testing/venue-history.ts";
import { TestPostgres } from "./testing/test-postgres.ts";

let server: TestPostgres;
beforeAll(async () => {
  server = await TestPostgres.start();
});
afterAll(async () => {
  await server.stop();
});

historyConformance("PostgreSQL", async () => new PostgresDatabase(await server.createDatabase()));

it("goes on by itself when its server was killed and is there again", async () => {
  const venue = tradeOut({
    ...{ seed: 51, shards: 2, moves: 200, deliveryPercent: 60 },
    chance: new ChanceOfEntries(),
  });
  const database = new PostgresDatabase(await server.createDatabase());
  const folder = mkdtempSync(join(tmpdir(), "outcry-history-"));
  // So many entries there are to be read for the time being.
  let share = 0.3;
  const logs = venue.logs.map((log) => {
    const end = () => Math.ceil(log.length * share);
    return {
      head: () => Promise.resolve(end()),
      read: (from: number) => Promise.resolve(log.slice(from - 1, Math.min(from + 9, end()))),
    };
  });
  const faults: unknown[] = [];
  const projector = new Projector({
    ...{ database, logs, clock: systemClock },
    snapshots: new DirectorySnapshotStore(folder),
    report: (error) => faults.push(error),
  });
  await projector.start();
  await eventually(() => projector.status().rowsWritten > 0, { what: "it writes" });
  await server.kill();
  share = 1;
  await eventually(() => projector.status().isWaiting, { what: "it waits" });
  await server.resume();
  const hasAll = () =>
    projector.status().written.every((at, shard) => at === venue.logs[shard]?.length);
  await eventually(hasAll, { what: "it has written all", deadlineMs: 30_000 });
  await projector.stop();
  expect(await findingsIn(database)).toEqual(findingsOf(venue));
  expect(faults).toEqual([expect.any(DatabaseUnavailable)]);
  await database.close();
  rmSync(folder, { recursive: true });
});

describe("the history of a running cluster", () => {
  const outcry = new CommandLine();
  afterAll(() => outcry.release());

  /** Its projector, once it answers. */
  async function ask(question: Question): Promise<HistoryAnswer> {
    const socket = historySocketPath(DataDirectory.open(outcry.data));
    let answer: Awaited<ReturnType<typeof askHistory>> = "nobody";
    await eventually(
      async () => {
        answer = await askHistory(socket, question);
        return typeof answer === "object" && "rows" in answer;
      },
      { what: () => `it answers: ${JSON.stringify(answer)}`, deadlineMs: 60_000 },
    );
    return answer as unknown as HistoryAnswer;
  }

  const count = async (): Promise<number> =>
    Number((await ask({ statement: "SELECT count(*) FROM events" })).rows[0]?.[0]);

  async function rebuilt(until: readonly number[]): Promise<HistoryText> {
    const database = new PostgresDatabase(await server.createDatabase());
    const cluster = findCluster({ data: outcry.data });
    const faults: unknown[] = [];
    return await withEngine(cluster, async ({ wholeLogs }) => {
      const projector = new Projector({
        ...{ database, logs: wholeLogs, clock: systemClock },
        snapshots: new DirectorySnapshotStore(join(outcry.data, "rebuilt")),
        report: (error) => faults.push(error),
      });
      await projector.start();
      const isThere = () => projector.status().written.every((at, shard) => at >= until[shard]!);
      await eventually(isThere, {
        what: () => `it is rebuilt: ${JSON.stringify(projector.status())} ${inspect(faults)}`,
        deadlineMs: 30_000,
      });
      await projector.stop();
      const text = await textOf(database);
      await database.close();
      return text;
    });
  }

  it("neither lacks a row nor doubles one when its projector is killed again and again", async () => {
    const ports = ["--port-base", String(await freePortBase(3))];
    await outcry.start("--shards", "2", "--history", ...ports);
    const random = new Random(5);
    for (let kill = 0; kill < 2; kill++) {
      const before = await count();
      const isOn = async () => (await count()) > before;
      await eventually(isOn, { what: "it goes on", deadlineMs: 60_000, everyMs: 50 });
      await sleep(random.below(400));
      await outcry.json("kill", "prj-1");
    }
    await outcry.json("kill", "agents", "--no-restart");
    // Ticks go on, and say nothing: all else is there once two looks agree.
    let [looked, behind] = [-1, 1];
    await eventually(
      async () => {
        const { written, heads, rows } = await ask({ statement: "SELECT count(*) FROM events" });
        const isSame = Number(rows[0]?.[0]) === looked;
        looked = Number(rows[0]?.[0]);
        behind = heads.reduce((sum, head, shard) => sum + head - written[shard]!, 0);
        return isSame && behind === 0;
      },
      { what: () => `all is written: ${behind} entries behind`, deadlineMs: 60_000, everyMs: 1000 },
    );
    const { log_positions: _, candles, ...text } = await historyText(ask);
    const { written } = await ask({ statement: "SELECT 1" });
    const { log_positions: __, candles: later, ...expected } = await rebuilt(written);
    expect(text).toEqual(expected);
    // Candles end by time alone, of which some went by between the two.
    expect(later).toEqual(expect.arrayContaining([...(candles ?? [])]));
    expect(text["fills"]?.length).toBeGreaterThan(0);
  });

  it("is told of in the status", async () => {
    // It is degraded: its agents do not run.
    const status = JSON.parse((await outcry.run("status", "--json")).stdout) as StatusReport;
    expect(status.history).toMatchObject({
      isWaiting: false,
      written: [expect.any(Number), expect.any(Number)],
    });
  });

  it("is asked in SQL on the command line", async () => {
    const statement =
      "SELECT asset, sum(amount) AS booked FROM ledger_entries GROUP BY 1 ORDER BY 1";
    const table = await outcry.run("sql", statement);
    expect(table.stdout).toMatch(/^asset +booked\nAAPL +[0-9]+\nBTC +[0-9]+\n[^]*\n\(6 rows\)\n$/);
    const answer = await outcry.json<HistoryAnswer>("sql", "SELECT * FROM ledger_differences");
    expect(answer).toMatchObject({ ok: true, rows: [], isCut: false });
    const refused = await outcry.run("sql", "DELETE FROM fills");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/^outcry: .*syntax error/);
  });
});
