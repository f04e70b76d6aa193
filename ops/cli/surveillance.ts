/** `outcry surveillance`: what looks like market manipulation, by which rules, and the evidence. */
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Command, Option } from "commander";
import { systemClock } from "../../cluster/clock.ts";
import { DataDirectory, readIfThere } from "../config/data-directory.ts";
import { pastPlaceIn } from "../past/past-place.ts";
import { surveillantName } from "../supervisor/cluster-plan.ts";
import type { Alert } from "../surveillance/alert.ts";
import { alertsInFile, isWanted } from "../surveillance/alerts-in-file.ts";
import type { WantedAlerts } from "../surveillance/alerts-in-file.ts";
import type { LogScan } from "../surveillance/log-scan.ts";
import { readOfficersFiles } from "../surveillance/officers-files.ts";
import { ruleNames } from "../surveillance/rule-parameters.ts";
import type { RuleName } from "../surveillance/rule-parameters.ts";
import { alertFileName } from "../surveillance/surveillant.ts";
import {
  renderAlert,
  renderAlertLine,
  renderAlerts,
  renderCounts,
  renderRule,
} from "./alert-text.ts";
import type { ShownUnits } from "./alert-text.ts";
import type { EngineAccess } from "./engine-access.ts";
import { entryProgressOn } from "./entry-progress.ts";
import { interrupted } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, toJson, usageFault, withCommonOptions, write } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

interface FolderFlags extends CommonOptions {
  readonly folder?: string;
}

interface AlertsFlags extends FolderFlags {
  readonly follow?: boolean;
  readonly rule?: RuleName;
  readonly account?: string;
  readonly since?: string;
}

interface ScanFlags extends FolderFlags {
  readonly from?: string;
  readonly to?: string;
  readonly settings?: string;
  readonly relations?: string;
  readonly rule?: RuleName;
}

interface RulesFlags extends FolderFlags {
  readonly instrument?: string;
}

const lookEveryMs = 300;

export function command(): Command {
  const surveillance = new Command("surveillance").description(
    "Shows what a surveillant found, which a cluster has that was started with --surveillance.",
  );
  surveillance.addCommand(alertsCommand());
  surveillance.addCommand(showCommand());
  surveillance.addCommand(scanCommand());
  surveillance.addCommand(rulesCommand());
  return surveillance;
}

function withFolder(command: Command): Command {
  return withCommonOptions(command).option(
    "--folder <dir>",
    "the compliance officer's folder (default: the one that the cluster was started with)",
  );
}

function ruleOption(): Option {
  return new Option("--rule <rule>", "only what this rule found").choices(ruleNames);
}

// ---- Alerts ----------------------------------------------------------------------------------

function alertsCommand(): Command {
  const alerts = new Command("alerts")
    .description("Lists alerts, in the order in which they were found.")
    .option("--follow", "go on with those that come, until Ctrl-C")
    .addOption(ruleOption())
    .option("--account <account>", "only those that this account has a part in")
    .option("--since <time>", "only those completed since then, such as 2026-11-22T10:00:00Z");
  return withFolder(alerts).action(async (flags: AlertsFlags) => {
    const path = join(folderOf(flags), alertFileName);
    const wanted: WantedAlerts = {
      ...{ rule: flags.rule, account: flags.account },
      sinceUs: momentIn(flags.since),
    };
    const { alerts: all, endBytes } = await alertsInFile(path);
    const found = all.filter((alert) => isWanted(alert, wanted));
    if (flags.follow !== true) {
      print(flags, { ok: true, alerts: found }, () => renderAlerts(found));
      return;
    }
    const show = (alert: Alert): void =>
      write(flags.json === true ? toJson(alert) : renderAlertLine(alert));
    for (const alert of found) show(alert);
    await follow(path, endBytes, (alert) => {
      if (isWanted(alert, wanted)) show(alert);
    });
  });
}

async function follow(
  path: string,
  fromBytes: number,
  hear: (alert: Alert) => void,
): Promise<void> {
  let isOver = false;
  void interrupted().then(() => (isOver = true));
  for (let from = fromBytes; !isOver;) {
    await delay(lookEveryMs);
    const { alerts, endBytes } = await alertsInFile(path, from);
    from = Math.max(from, endBytes);
    for (const alert of alerts) hear(alert);
  }
}

/** Undefined for no time; a fault for what is none. */
function momentIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const place = pastPlaceIn(text, 1);
  if (place !== undefined && "timeUs" in place) return place.timeUs;
  throw usageFault(`${JSON.stringify(text)} is no time, such as 2026-11-22T10:00:00Z`);
}

// ---- One of them -----------------------------------------------------------------------------

