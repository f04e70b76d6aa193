/**
 * The file of alerts: JSON lines, appended and never changed, each alert once.
 *
 * Whoever was killed while he appended may have left half a line, which is cut off, and lines that
 * he could not note any more: those alerts are found again, have the ids that they had, and are not
 * written again.
 */
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Alert } from "./alert.ts";
import type { RuleName } from "./rule-parameters.ts";
import { SurveillanceMismatch } from "./surveillance-mismatch.ts";

export class AlertFile {
  readonly #file: FileHandle;
  readonly #ids = new Set<string>();
  readonly #counts = new Map<RuleName, number>();
  #bytes: number;

  private constructor(file: FileHandle, bytes: number) {
    this.#file = file;
    this.#bytes = bytes;
  }

  /** Rejects with {@link SurveillanceMismatch} where a line is no alert. */
  static async open(path: string): Promise<AlertFile> {
    const file = await openFile(path);
    try {
      const alerts = new AlertFile(file, await wholeLinesIn(file));
      await file.truncate(alerts.#bytes);
      const input = file.createReadStream({ start: 0, autoClose: false });
      for await (const line of createInterface({ input, crlfDelay: Infinity })) {
        alerts.#note(alertIn(line, path));
      }
      return alerts;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** By rule; none for those that found nothing. */
  get counts(): Readonly<Partial<Record<RuleName, number>>> {
    return Object.fromEntries(this.#counts);
  }

  /** Those that are not there yet. Durable when it resolves; may be repeated when it rejects. */
  async append(alerts: readonly Alert[]): Promise<void> {
    const fresh = alerts.filter(({ id }) => !this.#ids.has(id));
    if (fresh.length === 0) return;
    const bytes = Buffer.from(fresh.map((alert) => `${JSON.stringify(alert)}\n`).join(""));
    for (let written = 0; written < bytes.length;) {
      const rest = bytes.length - written;
      const { bytesWritten } = await this.#file.write(bytes, written, rest, this.#bytes + written);
      written += bytesWritten;
    }
    await this.#file.datasync();
    this.#bytes += bytes.length;
    for (const alert of fresh) this.#note(alert);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #note({ id, rule }: Pick<Alert, "id" | "rule">): void {
    this.#ids.add(id);
    this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + 1);
  }
}

/** Not for appending: an append that failed half way is written over. */
async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return await open(path, "w+", 0o640);
  }
}

const blockBytes = 64 * 1024;

/** Where the last whole line ends. */
async function wholeLinesIn(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const block = Buffer.alloc(blockBytes);
  for (let end = size; end > 0; end -= blockBytes) {
    const from = Math.max(0, end - blockBytes);
    const { bytesRead } = await file.read(block, 0, end - from, from);
    const at = block.subarray(0, bytesRead).lastIndexOf("\n");
    if (at >= 0) return from + at + 1;
  }
  return 0;
}

function alertIn(line: string, path: string): Alert {
  let alert: Partial<Alert> | undefined;
  try {
    alert = JSON.parse(line) as Alert;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (typeof alert?.id !== "string" || alert.rule === undefined) {
    throw new SurveillanceMismatch(`${path} has a line that is no alert: name another folder`);
  }
  return alert as Alert;
}
