/**
 * A PostgreSQL server for tests, in a folder of its own and on a port of its own.
 *
 * PostgreSQL refuses to run as root: as root it is run as `postgres` or `nobody`.
 */
import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../../cluster/testing/eventually.ts";
import { freePorts } from "../../../cluster/testing/free-ports.ts";
import { PostgresDatabase } from "../postgres-database.ts";
import { findPostgresPrograms } from "./postgres-programs.ts";
import type { PostgresPrograms } from "./postgres-programs.ts";

interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** How a server is run. */
interface Running {
  readonly programs: PostgresPrograms;
  readonly user: ServerUser | undefined;
  readonly folder: string;
  readonly port: number;
  readonly fsync: boolean;
}

export class TestPostgres {
  readonly #running: Running;
  #server: ChildProcess;
  #databases = 0;

  private constructor(running: Running, server: ChildProcess) {
    this.#running = running;
    this.#server = server;
  }

  /**
   * Rejects, with what was looked for, where there is no PostgreSQL to be had.
   *
   * @param fsync whether what is committed survives a power cut, as it has to outside of tests.
   */
  static async start({ fsync = false } = {}): Promise<TestPostgres> {
    const programs = findPostgresPrograms();
    const user = serverUser();
    const folder = mkdtempSync(join(tmpdir(), "outcry-postgres-"));
    chmodSync(folder, 0o700);
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    const initial = ["-D", join(folder, "data"), "-U", "outcry", "--auth=trust", "--no-sync"];
    execFileSync(join(programs.folder, "initdb"), [...initial, "--encoding=UTF8", "--locale=C"], {
      ...{ ...user, cwd: folder, stdio: "pipe" },
    });
    const [port = 0] = await freePorts(1);
    const running = { programs, user, folder, port, fsync };
    return new TestPostgres(running, await run(running));
  }

  get version(): string {
    return this.#running.programs.version;
  }

  /** The address of a database that nobody has written to. */
  async createDatabase(): Promise<string> {
    const name = `history_${(this.#databases += 1)}`;
    await this.#administer(`CREATE DATABASE ${name}`);
    return this.#url(name);
  }

  /** Puts what is written to a database from now on into a folder of its own. */
  async useFolder(database: string, folder: string): Promise<void> {
    const { user } = this.#running;
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    chmodSync(folder, 0o700);
    const name = new URL(database).pathname.slice(1);
    await this.#administer(`CREATE TABLESPACE of_${name} LOCATION '${folder}'`);
    await this.#administer(`ALTER DATABASE ${name} SET default_tablespace = of_${name}`);
  }

  async #administer(statement: string): Promise<void> {
    const administrator = new PostgresDatabase(this.#url("postgres"));
    await administrator.query(statement);
    await administrator.close();
  }

  #url(database: string): string {
    return `postgres://outcry@127.0.0.1:${this.#running.port}/${database}`;
  }

  /** Ends it at once, without asking anybody. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#server.once("exit", resolve));
    this.#server.kill("SIGQUIT");
    await ended;
  }

  /** Starts it again, with the data that it had. */
  async resume(): Promise<void> {
    this.#server = await run(this.#running);
  }

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#running.folder, { recursive: true, force: true });
  }
}

/** Resolves once it takes connections. */
async function run({ programs, user, folder, port, fsync }: Running): Promise<ChildProcess> {
  const server = spawn(
    join(programs.folder, "postgres"),
    [
      ...["-D", join(folder, "data"), "-p", String(port), "-k", folder, "-h", "127.0.0.1"],
      ...["-c", `fsync=${fsync ? "on" : "off"}`, "-c", "max_connections=20"],
    ],
    { ...user, cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  let told = "";
  server.stderr.on("data", (chunk: Buffer) => (told += chunk.toString()));
  await eventually(() => told.includes("ready to accept connections"), {
    what: () => `PostgreSQL runs: ${told}`,
    deadlineMs: 60_000,
  });
  return server;
}

function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(":");
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error("there is no user to run PostgreSQL as: neither postgres nor nobody");
}
