/**
 * Writes batches of rows, each in one transaction together with where in the logs it ends. So a
 * crash anywhere neither loses a row nor doubles one.
 */
import { amountOf } from "../../protocols/index.ts";
import { CopyRows } from "./copy-rows.ts";
import { copyNull, copyTime } from "./copy-text.ts";
import type { CopyLine } from "./copy-text.ts";
import type { Database, DatabaseSession, SqlRow } from "./database.ts";
import type { HistoryBatch } from "./history-batch.ts";
import { HistoryMismatch } from "./history-mismatch.ts";
import { nowhere } from "./history-position.ts";
import type { HistoryPosition } from "./history-position.ts";
import { accountColumns, appendTables, currentTables, rowsForm } from "./history-tables.ts";
import type { AppendTableName, CurrentTable, CurrentTableName } from "./history-tables.ts";
import type { Position, Positions } from "./positions.ts";

export interface HistoryEnd {
  /** By shard. */
  readonly positions: readonly HistoryPosition[];
  /** Whether its rows are of an older form. */
  readonly isOutdated: boolean;
}

export class HistoryWriter {
  readonly #database: Database;
  /** By shard, as far as we have written. */
  #written: HistoryPosition[] = [];
  readonly #partitions = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Where the history ends, by shard; makes the tables where there are none. Rejects with
   * {@link HistoryMismatch} when its rows are of a form that comes after ours.
   */
  async open(): Promise<HistoryEnd> {
    await this.#database.migrate();
    const rows = await this.#database.query(positionsQuery);
    const forms = rows.map(({ form }) => Number(form));
    if (forms.some((form) => form > rowsForm)) {
      throw new HistoryMismatch(`${this.#database.place} holds the history of a newer release`);
    }
    this.#written = positionsIn(rows);
    return { positions: this.#written, isOutdated: forms.some((form) => form < rowsForm) };
  }

  /** Removes all rows, if they are still those that were there. */
  async clear(): Promise<void> {
    await this.#database.transact(async (session) => {
      const there = positionsIn(await session.query(`${positionsQuery} FOR UPDATE`));
      this.#mustBeAt(there, this.#written);
      const tables = [...Object.keys(appendTables), ...Object.keys(currentTables), "accounts"];
      await session.query(`TRUNCATE log_positions, ${tables.join(", ")}`);
    });
    this.#written = [];
  }

  /** Takes up what accounts had bought and sold. */
  async loadPositions(into: Positions): Promise<void> {
    for (const row of await this.#database.query("SELECT * FROM positions")) {
      into.set(String(row["account"]), String(row["symbol"]), positionIn(row));
    }
  }

  /**
   * Writes a batch down, and up to where it goes. Does nothing if that was done before, by a call
   * that did not hear how it ended.
   */
  async write(batch: HistoryBatch, reached: readonly HistoryPosition[]): Promise<void> {
    const made = new Set<string>();
    await this.#database.transact(async (session) => {
      const there = positionsIn(await session.query(`${positionsQuery} FOR UPDATE`));
      if (isSame(there, reached)) return;
      this.#mustBeAt(there, this.#written);
      await this.#makePartitions(session, batch, made);
      await writeRows(session, batch);
      await this.#reach(session, reached);
    });
    for (const partition of made) this.#partitions.add(partition);
    this.#written = [...reached];
  }

  #mustBeAt(there: readonly HistoryPosition[], written: readonly HistoryPosition[]): void {
    if (isSame(there, written)) return;
    throw new HistoryMismatch(
      `somebody else writes to ${this.#database.place}: it is at ${sequencesOf(there)}, ` +
        `and we have left it at ${sequencesOf(written)}`,
    );
  }

  /** They are there for good only once the transaction is done. */
  async #makePartitions(
    session: DatabaseSession,
    { added, months }: HistoryBatch,
    made: Set<string>,
  ): Promise<void> {
    for (const [table, rows] of Object.entries(added)) {
      if (rows.count === 0 || !appendTables[table as AppendTableName].isPartitioned) continue;
      for (const month of months) {
        const partition = `${table}_${month.replace("-", "_")}`;
        if (this.#partitions.has(partition)) continue;
        await session.query(
          `CREATE TABLE IF NOT EXISTS ${partition} PARTITION OF ${table} ` +
            `FOR VALUES FROM ('${month}-01T00:00:00Z') TO ('${monthAfter(month)}-01T00:00:00Z')`,
        );
        made.add(partition);
      }
    }
  }

  async #reach(session: DatabaseSession, reached: readonly HistoryPosition[]): Promise<void> {
    for (const [shard, position] of reached.entries()) {
      const { sequence, timeUs, entriesHash } = position;
      if (sequence === (this.#written[shard] ?? nowhere).sequence) continue;
      await session.query(
        "INSERT INTO log_positions (shard, sequence, at, entries_hash, form) " +
          "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shard) DO UPDATE SET " +
          "sequence = excluded.sequence, at = excluded.at, entries_hash = excluded.entries_hash",
        [shard, sequence, copyTime(timeUs), entriesHash, rowsForm],
      );
    }
  }
}

async function writeRows(session: DatabaseSession, batch: HistoryBatch): Promise<void> {
  for (const [name, rows] of Object.entries(batch.added)) {
    if (rows.count === 0) continue;
    await session.copy(name, appendTables[name as AppendTableName].columns, rows);
  }
  for (const [name, rows] of Object.entries(batch.current)) {
    if (rows.size === 0) continue;
    await replaceRows(session, name as CurrentTableName, rows.values());
  }
  if (batch.accounts.size > 0) await changeAccounts(session, batch);
}

async function replaceRows(
  session: DatabaseSession,
  name: CurrentTableName,
  lines: Iterable<CopyLine>,
): Promise<void> {
  const { columns, key, fixed }: CurrentTable = currentTables[name];
  const staging = await stage(session, name, { columns, lines });
  const changed = columns.filter((column) => !key.includes(column) && !fixed.includes(column));
  const set = changed.map((column) => `${column} = excluded.${column}`).join(", ");
  const list = columns.join(", ");
  await session.query(
    `INSERT INTO ${name} (${list}) SELECT ${list} FROM ${staging} ` +
      `ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${set}`,
  );
}

/** Copies rows to a table that is empty again after the transaction. */
async function stage(
  session: DatabaseSession,
  name: string,
  { columns, lines }: { readonly columns: readonly string[]; readonly lines: Iterable<CopyLine> },
): Promise<string> {
  const staging = `staged_${name}`;
  await session.query(
    `CREATE TEMP TABLE IF NOT EXISTS ${staging} ON COMMIT DELETE ROWS AS ` +
      `SELECT ${columns.join(", ")} FROM ${name} WITH NO DATA`,
  );
  await session.copy(staging, columns, CopyRows.of(lines));
  return staging;
}

async function changeAccounts(session: DatabaseSession, { accounts }: HistoryBatch): Promise<void> {
  const lines = [...accounts].map(([account, change]) => {
    const { participant, shard, isBlocked, openedAt } = change;
    const fields = [participant, shard, isBlocked, openedAt].map((field) => field ?? copyNull);
    return `${[account, ...fields].join("\t")}\n`;
  });
  const staging = await stage(session, "accounts", { columns: accountColumns, lines });
  const list = accountColumns.join(", ");
  await session.query(
    `UPDATE accounts SET shard = coalesce(change.shard, accounts.shard), ` +
      `is_blocked = coalesce(change.is_blocked, accounts.is_blocked) ` +
      `FROM ${staging} AS change WHERE accounts.account = change.account`,
  );
  await session.query(
    `INSERT INTO accounts (${list}) SELECT ${list} FROM ${staging} WHERE opened_at IS NOT NULL ` +
      // Of one that moved before it was opened, the shard that passed that on has told.
      `ON CONFLICT (account) DO NOTHING`,
  );
}

const positionsQuery =
  "SELECT shard, sequence, (extract(epoch FROM at) * 1000000)::bigint AS time_us, " +
  "entries_hash, form FROM log_positions ORDER BY shard";

function positionsIn(rows: readonly SqlRow[]): HistoryPosition[] {
  const positions: HistoryPosition[] = rows.map(() => nowhere);
  for (const { shard, sequence, time_us: timeUs, entries_hash: entriesHash } of rows) {
    positions[Number(shard)] = {
      sequence: Number(sequence),
      timeUs: Number(timeUs),
      entriesHash: String(entriesHash),
    };
  }
  return positions;
}

function isSame(a: readonly HistoryPosition[], b: readonly HistoryPosition[]): boolean {
  const count = Math.max(a.length, b.length);
  return Array.from({ length: count }, (_, shard) => shard).every((shard) => {
    const [one, other] = [a[shard] ?? nowhere, b[shard] ?? nowhere];
    return one.sequence === other.sequence && one.entriesHash === other.entriesHash;
  });
}

function sequencesOf(positions: readonly HistoryPosition[]): string {
  const sequences = positions.map(({ sequence }, shard) => `entry ${sequence} of shard ${shard}`);
  return sequences.join(", ") || "its beginning";
}

function positionIn(row: SqlRow): Position {
  const amount = (column: string) => amountOf(BigInt(String(row[column])));
  return {
    quantity: Number(row["quantity"]),
    cost: amount("cost"),
    realized: amount("realized"),
    funding: amount("funding"),
    fees: amount("fees"),
    bought: amount("bought"),
    sold: amount("sold"),
    fills: Number(row["fills"]),
    lastPrice: Number(row["last_price"]),
  };
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}
