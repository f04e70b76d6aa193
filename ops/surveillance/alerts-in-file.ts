/** Reads alerts from their file, whole lines only: the last one may be under way. */
import { open } from "node:fs/promises";
import type { Alert } from "./alert.ts";

export interface ReadAlerts {
  readonly alerts: readonly Alert[];
  /** Where to read on. */
  readonly endBytes: number;
}

/** From that byte on; none where there is no file yet. */
export async function alertsInFile(path: string, fromBytes = 0): Promise<ReadAlerts> {
  let file;
  try {
    file = await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { alerts: [], endBytes: 0 };
  }
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(0, size - fromBytes));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, fromBytes);
    const end = bytes.subarray(0, bytesRead).lastIndexOf("\n") + 1;
    const lines = bytes.toString("utf8", 0, end).split("\n").slice(0, -1);
    const alerts = lines.map((line) => JSON.parse(line) as Alert);
    return { alerts, endBytes: fromBytes + end };
  } finally {
    await file.close();
  }
}

export interface WantedAlerts {
  readonly rule?: string | undefined;
  readonly account?: string | undefined;
  /** Log time of the entry that completed it. */
  readonly sinceUs?: number | undefined;
  readonly untilUs?: number | undefined;
}

export function isWanted(alert: Alert, wanted: WantedAlerts): boolean {
  const { rule, account, sinceUs = -Infinity, untilUs = Infinity } = wanted;
  return (
    (rule === undefined || alert.rule === rule) &&
    (account === undefined || alert.accounts.includes(account)) &&
    alert.atUs >= sinceUs &&
    alert.atUs <= untilUs
  );
}
