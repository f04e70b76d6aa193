/** `outcry audit`: the record of all orders for whoever has to see it, and what administrators did. */
import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { ExportedRecord } from "../record/export-record.ts";
import { formats } from "../record/manifest.ts";
import type { FileFormat } from "../record/manifest.ts";
import { adminCommand } from "./audit-admin.ts";
import { verifyCommand } from "./audit-verify.ts";
import { entryProgressOn } from "./entry-progress.ts";
import { positiveOption, shardOption } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { counted, print, progressOf, usageFault, withCommonOptions } from "./output.ts";
import { requireOrder, withRange } from "./record-bound.ts";
import type { Range } from "./record-bound.ts";
import { findCluster } from "./running-cluster.ts";

export function command(): Command {
  return new Command("audit")
    .description("The record of all orders, and of what administrators did, from the logs alone.")
    .addCommand(exportCommand())
    .addCommand(verifyCommand())
    .addCommand(keyCommand())
    .addCommand(adminCommand());
}

// ---- Export --------------------------------------------------------------------------------

interface ExportFlags extends CommonOptions, Range {
  readonly shard?: number;
  readonly format?: FileFormat;
  readonly rows: number;
}

const rowsOfPiece = 50_000;

function exportCommand(): Command {
  const command = new Command("export")
    .description(
      "Writes every event of every order into a folder, as signed files that follow on one another. Stopped, and given again, it goes on.",
    )
    .argument("<dir>", "the folder: a new one, or that of an export that was stopped")
    .option("--shard <n>", "only this shard", shardOption)
    .addOption(new Option("--format <format>", "only this format (default: both)").choices(formats))
    .option("--rows <n>", "rows after which a file ends", positiveOption, rowsOfPiece);
  return withRange(command).action(async (dir: string, flags: ExportFlags) => {
    requireOrder(flags);
    const cluster = findCluster(flags);
    const shards = chosenShards(cluster.file.shards, flags.shard);
    const [{ withEngine }, { exportRecord }, { RecordFolder }, { ensureRecordKey }] =
      await Promise.all([
        import("./engine-access.ts"),
        import("../record/export-record.ts"),
        import("../record/record-folder.ts"),
        import("../record/record-key.ts"),
      ]);
    const folder = new RecordFolder(resolve(dir));
    const tell = progressOf(flags);
    const key = ensureRecordKey(cluster.file.keys);
    const wanted = {
      ...{ shards, from: flags.from, to: flags.to, rowsMax: flags.rows },
      formats: flags.format === undefined ? formats : [flags.format],
    };
    const exported = await withEngine(cluster, ({ wholeLogs: logs }) =>
      exportRecord(folder, wanted, {
        ...{ logs, key, onProgress: entryProgressOn(process.stderr) },
        onWait: () => tell(`another export writes into ${folder.path}: waiting for its end`),
      }),
    );
    print(flags, { ok: true, folder: folder.path, ...exported }, () =>
      renderExport(folder.path, exported),
    );
  });
}

function chosenShards(all: number, one: number | undefined): readonly number[] {
  if (one === undefined) return [...Array(all).keys()];
  if (one >= all) throw usageFault(`there are shards 0 to ${all - 1}`);
  return [one];
}

function renderExport(path: string, { key, shards, piecesBefore }: ExportedRecord): string {
  const before =
    piecesBefore === 0 ? [] : [`${counted(piecesBefore, "piece")} had been written before`];
  return [
    ...shards.map(({ shard, pieces, rows, head, headNow }) => {
      const of = `shard ${shard}: ${counted(rows, "row")} in ${counted(pieces, "piece")}`;
      const later = headNow > head ? `; entries up to ${headNow} have come since then` : "";
      return `${of}, of the log up to entry ${head} when it was begun${later}`;
    }),
    ...before,
    `signed with ${key}`,
    `${path}: ./outcry audit verify ${path}`,
  ].join("\n");
}

// ---- Key -----------------------------------------------------------------------------------

function keyCommand(): Command {
  const command = new Command("key").description(
    "Shows the public key that this cluster's records are signed with, for whoever verifies them.",
  );
  return withCommonOptions(command).action(async (flags: CommonOptions) => {
    const { ensureRecordKey } = await import("../record/record-key.ts");
    const { pem, fingerprint } = ensureRecordKey(findCluster(flags).file.keys).public;
    print(flags, { ok: true, fingerprint, pem }, () => `${pem}${fingerprint}`);
  });
}
