/**
 * A store that its server cannot read is set aside, for whoever wants to know what is wrong with
 * it, and the server begins with an empty one. Within the same folder, which may be a disk of its
 * own; the one before goes.
 */
import { renameSync, rmSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isErrno } from "../../cluster/errno.ts";

/** What nats-server makes of the folder that it is given. */
const inUse = "jetstream";
const unreadable = "unreadable";

/** Of a server that does not run. Returns where its store is now. */
export function setStoreAside(storeDirectory: string): string {
  const aside = join(storeDirectory, unreadable);
  rmSync(aside, { recursive: true, force: true });
  renameSync(join(storeDirectory, inUse), aside);
  return aside;
}

/** The streams that are in a store, by account and name. */
export async function storedStreams(storeDirectory: string): Promise<readonly string[]> {
  const root = join(storeDirectory, inUse);
  const accounts = await namesIn(root);
  const streams = await Promise.all(
    accounts.map(async (account) => {
      const names = await namesIn(join(root, account, "streams"));
      return names.map((stream) => `${account}/${stream}`);
    }),
  );
  return streams.flat();
}

/** How much there is to be read. */
export async function storedBytes(storeDirectory: string): Promise<number> {
  const root = join(storeDirectory, inUse);
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => await sizeOf(join(file.parentPath, file.name))),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, "ENOENT") || isErrno(error, "ENOTDIR")) return [];
    throw error;
  }
}

/** 0 for one that has gone meanwhile. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return 0;
    throw error;
  }
}
