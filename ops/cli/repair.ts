/** `outcry repair`: a new cluster out of what is left of one that lost two of three servers. */
import { resolve } from "node:path";
import { Command } from "commander";
import type { RestoredShard } from "../backup/restore-backup.ts";
import { DataDirectory, dataOption } from "../config/data-directory.ts";
import type { RepairPlan } from "../repair/repair.ts";
import type { AgreementFlags } from "./agreement.ts";
import { confirm, refuseLoss } from "./agreement.ts";
import type { CommonOptions } from "./output.ts";
import { paint, print, renderTable, withCommonOptions } from "./output.ts";
import { notRunning } from "./running-cluster.ts";

interface RepairFlags extends CommonOptions, AgreementFlags {
  readonly survivor?: string;
  readonly dryRun?: boolean;
}

export function command(): Command {
  const repair = new Command("repair")
    .description(
      "Makes the data of a new cluster out of what is left of one that lost two of its three nats-servers for good. What is left stays as it is; it may not run.",
    )
    .argument("<lost>", "the data directory of the cluster that is lost")
    .option("--survivor <name>", "the server to go by, when others have stores that are not sound")
    .option("--dry-run", "tell what is left and what would be made of it, and stop")
    .option("--yes", "do not ask")
    .option("--accept-loss", "go on although something that was acknowledged is gone");
  return withCommonOptions(repair).action(async (path: string, flags: RepairFlags) => {
    const lost = DataDirectory.find(path);
    if (lost === undefined) throw notRunning(resolve(path));
    const [{ planRepair, repair: carryOut, dropPlan }, { Progress }, { obtainNatsServer }] =
      await Promise.all([
        import("../repair/repair.ts"),
        import("../supervisor/progress.ts"),
        import("../setup/nats-server.mjs"),
      ]);
    const progress = new Progress((text) => process.stderr.write(text));
    const directory = DataDirectory.open(flags.data);
    const binary = await obtainNatsServer((line) => progress.say(line));
    const options = { lost, directory, survivor: flags.survivor, binary, progress };
    try {
      const plan = await planRepair(options);
      const found = { survivor: plan.survivor, lost: plan.lost, isLossy: plan.isLossy };
      if (flags.dryRun === true) {
        print(flags, { ok: true, ...found, shards: plan.shards }, () => renderPlan(plan));
        return;
      }
      process.stderr.write(`${renderPlan(plan)}\n`);
      const losses = plan.shards.map((of) => ({ ...of, left: of.last }));
      refuseLoss({ isLossy: plan.isLossy, shards: losses }, flags, { shards: plan.shards });
      await confirm(flags);
      const restored = await carryOut(plan, options);
      const shards = plan.shards.map((of) => ({ ...of, ...restored[of.shard] }));
      print(flags, { ok: true, data: directory.path, ...found, shards }, () =>
        renderRestored(restored, directory.path),
      );
    } finally {
      dropPlan(options);
    }
  });
}

function renderPlan({ survivor, lost, shards }: RepairPlan): string {
  return [
    `${survivor} is left of ${[survivor, ...lost].toSorted().join(", ")}.`,
    renderTable(
      ["shard", ` in ${survivor}`, " archived", " confirmed", " missing", " restored to"],
      shards.map((of) => [
        ...[of.shard, of.storedTo, of.archivedTo, of.confirmedTo].map(String),
        of.missing === 0 ? "none known" : paint("red", `${of.missing} or more`),
        String(of.restoredTo),
      ]),
    ),
    ...shards.flatMap(remarksOn),
  ].join("\n");
}

function remarksOn(of: RepairPlan["shards"][number]): readonly string[] {
  const shard = `shard ${of.shard}:`;
  const isConfirmed = of.confirmedTo >= of.last;
  return [
    ...(of.missing > 0
      ? [`${shard} ${of.missedBy} reaches to ${of.last + of.missing}: that much is not left`]
      : []),
    ...(of.contradictedBy === ""
      ? []
      : [`${shard} ${of.contradictedBy} had other entries than are left`]),
    ...(of.goesOn ? [] : [`${shard} what is stored does not go on where the archive ends`]),
    ...(of.restoredTo < of.last
      ? [
          `${shard} entries ${of.restoredTo + 1} to ${of.last} rest on what another shard has lost, and go, too`,
        ]
      : []),
    isConfirmed
      ? `${shard} all of it is confirmed by ${of.confirmedBy || "nobody: it is empty"}; what nobody whose disk is left had applied cannot be known`
      : `${shard} confirmed to ${of.confirmedTo}${of.confirmedBy === "" ? "" : ` by ${of.confirmedBy}`}; behind ${of.last} nobody can know what else was acknowledged`,
  ];
}

function renderRestored(restored: readonly RestoredShard[], data: string): string {
  return [
    ...restored.map(({ shard, sequence, entriesHash }) =>
      [`shard ${shard}: ${sequence} entries`, `  entries  ${entriesHash}`].join("\n"),
    ),
    `Start it: ./outcry start${dataOption(data)}`,
  ].join("\n");
}