function showCommand(): Command {
  const show = new Command("show")
    .description("Tells one alert with its figures, and its evidence in the order of the log.")
    .argument("<id>", "the alert, or as much of its beginning as no other has");
  return withFolder(show).action(async (id: string, flags: FolderFlags) => {
    const { alerts } = await alertsInFile(join(folderOf(flags), alertFileName));
    const found = alerts.filter((alert) => alert.id.startsWith(id));
    const [alert] = found;
    if (alert === undefined) throw new CommandFault("no-such-alert", `there is no alert ${id}`);
    if (found.length > 1) throw usageFault(`${found.length} alerts begin with ${id}`);
    const units = flags.json === true ? plainUnits : await unitsOf(flags, alert.symbol);
    print(flags, { ok: true, alert }, () => renderAlert(alert, units));
  });
}

const plainUnits: ShownUnits = {
  price: (ticks) => `${ticks} ticks`,
  quantity: (lots) => `${lots} lots`,
};

/** As the cluster says; ticks and lots where none runs. */
async function unitsOf(flags: FolderFlags, symbol: string): Promise<ShownUnits> {
  const { withAccount, unitsOfSymbol } = await import("./exchange-access.ts");
  const { data } = flags;
  try {
    return await withAccount(data === undefined ? {} : { data }, (client) =>
      unitsOfSymbol(client, symbol),
    );
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    process.stderr.write(`prices are in ticks: ${error.message}\n`);
    return plainUnits;
  }
}

// ---- Calibration -----------------------------------------------------------------------------

function scanCommand(): Command {
  const scan = new Command("scan")
    .description(
      "Looks through the logs of a running cluster and their archives from the first entry on, and " +
        "tells what alerts other settings or relations would give. Writes nothing.",
    )
    .option("--from <time>", "only alerts completed since then")
    .option("--to <time>", "only those completed until then")
    .option("--settings <file>", "settings to go by (default: settings.yaml in the folder)")
    .option("--relations <file>", "relations to go by (default: relations.yaml in the folder)")
    .addOption(ruleOption());
  return withFolder(scan).action(async (flags: ScanFlags) => {
    const cluster = findCluster(flags);
    const wanted: WantedAlerts = {
      ...{ rule: flags.rule, sinceUs: momentIn(flags.from), untilUs: momentIn(flags.to) },
    };
    const officers = filesOf(flags);
    const [{ withEngine }, scanning] = await Promise.all([
      import("./engine-access.ts"),
      import("../surveillance/log-scan.ts"),
    ]);
    const alerts: Alert[] = [];
    await withEngine(cluster, async ({ wholeLogs: logs }: EngineAccess) => {
      const onProgress = entryProgressOn(process.stderr);
      const scan: LogScan = new scanning.LogScan({
        ...{ ...officers, logs, clock: systemClock },
        alert: (alert) => {
          if (isWanted(alert, wanted)) alerts.push(alert);
        },
        ...(onProgress !== undefined && { onProgress }),
      });
      await scan.run();
    });
    print(flags, { ok: true, alerts }, () =>
      [...(alerts.length === 0 ? [] : [renderAlerts(alerts)]), renderCounts(alerts)].join("\n"),
    );
  });
}

// ---- Rules -----------------------------------------------------------------------------------

function rulesCommand(): Command {
  const rules = new Command("rules")
    .description("Shows by which rules and parameters surveillance goes, and why.")
    .argument("[rule]", `one of ${ruleNames.join(", ")} (default: all)`)
    .option("--instrument <symbol>", "as they are in this instrument");
  return withFolder(rules).action((name: string | undefined, flags: RulesFlags) => {
    const wanted = ruleNames.filter((rule) => name === undefined || rule === name);
    if (wanted.length === 0) {
      throw usageFault(`${JSON.stringify(name)} is no rule: ${ruleNames.join(", ")}`);
    }
    const { settings } = filesOf(flags);
    const parts = wanted.map((rule) => ({
      ...{ rule, isOn: settings.isOn(rule) },
      parameters: settings.of(rule, flags.instrument),
    }));
    print(flags, { ok: true, rules: parts }, () =>
      wanted.map((rule) => renderRule(rule, settings, flags.instrument)).join("\n\n"),
    );
  });
}

// ---- The officer's folder --------------------------------------------------------------------

/** Its settings and relations; the defaults where there is no folder. */
function filesOf(flags: ScanFlags) {
  const folder = flags.folder ?? folderOfCluster(flags);
  const { settings, relations } = flags;
  return readOfficersFiles({ folder, settings, relations });
}

function folderOf(flags: FolderFlags): string {
  const folder = flags.folder ?? folderOfCluster(flags);
  if (folder !== undefined) return resolve(folder);
  throw new CommandFault(
    "no-surveillance",
    "no surveillant was started here: ./outcry start --surveillance DIR, or name its folder by --folder",
  );
}

/** As the surveillant of the cluster in the data directory was told, whether it runs or not. */
function folderOfCluster({ data }: CommonOptions): string | undefined {
  const directory = DataDirectory.find(data);
  const text = directory && readIfThere(directory.settingsFile(surveillantName));
  if (text === undefined) return undefined;
  return (JSON.parse(text) as { readonly surveillance?: string }).surveillance;
}
