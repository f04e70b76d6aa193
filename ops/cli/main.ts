/**
 * `outcry`: the command line's door. Loads what one command needs and nothing else, in a few pieces
 * instead of hundreds of modules, because a person waits for it.
 */
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { compileCache } from "../config/compile-cache.ts";
import { Bundles } from "../supervisor/bundles.ts";
import { keepJournal } from "./journal.ts";
import type * as Program from "./program.ts";

enableCompileCache(compileCache);
// `outcry trades | head` has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
const { runCommandLine } = await load();
const args = process.argv.slice(2);
process.exitCode = await runCommandLine(args);
keepJournal(args, process.exitCode);
// Connections that were given up must not keep it alive.
process.stdout.write("", () => process.exit());

/** From the sources where there can be no pieces, as in an image that nobody may write to. */
async function load(): Promise<typeof Program> {
  const program = fileURLToPath(new URL("./program.ts", import.meta.url));
  const pieces = await new Bundles().inPieces(program).catch(() => undefined);
  return (await import(pieces ?? program)) as typeof Program;
}
