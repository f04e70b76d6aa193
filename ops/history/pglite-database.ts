/**
 * History in a folder, by a PostgreSQL that runs in a thread of this process: nothing to install or
 * to run.
 *
 * It has one session, so everybody takes turns; and one process, which this one has to be. Nobody
 * can stop a question in it but by ending it, as a crash would: then it is opened anew.
 */
import { setTimeout as wait } from "node:timers/promises";
import {
  DatabaseUnavailable,
  faultOf,
  isAnswer,
  isOurs,
  refusedOr,
  StatementRefused,
} from "./database.ts";
import type {
  Database,
  DatabaseSession,
  Question,
  SqlAnswer,
  SqlRow,
  SqlValue,
} from "./database.ts";
import { migrate } from "./migrate.ts";
import type { MigrationClient } from "./migrate.ts";
import { PgliteSession } from "./pglite-session.ts";
import { answer } from "./question.ts";
import { inTransaction } from "./transaction.ts";

/** Who answers people's questions, and may do no more than read. */
const reader = "history_reader";
/** Nothing is written while it answers. */
const askTimeoutMs = 20_000;

export class PgliteDatabase implements Database {
  readonly place: string;
  /** Opened once for all who ask at the same time: two of them would spoil the folder. */
  #session: Promise<PgliteSession> | undefined;
  /** Nobody opens the folder before whoever had it open has closed it. */
  #closing: Promise<void> = Promise.resolve();
  /** Whoever has come before. */
  #turn: Promise<unknown> = Promise.resolve();
  #isOver = false;

  /** @param folder where the data is; made when there is none. */
  constructor(folder: string) {
    this.place = folder;
  }

  async migrate(): Promise<void> {
    await this.#with(async (session) => {
      await migrate(migrationClient(session));
      await session.execute(`
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
    return await this.#with((session) => session.query(text, values));
  }

  async transact<Value>(work: (session: DatabaseSession) => Promise<Value>): Promise<Value> {
    return await this.#with((session) =>
      inTransaction(
        (text) => session.query(text, []),
        () => work(writing(session)),
      ),
    );
  }

  async ask(question: Question): Promise<SqlAnswer> {
    const { timeoutMs = askTimeoutMs } = question;
    try {
      return await this.#with(async (session) => {
        const over = new AbortController();
        const asked = answer(question, {
          setting: `SET LOCAL ROLE ${reader}`,
          run: (text, values) => session.list(text, values),
        });
        const answered = asked.finally(() => over.abort());
        const late = wait(timeoutMs, undefined, over).then(async () => {
          await session.end();
          throw new StatementRefused(new Error(`it takes longer than ${timeoutMs / 1000} s`));
        });
        return await Promise.race([answered, late]);
      });
    } catch (error) {
      throw refusedOr(error);
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    if (this.#session !== undefined) this.#leave(this.#session);
    await this.#closing;
  }

  /** One after the other. */
  async #with<Value>(work: (session: PgliteSession) => Promise<Value>): Promise<Value> {
    const turn = this.#turn.then(() => this.#work(work));
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }

  async #work<Value>(work: (session: PgliteSession) => Promise<Value>): Promise<Value> {
    if (this.#isOver) throw new DatabaseUnavailable(this.place, new Error("it was closed"));
    const session = (this.#session ??= this.#open());
    try {
      return await work(await session);
    } catch (error) {
      // What is no answer of the database's own has broken it: it is opened anew.
      const isWhole = isAnswer(error) || isOurs(error) || error instanceof DatabaseUnavailable;
      if (!isWhole) this.#leave(session);
      throw faultOf(this.place, error);
    }
  }

  async #open(): Promise<PgliteSession> {
    await this.#closing;
    return await PgliteSession.open(this.place);
  }

  /** Of all whom it failed the first one leaves it. One that is broken may not close well. */
  #leave(session: Promise<PgliteSession>): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#closing = session.then((open) => open.close()).catch(() => undefined);
  }
}

function writing(session: PgliteSession): DatabaseSession {
  return {
    query: (text, values = []) => session.query(text, values),
    copy: (table, columns, rows) => session.copy(table, columns, rows),
  };
}

/** What the migrations need of pg's client. */
function migrationClient(session: PgliteSession): MigrationClient {
  const query = async (asked: string | { readonly text: string }, values?: SqlValue[]) => {
    const text = typeof asked === "string" ? asked : asked.text;
    const hasValues = values !== undefined && values.length > 0;
    return { rows: await (hasValues ? session.query(text, values) : session.execute(text)) };
  };
  return { query } as unknown as MigrationClient;
}
