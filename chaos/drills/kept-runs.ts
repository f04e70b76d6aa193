/**
 * The runs of a drill that were made, in a file: written after each of them, so that a long drill
 * may be ended at any time and goes on behind the last one.
 */
import { existsSync, readFileSync } from "node:fs";
import { pack, unpack } from "msgpackr";
import { writeFileWhole } from "../../ops/config/data-directory.ts";
import type { RunOutcome } from "./drill-run.ts";
import type { Conditions } from "./drill-summary.ts";

export type KeptRun = Pick<RunOutcome, "report" | "samples">;

/** What has to be the same for runs to be put together. */
type Kind = Omit<Conditions, "drill" | "clients" | "startedAt"> & {
  readonly drill: string;
  readonly release: string;
};

interface Kept {
  readonly kind: Kind;
  /** Of the first run. */
  readonly startedAt: string;
  readonly runs: readonly KeptRun[];
}

/** The file has runs of something else: they are never put together with these. */
export class OtherRuns extends Error {
  constructor(path: string, differing: readonly string[]) {
    super(`${path} has runs under other conditions: ${differing.join(", ")}`);
    this.name = "OtherRuns";
  }
}

/** As many runs as are asked for were made. */
export class RunsMade extends Error {
  constructor(path: string, count: number) {
    super(`${path} has ${count} runs: ask for more in all with --runs, or name another file`);
    this.name = "RunsMade";
  }
}

export class KeptRuns {
  readonly startedAt: string;
  readonly #path: string;
  readonly #kind: Kind;
  #runs: readonly KeptRun[];

  /** Throws {@link OtherRuns}. */
  constructor(path: string, kind: Kind) {
    const kept = existsSync(path) ? (unpack(readFileSync(path)) as Kept) : undefined;
    if (kept !== undefined) requireSame(path, kept.kind, kind);
    this.#path = path;
    this.#kind = kind;
    this.#runs = kept?.runs ?? [];
    this.startedAt = kept?.startedAt ?? new Date().toISOString();
  }

  get runs(): readonly KeptRun[] {
    return this.#runs;
  }

  add({ report, samples }: KeptRun): void {
    this.#runs = [...this.#runs, { report, samples }];
    const kept: Kept = { kind: this.#kind, startedAt: this.startedAt, runs: this.#runs };
    writeFileWhole(this.#path, pack(kept));
  }
}

function requireSame(path: string, had: Kind, have: Kind): void {
  const names = Object.keys(have) as (keyof Kind)[];
  const differing = names.filter((name) => had[name] !== have[name]);
  if (differing.length === 0) return;
  throw new OtherRuns(
    path,
    differing.map((name) => `${name} ${String(had[name])}, not ${String(have[name])}`),
  );
}
