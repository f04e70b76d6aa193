/**
 * A cluster of its own for a benchmark or a drill: the same processes as `npm start` runs, in a
 * temporary data directory, quiet, and gone afterwards.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClusterFile } from "../config/cluster-file.ts";
import { readClusterFile } from "../config/cluster-file.ts";
import { DataDirectory, projectRoot } from "../config/data-directory.ts";
import { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import { loadKeys } from "../credentials/keys.ts";
import { mintUser } from "../credentials/users.ts";

export interface ThrowawayClusterOptions {
  readonly shards: number;
  readonly portBase: number;
}

/** Processor time that one process of the cluster has used. */
export interface ProcessorTime {
  readonly name: string;
  readonly seconds: number;
}

export class ThrowawayCluster {
  readonly file: ClusterFile;
  readonly directory: DataDirectory;
  readonly #stop: () => Promise<void>;

  private constructor(file: ClusterFile, directory: DataDirectory, stop: () => Promise<void>) {
    this.file = file;
    this.directory = directory;
    this.#stop = stop;
  }

  static async start({ shards, portBase }: ThrowawayClusterOptions): Promise<ThrowawayCluster> {
    const data = mkdtempSync(join(tmpdir(), "outcry-throwaway-"));
    const child = spawn(
      join(projectRoot, "outcry"),
      ["start", "--data", data, "--agents", "none", "--json"].concat(
        ["--shards", String(shards)],
        ["--port-base", String(portBase)],
      ),
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    let complaints = "";
    child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
    const told = await Promise.race([
      new Promise<string>((resolve) => {
        child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
      }),
      ended.then(() => {
        throw new Error(`the cluster did not start: ${complaints}`);
      }),
    ]);
    const directory = DataDirectory.find(data);
    const file = directory === undefined ? undefined : readClusterFile(directory);
    if (directory === undefined || file === undefined) {
      throw new Error(`the cluster did not start: ${told}`);
    }
    return new ThrowawayCluster(file, directory, async () => {
      child.kill("SIGTERM");
      await ended;
    });
  }

  get servers(): readonly string[] {
    return this.file.servers.map(({ url }) => url);
  }

  admin(): Promise<AdminClient> {
    const { admin } = this.file.credentials;
    return AdminClient.connect({
      servers: this.servers,
      administrator: "admin",
      credentials: readFileSync(admin, "utf8"),
    });
  }

  /** Opens an account, funds it and connects as its participant. */
  async participant(
    account: string,
    funds: Readonly<Record<string, string>>,
    options: { readonly batchesUnderWayMax?: number } = {},
  ): Promise<OutcryClient> {
    const admin = await this.admin();
    await admin.openAccount({ account });
    for (const [asset, amount] of Object.entries(funds)) {
      await admin.deposit({ account, asset, amount, reference: `fund:${account}:${asset}` });
    }
    await admin.close();
    const keys = await loadKeys(this.file.keys);
    const { creds } = await mintUser(keys, { role: "participant", name: account });
    return OutcryClient.connect({
      servers: this.servers,
      account,
      credentials: creds,
      ...options,
    });
  }

  /** What each process of the cluster has used since it started. */
  processorTimes(): readonly ProcessorTime[] {
    return this.file.processes.flatMap(({ name, pid }) => {
      if (pid === null) return [];
      return [{ name, seconds: processorSeconds(pid) }];
    });
  }

  async close(): Promise<void> {
    await this.#stop();
    rmSync(this.directory.path, { recursive: true, force: true });
  }
}

/** User and system time of a process with all its threads; Linux counts in hundredths. */
function processorSeconds(pid: number): number {
  if (!readdirSync("/proc").includes(String(pid))) return Number.NaN;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
