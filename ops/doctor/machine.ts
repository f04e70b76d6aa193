/** Memory and cores, as far as this process may use them. */
import { availableParallelism, freemem, totalmem } from "node:os";
import type { Finding } from "./finding.ts";
import { inUnits } from "./bytes.ts";

const memoryBytesMin = 1024 ** 3;
const coresMin = 2;

export function examineMachine(): Finding[] {
  const limit = process.constrainedMemory();
  // Without a limit some systems answer with a number far beyond the memory there is.
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  const free = Math.min(total, limit > 0 ? process.availableMemory() : freemem());
  return [judgeMemory(total, free), judgeCores(availableParallelism())];
}

export function judgeMemory(totalBytes: number, freeBytes: number): Finding {
  const subject = "memory";
  const detail = `${inUnits(freeBytes)} free of ${inUnits(totalBytes)}`;
  if (totalBytes >= memoryBytesMin) return { subject, state: "ok", detail };
  const remedy = `three nodes want ${inUnits(memoryBytesMin)}: give the machine or container more`;
  return { subject, state: "degraded", detail, remedy };
}

export function judgeCores(cores: number): Finding {
  const subject = "cores";
  if (cores >= coresMin) return { subject, state: "ok", detail: `${cores}` };
  const remedy = `three nodes want ${coresMin} cores or more; latency will suffer`;
  return { subject, state: "degraded", detail: `${cores}`, remedy };
}
