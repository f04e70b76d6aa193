/**
 * Goal: a cluster restored from a backup, to its end or to any place, has the hashes that the old
 * one had there, owns what was brought in, and trades on.
 *
 * Method: three shards in memory trade at random while their logs move from generation to
 * generation; they are backed up, trade on, are backed up again into the same folder, and lose
 * their first generations. Then the backup is restored to a random place of one shard, or whole,
 * and a new cluster runs on that. Everything that shards say to one another has to arrive once for
 * money to be conserved.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { ArchivedLog } from "../../cluster/archive/archived-log.ts";
import { DirectoryArchiveStore } from "../../cluster/archive/directory-archive-store.ts";
import { LogArchive } from "../../cluster/archive/log-archive.ts";
import { MemoryArchiveStore } from "../../cluster/testing/memory-archive-store.ts";
import { DirectorySnapshotStore } from "../../cluster/directory-snapshot-store.ts";
import { LocalCluster } from "../../cluster/local-cluster.ts";
import type { Command } from "../../protocols/index.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { traders, tradingCommand } from "../../cluster/testing/trading.ts";
import { openingCommands, placing, totalDeposits } from "../../cluster/testing/venue.ts";
import { VirtualCluster } from "../../cluster/testing/virtual-cluster.ts";
import { DataDirectory, type ClusterSettings } from "../config/data-directory.ts";
import { BackupFault } from "./backup-fault.ts";
import { logName } from "./backup-folder.ts";
import { restoreBackup, type RestoredShard } from "./restore-backup.ts";
import { takeBackup } from "./take-backup.ts";

const shards = 3;
const settings: ClusterSettings = { shards, servers: 1, nodes: 1, gateways: 1 };

/** Trades, and leaves two backups of it in the folder, the second on top of the first. */
async function trade(folder: string, makers: readonly ((number: number) => Command)[]) {
  const timing = { snapshotEveryEntries: 20 };
  const world = await VirtualCluster.open({ shards, nodes: 1, timing });
  for (const command of openingCommands([...traders])) await world.submit(command);
  await world.drained();
  const openedAt = world.cluster.storages.map(({ head }) => head);
  const archives = new MemoryArchiveStore();
  const logs = world.cluster.storages.map(
    (storage, shard) => new ArchivedLog(storage.open(), new LogArchive(archives, logName(shard))),
  );
  const source = { settings, logs, keys: undefined };
  const snapshots = new DirectorySnapshotStore(join(folder, "node"));
  for (const [index, make] of makers.entries()) {
    await world.submit(make(index + 1));
    if (index === 10) await takeBackup(folder, { ...source, snapshots });
    if (index % 20 === 15) for (const storage of world.cluster.storages) storage.roll();
  }
  await world.drained();
  for (const [shard, storage] of world.cluster.storages.entries()) {
    const archive = new LogArchive(archives, logName(shard));
    await archive.copy(storage.open(), storage.head);
    if (storage.generation > 1) storage.retire();
  }
  const taken = await takeBackup(folder, { ...source, snapshots });
  const ends = world.cluster.storages.map((_, shard) => world.statuses(shard)[0]!);
  await world.close();
  return { taken, openedAt, ends };
}

async function restoredAt(folder: string, data: string, sequences: ReadonlyMap<number, number>) {
  const directory = DataDirectory.open(data);
  return await restoreBackup(folder, directory, { sequences, timeUs: Infinity });
}

/** Runs a cluster on restored data, and looks whether all is there. */
async function expectAlive(data: string, restored: readonly RestoredShard[]): Promise<void> {
  const directory = DataDirectory.open(data);
  const store = new DirectoryArchiveStore(directory.archive);
  const firstSequences = directory.settings()?.firstSequences ?? [];
  expect(firstSequences).toEqual(restored.map(({ sequence }) => sequence + 1));
  const diverged: unknown[] = [];
  const cluster = await LocalCluster.open({
    ...{ shards, nodes: 1, firstSequences },
    wrapLog: (log, shard) => new ArchivedLog(log, new LogArchive(store, logName(shard))),
    report: (_node, event) => event.kind === "diverged" && diverged.push(event),
  });
  const order = placing({ clientOrderId: "after", price: 1, quantity: 1 });
  const [outcome] = await cluster.client.submit([order]);
  expect(outcome).toMatchObject({ kind: "replied", reply: { rejectReason: 0 } });
  await eventually(() => isSame(holdingsOf(cluster), totalDeposits([...traders])), {
    what: "all that was brought in is on the accounts",
  });
  expect(diverged).toEqual([]);
  await cluster.close();
}

function holdingsOf(cluster: LocalCluster): ReadonlyMap<string, bigint> {
  const totals = new Map<string, bigint>();
  for (let shard = 0; shard < shards; shard += 1) {
    for (const holding of cluster.node("e1").replica(shard).answer("holdings", {})) {
      const { asset, available, reserved } = holding;
      totals.set(asset, (totals.get(asset) ?? 0n) + BigInt(available) + BigInt(reserved));
    }
  }
  return totals;
}

function isSame(a: ReadonlyMap<string, bigint>, b: ReadonlyMap<string, bigint>): boolean {
  return a.size === b.size && [...a].every(([asset, amount]) => b.get(asset) === amount);
}

it("a restored cluster is what the old one was, at its end and at any place, and trades on", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(tradingCommand(), { minLength: 20, maxLength: 60 }),
      fc.nat({ max: shards - 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (makers, shard, part) => {
        const folder = mkdtempSync(join(tmpdir(), "outcry-backup-"));
        try {
          const { taken, openedAt, ends } = await trade(folder, makers);
          const whole = await restoredAt(folder, join(folder, "whole"), new Map());
          for (const [index, end] of ends.entries()) {
            expect(whole[index]).toMatchObject({
              sequence: end.appliedSequence,
              entriesHash: end.entriesHash,
              outputsHash: end.outputsHash,
            });
            expect(taken.shards[index]?.entriesHash).toBe(end.entriesHash);
          }
          await expectAlive(join(folder, "whole"), whole);
          const first = openedAt[shard]!;
          const last = taken.shards[shard]!.sequence;
          const sequence = Math.floor(first + part * (last - first));
          const place = new Map([[shard, sequence]]);
          const cut = await restoredAt(folder, join(folder, "cut"), place);
          expect(cut[shard]?.sequence).toBeLessThanOrEqual(sequence);
          // Elsewhere a cut may lie before all had been brought in.
          const isOpened = cut.every((of, index) => of.sequence >= openedAt[index]!);
          if (isOpened) await expectAlive(join(folder, "cut"), cut);
          await expect(restoredAt(folder, join(folder, "cut"), place)).rejects.toThrow(BackupFault);
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    ),
    { numRuns: 6 },
  );
});
