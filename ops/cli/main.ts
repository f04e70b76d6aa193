/**
 * `outcry`: the command line's door. Loads what one command needs and nothing else, because a
 * person waits for it.
 */
import { enableCompileCache } from "node:module";
import { compileCache } from "../config/compile-cache.ts";
import { keepJournal } from "./journal.ts";

enableCompileCache(compileCache);
// `outcry trades | head` has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
const { runCommandLine } = await import("./program.ts");
const args = process.argv.slice(2);
process.exitCode = await runCommandLine(args);
keepJournal(args, process.exitCode);
// Connections that were given up must not keep it alive.
process.stdout.write("", () => process.exit());
