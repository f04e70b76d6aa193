/**
 * What a history has to be, whichever database it is in.
 *
 * Method: a venue trades a day at random, over several shards, with accounts and books that move
 * and shards that are added. A projector reads its logs piece by piece; it is stopped and started,
 * and transactions fail before, within and after their end. What is in the tables in the end is
 * held against all that the venue told, and against a history that was written in one go.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Random } from "../../actors/testing/random.ts";
import { loseBeyondCash } from "../../actors/testing/contract-story.ts";
import { tradeOut } from "../../actors/testing/trading-day.ts";
import type { TestVenue } from "../../actors/testing/test-venue.ts";
import { systemClock } from "../../cluster/clock.ts";
import type { Clock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { EntryTruncated } from "../../cluster/faults.ts";
import type { ReplicatedLog } from "../../cluster/replicated-log.ts";
import { ChanceOfEntries } from "../../cluster/testing/chance-of-entries.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { DatabaseUnavailable, StatementRefused } from "./database.ts";
import type { Database, DatabaseSession } from "./database.ts";
import { HistoryBatch } from "./history-batch.ts";
import { HistoryMismatch } from "./history-mismatch.ts";
import { HistoryWriter } from "./history-writer.ts";
import { questionOfOrders } from "./orders-of-id.ts";
import { Projector } from "./projector.ts";
import { historyAnswersConformance } from "./requests/history-answers.conformance.ts";
import { textOf } from "./testing/history-text.ts";
import { findingsIn, findingsOf, transfersOf } from "./testing/venue-history.ts";

/** Whoever waits does so for a hundredth of the time. */
const impatient: Clock = {
  nowMs: () => systemClock.nowMs(),
  after: (ms, act) => systemClock.after(ms / 100, act),
};

const dayUs = 86_400_000_000;

/** Over a month's end, with words that no table expects. */
function tradedOut(): TestVenue {
  let moves = 0;
  const venue = tradeOut({
    ...{ seed: 31, shards: 2, moves: 650, deliveryPercent: 60 },
    ...{ relocationPercent: 6, feePercent: 3, shardsAtEnd: 3, chance: new ChanceOfEntries() },
    custodyPercent: 15,
    afterMove: (of) => {
      moves += 1;
      if (moves % 100 === 0) of.timeUs += 6 * dayUs;
    },
  });
  const reason = "a\tb\\c\nd\u0000e 'f'";
  venue.ask({ kind: "halt-trading", symbol: "", author: "ops", reason });
  venue.drain();
  return venue;
}

/** What a history says of contracts, and what follows for accounts. */
const namesOfContracts = [
  ...["contracts", "positions", "contractPositions", "standingPositions", "positionChanges"],
  ...["orders", "fills", "balances", "differences", "unbalanced"],
];

/** With contracts that are funded, expire, and lose more than there is. */
function contractsTraded(): TestVenue {
  let moves = 0;
  return tradeOut({
    ...{ seed: 3, shards: 2, moves: 900, deliveryPercent: 60, relocationPercent: 4 },
    ...{ contractPercent: 45, shardsAtEnd: 3, chance: new ChanceOfEntries() },
    afterMove: (of) => {
      moves += 1;
      if (moves === 1) loseBeyondCash(of);
    },
  });
}

