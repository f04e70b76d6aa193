/** History on a PostgreSQL server: see `history.conformance.ts`. */
import { afterAll, beforeAll } from "vitest";
import { historyConformance } from "./history.conformance.ts";
import { PostgresDatabase } from "./postgres-database.ts";
import { TestPostgres } from "./testing/test-postgres.ts";

let server: TestPostgres;
beforeAll(async () => {
  server = await TestPostgres.start();
});
afterAll(async () => {
  await server?.stop();
});

historyConformance("PostgreSQL", async () => new PostgresDatabase(await server.createDatabase()));
