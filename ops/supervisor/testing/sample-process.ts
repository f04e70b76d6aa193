/** A process for tests of those who run processes: does what its last argument says. */
import { assert } from "../../../protocols/assert.ts";
import { hostProcess } from "../../processes/process-host.ts";

const behaviour = process.argv.at(-1);

hostProcess("sample", (tell) => {
  if (behaviour === "fail") throw new Error("no servers there");
  if (behaviour === "break") assert(false, "the book is crossed");
  tell({ kind: "working", money: 2n ** 60n });
  // Something that keeps it alive, as connections do.
  const life = setInterval(() => undefined, 1_000_000);
  return Promise.resolve({
    ready: { behaviour },
    stop() {
      clearInterval(life);
      return behaviour === "hang" ? new Promise(() => undefined) : Promise.resolve();
    },
  });
});
