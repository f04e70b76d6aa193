/** The database that settings name: on a server, or in the projector's own folder. */
import { join } from "node:path";
import { embeddedDatabase } from "../config/process-settings.ts";
import type { Database } from "./database.ts";

/** Loads no more than it needs: the embedded one is large. */
export async function openDatabase(database: string, folder: string): Promise<Database> {
  if (database === embeddedDatabase) {
    const { PgliteDatabase } = await import("./pglite-database.ts");
    return new PgliteDatabase(join(folder, "database"));
  }
  const { PostgresDatabase } = await import("./postgres-database.ts");
  return new PostgresDatabase(database);
}
