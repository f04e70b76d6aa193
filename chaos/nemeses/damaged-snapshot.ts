/**
 * The newest snapshot that a standby has stored is damaged: killed, bits of the file flipped,
 * started again. Where there is none yet, one that was never finished well is put there.
 */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { snapshotKey } from "../../cluster/snapshot-store.ts";
import { readIfThere } from "../../ops/config/data-directory.ts";
import type { Nemesis } from "./fault.ts";
import { flipBytes } from "./flipped-bytes.ts";
import { chooseVictim } from "./victim.ts";

const suffix = ".snapshot";

export function damagedSnapshot(): Nemesis {
  return async (target) => {
    const { name, inWords, shards, untouched } = await chooseVictim(target, "standby");
    const folder = target.cluster.directory.snapshots(name);
    return {
      what: `killed ${inWords}, and damaged its newest snapshots`,
      shards,
      untouched,
      inject: async () => {
        await target.signal(name, "SIGKILL");
        await mkdir(folder, { recursive: true });
        const heads = await target.heads();
        for (const shard of target.shards) {
          const path = join(
            folder,
            `${snapshotKey({ shard, sequence: heads[shard] ?? 1 })}${suffix}`,
          );
          if (readIfThere(path) === undefined)
            await writeFile(path, "OUTCRY-SNAPSHOT1, and no more");
        }
        for (const file of await readdir(folder)) {
          if (!file.endsWith(suffix)) continue;
          await flipBytes(join(folder, file), { count: 5, random: target.random });
        }
      },
      heal: () => target.restart(name),
    };
  };
}
