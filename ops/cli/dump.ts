/** `outcry dump`: what replicas had in hand when they diverged, and how it differs from the log. */
import { existsSync } from "node:fs";
import { Command } from "commander";
import { DirectoryDumpStore, readDump } from "../../cluster/directory-dump-store.ts";
import { DataDirectory } from "../config/data-directory.ts";
import { explainDump, renderExplanation } from "./dump-explanation.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, renderTable, withCommonOptions } from "./output.ts";
import { findCluster, notRunning } from "./running-cluster.ts";
import { nodeNames } from "../config/cluster-settings.ts";

interface ListedDump {
  readonly node: string;
  readonly shard: number;
  readonly entry: number;
  readonly at: string;
  readonly path: string;
}

export function command(): Command {
  const dump = new Command("dump").description(
    "What replicas had in hand when they computed something else than the others.",
  );
  const list = new Command("list").description("Lists the dumps of this machine's nodes.");
  const show = new Command("show")
    .description(
      "Holds a dump against a rebuild from the running cluster's log: which entry, which outputs and which parts of the state differ.",
    )
    .argument("<file>", "a path that outcry dump list shows");
  withCommonOptions(list).action(listDumps);
  withCommonOptions(show).action(showDump);
  return dump.addCommand(list).addCommand(show);
}

/** It needs no cluster that runs: dumps are looked at after the worst, too. */
async function listDumps(flags: CommonOptions): Promise<void> {
  const directory = DataDirectory.find(flags.data);
  if (directory === undefined) throw notRunning(flags.data);
  const nodes = nodeNames(directory.settings() ?? { nodes: 0 });
  const dumps = await Promise.all(
    nodes.map(async (node): Promise<readonly ListedDump[]> => {
      const files = await new DirectoryDumpStore(directory.dumps(node)).list();
      return files.map(({ shard, sequence, writtenAtMs, path }) => {
        return { node, shard, entry: sequence, at: new Date(writtenAtMs).toISOString(), path };
      });
    }),
  );
  print(flags, { ok: true, dumps: dumps.flat() }, renderList);
}

function renderList({ dumps }: { readonly dumps: readonly ListedDump[] }): string {
  if (dumps.length === 0) return "no replica has diverged";
  const rows = dumps.map(({ node, shard, entry, at, path }) => {
    return [node, String(shard), String(entry), at, path];
  });
  return renderTable(["NODE", " SHARD", " ENTRY", "WRITTEN", "FILE"], rows);
}

async function showDump(path: string, flags: CommonOptions): Promise<void> {
  if (!existsSync(path)) throw new CommandFault("no-such-dump", `there is no file ${path}`);
  const dump = await readDump(path);
  const cluster = findCluster(flags);
  const { withEngine } = await import("./engine-access.ts");
  const explanation = await withEngine(cluster, async ({ wholeLogs: logs }) => {
    const log = logs[dump.shard];
    if (log === undefined) throw new CommandFault("usage", `there is no shard ${dump.shard} here`);
    return await explainDump(dump, log);
  });
  print(flags, { ok: true, ...explanation }, renderExplanation);
}
