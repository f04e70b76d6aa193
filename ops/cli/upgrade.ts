/** `outcry upgrade`: from one release to the next while the exchange runs. */
import { Command } from "commander";
import { dataOption } from "../config/data-directory.ts";
import { logicOption } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, withCommonOptions, write } from "./output.ts";
import type { RunningCluster } from "./running-cluster.ts";
import { findCluster } from "./running-cluster.ts";
import { aheadOf, neededLogic, renderUpgrade, whyNotAborted } from "./upgrade-report.ts";
import type { UpgradeReport } from "./upgrade-report.ts";

export function command(): Command {
  return new Command("upgrade")
    .description(
      "Goes to the release that is here while the exchange runs: `run` restarts the engine nodes " +
        "one by one, and before them who reads the logs beside them; `start` activates the new logic " +
        "in the logs.",
    )
    .addCommand(plan())
    .addCommand(run())
    .addCommand(start())
    .addCommand(status())
    .addCommand(abort());
}

function look(name: string, description: string): Command {
  const command = new Command(name).description(description);
  return withCommonOptions(command).action(async (flags: CommonOptions) => {
    print(flags, await lookAt(findCluster(flags)), renderUpgrade);
  });
}

function plan(): Command {
  return look(
    "plan",
    "Shows what every node runs, in which order they should be restarted, what would be " +
      "activated, and what stands in the way.",
  );
}

function status(): Command {
  return look("status", "Shows how far the upgrade is: releases, and the logic of every shard.");
}

async function lookAt(cluster: RunningCluster, to?: number): Promise<UpgradeReport> {
  const { lookAtUpgrade } = await import("./upgrade-steps.ts");
  return await lookAtUpgrade(cluster, to);
}

// ---- run -------------------------------------------------------------------------------------

interface RunFlags extends CommonOptions {
  readonly all?: boolean;
  readonly gateways?: boolean;
  readonly logicMax?: number;
}

function run(): Command {
  const run = new Command("run")
    .description(
      "Restarts those who follow the logs (referee, auditor, projector, exporter, surveillant), which must " +
        "read whatever the others write. Then drains and restarts the engine nodes that run " +
        "another release, one after the other, those that emit least first. Each follows again " +
        "before the next one is drained.",
    )
    .option("--all", "also those that run this release")
    .option("--gateways", "the gateways afterwards; their clients connect anew")
    .option("--logic-max <n>", "have them carry no later logic, for rehearsals", logicOption);
  return withCommonOptions(run).action(async (flags: RunFlags) => {
    const cluster = findCluster(flags);
    const { restartNode } = await import("./upgrade-steps.ts");
    const say = (line: string): void => {
      if (flags.json === true) process.stderr.write(`${line}\n`);
      else write(line);
    };
    const { restarts, nodes, readers } = await lookAt(cluster);
    const others = nodes.map(({ node }) => node).filter((node) => !restarts.includes(node));
    const chosen = flags.all === true ? [...restarts, ...others] : restarts;
    const renewed = { logicMax: flags.logicMax };
    for (const reader of readers) await renew(cluster, reader, say);
    const restarted = [];
    for (const node of chosen) {
      restarted.push(await restartNode(cluster, node, { renewed, say }));
    }
    const gateways = flags.gateways === true ? cluster.file.gateways : [];
    for (const gateway of gateways) await renew(cluster, gateway, say);
    const result = { ok: true, restarted, gateways, ...(await lookAt(cluster)) };
    print(flags, result, () => `\n${renderUpgrade(result)}`);
  });
}

/** Restarts a process with the release that is here. */
async function renew(
  { file }: RunningCluster,
  name: string,
  say: (line: string) => void,
): Promise<void> {
  const { askSupervisor } = await import("../supervisor/control-socket.ts");
  const request = { command: "restart", process: name, renewed: {} } as const;
  await askSupervisor(file.supervisor.socket, request);
  say(`${name} is up again`);
}

// ---- start -----------------------------------------------------------------------------------

interface StartFlags extends CommonOptions {
  readonly to?: number;
  readonly dryRun?: boolean;
}

function start(): Command {
  const start = new Command("start")
    .alias("activate")
    .description(
      "Activates the new logic in the log of every shard. Refused unless every engine node is up " +
        "and carries it. This cannot be taken back.",
    )
    .option("--to <n>", "the logic to come to (default: the newest of this release)", logicOption)
    .option("--dry-run", "say what would be done");
  return withCommonOptions(start).action(async (flags: StartFlags) => {
    const cluster = findCluster(flags);
    const report = await lookAt(cluster, flags.to);
    const { activates, prevented } = report;
    if (activates.length > 0 && prevented.length > 0) {
      const why = prevented.join("; ");
      const details = { prevented };
      throw new CommandFault("not-ready", `nothing was activated: ${why}`, { details });
    }
    if (flags.dryRun !== true && activates.length > 0) {
      const { activate } = await import("./upgrade-steps.ts");
      await activate(cluster, activates);
    }
    const isDryRun = flags.dryRun === true;
    print(flags, { ok: true, isDryRun, activated: activates }, () =>
      activates.length === 0
        ? "There is nothing to activate."
        : activates
            .map(
              ({ shard, to }) => `shard ${shard} ${isDryRun ? "would go" : "goes"} by logic ${to}`,
            )
            .join("\n"),
    );
  });
}

// ---- abort -----------------------------------------------------------------------------------

function abort(): Command {
  const abort = new Command("abort").description(
    "Says how to go back to the release before, and undrains what is drained. Refused once its " +
      "logic is activated.",
  );
  return withCommonOptions(abort).action(async (flags: CommonOptions) => {
    const cluster = findCluster(flags);
    const report = await lookAt(cluster);
    const why = whyNotAborted(report);
    if (why !== undefined) {
      throw new CommandFault("activated", `${why}: go forward (./outcry upgrade status)`);
    }
    const drained = report.nodes.filter(({ isDrained }) => isDrained).map(({ node }) => node);
    const { undrain } = await import("./draining.ts");
    for (const node of drained) await undrain(cluster, node);
    const restartBack = aheadOf(report);
    const logic = neededLogic(report);
    print(flags, { ok: true, undrained: drained, restartBack, neededLogic: logic }, () => {
      const undrained = drained.map((node) => `${node} takes part again`);
      if (restartBack.length === 0) return [...undrained, "No node runs ahead."].join("\n");
      const options = dataOption(cluster.directory.path);
      return [
        ...undrained,
        "Nothing in the logs has changed. Put the release before in place here, one that carries " +
          `logic 1 to ${logic}, and then:`,
        ...restartBack.flatMap((node) => [
          `  ./outcry drain ${node}${options} && ./outcry restart ${node} --renew${options}`,
        ]),
      ].join("\n");
    });
  });
}
