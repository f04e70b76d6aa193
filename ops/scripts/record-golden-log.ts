/**
 * Records golden logs at a release, for example of 0.2.0 that carries logic 3:
 *
 *   node ops/scripts/record-golden-log.ts 0.2.0 --from 3 --to 3
 *   node ops/scripts/record-golden-log.ts 0.2.0 --from 1 --to 3
 *
 * the latter of logs that begin by logic 1 and activate the others. What is recorded is what this
 * code computes, for ever: no file that is there is written over.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { logsOfGoldenDay } from "../../cluster/testing/golden-day.ts";
import {
  differenceFrom,
  encodeGoldenLog,
  goldenFolder,
  goldenLogOf,
} from "../../cluster/testing/golden-log.ts";

/** On one shard, and on several that speak to each other. */
const days = [
  { shards: 1, moves: 5000 },
  { shards: 3, moves: 6000 },
] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: "string" },
    to: { type: "string" },
    seed: { type: "string", default: "2026" },
  },
});
const [release] = positionals;
const [logic, logicAtEnd, seed] = [values.from, values.to, values.seed].map(Number);
if (release === undefined || !/^[0-9]+\.[0-9]+\.[0-9]+$/.test(release)) {
  throw new Error("golden logs are those of a release, such as 0.1.0");
}
const areSound = logic !== undefined && logicAtEnd !== undefined && seed !== undefined;
if (!areSound || !(logic >= 1 && logicAtEnd >= logic)) {
  throw new Error("give the first and the last logic: --from 1 --to 2");
}
const versions = logic === logicAtEnd ? String(logic) : `${String(logic)}-to-${String(logicAtEnd)}`;
for (const { shards, moves } of days) {
  const file = join(goldenFolder, `${release}-logic-${versions}-on-${String(shards)}.golden`);
  if (existsSync(file)) throw new Error(`${file} is there already, and stays as it is`);
  const golden = goldenLogOf(logsOfGoldenDay({ seed, shards, moves, logic, logicAtEnd }));
  const difference = differenceFrom(golden);
  if (difference !== undefined) throw new Error(`it does not replay: ${difference}`);
  const bytes = encodeGoldenLog(golden);
  writeFileSync(file, bytes, { flag: "wx" });
  const entries = golden.shards.map((shard) => shard.entries.length).join(" + ");
  process.stdout.write(`${file}: ${entries} entries, ${String(bytes.length)} bytes\n`);
}