/** @param open a database for these tests alone. */
export function historyConformance(name: string, open: () => Promise<Database>): void {
  describe(`history in ${name}`, () => {
    let venue: TestVenue;
    let database: Database;
    let folder: string;
    let projectors: Projector[];
    let reported: unknown[];
    let begun: object[];

    beforeAll(async () => {
      venue = tradedOut();
      database = await open();
      // Some take a while to make one.
      await wipe();
    }, 120_000);
    afterAll(() => database.close());
    beforeEach(async () => {
      await wipe();
      folder = mkdtempSync(join(tmpdir(), "outcry-history-"));
      projectors = [];
      reported = [];
      begun = [];
    });
    afterEach(async () => {
      await Promise.allSettled(projectors.map((projector) => projector.stop()));
      rmSync(folder, { recursive: true });
    });

    async function wipe(): Promise<void> {
      await database.query("DROP SCHEMA public CASCADE");
      await database.query("CREATE SCHEMA public");
      await database.query("GRANT USAGE ON SCHEMA public TO PUBLIC");
    }

    function logs(ends: readonly number[], piece = 40): Pick<ReplicatedLog, "read" | "head">[] {
      return venue.logs.map((log, shard) => ({
        head: () => Promise.resolve(ends[shard]!),
        read: (from) =>
          Promise.resolve(log.slice(from - 1, Math.min(from - 1 + piece, ends[shard]!))),
      }));
    }

    const wholeLogs = (): readonly number[] => venue.logs.map((log) => log.length);

    async function project(of = logs(wholeLogs()), into = database): Promise<Projector> {
      const projector = new Projector({
        ...{ database: into, logs: of, clock: impatient, onBegunAnew: (news) => begun.push(news) },
        snapshots: new DirectorySnapshotStore(join(folder, "snapshots")),
        report: (error) => reported.push(error),
      });
      projectors.push(projector);
      await projector.start();
      return projector;
    }

    const hasWritten = (projector: Projector, ends = wholeLogs()) =>
      eventually(() => projector.status().written.every((at, shard) => at === ends[shard]), {
        what: () => `it has written all: ${JSON.stringify(projector.status())}`,
      });

    historyAnswersConformance({
      venue: () => venue,
      database: () => database,
      begun: async (ends) => {
        const projector = await project(logs(ends));
        const hasBegun = () => projector.status().rowsWritten > 0;
        await eventually(hasBegun, { what: "it has begun" });
        return projector;
      },
      hasWrittenAll: (projector) => hasWritten(projector),
    });

    it("says what the venue told, and what its accounts have", async () => {
      await hasWritten(await project());
      expect(await findingsIn(database)).toEqual(findingsOf(venue));
      // The day has all that there is.
      expect(transfersOf(venue)).toBeGreaterThan(0);
      const months = "SELECT DISTINCT to_char(at, 'YYYY-MM') FROM fills";
      expect((await database.ask({ statement: months })).rows.length).toBeGreaterThan(1);
      const reasons =
        "SELECT reason FROM admin_actions WHERE details->>'symbol' = '' ORDER BY at DESC";
      const answer = await database.ask({ statement: reasons, rowsMax: 1 });
      expect(answer).toMatchObject({ columns: ["reason"], rows: [["a\tb\\c\nd\ufffde 'f'"]] });
      expect(reported).toEqual([]);
      const reports = venue.events.filter((event) => event.kind === "execution-report");
      const { tradeId } = reports.find((report) => report.tradeId !== 0)!;
      const parties = reports.filter((report) => report.tradeId === tradeId);
      expect(await ordersOf(String(tradeId))).toEqual(
        parties.map(({ orderId }) => orderId).sort((a, b) => a - b),
      );
      const { clientOrderId, orderId } = parties[0]!;
      expect(await ordersOf(String(clientOrderId))).toEqual([orderId]);
      expect(await ordersOf("nobody's")).toEqual([]);
    });

    const ordersOf = async (id: string): Promise<readonly number[]> => {
      const { rows } = await database.ask(questionOfOrders(id));
      return rows.map(([orderId]) => Number(orderId)).sort((a, b) => a - b);
    };

    it("has the same rows however often it was stopped, and whenever transactions failed", async () => {
      const unsure = new UnsureDatabase(database, new Random(7));
      const random = new Random(8);
      let ends: readonly number[] = venue.logs.map(() => 0);
      while (ends.some((end, shard) => end < venue.logs[shard]!.length)) {
        ends = ends.map((end, shard) =>
          Math.min(end + random.below(250), venue.logs[shard]!.length),
        );
        const projector = await project(logs(ends, 1 + random.below(60)), unsure);
        const { rowsWritten } = projector.status();
        // Often it is stopped before it has come there.
        if (random.isOneOf(60)) {
          await eventually(() => projector.status().rowsWritten > rowsWritten || isAt(projector), {
            what: "it has written something",
            deadlineMs: 20_000,
          });
        }
        await projector.stop();
      }
      unsure.isSure = true;
      const projector = await project(undefined, unsure);
      await hasWritten(projector);
      await projector.stop();
      expect(unsure.failures).toBeGreaterThan(5);
      expect(reported.every((error) => error instanceof DatabaseUnavailable)).toBe(true);
      const text = await textOf(database);
      await wipe();
      rmSync(join(folder, "snapshots"), { recursive: true, force: true });
      await hasWritten(await project());
      expect(text).toEqual(await textOf(database));
      expect(text["events"]?.length).toBeGreaterThan(300);
    });

    const isAt = (projector: Projector): boolean => {
      const { written, read } = projector.status();
      return written.every((sequence, shard) => sequence === read[shard]);
    };

    it("shows contracts as the logs have them, in one go and in pieces", async () => {
      const traded = venue;
      venue = contractsTraded();
      try {
        const timesUs = venue.logs.flat().map(({ timeUs }) => timeUs);
        // What led to an entry is among those before it in time.
        const middleUs = timesUs.sort((a, b) => a - b)[Math.floor(timesUs.length / 2)]!;
        const isEarly = ({ timeUs }: { timeUs: number }): boolean => timeUs <= middleUs;
        const halves = venue.logs.map((log) => log.filter(isEarly).length);
        const half = await project(logs(halves));
        await hasWritten(half, halves);
        await half.stop();
        await hasWritten(await project());
        const [found, told] = [await findingsIn(database), findingsOf(venue)];
        for (const name of namesOfContracts)
          expect([name, found[name]]).toEqual([name, told[name]]);
        const causes = "SELECT DISTINCT cause FROM position_changes ORDER BY cause";
        const { rows } = await database.ask({ statement: causes });
        expect(rows.flat()).toEqual(expect.arrayContaining(["expiry", "funding", "trade"]));
        expect(rows.length).toBeGreaterThan(3);
        const standing =
          "SELECT account FROM positions JOIN instruments USING (symbol) WHERE quantity <> 0 " +
          "AND symbol = 'APPLE-COIN-F1'";
        expect((await database.ask({ statement: standing })).rows).toEqual([]);
        const text = await textOf(database);
        await Promise.all(projectors.map((projector) => projector.stop()));
        await wipe();
        rmSync(join(folder, "snapshots"), { recursive: true, force: true });
        await hasWritten(await project());
        expect(await textOf(database)).toEqual(text);
        expect(reported).toEqual([]);
      } finally {
        venue = traded;
      }
    });

    it("has an account once that was told of twice, in the shard that told of it last", async () => {
      const writer = new HistoryWriter(database);
      await writer.open();
      const openedAt = "2026-11-22T12:00:00Z";
      for (const shard of [0, 1]) {
        const batch = new HistoryBatch();
        batch.changeAccount("alice", { participant: "acme", shard, isBlocked: false, openedAt });
        await writer.write(batch, [{ sequence: shard + 1, timeUs: 1, entriesHash: "ab" }]);
      }
      const rows = await database.query("SELECT account, shard FROM accounts");
      expect(rows).toEqual([{ account: "alice", shard: 1 }]);
    });

    it("refuses to go on with the history of other logs", async () => {
      const first = await project();
      await hasWritten(first);
      await first.stop();
      await database.query("UPDATE log_positions SET entries_hash = 'ab' WHERE shard = 1");
      const projector = await project();
      await expect(projector.whenOver()).rejects.toThrow(HistoryMismatch);
    });

    it("is written anew, unattended, where an older release has left it", async () => {
      const first = await project();
      await hasWritten(first);
      await first.stop();
      const text = await textOf(database);
      for (const migration of ["0005_contracts", "0004_orders"]) {
        for (const statement of downStatements(`${migration}.sql`)) await database.query(statement);
        await database.query(`DELETE FROM history_migrations WHERE name = '${migration}'`);
      }
      await database.query("UPDATE orders SET executed = 77");
      await hasWritten(await project());
      expect(await textOf(database)).toEqual(text);
      const entries = wholeLogs().reduce((sum, length) => sum + length, 0);
      expect(begun).toEqual([{ place: database.place, entries }]);
      expect(reported).toEqual([]);
    });

    it("keeps an older one until all of its own logs can be read", async () => {
      const first = await project();
      await hasWritten(first);
      await first.stop();
      const { log_positions: _, ...text } = await textOf(database);
      const refuse = async (of: ReturnType<typeof logs>, why: RegExp) => {
        await expect(project(of)).rejects.toThrow(why);
        const { log_positions: __, ...left } = await textOf(database);
        expect(left).toEqual(text);
      };
      await database.query("UPDATE log_positions SET form = 1");
      const cut = logs(wholeLogs()).map((log, shard): typeof log => ({
        ...log,
        read: (from, limits) =>
          from < 9 && shard === 1
            ? Promise.reject(new EntryTruncated("LOG_1", from, 9))
            : log.read(from, limits),
      }));
      await refuse(cut, /cannot be read from its first entry/);
      await database.query("UPDATE log_positions SET entries_hash = 'ab' WHERE shard = 1");
      await refuse(logs(wholeLogs()), /holds the history of other logs/);
      await database.query("UPDATE log_positions SET form = 1000");
      await refuse(logs(wholeLogs()), /of a newer release/);
      expect(begun).toEqual([]);
    });

    it("stops when somebody else writes", async () => {
      const ends = venue.logs.map(() => 30);
      const projector = await project(logs(ends));
      const over = expect(projector.whenOver()).rejects.toThrow(HistoryMismatch);
      await eventually(() => projector.status().rowsWritten > 0, { what: "it has begun" });
      await database.query("UPDATE log_positions SET sequence = sequence + 1 WHERE shard = 0");
      ends.splice(0, ends.length, ...wholeLogs());
      await over;
    });

    it("is for the next one as it was before a question", async () => {
      await database.migrate();
      const settings =
        "SELECT current_user, current_setting('search_path') AS path, " +
        "current_setting('timezone') AS timezone, " +
        "current_setting('default_transaction_read_only') AS reads_only";
      const before = await database.query(settings);
      for (const [name, value] of [
        ["search_path", "pg_temp"],
        ["timezone", "Asia/Tokyo"],
        ["default_transaction_read_only", "on"],
      ] as const) {
        const statement = `SELECT set_config('${name}', '${value}', false)`;
        // It may be refused, too.
        await database.ask({ statement }).catch((error: unknown) => {
          if (!(error instanceof StatementRefused)) throw error;
        });
      }
      expect(await database.query(settings)).toEqual(before);
      expect(await database.ask({ statement: "SHOW timezone" })).toMatchObject({ rows: [["UTC"]] });
    });

    it("ends a question that takes too long, and is there for others", async () => {
      const projector = await project();
      const statement = "SELECT count(*) FROM generate_series(1, 1000000000) AS n WHERE n % 7 = 0";
      const endless = database.ask({ statement, timeoutMs: 200 });
      await expect(endless).rejects.toBeInstanceOf(StatementRefused);
      await hasWritten(projector);
      expect(await findingsIn(database)).toEqual(findingsOf(venue));
      const few = { statement: "SELECT 1", timeoutMs: 10_000 };
      expect(await database.ask(few)).toMatchObject({ rows: [[1]] });
    });

    it("answers one statement that changes nothing", async () => {
      await database.migrate();
      const { columns, rows, isCut } = await database.ask({
        statement:
          "SELECT 1 AS one, $1::text AS text, true AS yes, 9007199254740993::bigint AS many, " +
          "'2026-11-22T12:00:00.000001Z'::timestamptz AS at, NULL AS nothing;",
        values: ["word"],
      });
      expect(isCut).toBe(false);
      expect(columns).toEqual(["one", "text", "yes", "many", "at", "nothing"]);
      expect(rows).toEqual([
        [1, "word", true, "9007199254740993", "2026-11-22 12:00:00.000001+00", null],
      ]);
      const refused = [
        "DELETE FROM orders",
        "SELECT 1; SELECT 2",
        "COMMIT; DROP TABLE orders",
        "CREATE TABLE mine (a int)",
        "SELECT nothing FROM nowhere",
        "WITH gone AS (DELETE FROM orders RETURNING 1) SELECT * FROM gone",
        "EXPLAIN ANALYZE DELETE FROM orders",
        "SELEC 1",
      ];
      for (const statement of refused) {
        await expect(database.ask({ statement })).rejects.toBeInstanceOf(StatementRefused);
      }
      const few = { statement: "SELECT generate_series(1, 9)", rowsMax: 2 };
      expect(await database.ask(few)).toMatchObject({ rows: [[1], [2]], isCut: true });
      const plan = await database.ask({ statement: "EXPLAIN SELECT count(*) FROM orders" });
      expect(plan.columns).toEqual(["QUERY PLAN"]);
      const count = await database.ask({ statement: "SELECT count(*) FROM orders" });
      expect(count.rows).toEqual([["0"]]);
    });
  });
}

