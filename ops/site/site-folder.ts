/**
 * What a second site keeps while it follows:
 *
 *     site.json       which cluster it follows
 *     status.json     how far it is, twice a second
 *     keys/           the first site's, so that credentials stay good when this one takes its place
 *     nats/           the servers that mirror the first site's streams
 *     backup/         what of that is archived already: a backup, once it is promoted
 */
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { BackupFolder } from "../backup/backup-folder.ts";
import type { ClusterSettings, DataDirectory } from "../config/data-directory.ts";
import { readIfThere, writeFileWhole } from "../config/data-directory.ts";
import { findRunningServers } from "../nats-servers/running-servers.ts";
import { SiteFault } from "./site-fault.ts";
import type { SiteStatus } from "./site-status.ts";

/** What was settled when it first followed. */
export interface SiteDescription {
  readonly version: typeof version;
  /** Of the cluster at the first site. */
  readonly settings: ClusterSettings;
  /** How many servers mirror. */
  readonly servers: number;
}

const version = 1;
const operatorToken = "operator.jwt";

export class SiteFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes the folder one that follows that cluster, or finds that it is one. */
  static claim(path: string, first: DataDirectory, servers: number): SiteFolder {
    const settings = first.settings();
    if (settings === undefined) {
      throw new SiteFault("first-site-unknown", `${first.path} is not the data of a cluster`);
    }
    if (settings.sitePort === undefined) {
      const why = "no second site may connect to it: start it with --site-port";
      throw new SiteFault("first-site-unknown", `${first.path}: ${why}`);
    }
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const folder = new SiteFolder(realpathSync(path));
    const known = existsSync(folder.#descriptionFile);
    if (known && operatorOf(folder.keys) !== operatorOf(first.keys)) {
      throw new SiteFault("follows-another", `${folder.path} follows another cluster`);
    }
    cpSync(first.keys, folder.keys, { recursive: true });
    const description: SiteDescription = {
      ...{ version, settings },
      servers: known ? folder.description().servers : servers,
    };
    writeFileWhole(folder.#descriptionFile, `${JSON.stringify(description, null, 2)}\n`);
    return folder;
  }

  static find(path: string): SiteFolder {
    const folder = new SiteFolder(resolve(path));
    folder.description();
    return folder;
  }

  get keys(): string {
    return join(this.path, "keys");
  }

  get backup(): BackupFolder {
    return new BackupFolder(join(this.path, "backup"));
  }

  description(): SiteDescription {
    const text = readIfThere(this.#descriptionFile);
    const description = text === undefined ? undefined : (JSON.parse(text) as SiteDescription);
    if (Number(description?.version) === version && description !== undefined) return description;
    throw new SiteFault("not-a-site", `${this.path} follows no cluster`);
  }

  /** What the follower said last. */
  status(): SiteStatus | undefined {
    const text = readIfThere(this.#statusFile);
    return text === undefined ? undefined : (JSON.parse(text) as SiteStatus);
  }

  writeStatus(status: SiteStatus): void {
    writeFileWhole(this.#statusFile, `${JSON.stringify(status, null, 2)}\n`);
  }

  async isFollowing(): Promise<boolean> {
    return (await findRunningServers(this.path)).length > 0;
  }

  get #descriptionFile(): string {
    return join(this.path, "site.json");
  }

  get #statusFile(): string {
    return join(this.path, "status.json");
  }
}

/** Keys are of one cluster, and the operator's token is the oldest of them. */
function operatorOf(keys: string): string {
  return readFileSync(join(keys, operatorToken), "utf8").trim();
}
