/**
 * Makes a cluster of its own out of what a second site has mirrored.
 *
 * The mirrors themselves cannot become the logs: each lags by another amount, and a shard that has
 * heard what another one's mirror lacks would take the next thing said for the same again. So the
 * rest of them is archived, and the cluster is restored from that, cut to where all shards fit.
 */
import { JetStreamReader } from "../../cluster/jetstream-reader.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import type { ShardBackup } from "../backup/backup-folder.ts";
import { planRestore } from "../backup/restore-backup.ts";
import type { RestorePlan } from "../backup/restore-backup.ts";
import { initKeys } from "../credentials/keys.ts";
import { cpSync } from "node:fs";
import { MirroredLog } from "./mirrored-log.ts";
import { SiteFault } from "./site-fault.ts";
import type { SiteFolder } from "./site-folder.ts";
import { withSiteServers } from "./site-servers.ts";
import type { NatsBinary } from "./site-servers.ts";
import { StreamApi } from "./stream-api.ts";

/** What would become of a shard. */
export interface PromotedShard {
  readonly shard: number;
  readonly mirroredTo: number;
  /** The first site's last entry, as it was last heard of. */
  readonly head: number;
  /** So many entries the first site surely had, and this one has not. */
  readonly missing: number;
  /** Up to where the shard is restored: those that heard more than is here are cut back. */
  readonly restoredTo: number;
}

export interface PromotionPlan {
  /** When the first site was heard of last: what it took after that nobody here knows. */
  readonly heardAt: string | null;
  readonly shards: readonly PromotedShard[];
  /** Whether something that the first site had is surely not here, or would have to go. */
  readonly isLossy: boolean;
  readonly restore: RestorePlan;
}

/** Archives what is mirrored and finds out what it comes to. May be done again. */
export async function planPromotion(
  folder: SiteFolder,
  binary: NatsBinary,
): Promise<PromotionPlan> {
  if (await folder.isFollowing()) {
    throw new SiteFault("still-following", `${folder.path} still follows: stop that first`);
  }
  const { settings } = folder.description();
  const keys = await initKeys(folder.keys);
  const ends = await withSiteServers({ folder, binary, keys, dials: undefined }, (connection) =>
    archiveAll(folder, settings.shards, {
      api: StreamApi.here(connection),
      reader: new JetStreamReader(connection),
    }),
  );
  const { backup } = folder;
  cpSync(folder.keys, backup.keys, { recursive: true });
  backup.describe({ at: new Date().toISOString(), settings, shards: ends, hasKeys: true });
  const restore = await planRestore(backup.path, { sequences: new Map(), timeUs: Infinity });
  const status = folder.status();
  const shards = ends.map(({ shard, sequence: mirroredTo }) => {
    const head = Math.max(status?.shards[shard]?.head ?? 0, mirroredTo);
    const restoredTo = restore.cut[shard] ?? 0;
    return { shard, mirroredTo, head, missing: head - mirroredTo, restoredTo };
  });
  const isLossy = shards.some((of) => of.missing > 0 || of.restoredTo < of.mirroredTo);
  return { heardAt: status?.heardAt ?? null, shards, isLossy, restore };
}

async function archiveAll(
  folder: SiteFolder,
  shards: number,
  ways: { readonly api: StreamApi; readonly reader: JetStreamReader },
): Promise<readonly ShardBackup[]> {
  const ends: ShardBackup[] = [];
  for (let shard = 0; shard < shards; shard += 1) {
    const mirror = new MirroredLog(shard, ways);
    const archive = folder.backup.archive(shard);
    const head = await mirror.head();
    if (head > 0) await archive.copy(mirror, head);
    const { sequence, entriesHash } = (await archive.verify()).end;
    if (sequence < head) {
      throw new SiteFault(
        "history-incomplete",
        `shard ${shard}: archived to ${sequence} of ${head}`,
      );
    }
    ends.push({ shard, sequence, entriesHash: hexOf(entriesHash), snapshot: 0 });
  }
  ways.reader.close();
  return ends;
}
