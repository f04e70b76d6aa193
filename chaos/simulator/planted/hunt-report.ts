/**
 * The table of planted bugs in `docs/simulator.md`: each with its budget and in which world it was
 * found. Hunts add to it; what is no longer planted goes.
 */
import { rowsInMarkdown, tableInMarkdown } from "../../report/page-part.ts";
import type { PlantedBug } from "./planted-bugs.ts";

export interface Found {
  readonly bug: string;
  /** How many worlds it took; undefined when it was not found. */
  readonly worlds: number | undefined;
  readonly seed: number | undefined;
  readonly promise: string;
  readonly message: string;
  readonly seconds: number;
}

export interface HuntBudget {
  readonly worldsMax: number;
  readonly rageMs: number;
}

export interface HuntedBug {
  readonly bug: PlantedBug;
  readonly budget: HuntBudget;
  readonly found: Found;
}

const heading = ["planted bug", "in", "budget", "found", "by the promise"];

/**
 * @param before the table as it stands; rows of bugs that were not hunted now are kept
 * @param planted all there are, in order
 */
export function huntTable(
  before: string,
  planted: readonly PlantedBug[],
  hunted: readonly HuntedBug[],
): string {
  const rows = new Map(rowsInMarkdown(before).map((row) => [row[0], row]));
  for (const each of hunted) rows.set(each.bug.name, rowOf(each));
  const known = planted.map(({ name }) => rows.get(name)).filter((row) => row !== undefined);
  const found = known.filter((row) => row[3] !== notFound);
  const summary =
    `${String(planted.length)} bugs can be planted. Of ${String(known.length)} that were hunted, ` +
    `${String(found.length)} were found, each within its budget.`;
  return [summary, "", tableInMarkdown(heading, known)].join("\n");
}

const notFound = "not found";

function rowOf({ bug, budget, found }: HuntedBug): readonly string[] {
  const { worldsMax, rageMs } = budget;
  const { worlds, seed, promise } = found;
  const within = `${String(worldsMax)} worlds of ${String(rageMs / 1000)} s`;
  const where =
    worlds === undefined ? notFound : `in world ${String(worlds)} (seed ${String(seed)})`;
  return [bug.name, `\`${bug.file}\``, within, where, promise];
}