/** What takes a migration back, one by one. */
function downStatements(migration: string): readonly string[] {
  const text = readFileSync(new URL(`./migrations/${migration}`, import.meta.url), "utf8");
  const [, down = ""] = text.split("-- Down Migration");
  return down.split(";").filter((statement) => statement.trim() !== "");
}

/** A database whose transactions fail at random: before, within and after they happen. */
class UnsureDatabase implements Database {
  readonly place = "unsure";
  isSure = false;
  failures = 0;
  readonly #database: Database;
  readonly #random: Random;

  constructor(database: Database, random: Random) {
    this.#database = database;
    this.#random = random;
  }

  migrate(): Promise<void> {
    return this.#database.migrate();
  }

  query(...args: Parameters<Database["query"]>): ReturnType<Database["query"]> {
    return this.#database.query(...args);
  }

  ask(...args: Parameters<Database["ask"]>): ReturnType<Database["ask"]> {
    return this.#database.ask(...args);
  }

  async transact<Value>(work: (session: DatabaseSession) => Promise<Value>): Promise<Value> {
    this.#mayFail();
    const value = await this.#database.transact(async (session) => {
      let steps = this.#random.below(20);
      const step = (): void => {
        steps -= 1;
        if (steps === 0) this.#mayFail();
      };
      return await work({
        query: (text, values) => {
          step();
          return session.query(text, values);
        },
        copy: (table, columns, rows) => {
          step();
          return session.copy(table, columns, rows);
        },
      });
    });
    this.#mayFail();
    return value;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #mayFail(): void {
    if (this.isSure || !this.#random.isOneOf(40)) return;
    this.failures += 1;
    throw new DatabaseUnavailable(this.place, new Error("by chance"));
  }
}
