/** `outcry audit verify`: whether an order record is what was signed, and what the logs say. */
import { resolve } from "node:path";
import { Command } from "commander";
import { DataDirectory } from "../config/data-directory.ts";
import type { CheckedRecord } from "../record/check-record.ts";
import { placeOf } from "../record/finding.ts";
import type { Finding } from "../record/finding.ts";
import type { LogPlace } from "../record/manifest.ts";
import type { RecordFiles } from "../record/record-folder.ts";
import type { PublicKey } from "../record/record-key.ts";
import { visible } from "../telemetry/visible-text.ts";
import { entryProgressOn } from "./entry-progress.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, counted, paint, print, withCommonOptions } from "./output.ts";
import { trustedBy, withTrust } from "./administrators-trusted.ts";
import type { TrustFlags } from "./administrators-trusted.ts";
import { findCluster } from "./running-cluster.ts";

interface VerifyFlags extends CommonOptions, TrustFlags {
  readonly key?: string;
  readonly log?: boolean;
}

export function verifyCommand(): Command {
  const command = new Command("verify")
    .description(
      "Checks that nothing of a record was altered, removed or inserted; exits with 1, and says where, when something was.",
    )
    .argument("<dir>", "the record's folder")
    .option("--key <file>", "the public key it has to be signed with (default: this cluster's)")
    .option(
      "--log",
      "also that it is what the running cluster's logs say, and that who approved of commands there signed them",
    );
  return withCommonOptions(withTrust(command)).action(async (dir: string, flags: VerifyFlags) => {
    const [{ checkRecord }, { RecordFolder }] = await Promise.all([
      import("../record/check-record.ts"),
      import("../record/record-folder.ts"),
    ]);
    const folder = new RecordFolder(resolve(dir));
    if (folder.list().length === 0) {
      throw new CommandFault("no-record", `${folder.path} holds no record`);
    }
    const trusted = await keyOf(flags);
    const checked = checkRecord(folder, trusted);
    const findings = [...checked.findings];
    if (flags.log === true) findings.push(...(await differencesFromLog(folder, checked, flags)));
    const result = {
      ok: findings.length === 0,
      ...{
        key: checked.key,
        isKeyTrusted: trusted !== undefined,
        isComparedWithLog: flags.log === true,
      },
      shards: [...checked.pieces].map(([shard, pieces]) => ({
        ...{ shard, pieces: pieces.length },
        rows: pieces.reduce((sum, { rows }) => sum + rows, 0),
        after: pieces[0]?.after,
        upTo: pieces.at(-1)?.upTo,
      })),
      findings,
    };
    print(flags, result, renderVerdict);
    if (!result.ok) process.exitCode = 1;
  });
}

/** The one that was named, else that of the cluster whose data this machine has. */
async function keyOf({ key, data }: VerifyFlags): Promise<PublicKey | undefined> {
  const { findRecordKey, readPublicKey } = await import("../record/record-key.ts");
  if (key !== undefined) return readPublicKey(resolve(key));
  const directory = DataDirectory.find(data);
  return directory === undefined ? undefined : findRecordKey(directory.keys);
}

async function differencesFromLog(
  folder: RecordFiles,
  { description, findings, pieces }: CheckedRecord,
  flags: VerifyFlags,
): Promise<readonly Finding[]> {
  // Of what cannot be read there is nothing to compare.
  if (description === undefined) return [];
  const [{ withEngine }, { compareWithLog }, { approvalFindings }, { clusterNameIn }] =
    await Promise.all([
      import("./engine-access.ts"),
      import("../record/compare-with-log.ts"),
      import("../record/approval-proof.ts"),
      import("../record/cluster-name.ts"),
    ]);
  const cluster = findCluster(flags);
  const trusted = trustedBy(flags, cluster.file.keys);
  return await withEngine(cluster, async ({ wholeLogs: logs }) => {
    const differences = await compareWithLog(
      folder,
      { description, findings, pieces },
      { logs, onProgress: entryProgressOn(process.stderr) },
    );
    const context = { cluster: await clusterNameIn(logs), trusted };
    return [...differences, ...(await approvalFindings(logs, context))];
  });
}

interface Verdict {
  readonly key: string | undefined;
  readonly isKeyTrusted: boolean;
  readonly isComparedWithLog: boolean;
  readonly shards: readonly {
    readonly shard: number;
    readonly pieces: number;
    readonly rows: number;
    readonly after: LogPlace | undefined;
    readonly upTo: LogPlace | undefined;
  }[];
  readonly findings: readonly Finding[];
}

const findingsShown = 20;

/** Whoever has made a record has chosen what stands in it: nothing of that is printed as it is. */
export function renderVerdict({
  key,
  isKeyTrusted,
  isComparedWithLog,
  shards,
  findings,
}: Verdict): string {
  const signed = `signed with ${key ?? "a key that is not there"}`;
  const trust = isKeyTrusted
    ? signed
    : paint("yellow", `${signed}, the key beside it: compare that, or name one with --key`);
  if (findings.length > 0) {
    const lines = findings
      .slice(0, findingsShown)
      .map((finding) => paint("red", visible(`${placeOf(finding)}: ${finding.message}`)));
    const more = findings.length - lines.length;
    return [...lines, ...(more > 0 ? [`and ${more} more`] : []), trust].join("\n");
  }
  return [
    ...shards.map(({ shard, pieces, rows, after, upTo }) => {
      const entries = `entries ${(after?.sequence ?? 0) + 1} to ${upTo?.sequence ?? 0}`;
      const whole = `shard ${shard}: ${counted(rows, "row")} in ${counted(pieces, "piece")} whole`;
      return `${visible(`${whole}, ${entries}`)}\n  entries  ${visible(upTo?.entriesHash ?? "")}`;
    }),
    isComparedWithLog ? "and what the logs say" : "not compared with the logs: --log does",
    trust,
  ].join("\n");
}
