/**
 * What befalls the disks that snapshots are on.
 */
import type { SimCluster } from "../parts/sim-cluster.ts";
import type { Chance } from "../world/chance.ts";
import type { SnapshotDisk } from "../world/snapshot-disk.ts";
import { once } from "./fault.ts";
import type { Fault } from "./fault.ts";

function someDisk(cluster: SimCluster, chance: Chance): { name: string; disk: SnapshotDisk } {
  const near = cluster.engines.map(({ name, disk }) => ({ name: `disk of ${name}`, disk }));
  return chance.pick([...near, { name: "shared disk", disk: cluster.world.sharedDisk }]);
}

const rot: Fault = {
  name: "snapshot-rots",
  strike(cluster, chance) {
    const { name, disk } = someDisk(cluster, chance);
    return disk.rot() ? once(name) : undefined;
  },
};

const full: Fault = {
  name: "snapshot-disk-full",
  strike(cluster, chance) {
    const { name, disk } = someDisk(cluster, chance);
    disk.isFull = true;
    const heal = (): void => void (disk.isFull = false);
    return { what: name, lastsMs: chance.between(1000, 15_000), heal };
  },
};

const slow: Fault = {
  name: "snapshot-disk-slow",
  strike(cluster, chance) {
    const { name, disk } = someDisk(cluster, chance);
    disk.slowMs = chance.between(50, 3000);
    const heal = (): void => void (disk.slowMs = 2);
    return { what: name, lastsMs: chance.between(1000, 15_000), heal };
  },
};

export const diskFaults: readonly Fault[] = [rot, full, slow];
