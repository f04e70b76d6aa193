/**
 * History on a PostgreSQL server (see `history.conformance.ts`), and of a cluster that runs.
 *
 * Goal of the latter: a projector that is killed at any moment of its writing has the same rows in
 * the end as one that reads all logs at once, into another database.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../actors/testing/random.ts";
import { systemClock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { withEngine } from "../cli/engine-access.ts";
import { findCluster } from "../cli/running-cluster.ts";
import { DataDirectory } from "../config/data-directory.ts";
import { historySocketPath } from "../supervisor/cluster-plan.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";
import type { Question } from "./database.ts";
import { historyConformance } from "./history.conformance.ts";
import { askHistory } from "./history-desk.ts";
import type { HistoryAnswer } from "./history-desk.ts";
import { PostgresDatabase } from "./postgres-database.ts";
import { Projector } from "./projector.ts";
import { historyText, textOf } from "./testing/history-text.ts";
import type { HistoryText } from "./testing/history-text.ts";
import { TestPostgres } from "./testing/test-postgres.ts";

let server: TestPostgres;
beforeAll(async () => {
  server = await TestPostgres.start();
});
afterAll(async () => {
  await server.stop();
});

historyConformance("PostgreSQL", async () => new PostgresDatabase(await server.createDatabase()));

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
    return await withEngine(cluster, async ({ wholeLogs }) => {
      const projector = new Projector({
        ...{ database, logs: wholeLogs, clock: systemClock },
        snapshots: new DirectorySnapshotStore(join(outcry.data, "rebuilt")),
        report: () => undefined,
      });
      await projector.start();
      const isThere = () => projector.status().written.every((at, shard) => at >= until[shard]!);
      await eventually(isThere, { what: "it is rebuilt", deadlineMs: 60_000 });
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
    for (let kill = 0; kill < 3; kill++) {
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
    const { written } = await ask({ statement: "SELECT 1" });
    const { log_positions: _, ...text } = await historyText(ask);
    const { log_positions: __, ...expected } = await rebuilt(written);
    expect(text).toEqual(expected);
    expect(text["fills"]?.length).toBeGreaterThan(0);
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
