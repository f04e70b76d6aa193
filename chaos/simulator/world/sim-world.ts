/**
 * A simulated world without anybody in it: time, a network, nats-servers with streams for each
 * shard, and a disk that all engine nodes share.
 */
import type { Chance } from "./chance.ts";
import { NatsServers } from "./nats-servers.ts";
import { Network } from "./network.ts";
import { SimProcess } from "./sim-process.ts";
import type { ProcessClock } from "./sim-process.ts";
import type { SimStream } from "./sim-stream.ts";
import { SimStreams } from "./sim-streams.ts";
import { SnapshotDisk } from "./snapshot-disk.ts";
import { Trace } from "./trace.ts";
import { VirtualTime } from "./virtual-time.ts";

const serverNames = ["n1", "n2", "n3"];

export class SimWorld {
  readonly chance: Chance;
  readonly time = new VirtualTime();
  readonly trace = new Trace();
  readonly network: Network;
  readonly servers: NatsServers;
  /** By shard. */
  readonly logs: readonly SimStreams[];
  readonly sharedDisk: SnapshotDisk;

  constructor(chance: Chance, shards: number) {
    this.chance = chance;
    this.network = new Network(this.time, chance.branch("network"));
    this.servers = new NatsServers({
      names: serverNames,
      time: this.time,
      network: this.network,
      chance: chance.branch("servers"),
      trace: this.trace,
    });
    this.logs = Array.from({ length: shards }, (_, shard) => new SimStreams(shard, this.servers));
    this.sharedDisk = new SnapshotDisk(chance.branch("shared disk"));
  }

  get shards(): number {
    return this.logs.length;
  }

  /** Of all logs and generations. */
  get streams(): readonly SimStream[] {
    return this.logs.flatMap(({ streams }) => streams);
  }

  /** A process with its machine's clock, or with one that is right. */
  newProcess(name: string, clock: ProcessClock = { offsetMs: 0, rate: 1 }): SimProcess {
    return new SimProcess(name, this.time, clock);
  }

  tell(what: string): void {
    this.trace.tell(this.time.nowMs, what);
  }
}
