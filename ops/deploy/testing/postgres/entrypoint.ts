/**
 * What a container of PostgreSQL does first, as the usual image's script does: makes a database in an
 * empty volume, by what the environment says, and then becomes the server, as its own user.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, chownSync, existsSync, mkdirSync } from "node:fs";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const serverUser = 70;
const programs = join(import.meta.dirname, "bin");
const { PGDATA: data = "", POSTGRES_USER: user = "postgres" } = process.env;
const { POSTGRES_DB: database = user, POSTGRES_PASSWORD_FILE: passwordFile = "" } = process.env;
const socketFolder = "/run/postgresql";

// While it may: the file is for whoever started the container.
const password = readFileSync(passwordFile, "utf8").trim();
if (password === "") throw new Error(`${passwordFile} has no password`);
for (const folder of [data, socketFolder]) {
  mkdirSync(folder, { recursive: true });
  chownSync(folder, serverUser, serverUser);
  chmodSync(folder, 0o700);
}
process.setgroups?.([serverUser]);
process.setgid?.(serverUser);
process.setuid?.(serverUser);
process.chdir(dirname(data));
if (!existsSync(join(data, "PG_VERSION"))) makeDatabase();
const flags = ["-D", data, "-k", socketFolder, "-c", "listen_addresses=*"];
process.execve?.(join(programs, "postgres"), ["postgres", ...flags, ...process.argv.slice(2)]);

/** From the network, all need the password. */
function makeDatabase(): void {
  const file = "/tmp/password";
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  const flags = ["-D", data, `--username=${user}`, `--pwfile=${file}`, "--auth=trust"];
  run("initdb", [...flags, "--encoding=UTF8", "--locale=C"]);
  rmSync(file);
  appendFileSync(join(data, "pg_hba.conf"), "host all all all scram-sha-256\n");
  run("postgres", ["--single", "-D", data, "postgres"], `CREATE DATABASE "${database}"\n`);
}

function run(program: string, args: readonly string[], input = ""): void {
  execFileSync(join(programs, program), args, { input, stdio: ["pipe", "inherit", "inherit"] });
}
