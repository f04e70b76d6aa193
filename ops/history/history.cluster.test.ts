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
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
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
import { historySocketPath } from "../config/local-socket.ts";
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
import { SmallDisk } from "./testing/small-disk.ts";
import { TestPostgres } from "./testing/test-postgres.ts";

let server: TestPostgres;
/** The server may write to them until its end. */
const disks: SmallDisk[] = [];
beforeAll(async () => {
  server = await TestPostgres.start();
});
afterAll(async () => {
  await server.stop();
  for (const disk of disks) disk.close();
});

historyConformance("PostgreSQL", async () => new PostgresDatabase(await server.createDatabase()));

/** Something that keeps a database from taking rows. */
interface Outage {
  /** Before there are any tables. */
  readonly prepare?: (url: string) => Promise<void>;
  readonly begin: (url: string) => Promise<void>;
  readonly end: (url: string) => Promise<void>;
  /** What the database says of it. */
  readonly cause: RegExp;
}

/** On a disk of its own where this machine lets us have one, which is full for a while. */
function fullDisk(): Outage {
  const disk = SmallDisk.open(24);
  if (!(disk instanceof SmallDisk)) {
    console.log(`a trigger says that the disk is full, for none can be mounted here: ${disk}`);
    return refusedRows;
  }
  disks.push(disk);
  return {
    prepare: (url) => server.useFolder(url, disk.folder),
    begin: () => Promise.resolve(disk.fill()),
    end: () => Promise.resolve(disk.clear()),
    cause: /No space left on device/,
  };
}

const refusedRows: Outage = {
  begin: async (url) => {
    await run(
      url,
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " +
        "RAISE 'No space left on device' USING ERRCODE = 'disk_full'; END $$",
    );
    await run(url, "CREATE TRIGGER full_disk BEFORE INSERT ON orders EXECUTE FUNCTION refuse()");
  },
  end: (url) => run(url, "DROP TRIGGER full_disk ON orders"),
  cause: /No space left on device/,
};

/** Somebody has a table for themselves. */
function lockedTable(): Outage {
  let holder: pg.Client;
  return {
    begin: async (url) => {
      holder = new pg.Client(url);
      await holder.connect();
      await holder.query("BEGIN; LOCK TABLE fills IN ACCESS EXCLUSIVE MODE");
    },
    end: () => holder.end(),
    cause: /lock timeout/,
  };
}

const killedServer: Outage = {
  begin: () => server.kill(),
  end: () => server.resume(),
  cause: /./,
};

async function run(url: string, statement: string): Promise<void> {
  const database = new PostgresDatabase(url);
  await database.query(statement);
  await database.close();
}

const outages: readonly (readonly [string, () => Outage])[] = [
  ["its server is killed", () => killedServer],
  ["its disk is full", fullDisk],
  ["a table is locked", lockedTable],
];

it.each(outages)("waits while %s, says so, and goes on by itself", async (_, make) => {
  const outage = make();
  const venue = tradeOut({
    ...{ seed: 51, shards: 2, moves: 200, deliveryPercent: 60 },
    chance: new ChanceOfEntries(),
  });
  const ends = venue.logs.map((log) => log.length);
  const url = await server.createDatabase();
  await outage.prepare?.(url);
  const database = new PostgresDatabase(url);
  const folder = mkdtempSync(join(tmpdir(), "outcry-history-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
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
  await outage.begin(url);
  share = 1;
  await eventually(() => projector.status().isWaiting, { what: "it waits", deadlineMs: 20_000 });
  // The logs go on, and how far they are is known.
  const isKnown = () => projector.status().heads.every((head, shard) => head === ends[shard]);
  await eventually(isKnown, { what: "it knows how far the logs are" });
  expect(projector.status().written).not.toEqual(ends);
  await outage.end(url);
  const hasAll = () => projector.status().written.every((at, shard) => at === ends[shard]);
  await eventually(hasAll, { what: "it has written all", deadlineMs: 30_000 });
  expect(projector.status().isWaiting).toBe(false);
  await projector.stop();
  expect(await findingsIn(database)).toEqual(findingsOf(venue));
  expect(faults).toEqual([expect.any(DatabaseUnavailable)]);
  expect(String(faults[0])).toMatch(outage.cause);
  await database.close();
});

describe("the history of a running cluster", () => {
  const outcry = new CommandLine();
  afterAll(() => outcry.release());

  /** Its projector, once it answers. */
  async function ask(question: Question): Promise<HistoryAnswer> {
    const socket = historySocketPath(DataDirectory.open(outcry.data).path);
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

  it("is read page by page by those whose it is", async () => {
    const sql = "SELECT count(*) FROM ledger_entries WHERE account = 'demo'";
    const { rows } = await ask({ statement: sql });
    const ledger = await outcry.json<{ entries: readonly object[]; entriesBehind: number }>(
      ...["history", "ledger", "--all"],
    );
    expect(ledger.entries.length).toBe(Number(rows[0]?.[0]));
    expect(ledger.entries.length).toBeGreaterThan(0);
    const trades = await outcry.run("history", "trades", "BTC-USDT", "--limit", "2");
    expect(trades.stdout).toMatch(/^TIME +SYMBOL +TAKER +PRICE +QUANTITY +TRADE\n.*BTC-USDT/);
    const unknown = await outcry.run("history", "orders", "btc");
    expect(unknown.exitCode).toBe(1);
    expect(unknown.stderr).toMatch(/no instrument btc: there are .*BTC-USDT/);
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
    expect(refused.stderr).toMatch(/^outcry: .*syntax error.*only reads/);
  });
});
