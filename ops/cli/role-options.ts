/** The options of commands about one process: a flag for each setting, and a file of the others. */
import type { Command } from "commander";
import { dataDirectoryPath } from "../config/data-directory.ts";
import type { EffectiveSettings } from "../config/effective-settings.ts";
import { resolveSettings } from "../config/effective-settings.ts";
import type { Field, ProcessRole } from "../config/setting-fields.ts";
import {
  fieldsOf,
  flagOf,
  placeFields,
  processRoles,
  variableOf,
} from "../config/setting-fields.ts";
import type { CommonOptions } from "./output.ts";
import { withCommonOptions } from "./output.ts";

export interface RoleFlags extends CommonOptions {
  readonly config?: string;
  readonly [setting: string]: unknown;
}

const summaries: Readonly<Record<ProcessRole, string>> = {
  engine: "an engine node, with a replica of every shard",
  gateway: "a gateway, between participants and the shards' logs",
  referee: "a referee, which compares every step with slow, obvious books",
  auditor: "an auditor, which tells the traces of all orders",
  projector: "a projector, which writes down in a database what happened",
  exporter: "an exporter, which appends trades and what accounts make of them to CSV files",
  surveillant: "a surveillant, which looks for market manipulation and appends alerts to a file",
  custodian: "a custodian, which watches chains and sends approved withdrawals to them",
};

/**
 * One subcommand for each role.
 *
 * @param doing what comes before the role in a summary, such as "Runs"
 */
export function addRoleCommands(
  parent: Command,
  doing: string,
  act: (role: ProcessRole, flags: RoleFlags) => void | Promise<void>,
): Command {
  for (const role of processRoles) {
    const command = parent
      .command(role)
      .description(`${doing} ${summaries[role]}.`)
      .option("--config <file>", "a file of settings, YAML or JSON (or OUTCRY_CONFIG)");
    for (const [name, field] of Object.entries<Field>(fieldsOf(role))) {
      if (name === "data") continue;
      const value = field.kind === "list" ? "a,b" : field.kind.endsWith("text") ? "text" : "n";
      command.option(
        `--${flagOf(name)} <${value}>`,
        `${field.what} (or ${variableOf(name, field)})`,
      );
    }
    withCommonOptions(command).action((flags: RoleFlags) => act(role, flags));
  }
  return parent;
}

/** What a process of that role would be started with here. */
export function settingsFrom(role: ProcessRole, flags: RoleFlags): EffectiveSettings {
  const { config, json: _, ...settings } = flags;
  const file = config ?? process.env["OUTCRY_CONFIG"];
  return resolveSettings(role, {
    flags: settings as Readonly<Record<string, string | undefined>>,
    environment: process.env,
    file: file === "" ? undefined : file,
    defaults: { data: dataDirectoryPath(undefined) },
  });
}

/** The flags that say all of it, to a program that reads no environment. */
export function flagsFor({ settings }: EffectiveSettings): readonly string[] {
  return settings
    .filter(({ name }) => !Object.hasOwn(placeFields, name))
    .flatMap(({ name, value }) => [
      `--${flagOf(name)}`,
      Array.isArray(value) ? value.join(",") : String(value),
    ]);
}
