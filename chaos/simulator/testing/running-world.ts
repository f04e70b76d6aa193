/**
 * A simulated world whose time runs as fast as it can until it is stopped, for suites that wait for
 * things to happen.
 */
import { eventually } from "../../../cluster/testing/eventually.ts";
import { Chance } from "../world/chance.ts";
import type { ServerLine } from "../world/server-line.ts";
import { SimWorld } from "../world/sim-world.ts";

export class RunningWorld {
  readonly world: SimWorld;
  readonly #run: Promise<void>;
  #isStopped = false;
  #machines = 0;

  constructor(seed: number) {
    this.world = new SimWorld(new Chance(seed), 1);
    this.#run = this.world.time.run(Infinity, () => this.#isStopped);
  }

  /** A line from a process and a machine of its own. */
  line(): ServerLine {
    this.#machines += 1;
    const name = `m${String(this.#machines)}`;
    return this.world.servers.connect(this.world.newProcess(name), name);
  }

  /** Runs `during` while that line is broken, and waits until it is back. */
  async interrupt(line: ServerLine, during: () => Promise<void>): Promise<void> {
    const { network, servers } = this.world;
    for (const server of servers.names) network.cut(line.machine, server);
    await eventually(() => !line.isConnected, { what: "the line is broken" });
    await during();
    network.joinAll();
    await eventually(() => line.isConnected, { what: "the line is back" });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#run;
  }
}
