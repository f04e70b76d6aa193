/** The embedded database in its thread (`pglite-thread.ts`), as whoever has it uses it. */
import { mkdirSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { CopyRows } from "./copy-rows.ts";
import type { SqlValue } from "./database.ts";

/** What it is told, each with a number that its answer has, too. */
export type PgliteOrder = { readonly number: number } & PgliteTask;

type PgliteTask =
  | {
      readonly kind: "query";
      readonly text: string;
      readonly values: readonly SqlValue[];
      /** Whether rows are lists, in the order of the columns. */
      readonly isByPosition: boolean;
    }
  | { readonly kind: "copy"; readonly text: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "execute"; readonly text: string }
  | { readonly kind: "close" };

export interface PgliteResult {
  readonly columns: readonly string[];
  readonly rows: readonly unknown[];
}

export interface PgliteFault {
  readonly message: string;
  /** Where it is the database's own word. */
  readonly answer?: { readonly code: string; readonly severity: string };
}

export type PgliteAnswer = { readonly number: number } & (
  { readonly result: PgliteResult } | { readonly fault: PgliteFault }
);

export class PgliteSession {
  readonly #worker: Worker;
  readonly #open = new Map<number, PromiseWithResolvers<PgliteResult>>();
  #number = 0;
  /** Why it does nothing any more. */
  #fault: Error | undefined;

  private constructor(folder: string) {
    const script = new URL("./pglite-thread.ts", import.meta.url);
    this.#worker = new Worker(script, { workerData: folder });
    this.#worker.on("message", (answer: PgliteAnswer) => this.#answered(answer));
    this.#worker.on("error", (error: Error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("its thread has ended")));
  }

  /** @param folder made when there is none. */
  static async open(folder: string): Promise<PgliteSession> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const session = new PgliteSession(folder);
    try {
      await session.execute("SET timezone = 'UTC'");
      return session;
    } catch (error) {
      await session.end();
      throw error;
    }
  }

  /** One statement; rows by column. */
  async query(
    text: string,
    values: readonly SqlValue[],
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { rows } = await this.#order({ kind: "query", text, values, isByPosition: false });
    return rows as readonly Readonly<Record<string, unknown>>[];
  }

  /** One statement; rows in the order of its columns. */
  async list(
    text: string,
    values: readonly SqlValue[],
  ): Promise<{ readonly columns: readonly string[]; readonly rows: readonly unknown[][] }> {
    const result = await this.#order({ kind: "query", text, values, isByPosition: true });
    return { columns: result.columns, rows: result.rows as readonly unknown[][] };
  }

  async copy(table: string, columns: readonly string[], rows: CopyRows): Promise<void> {
    const text = `COPY ${table} (${columns.join(", ")}) FROM '/dev/blob'`;
    // They stay here, too: it may have to be done again.
    await this.#order({ kind: "copy", text, bytes: rows.bytes() });
  }

  /** Any number of statements; the rows of the last one. */
  async execute(text: string): Promise<readonly unknown[]> {
    return (await this.#order({ kind: "execute", text })).rows;
  }

  async close(): Promise<void> {
    try {
      await this.#order({ kind: "close" });
    } finally {
      await this.end();
    }
  }

  /** Ends it at once, whatever it does, as a crash would. Whoever waits for it is told. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  async #order(task: PgliteTask): Promise<PgliteResult> {
    if (this.#fault !== undefined) throw this.#fault;
    const number = this.#number++;
    const open = Promise.withResolvers<PgliteResult>();
    this.#open.set(number, open);
    const order: PgliteOrder = { number, ...task };
    this.#worker.postMessage(order, task.kind === "copy" ? [task.bytes.buffer] : []);
    return await open.promise;
  }

  #answered(answer: PgliteAnswer): void {
    const open = this.#open.get(answer.number);
    this.#open.delete(answer.number);
    if ("result" in answer) open?.resolve(answer.result);
    else open?.reject(errorOf(answer.fault));
  }

  #fail(error: Error): void {
    this.#fault ??= error;
    for (const open of this.#open.values()) open.reject(error);
    this.#open.clear();
  }
}

function errorOf({ message, answer }: PgliteFault): Error {
  return Object.assign(new Error(message), answer);
}
