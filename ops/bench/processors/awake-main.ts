/**
 * Keeps all processors busy and yields to whoever else wants them. A process of its own, started by
 * `awake-processors.ts`; it ends when its input does.
 */
import { writeFileSync } from "node:fs";
import { availableParallelism, constants, setPriority } from "node:os";
import process from "node:process";
import { Worker } from "node:worker_threads";
import { isErrno } from "../../../cluster/errno.ts";

setPriority(constants.priority.PRIORITY_LOW);
try {
  // Linux shares processors between sessions first, and asks for priorities within them: sched(7).
  writeFileSync("/proc/self/autogroup", String(constants.priority.PRIORITY_LOW));
} catch (error) {
  // Without such groups priorities count between all.
  if (!isErrno(error, "ENOENT")) throw error;
}
for (let each = availableParallelism(); each > 0; each--) new Worker("for (;;);", { eval: true });
process.stdin.resume().on("end", () => process.exit());
