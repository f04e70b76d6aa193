/**
 * History in a folder, by a PostgreSQL that runs in this process: nothing to install or to run.
 *
 * It has one session, so everybody takes turns; and one process, which this one has to be.
 */
import { mkdirSync } from "node:fs";
import { PGlite, types } from "@electric-sql/pglite";
import type { Transaction } from "@electric-sql/pglite";
import { DatabaseUnavailable, isAnswer, isMistake, isOurs, refusedOr } from "./database.ts";
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
import type { MigrationClient } from "./migrate.ts";

/** Who answers people's questions, and may do no more than read. */
const reader = "history_reader";

export class PgliteDatabase implements Database {
  readonly place: string;
  /** Opened once for all who ask at the same time: two of them would spoil the folder. */
  #database: Promise<PGlite> | undefined;
  /** Nobody opens the folder before whoever had it open has closed it. */
  #closing: Promise<void> = Promise.resolve();
  #isOver = false;

  /** @param folder where the data is; made when there is none. */
  constructor(folder: string) {
    this.place = folder;
  }

  async migrate(): Promise<void> {
    await this.#with(async (database) => {
      await migrate(migrationClient(database));
      await database.exec(`
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${reader}') THEN
            CREATE ROLE ${reader} NOLOGIN;
          END IF;
        END $$;
        -- Whoever may set things in this one session may set who they are.
        REVOKE EXECUTE ON FUNCTION set_config(text, text, boolean) FROM PUBLIC;
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${reader};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${reader};
      `);
    });
  }

  async query(text: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return await this.#with((database) => sessionOf(database).query(text, values));
  }

  async transact<Value>(work: (session: DatabaseSession) => Promise<Value>): Promise<Value> {
    return await this.#with((database) =>
      database.transaction((transaction) => work(sessionOf(transaction))),
    );
  }

  async ask(question: Question): Promise<SqlAnswer> {
    try {
      return await this.#with((database) =>
        database.transaction(async (transaction) => {
          await transaction.query("SET TRANSACTION READ ONLY");
          await transaction.query(`SET LOCAL ROLE ${reader}`);
          const answered = await answer(question, async (text, values) => {
            const options = { rowMode: "array", parsers } as const;
            const { fields, rows } = await transaction.query<unknown[]>(text, [...values], options);
            return { columns: fields.map(({ name }) => name), rows };
          });
          // The session is the writer's, too: nothing that the question has set is to stay.
          await transaction.rollback();
          return answered;
        }),
      );
    } catch (error) {
      throw refusedOr(error);
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    if (this.#database !== undefined) this.#leave(this.#database);
    await this.#closing;
  }

  async #with<Value>(work: (database: PGlite) => Promise<Value>): Promise<Value> {
    if (this.#isOver) throw new DatabaseUnavailable(this.place, new Error("it was closed"));
    const database = (this.#database ??= this.#open());
    try {
      return await work(await database);
    } catch (error) {
      if (isMistake(error) || isOurs(error)) throw error;
      // What is no answer of the database's own has broken it: it is opened anew.
      if (!isAnswer(error)) this.#leave(database);
      throw new DatabaseUnavailable(this.place, error);
    }
  }

  async #open(): Promise<PGlite> {
    await this.#closing;
    return await opened(this.place);
  }

  /** Of all whom it failed the first one leaves it. One that is broken may not close well. */
  #leave(database: Promise<PGlite>): void {
    if (this.#database !== database) return;
    this.#database = undefined;
    this.#closing = database.then((open) => open.close()).catch(() => undefined);
  }
}

async function opened(folder: string): Promise<PGlite> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = await PGlite.create(folder);
  await database.exec("SET timezone = 'UTC'");
  return database;
}

function sessionOf(queries: Pick<Transaction, "query">): DatabaseSession {
  return {
    query: async (text, values = []) =>
      (await queries.query<Record<string, unknown>>(text, [...values], { parsers })).rows,
    copy: async (table, columns, rows) => {
      const statement = `COPY ${table} (${columns.join(", ")}) FROM '/dev/blob'`;
      await queries.query(statement, [], { blob: new Blob([...rows.pieces()]) });
    },
  };
}

/** Small integers and truth as what they are, all else as the database writes it. */
const parsers = Object.fromEntries(
  Object.values(types)
    .filter((type) => typeof type === "number" && type !== types.BOOL && type !== types.INT4)
    .map((type) => [type as number, (text: string) => text]),
);

/** What the migrations need of pg's client. */
function migrationClient(database: PGlite): MigrationClient {
  const query = async (asked: string | { readonly text: string }, values?: unknown[]) => {
    const text = typeof asked === "string" ? asked : asked.text;
    if (values !== undefined && values.length > 0) return await database.query(text, values);
    // Of several statements, the last one's answer.
    const answers = await database.exec(text);
    return answers.at(-1) ?? { rows: [] };
  };
  return { query } as unknown as MigrationClient;
}
