/** History in the database that needs no server: see `history.conformance.ts`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { historyConformance } from "./history.conformance.ts";
import { PgliteDatabase } from "./pglite-database.ts";

const folder = mkdtempSync(join(tmpdir(), "outcry-pglite-"));
afterAll(() => rmSync(folder, { recursive: true }));

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
