/** History in the database that needs no server: see `history.conformance.ts`. */
import { PgliteDatabase } from "./pglite-database.ts";
import { historyConformance } from "./history.conformance.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "outcry-pglite-"));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

historyConformance("PGlite", () => {
  count += 1;
  return Promise.resolve(new PgliteDatabase(join(folder, String(count))));
});
