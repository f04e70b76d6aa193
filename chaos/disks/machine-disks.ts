/**
 * A disk of its own for each machine of a drill's cluster: what a nats-server and the engine node
 * beside it have stored lies there, and fails together.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askSupervisor } from "../../ops/supervisor/control-socket.ts";
import type { ThrowawayCluster } from "../../ops/supervisor/throwaway-cluster.ts";
import { serverFiles } from "../../ops/nats-servers/server-files.ts";
import { LoopDisk } from "./loop-disk.ts";

export interface Machine {
  readonly server: string;
  readonly node: string | undefined;
  readonly disk: LoopDisk;
}

export class MachineDisks {
  readonly machines: Machine[] = [];
  readonly #folder: string;
  readonly #cluster: ThrowawayCluster;

  private constructor(cluster: ThrowawayCluster, folder: string) {
    this.#cluster = cluster;
    this.#folder = folder;
  }

  static async open(cluster: ThrowawayCluster): Promise<MachineDisks> {
    return new MachineDisks(cluster, await mkdtemp(join(tmpdir(), "outcry-disks-")));
  }

  /** Moves what each machine has stored onto its disk: one after the other, each stopped for it. */
  async lay(): Promise<void> {
    const { file, directory } = this.#cluster;
    for (const [index, { name: server }] of file.servers.entries()) {
      const node = file.nodes[index];
      const disk = await LoopDisk.create(this.#folder, server);
      this.machines.push({ server, node, disk });
      const processes = node === undefined ? [server] : [node, server];
      for (const process of processes) await this.#stop(process);
      await disk.take(serverFiles(directory.path, server).directory, "server");
      if (node !== undefined) await disk.take(directory.snapshots(node), "engine");
      for (const process of processes.toReversed()) await this.#start(process);
    }
  }

  machineOf(server: string): Machine {
    const found = this.machines.find((machine) => machine.server === server);
    if (found === undefined) throw new Error(`${server} has no disk of its own`);
    return found;
  }

  /** The cluster runs no more. */
  async remove(): Promise<void> {
    for (const { disk } of this.machines) await disk.remove();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #stop(process: string): Promise<void> {
    const request = { command: "kill", process, signal: "SIGTERM", restart: false } as const;
    await askSupervisor(this.#cluster.file.supervisor.socket, request);
  }

  async #start(process: string): Promise<void> {
    await askSupervisor(this.#cluster.file.supervisor.socket, { command: "restart", process });
  }
}
