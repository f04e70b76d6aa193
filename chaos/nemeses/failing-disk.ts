/**
 * The disk of the machine that leads a shard's log fails for a while: it is full, it stands still,
 * or every sync takes its time.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { LoopDisk } from "../disks/loop-disk.ts";
import type { Fault, Nemesis } from "./fault.ts";
import { differingCopies } from "./server-copies.ts";
import { chooseVictim } from "./victim.ts";

export type DiskFailure = "full" | "stall" | "slow";

const slowForMs = 100;
const quickForMs = 20;

export function failingDisk(failure: DiskFailure): Nemesis {
  return async (target) => {
    const { name, inWords, shards, untouched } = await chooseVictim(target, "nats-leader");
    const { disk } = target.disks.machineOf(name);
    return {
      what: `${words[failure]} the disk of ${inWords}`,
      shards,
      untouched,
      ...actions[failure](disk),
      inspect: async () => differingCopies(target.cluster, await target.heads()),
    };
  };
}

const words: Readonly<Record<DiskFailure, string>> = {
  full: "filled",
  stall: "stopped",
  slow: `let no write pass for ${slowForMs} ms at a time on`,
};

const actions: Readonly<Record<DiskFailure, (disk: LoopDisk) => Pick<Fault, "inject" | "heal">>> = {
  full: (disk) => ({ inject: () => disk.fill(), heal: () => disk.free() }),
  stall: (disk) => ({ inject: () => disk.freeze(), heal: () => disk.thaw() }),
  slow: slowDisk,
};

function slowDisk(disk: LoopDisk): Pick<Fault, "inject" | "heal"> {
  let isSlow = true;
  let slowed: Promise<void> | undefined;
  const slow = async (): Promise<void> => {
    while (isSlow) {
      await disk.freeze();
      await sleep(slowForMs);
      await disk.thaw();
      await sleep(quickForMs);
    }
  };
  return {
    inject: () => {
      slowed = slow();
      return Promise.resolve();
    },
    heal: async () => {
      isSlow = false;
      await slowed;
    },
  };
}
