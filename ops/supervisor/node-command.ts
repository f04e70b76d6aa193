/** How one of our TypeScript programs is run: with the Node that runs us, as it is. */

/** Type stripping is no experiment any more, but some releases of Node 24 still say so. */
const nodeFlags = ["--disable-warning=ExperimentalWarning"];

export function nodeCommand(script: string, ...args: string[]): [string, string[]] {
  return [process.execPath, [...nodeFlags, script, ...args]];
}
