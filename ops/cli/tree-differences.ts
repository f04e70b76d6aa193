/**
 * Where two trees of plain data differ, as paths that people can follow.
 *
 * Lists whose items begin with a name (accounts, books, markets are saved so) are held together by
 * it, other lists by place.
 */
export interface TreeDifference {
  readonly path: string;
  readonly here: string;
  readonly there: string;
}

/** More than that is no help. */
const differencesMax = 24;
const shownMax = 80;

export function differencesIn(here: unknown, there: unknown): readonly TreeDifference[] {
  const found: TreeDifference[] = [];
  compare({ here, there, path: [] }, found);
  return found.slice(0, differencesMax);
}

interface Pair {
  readonly here: unknown;
  readonly there: unknown;
  readonly path: readonly string[];
}

function compare({ here, there, path }: Pair, found: TreeDifference[]): void {
  if (found.length >= differencesMax || Object.is(here, there)) return;
  const [ours, theirs] = [partsOf(here), partsOf(there)];
  if (ours === undefined || theirs === undefined) {
    if (shownOf(here) === shownOf(there) && typeof here === typeof there) return;
    found.push({
      path: path.join(" › ") || "all of it",
      here: shownOf(here),
      there: shownOf(there),
    });
    return;
  }
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    compare({ here: ours.get(key), there: theirs.get(key), path: [...path, key] }, found);
  }
}

/** Undefined for what has no parts. Bytes are told apart one by one. */
function partsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (value instanceof Uint8Array) {
    return new Map([...value].map((byte, at) => [`byte ${at}`, byte]));
  }
  if (Array.isArray(value)) return partsOfList(value);
  if (typeof value !== "object" || value === null) return undefined;
  return new Map(Object.entries(value));
}

function partsOfList(list: readonly unknown[]): ReadonlyMap<string, unknown> {
  const names = list.map(nameOf);
  const areNames = !names.includes(undefined) && new Set(names).size === names.length;
  return new Map(list.map((item, at) => [(areNames && names[at]) || String(at), item]));
}

function nameOf(item: unknown): string | undefined {
  const [first] = Array.isArray(item) ? (item as unknown[]) : [];
  return typeof first === "string" && first !== "" ? first : undefined;
}

function shownOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const text = JSON.stringify(value, (_, item: unknown) =>
    typeof item === "bigint" ? String(item) : item,
  );
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
}
