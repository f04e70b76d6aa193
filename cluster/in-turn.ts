/** The same list, begun at another place: whoever is first somewhere, the others follow in turn. */
export function startingAt<Item>(index: number, list: readonly Item[]): readonly Item[] {
  const first = index % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}
