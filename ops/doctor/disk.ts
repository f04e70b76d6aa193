/** Room on the disk that holds the streams: a full disk stops the log, and with it all trading. */
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Finding } from "./finding.ts";
import { inUnits } from "./bytes.ts";

const advisedBytesMin = 2 * 1024 ** 3;
const neededBytesMin = 200 * 1024 ** 2;

export async function examineDisk(dataDirectory: string): Promise<Finding[]> {
  const { bavail, bsize } = await statfs(nearestExisting(resolve(dataDirectory)));
  return [judgeDisk(dataDirectory, bavail * bsize)];
}

export function judgeDisk(dataDirectory: string, freeBytes: number): Finding {
  const subject = "disk space";
  const detail = `${inUnits(freeBytes)} free for ${dataDirectory}`;
  if (freeBytes >= advisedBytesMin) return { subject, state: "ok", detail };
  return {
    subject,
    state: freeBytes < neededBytesMin ? "broken" : "degraded",
    detail: `${detail}; ${inUnits(advisedBytesMin)} or more is advised`,
    remedy: "free some space, or choose another data directory",
  };
}

/** Before the first start the directory does not exist, but its disk does. */
function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}
