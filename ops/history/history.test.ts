/** History in the database that needs no server: see `history.conformance.ts`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { historyConformance } from "./history.conformance.ts";
import { PgliteDatabase } from "./pglite-database.ts";

const folder = mkdtempSync(join(tmpdir(), "outcry-pglite-"));
afterAll(() => rmSync(folder, { recursive: true }));

historyConformance("PGlite", () => Promise.resolve(new PgliteDatabase(folder)));
