/** Every shard's log, as one process opens them. */
import { ClusterFault } from "../../../cluster/faults.ts";
import type { GenerationLogOptions } from "../../../cluster/generation-log.ts";
import type { Chance } from "../world/chance.ts";
import type { ServerLine } from "../world/server-line.ts";
import { SimLog } from "../world/sim-log.ts";
import type { SimProcess } from "../world/sim-process.ts";
import type { SimWorld } from "../world/sim-world.ts";

export interface LogsLine extends GenerationLogOptions {
  readonly line: ServerLine;
  readonly chance: Chance;
}

export async function openLogs(world: SimWorld, ways: LogsLine): Promise<readonly SimLog[]> {
  return await Promise.all(world.logs.map((streams) => SimLog.opened({ ...ways, streams })));
}

/** As a process that cannot start: it ends, and is started again. Undefined when it is over. */
export async function orDies<Opened>(
  process: SimProcess,
  opening: Promise<Opened>,
): Promise<Opened | undefined> {
  try {
    const opened = await opening;
    return process.isDead ? undefined : opened;
  } catch (error) {
    if (!(error instanceof ClusterFault)) throw error;
    process.act(() => process.kill());
    return undefined;
  }
}
