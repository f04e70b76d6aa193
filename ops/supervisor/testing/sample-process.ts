/** A process for tests of those who run processes: does what its last argument says. */
import { setTimeout as delay } from "node:timers/promises";
import { assert } from "../../../protocols/assert.ts";
import { hostProcess } from "../../processes/process-host.ts";

const behaviour = process.argv.at(-1);
const forEver = new Promise<never>(() => undefined);

hostProcess({ name: "sample", kind: "sample" }, async (tell, undo) => {
  if (behaviour === "fail") throw new Error("no servers there");
  if (behaviour === "break") assert(false, "the book is crossed");
  tell({ kind: "working", money: 2n ** 60n });
  // Something that keeps it alive, as connections do.
  const life = setInterval(() => undefined, 1_000_000);
  undo.defer(() => clearInterval(life));
  undo.defer(() => {
    tell({ kind: "ended" });
    return behaviour === "hang" ? forEver : Promise.resolve();
  });
  if (behaviour === "linger") await forEver;
  if (behaviour === "late") await delay(2000);
  return { behaviour };
});
