/**
 * What a book and its market told accounts and the world, to be held against what others told.
 */
import type { ActorMessage, ToldEvent } from "../../protocols/index.ts";

export type Told = ActorMessage | ToldEvent;

/** The place of the first that differs; undefined when all are the same, in the same order. */
export function firstDifference(told: readonly Told[], other: readonly Told[]): number | undefined {
  const length = Math.max(told.length, other.length);
  for (let at = 0; at < length; at++) if (!areEqual(told[at], other[at])) return at;
  return undefined;
}

/** Whether two pieces of plain data say the same, in whatever order they name their fields. */
export function areEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Object.is(a, b);
  }
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  const [one, other] = [a, b] as Record<string, unknown>[];
  return names.every((name) => areEqual(one?.[name], other?.[name]));
}

/** In one line. */
export function wordsOf(told: Told | undefined): string {
  if (told === undefined) return "nothing";
  const fields = Object.entries(told).filter(([name]) => name !== "kind");
  return [told.kind, ...fields.map(([name, value]) => `${name} ${String(value)}`)].join(", ");
}
