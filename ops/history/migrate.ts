/** Brings the tables of a database to their newest form. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ClientBase } from "pg";
import { runner } from "node-pg-migrate";

const migrations = join(fileURLToPath(new URL(".", import.meta.url)), "migrations");

/** What the migrations are run through: pg's client, or something that behaves like it. */
export type MigrationClient = Pick<ClientBase, "query">;

/** Others who do the same at the same time are waited for. */
export async function migrate(client: MigrationClient): Promise<void> {
  await runner({
    dbClient: client as ClientBase,
    dir: migrations,
    direction: "up",
    migrationsTable: "history_migrations",
    advisoryLockMode: "wait",
    logger: { info: ignore, warn: ignore, error: ignore },
  });
}

/** What is wrong is thrown, too. */
function ignore(): void {
  return undefined;
}
