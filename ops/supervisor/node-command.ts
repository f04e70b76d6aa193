/** How one of our TypeScript programs is run: with the Node that runs us, as it is. */

/**
 * The flags of all our processes: the script `outcry` has the same.
 *
 * Type stripping is no experiment any more, but some releases of Node 24 still say so. And V8 may
 * put more of what a hot function calls into the function itself: what an order goes through is
 * many small functions.
 */
export const nodeFlags: readonly string[] = [
  "--disable-warning=ExperimentalWarning",
  "--max-inlined-bytecode-size-cumulative=2500",
];

export function nodeCommand(script: string, ...args: string[]): [string, string[]] {
  return [process.execPath, [...nodeFlags, script, ...args]];
}
