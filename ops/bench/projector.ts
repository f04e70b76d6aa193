/**
 * `npm run bench:projector`: how many events a second the projector writes down, beside a bare COPY
 * of the same rows.
 *
 * Measured: from entries of a log in memory to committed rows: applying the entries with both
 * hashes, making rows, COPY, replacing the rows of orders, balances and positions. Not measured:
 * reading the log over the network. The yardstick copies the rows that are added, in the same
 * transactions, to the same tables of another database, and does nothing else.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { systemClock } from "../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import type { LogEntry } from "../../cluster/replicated-log.ts";
import type { CopyRows } from "../history/copy-rows.ts";
import type { Database, DatabaseSession } from "../history/database.ts";
import { appendTables } from "../history/history-tables.ts";
import { PgliteDatabase } from "../history/pglite-database.ts";
import { PostgresDatabase } from "../history/postgres-database.ts";
import { Projector } from "../history/projector.ts";
import { TestPostgres } from "../history/testing/test-postgres.ts";
import { LogWriter, openingEntries, openingUs } from "./engine/bench-venue.ts";
import { OrderFlow } from "./engine/order-flow.ts";

const commandsPerFrame = 100;
const commandGapUs = 1000;
/** As a log that is not read for the first time: so many entries at once. */
const entriesPerRead = 100;

interface Copied {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: CopyRows;
}

/** Passes all on, and keeps what is copied, by transaction. */
class CopyRecorder implements Database {
  readonly place: string;
  readonly transactions: Copied[][] = [];
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.place = database.place;
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

  transact<Value>(work: (session: DatabaseSession) => Promise<Value>): Promise<Value> {
    const copied: Copied[] = [];
    this.transactions.push(copied);
    return this.#database.transact((session) =>
      work({
        query: (text, values) => session.query(text, values),
        copy: (table, columns, rows) => {
          copied.push({ table, columns, rows });
          return session.copy(table, columns, rows);
        },
      }),
    );
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

interface Measurement {
  readonly database: string;
  readonly commands: number;
  /** Execution reports: what accounts are told of their orders. */
  readonly events: number;
  /** All that are there in the end. */
  readonly rows: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  readonly rowsPerSecond: number;
  /** Events for each second of processor time of this process. */
  readonly eventsPerProcessorSecond: number;
  /** The rows that are added, copied and nothing else. */
  readonly copied: number;
  readonly copySeconds: number;
  readonly copiedPerSecond: number;
}

async function measure(
  name: string,
  entries: readonly LogEntry[],
  { database, other }: { readonly database: Database; readonly other: Database },
): Promise<Measurement> {
  const recorder = new CopyRecorder(database);
  const folder = mkdtempSync(join(tmpdir(), "outcry-bench-"));
  // The tables are made beforehand.
  await recorder.migrate();
  const projector = new Projector({
    logs: [
      {
        head: () => Promise.resolve(entries.length),
        read: (from) => Promise.resolve(entries.slice(from - 1, from - 1 + entriesPerRead)),
      },
    ],
    clock: systemClock,
    snapshots: new DirectorySnapshotStore(folder),
    database: recorder,
    report: (error) => {
      throw error;
    },
  });
  const processorBefore = process.cpuUsage();
  const beganMs = performance.now();
  await projector.start();
  while (projector.status().written[0] !== entries.length) await sleep(5);
  const seconds = (performance.now() - beganMs) / 1000;
  const { user, system } = process.cpuUsage(processorBefore);
  const rows = projector.status().rowsWritten;
  await projector.stop();
  rmSync(folder, { recursive: true });
  const { rows: counts } = await database.ask({ statement: "SELECT count(*) FROM events" });
  const events = Number(counts[0]?.[0]);
  const { copied, copySeconds } = await copyAlone(recorder.transactions, other);
  return {
    ...{ database: name, commands: entries.length * commandsPerFrame, events, rows, seconds },
    ...{ eventsPerSecond: events / seconds, rowsPerSecond: rows / seconds },
    eventsPerProcessorSecond: (events / (user + system)) * 1_000_000,
    ...{ copied, copySeconds, copiedPerSecond: copied / copySeconds },
  };
}

async function copyAlone(transactions: readonly (readonly Copied[])[], database: Database) {
  await database.migrate();
  for (const table of ["events", "refusals", "fills", "ledger_entries", "trades"]) {
    await database.query(`CREATE TABLE ${table}_all PARTITION OF ${table} DEFAULT`);
  }
  let copied = 0;
  const beganMs = performance.now();
  for (const transaction of transactions) {
    await database.transact(async (session) => {
      for (const { table, columns, rows } of transaction) {
        if (!(table in appendTables)) continue;
        await session.copy(table, columns, rows);
        copied += rows.count;
      }
    });
  }
  return { copied, copySeconds: (performance.now() - beganMs) / 1000 };
}

function entriesOf(commands: number): readonly LogEntry[] {
  const log = new LogWriter();
  const entries = [...openingEntries(log)];
  const flow = new OrderFlow("plain");
  for (let from = 0; from < commands; from += commandsPerFrame) {
    const frame = Array.from({ length: commandsPerFrame }, () => flow.next());
    entries.push(log.entry("gateway-1", frame, openingUs + (from + 1) * commandGapUs));
  }
  return entries;
}

function render(of: Measurement): string {
  const number = (value: number): string => Math.round(value).toLocaleString("en-US");
  return [
    `${of.database}: ${number(of.commands)} commands`,
    `  projector          ${number(of.eventsPerSecond)} events and ${number(of.rowsPerSecond)} ` +
      `rows a second (${number(of.events)} and ${number(of.rows)} in ${of.seconds.toFixed(1)} s)`,
    `  of processor time  ${number(of.eventsPerProcessorSecond)} events a second, in this process`,
    `  COPY and no more   ${number(of.copiedPerSecond)} rows a second (${number(of.copied)} in ` +
      `${of.copySeconds.toFixed(1)} s)`,
    "",
  ].join("\n");
}

const usage = `usage: npm run bench:projector [-- options]

  --commands <n>   order commands in the log (default 100000)
  --only <which>   postgresql or pglite
  --json           print the measurements as JSON
`;

const { values: flags } = parseArgs({
  options: {
    commands: { type: "string", default: "100000" },
    only: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (flags.help) {
  process.stdout.write(usage);
  process.exit(0);
}

const say = (text: string): void => {
  if (!flags.json) console.log(text);
};
say(
  `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown processor"}, ` +
    `Node ${process.version}, load average ${loadavg()[0]!.toFixed(1)} at the start\n`,
);
const entries = entriesOf(Number(flags.commands));
const measured: Measurement[] = [];

/** Two databases, of which one is measured with the projector. */
async function measureOn(name: string, open: () => Promise<Database>): Promise<void> {
  const [database, other] = [await open(), await open()];
  const result = await measure(name, entries, { database, other });
  measured.push(result);
  say(render(result));
  await Promise.all([database.close(), other.close()]);
}

if (flags.only !== "pglite") {
  const server = await TestPostgres.start({ fsync: true });
  const { version } = server;
  await measureOn(version, async () => new PostgresDatabase(await server.createDatabase()));
  await server.stop();
}
if (flags.only !== "postgresql") {
  const folder = mkdtempSync(join(tmpdir(), "outcry-bench-pglite-"));
  let count = 0;
  await measureOn("PGlite", () =>
    Promise.resolve(new PgliteDatabase(join(folder, String((count += 1))))),
  );
  rmSync(folder, { recursive: true });
}
if (flags.json) console.log(JSON.stringify(measured));
