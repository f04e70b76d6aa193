/** `outcry restore`: the data of a new cluster out of a backup. */
import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { DataDirectory, dataOption } from "../config/data-directory.ts";
import { momentOrDayIn } from "../reports/moment-text.ts";
import type { CommonOptions } from "./output.ts";
import { print, withCommonOptions } from "./output.ts";

interface RestoreFlags extends CommonOptions {
  readonly toSequence: ReadonlyMap<number, number>;
  readonly toTime: number;
}

export function command(): Command {
  const restore = new Command("restore")
    .description(
      "Makes the data of a new cluster out of a backup: all of it, or up to a place. Shards are cut back further where they would not fit together.",
    )
    .argument("<dir>", "the backup's folder")
    .option(
      "--to-sequence <shard:sequence>",
      "up to this entry of a shard; may be repeated",
      placeOption,
      new Map<number, number>(),
    )
    .option(
      "--to-time <time>",
      "up to this time, such as 2026-11-21T12:00:00Z",
      timeOption,
      Infinity,
    );
  return withCommonOptions(restore).action(async (dir: string, flags: RestoreFlags) => {
    const { restoreBackup } = await import("../backup/restore-backup.ts");
    const directory = DataDirectory.open(flags.data);
    const place = { sequences: flags.toSequence, timeUs: flags.toTime };
    const shards = await restoreBackup(resolve(dir), directory, place);
    print(flags, { ok: true, data: directory.path, shards }, () =>
      [
        ...shards.map(({ shard, sequence, ...hashes }) =>
          [
            `shard ${shard}: ${sequence} entries`,
            `  entries  ${hashes.entriesHash}`,
            `  outputs  ${hashes.outputsHash}`,
            `  state    ${hashes.stateHash}`,
          ].join("\n"),
        ),
        `Start it: ./outcry start${dataOption(directory.path)}`,
      ].join("\n"),
    );
  });
}

function placeOption(text: string, before: ReadonlyMap<number, number>): Map<number, number> {
  const parts = /^([0-9]{1,3}):([0-9]{1,15})$/.exec(text);
  if (parts === null)
    throw new InvalidArgumentError("It is a shard and a sequence, such as 0:12000.");
  return new Map([...before, [Number(parts[1]), Number(parts[2])]]);
}

/** In microseconds. */
function timeOption(text: string): number {
  const timeUs = momentOrDayIn(text);
  if (timeUs !== undefined) return timeUs;
  throw new InvalidArgumentError("It is a time such as 2026-11-21T12:00:00Z.");
}
