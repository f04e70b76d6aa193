/**
 * Files that survive a power cut: what was written is on disk before anybody relies on it.
 */
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

export async function writeDurably(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, "w");
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * The file is there whole, or as it was before: it is written under another name first, that of a
 * draft in the same folder.
 */
export async function replaceDurably(
  path: string,
  parts: readonly Uint8Array[],
  draft = `${path}.new`,
): Promise<void> {
  try {
    await writeDurably(draft, parts);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** So that also the names of new files survive. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
