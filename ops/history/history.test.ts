/** History in the database that needs no server: see `history.conformance.ts`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { DatabaseUnavailable, StatementRefused } from "./database.ts";
import { historyConformance } from "./history.conformance.ts";
import { PgliteDatabase } from "./pglite-database.ts";
import { PgliteSession } from "./pglite-session.ts";

const folder = mkdtempSync(join(tmpdir(), "outcry-pglite-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void vi.restoreAllMocks());

historyConformance("PGlite", () => Promise.resolve(new PgliteDatabase(join(folder, "history"))));

it("is opened once, whoever asks at the same time", async () => {
  const database = new PgliteDatabase(join(folder, "history"));
  const [, ...answers] = await Promise.all([
    database.query("CREATE TABLE numbers (number int)"),
    database.query("INSERT INTO numbers VALUES (1) RETURNING number"),
    database.query("SELECT number FROM numbers"),
  ]);
  expect(answers).toEqual([[{ number: 1 }], [{ number: 1 }]]);
  await database.close();
});

it("has questions asked by somebody who stays who they are", async () => {
  const database = new PgliteDatabase(join(folder, "history"));
  await database.migrate();
  const file = "query_to_xml('SELECT pg_read_file(''PG_VERSION'')', true, false, '')";
  const statements = [
    `SELECT ${file}`,
    `SELECT set_config('role', 'postgres', true), ${file}`,
    "EXPLAIN ANALYZE UPDATE pg_settings SET setting = 'postgres' WHERE name = 'role'",
  ];
  for (const statement of statements) {
    await expect(database.ask({ statement }), statement).rejects.toBeInstanceOf(StatementRefused);
  }
  expect(await database.ask({ statement: "SELECT current_user" })).toMatchObject({
    rows: [["history_reader"]],
  });
  await database.close();
});

it("is opened anew only once the one that broke is closed, and not after its own end", async () => {
  const database = new PgliteDatabase(join(folder, "history"));
  await database.query("SELECT 1");
  let isClosing = false;
  let asked: Promise<unknown> | undefined;
  const close: (this: PgliteSession) => Promise<void> = Reflect.get(
    PgliteSession.prototype,
    "close",
  );
  vi.spyOn(PgliteSession.prototype, "close").mockImplementation(async function (
    this: PgliteSession,
  ) {
    isClosing = true;
    asked ??= database.query("SELECT 1 AS number");
    await close.call(this);
    isClosing = false;
  });
  const opened: boolean[] = [];
  const open: (folder: string) => Promise<PgliteSession> = Reflect.get(PgliteSession, "open");
  vi.spyOn(PgliteSession, "open").mockImplementation(async (of) => {
    opened.push(isClosing);
    return await open.call(PgliteSession, of);
  });
  const broken = database.transact(() => Promise.reject(new Error("it broke")));
  await expect(broken).rejects.toBeInstanceOf(DatabaseUnavailable);
  await expect.poll(() => asked !== undefined).toBe(true);
  expect(await asked).toEqual([{ number: 1 }]);
  expect(opened).toEqual([false]);
  await database.close();
  await expect(database.query("SELECT 1")).rejects.toBeInstanceOf(DatabaseUnavailable);
});
