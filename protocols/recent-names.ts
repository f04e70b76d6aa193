/**
 * Where whoever remembers the last names that he was asked for keeps a name: names that follow one
 * another should not have the same place.
 */

/** How many places there are: a power of two. */
export const recentNames = 64;

/** Names that are numbered differ at their ends, and others do, too. */
export function placeOfName(name: string): number {
  const { length } = name;
  const end = name.charCodeAt(length - 1) + 10 * name.charCodeAt(length - 2);
  return (length + end) & (recentNames - 1);
}
