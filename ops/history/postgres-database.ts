/** History on a PostgreSQL server, through `pg` and COPY. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { ConfigFault } from "../config/config-fault.ts";
import { noDatabaseAddress, placeOfDatabase } from "../config/database-address.ts";
import { DatabaseUnavailable, faultOf, refusedOr } from "./database.ts";
import type {
  Database,
  DatabaseSession,
  Question,
  SqlAnswer,
  SqlRow,
  SqlValue,
} from "./database.ts";
import { answer } from "./question.ts";
import { migrate } from "./migrate.ts";
import { inTransaction } from "./transaction.ts";

/** Whoever writes does not wait for those who answer people. */
const writersMax = 2;
const readersMax = 3;
const connectTimeoutMs = 5000;
/** Whoever writes tries again rather than wait longer for somebody who has locked a table. */
const lockTimeoutMs = 3000;
/** A question that takes longer is no question for here. */
const askTimeoutMs = 60_000;

export class PostgresDatabase implements Database {
  readonly place: string;
  readonly #writers: pg.Pool;
  readonly #readers: pg.Pool;

  /** @param url as `postgres://user:password@host:port/database`. */
  constructor(url: string) {
    const place = placeOfDatabase(url);
    // Not with the error of whoever could not read it: that has the whole address.
    if (place === undefined) {
      throw new ConfigFault("process-settings-invalid", `database ${noDatabaseAddress}`);
    }
    this.place = place;
    this.#writers = poolOf(url, writersMax);
    this.#readers = poolOf(url, readersMax);
  }

  async migrate(): Promise<void> {
    await this.#onClient(this.#writers, (client) => migrate(client));
  }

  async query(text: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return await this.#onClient(this.#writers, (client) => sessionOf(client).query(text, values));
  }

  async transact<Value>(work: (session: DatabaseSession) => Promise<Value>): Promise<Value> {
    return await this.#onClient(this.#writers, (client) =>
      inTransaction(
        (text) => client.query(text),
        () => work(sessionOf(client)),
      ),
    );
  }

  async ask(question: Question): Promise<SqlAnswer> {
    const { timeoutMs = askTimeoutMs } = question;
    try {
      return await this.#onClient(this.#readers, (client) =>
        answer(question, {
          setting: `SET LOCAL statement_timeout = ${Math.floor(timeoutMs)}`,
          run: async (text, values) => {
            const { fields, rows } = await client.query<unknown[]>(oneStatement(text, values));
            return { columns: fields.map(({ name }) => name), rows };
          },
        }),
      );
    } catch (error) {
      throw refusedOr(error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#writers.end(), this.#readers.end()]);
  }

  async #onClient<Value>(
    pool: pg.Pool,
    work: (client: pg.PoolClient) => Promise<Value>,
  ): Promise<Value> {
    const client = await pool.connect().catch((error: unknown) => {
      throw new DatabaseUnavailable(this.place, error);
    });
    // What is under way learns of it by itself.
    const ignore = (): void => undefined;
    client.on("error", ignore);
    try {
      const value = await work(client);
      client.off("error", ignore);
      // What a question has set in its session goes with that.
      client.release(pool === this.#readers);
      return value;
    } catch (error) {
      client.release(true);
      throw faultOf(this.place, error);
    }
  }
}

function poolOf(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: "outcry-history",
    keepAlive: true,
    // Times as text, to the microsecond.
    types: { getTypeParser: typeParser },
    options: `-c timezone=UTC -c lock_timeout=${lockTimeoutMs}`,
  });
  // A connection that nobody uses was closed by the server: the next one is opened when needed.
  pool.on("error", () => undefined);
  return pool;
}

/** As one statement and no more; its types do not know of `queryMode`. */
function oneStatement(text: string, values: readonly SqlValue[]): pg.QueryArrayConfig {
  const config = { text, values: [...values], rowMode: "array" as const, queryMode: "extended" };
  return config;
}

function sessionOf(client: pg.PoolClient): DatabaseSession {
  return {
    query: async (text, values = []) =>
      (await client.query<Record<string, unknown>>(text, [...values])).rows,
    copy: async (table, columns, rows) => {
      const into = client.query(copyFrom(`COPY ${table} (${columns.join(", ")}) FROM STDIN`));
      await pipeline(Readable.from(rows.pieces()), into);
    },
  };
}

/** Small integers and truth as what they are, all else as the server writes it. */
const typeParser = ((oid: number) => {
  const { BOOL, INT4 }: Readonly<Record<string, number>> = pg.types.builtins;
  if (oid === BOOL) return (text: string) => text === "t";
  if (oid === INT4) return Number;
  return String;
}) as typeof pg.types.getTypeParser;
