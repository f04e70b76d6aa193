/**
 * Makes a survivor's streams readable: three servers under the old names, each on a copy of what the
 * survivor had stored, on ports that nobody knows.
 *
 * So all three are followers that have the same, no more and no less; they elect a leader as ever,
 * and what they had stored counts, also what the survivor had not yet heard to be acknowledged. A
 * server by itself refuses streams that have replicas, and would read only those entries. Two empty
 * ones beside it may well find each other first and agree that there are no streams.
 */
import { constants } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Keys } from "../credentials/keys.ts";
import { findFreePorts, portsOf } from "../nats-servers/ports.ts";
import type { ServerPorts } from "../nats-servers/ports.ts";
import { prepareServers } from "../nats-servers/preparation.ts";
import { findMetaLeader } from "../nats-servers/readiness.ts";
import { serverFiles } from "../nats-servers/server-files.ts";
import { lastComplaint, ServerProcess } from "../nats-servers/server-process.ts";
import { Warden } from "../supervisor/warden.ts";
import { RepairFault } from "./repair-fault.ts";
import type { Remains } from "./survivor.ts";

export interface RescueOptions {
  readonly binary: { readonly path: string; readonly version: string };
  readonly remains: Remains;
  /** The cluster's. */
  readonly keys: Keys;
  /** A folder for the copies, which goes with them. */
  readonly folder: string;
}

interface Member {
  readonly name: string;
  readonly ports: ServerPorts;
  readonly monitorUrl: string;
}

const host = "127.0.0.1";
/** An election takes up to 9 s. */
const readyTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;
const pollMs = 50;

export class RescueServers {
  readonly #options: RescueOptions;
  readonly #members: readonly Member[];
  readonly #warden = new Warden();
  readonly #processes = new Map<string, ServerProcess>();
  readonly #ended = new Set<string>();

  private constructor(options: RescueOptions, members: readonly Member[]) {
    this.#options = options;
    this.#members = members;
    this.#warden.start();
  }

  /** Resolves when they have a leader. When it rejects, nothing of it is left. */
  static async start(options: RescueOptions): Promise<RescueServers> {
    const { survivor, lost } = options.remains;
    const names = [survivor, ...lost];
    const first = await findFreePorts(names.length);
    const members = names.map((name, index) => {
      const ports = portsOf(first, index);
      return { name, ports, monitorUrl: `http://${host}:${ports.monitor}` };
    });
    const servers = new RescueServers(options, members);
    try {
      await servers.#start();
      return servers;
    } catch (error) {
      await servers.close();
      throw error;
    }
  }

  get urls(): readonly string[] {
    return this.#members.map(({ ports }) => `nats://${host}:${ports.client}`);
  }

  /** Ends them and removes the copies. */
  async close(): Promise<void> {
    const running = [...this.#processes.values()];
    await Promise.all(running.map((process) => process.stop(stopTimeoutMs)));
    await this.#warden.release();
    await rm(this.#options.folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const { folder, binary, keys } = this.#options;
    await this.#copyStore();
    const preparation = { binary, dataDirectory: folder, host, keys, routePorts: {} };
    const root = await prepareServers(preparation, this.#members);
    for (const member of this.#members) this.#launch(root, member);
    await this.#until(
      async () => (await findMetaLeader(this.#members)) !== undefined,
      "the servers have not agreed on a leader",
    );
  }

  async #copyStore(): Promise<void> {
    const { remains, folder } = this.#options;
    await rm(folder, { recursive: true, force: true });
    const from = serverFiles(remains.directory.path, remains.survivor).storeDirectory;
    for (const { name } of this.#members) {
      const to = serverFiles(folder, name).storeDirectory;
      await cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE });
    }
  }

  #launch(root: string, { name }: Member): void {
    const files = serverFiles(root, name);
    const process = ServerProcess.start(this.#options.binary.path, files);
    this.#processes.set(name, process);
    this.#warden.watch(process.pid, "late");
    void process.exited.then(() => {
      this.#warden.forget(process.pid);
      this.#ended.add(name);
    });
  }

  async #until(holds: () => Promise<boolean>, complaint: string): Promise<void> {
    const deadlineMs = performance.now() + readyTimeoutMs;
    while (!(await holds())) {
      const [gone] = this.#ended;
      if (gone !== undefined || performance.now() > deadlineMs) {
        const name = gone ?? this.#options.remains.survivor;
        const { logFile } = serverFiles(this.#options.folder, name);
        const why = `${complaint} (${name}: ${await lastComplaint(logFile)})`;
        throw new RepairFault("log-not-recovered", why);
      }
      await sleep(pollMs);
    }
  }
}
