/** Runs a second site: its servers, linked with those of the first, and the follower. */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DirectoryArchiveStore } from "../../cluster/archive/directory-archive-store.ts";
import { LogArchive } from "../../cluster/archive/log-archive.ts";
import { systemClock } from "../../cluster/clock.ts";
import { logName } from "../backup/backup-folder.ts";
import { archiveAsSource } from "../backup/archive-source.ts";
import { replicasOf } from "../config/cluster-settings.ts";
import type { DataDirectory } from "../config/data-directory.ts";
import { initKeys } from "../credentials/keys.ts";
import { mintUser } from "../credentials/users.ts";
import { SiteFault } from "./site-fault.ts";
import type { SiteFolder } from "./site-folder.ts";
import { Follower } from "./follower.ts";
import type { SiteStatus } from "./site-status.ts";
import { withSiteServers } from "./site-servers.ts";
import type { NatsBinary } from "./site-servers.ts";

export interface FollowOptions {
  readonly folder: SiteFolder;
  /** The data of the cluster at the first site, or a copy of its marker, keys and archive. */
  readonly first: DataDirectory;
  /** Where the first site's servers take other sites, as `nats-leaf://host:port`. */
  readonly urls: readonly string[];
  readonly binary: NatsBinary;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Is told when it follows. */
  readonly onFollowing: (status: SiteStatus) => void;
}

const turnEveryMs = 100;
const statusEveryMs = 500;

/** Resolves when it was told to end and all has stopped. */
export async function followSite(options: FollowOptions): Promise<void> {
  const { folder, first, urls, binary, signal, onFollowing } = options;
  if (await folder.isFollowing()) {
    throw new SiteFault("following-already", `${folder.path} follows already`);
  }
  const { settings, servers } = folder.description();
  await takeArchive(first, folder, settings.shards);
  const keys = await initKeys(folder.keys);
  const { file } = await mintUser(keys, { role: "mirror", name: "site" });
  const dials = { urls, credentialsFile: file };
  await withSiteServers({ folder, binary, keys, dials }, async (connection) => {
    const archives = Array.from({ length: settings.shards }, (_, shard) =>
      folder.backup.archive(shard),
    );
    const replicas = replicasOf({ servers });
    const follower = new Follower({ connection, archives, replicas, clock: systemClock });
    try {
      await followUntil(signal, { follower, folder, onFollowing });
    } finally {
      follower.close();
    }
  });
}

async function followUntil(
  signal: AbortSignal,
  {
    follower,
    folder,
    onFollowing,
  }: { readonly follower: Follower } & Pick<FollowOptions, "folder" | "onFollowing">,
): Promise<void> {
  let toldAtMs: number | undefined;
  while (!signal.aborted) {
    await follower.turn();
    const nowMs = performance.now();
    if (toldAtMs === undefined || nowMs - toldAtMs >= statusEveryMs) {
      const status = follower.status();
      folder.writeStatus(status);
      if (toldAtMs === undefined) onFollowing(status);
      toldAtMs = nowMs;
    }
    await sleep(turnEveryMs);
  }
  folder.writeStatus(follower.status());
}

/** What the first site had archived by now, of which its streams may have nothing any more. */
async function takeArchive(
  first: DataDirectory,
  folder: SiteFolder,
  shards: number,
): Promise<void> {
  if (!existsSync(first.archive)) return;
  for (let shard = 0; shard < shards; shard += 1) {
    const theirs = new LogArchive(new DirectoryArchiveStore(first.archive), logName(shard));
    const { sequence } = await theirs.end();
    const ours = folder.backup.archive(shard);
    if ((await ours.end()).sequence >= sequence) continue;
    await ours.copy(archiveAsSource(theirs, sequence), sequence);
  }
}
