/**
 * What a process is started with: one file, any of whose settings a flag of the same name may
 * replace. So that each can also be run by hand:
 *
 *   node ops/processes/engine.ts --config .outcry/processes/e1.json --shards 1
 *
 * The environment has no say here: processes of a supervisor inherit its own. `outcry run` hears it.
 */
import { parseArgs } from "node:util";
import { ConfigFault } from "./config-fault.ts";
import { renderProblem } from "./config-problem.ts";
import type { EffectiveSettings } from "./effective-settings.ts";
import { resolveSettings } from "./effective-settings.ts";
import type { ProcessRole, RoleSettings } from "./setting-fields.ts";
import { fieldsOf, flagOf, placeFields } from "./setting-fields.ts";

/** @throws ConfigFault that names the first problem */
export function readSettings<Role extends ProcessRole>(
  role: Role,
  args: readonly string[],
): RoleSettings[Role] {
  const { config: file, ...flags } = readFlags(role, args);
  const { problems, ...effective } = resolveSettings(role, { flags, file });
  // A supervisor of another release may have written more than this one knows.
  const known = problems.filter(({ name }) => name !== "setting-unknown");
  return settingsOf(role, { ...effective, problems: known });
}

/** The settings without the places that they follow from. */
export function settingsOf<Role extends ProcessRole>(
  _role: Role,
  { settings, problems }: EffectiveSettings,
): RoleSettings[Role] {
  const fatal = problems.find(({ isFatal }) => isFatal);
  if (fatal !== undefined) throw invalid(renderProblem(fatal));
  const own = settings.filter(({ name }) => !Object.hasOwn(placeFields, name));
  return Object.fromEntries(
    own.map(({ name, value }) => [name, value]),
  ) as unknown as RoleSettings[Role];
}

function readFlags(
  role: ProcessRole,
  args: readonly string[],
): Readonly<Record<string, string | undefined>> {
  const names = ["config", ...Object.keys(fieldsOf(role))];
  const options = names.map((name) => [flagOf(name), { type: "string" }] as const);
  try {
    const { values } = parseArgs({ args: [...args], options: Object.fromEntries(options) });
    return Object.fromEntries(names.map((name) => [name, values[flagOf(name)]]));
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : "flags cannot be read", error);
  }
}

function invalid(message: string, cause?: unknown): ConfigFault {
  return new ConfigFault("process-settings-invalid", message, cause);
}
