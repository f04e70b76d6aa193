/**
 * Repairs a cluster that lost two of its three nats-servers for good: makes the data of a new one
 * out of the store of the third and what engine nodes' disks hold. What is left is never changed.
 *
 * First everything is read and told, and nothing is decided; then, when whoever asked agrees, the
 * new data is made as it is out of a backup.
 */
import { join } from "node:path";
import { cpSync, rmSync } from "node:fs";
import { CheckedLog } from "../../cluster/checked-log.ts";
import { systemClock } from "../../cluster/clock.ts";
import { JetStreamConnection } from "../../cluster/jetstream-connection.ts";
import type { JetStreamLog } from "../../cluster/jetstream-log.ts";
import { carryOut, planRestore, refuseData } from "../backup/restore-backup.ts";
import type { RestoredShard, RestorePlan } from "../backup/restore-backup.ts";
import { takeBackup } from "../backup/take-backup.ts";
import { keepingOf, replicasOf } from "../config/cluster-settings.ts";
import type { DataDirectory } from "../config/data-directory.ts";
import { initKeys } from "../credentials/keys.ts";
import type { Keys } from "../credentials/keys.ts";
import { inboxPrefix } from "../credentials/permissions.ts";
import { signUser } from "../credentials/users.ts";
import { openArchives, openLogs } from "../processes/connections.ts";
import { toolNames } from "../supervisor/cluster-plan.ts";
import type { Progress } from "../supervisor/progress.ts";
import { gatherEvidence, snapshotsOf } from "./evidence.ts";
import type { NodesEvidence } from "./evidence.ts";
import { findingOf, isLossProven } from "./findings.ts";
import type { ShardFinding } from "./findings.ts";
import { RescueServers } from "./rescue-servers.ts";
import type { RescueOptions } from "./rescue-servers.ts";
import { findRemains } from "./survivor.ts";
import type { Remains } from "./survivor.ts";
import { SurvivingLog } from "./surviving-log.ts";

export interface RepairOptions {
  readonly lost: DataDirectory;
  /** Of the cluster to be made. */
  readonly directory: DataDirectory;
  /** The server to go by; the only one with a store unless told. */
  readonly survivor?: string | undefined;
  readonly binary: RescueOptions["binary"];
  readonly progress: Progress;
}

/** What was found, and what would be made of it. */
export interface RepairPlan {
  readonly survivor: string;
  readonly lost: readonly string[];
  readonly shards: readonly PlannedShard[];
  /** Whether something acknowledged is surely gone, or would have to go. */
  readonly isLossy: boolean;
  readonly restore: RestorePlan;
}

export interface PlannedShard extends ShardFinding {
  /** Up to where the shard is restored: shards that heard more than is left are cut back. */
  readonly restoredTo: number;
}

/** Reads what is left and finds out what it is worth. `dropPlan` removes what it leaves behind. */
export async function planRepair(options: RepairOptions): Promise<RepairPlan> {
  const { lost, directory, progress } = options;
  refuseData(directory);
  const remains = await findRemains(lost, options.survivor);
  const evidence = await progress.step("what engine nodes' disks prove", () =>
    gatherEvidence(lost, remains.settings),
  );
  const backup = join(directory.repair, "backup");
  const findings = await withLogs(options, remains, (logs) =>
    progress.step("reading what is left", () => readLeft(logs, { remains, evidence, backup })),
  );
  const restore = await progress.step("up to where shards fit together", () =>
    planRestore(backup, { sequences: new Map(), timeUs: Infinity }),
  );
  const shards = findings.map((finding) => {
    return { ...finding, restoredTo: restore.cut[finding.shard] ?? 0 };
  });
  const isLossy = shards.some((of) => isLossProven(of) || of.restoredTo < of.last);
  return { survivor: remains.survivor, lost: remains.lost, shards, isLossy, restore };
}

/** Makes the data of the new cluster. */
export async function repair(
  { restore }: RepairPlan,
  { directory, progress }: RepairOptions,
): Promise<readonly RestoredShard[]> {
  return await progress.step("the data of the new cluster", () => carryOut(restore, directory));
}

/** Removes what a plan was made from; the plan is worth nothing any more. */
export function dropPlan({ directory }: RepairOptions): void {
  rmSync(directory.repair, { recursive: true, force: true });
}

/** Has the logs of the survivor read, on servers of their own. */
async function withLogs<Result>(
  { directory, binary, progress }: RepairOptions,
  remains: Remains,
  action: (logs: readonly JetStreamLog[]) => Promise<Result>,
): Promise<Result> {
  const folder = join(directory.repair, "servers");
  // A copy: what an earlier release had no keys for yet is made, and not in what is left.
  const keyFolder = join(directory.repair, "keys");
  cpSync(remains.directory.keys, keyFolder, { recursive: true });
  const keys = await initKeys(keyFolder);
  const servers = await progress.step(`copies of ${remains.survivor}'s store, served`, () =>
    RescueServers.start({ binary, remains, keys, folder }),
  );
  try {
    const connection = await connectTo(servers, keys);
    try {
      const { shards } = remains.settings;
      const replicas = replicasOf(remains.settings);
      const logs = await openLogs(connection, { shards, replicas, creates: false });
      return await action(logs);
    } finally {
      await connection.close();
    }
  } finally {
    await servers.close();
  }
}

async function connectTo({ urls }: RescueServers, { signers }: Keys): Promise<JetStreamConnection> {
  const name = toolNames.engine;
  const text = await signUser(signers.engine, { name });
  return await JetStreamConnection.open({
    servers: urls,
    name,
    credentials: text,
    inboxPrefix: inboxPrefix("engine", name),
  });
}

async function readLeft(
  logs: readonly JetStreamLog[],
  {
    remains,
    evidence,
    backup,
  }: { readonly remains: Remains; readonly evidence: NodesEvidence; readonly backup: string },
): Promise<readonly ShardFinding[]> {
  const { directory, settings } = remains;
  const archives = openArchives(keepingOf(directory).archive, logs);
  const histories: SurvivingLog[] = [];
  const findings: ShardFinding[] = [];
  const agreed: NodesEvidence["snapshots"][number][] = [];
  for (const [shard, log] of logs.entries()) {
    const checked = new CheckedLog(log, { clock: systemClock, onFault: () => undefined });
    const history = await SurvivingLog.open(archives[shard]!, checked);
    const ofShard = evidence.all.filter((of) => of.shard === shard);
    const chains = await history.chainsAt(new Set(ofShard.map(({ sequence }) => sequence)));
    const { archivedTo, storedTo, goesOn, last } = history;
    findings.push(findingOf({ shard, archivedTo, storedTo, goesOn, last, chains }, ofShard));
    const isAgreed = (of: (typeof agreed)[number]): boolean =>
      of.shard === shard && chains.get(of.sequence) === of.entriesHash;
    agreed.push(...evidence.snapshots.filter(isAgreed));
    histories.push(history);
  }
  await takeBackup(backup, {
    settings,
    logs: histories,
    snapshots: snapshotsOf(agreed),
    keys: directory.keys,
  });
  return findings;
}
