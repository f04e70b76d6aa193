/** Runs a second site: its servers, linked with those of the first, and the follower. */
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../cluster/clock.ts";
import { openArchiveStore } from "../config/archive-place.ts";
import { keepingOf, replicasOf } from "../config/cluster-settings.ts";
import type { DataDirectory } from "../config/data-directory.ts";
import { initKeys } from "../credentials/keys.ts";
import { mintUser } from "../credentials/users.ts";
import { takeEarlierArchive } from "./earlier-archive.ts";
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
  const archived = openArchiveStore(keepingOf(first).archive);
  await takeEarlierArchive(archived, folder.backup, settings.shards);
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
