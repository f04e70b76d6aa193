/**
 * A process's settings as they come out of flags, the environment, a file and defaults, the first
 * of these that says something; where each came from; and all that is wrong with them.
 *
 * Of a setting's variable there is a second form, with `_FILE` behind its name: the file that it
 * names holds the value.
 */
import { readFileSync, statSync } from "node:fs";
import type { ConfigProblem } from "./config-problem.ts";
import { configProblem } from "./config-problem.ts";
import { contradictionsIn } from "./contradictions.ts";
import type { Field, FieldKind, ProcessRole } from "./setting-fields.ts";
import { fieldsOf, flagOf, placeFields, processRoles, variableOf } from "./setting-fields.ts";
import { readSettingsFile } from "./settings-file.ts";
import type { FileSetting } from "./settings-file.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SettingSources {
  /** By name as in the type, such as `engineCredentials`. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** Undefined where it has no say. */
  readonly environment?: Environment | undefined;
  readonly file?: string | undefined;
  /** What is known besides, such as the data directory where nobody names one. */
  readonly defaults?: Readonly<Record<string, string>>;
}

export interface EffectiveSetting {
  readonly name: string;
  readonly value: unknown;
  /** A flag, a variable, a file's line, or `default`. */
  readonly origin: string;
}

export interface EffectiveSettings {
  readonly role: ProcessRole;
  readonly settings: readonly EffectiveSetting[];
  readonly problems: readonly ConfigProblem[];
}

/** Variables of ours that are no settings of a process. */
const otherVariables = new Set(["OUTCRY_CONFIG", "OUTCRY_TRACE", "OUTCRY_JOURNAL"]);

export function resolveSettings(role: ProcessRole, sources: SettingSources): EffectiveSettings {
  const { flags, environment = {}, file } = sources;
  const inFile = file === undefined ? undefined : readSettingsFile(file, role);
  const problems: ConfigProblem[] = [...(inFile?.problems ?? [])];
  const known: Record<string, unknown> = {};
  const settings: EffectiveSetting[] = [];
  for (const [name, field] of Object.entries<Field>(fieldsOf(role))) {
    const said =
      fromFlag(name, field, flags[name]) ??
      fromEnvironment(name, field, { environment, problems }) ??
      fromFile(inFile?.settings.get(name));
    const value = said?.value ?? sources.defaults?.[name] ?? field.otherwise?.(known);
    if (value === undefined || value === null) {
      if (isNeeded(name, field)) problems.push(missing(name, field));
      continue;
    }
    if (!isOfKind(field.kind, value)) {
      const message = `${name} must be ${kindWords[field.kind]}`;
      problems.push(configProblem("setting-malformed", message, said?.origin));
      continue;
    }
    known[name] = value;
    settings.push({ name, value, origin: said?.origin ?? "default" });
  }
  for (const { setting, message } of contradictionsIn(role, known)) {
    const origin = settings.find(({ name }) => name === setting)?.origin;
    problems.push(configProblem("settings-contradict", message, origin));
  }
  problems.push(...unknownVariables(environment));
  return { role, settings, problems };
}

/** What is wrong with the files that settings name; a process that starts finds out by itself. */
export function examineFiles({ role, settings }: EffectiveSettings): ConfigProblem[] {
  const fields = fieldsOf(role);
  return settings.flatMap(({ name, value, origin }) => {
    const { isSecretFile = false, isFile = isSecretFile } = fields[name] ?? {};
    if (!isFile) return [];
    const what = `${name} ${String(value)}`;
    const found = statSync(String(value), { throwIfNoEntry: false });
    if (found?.isFile() !== true) {
      const problem = isSecretFile ? "secret-missing" : "file-unreadable";
      return [configProblem(problem, `${what} is no file`, origin)];
    }
    if (!isSecretFile || (found.mode & forOthers) === 0) return [];
    return [configProblem("secret-exposed", `${what} can be read by everybody`, origin)];
  });
}

const forOthers = 0o007;

interface Said {
  readonly value: unknown;
  readonly origin: string;
}

function fromFlag(name: string, field: Field, text: string | undefined): Said | undefined {
  if (text === undefined) return undefined;
  return { value: parsed(field.kind, text), origin: `--${flagOf(name)}` };
}

function fromEnvironment(
  name: string,
  field: Field,
  { environment, problems }: { environment: Environment; problems: ConfigProblem[] },
): Said | undefined {
  const variable = variableOf(name, field);
  const text = environment[variable];
  // An empty variable is how many tools leave one out.
  if (text !== undefined && text !== "") {
    return { value: parsed(field.kind, text), origin: variable };
  }
  const path = environment[`${variable}_FILE`];
  if (path === undefined || path === "") return undefined;
  const origin = `${variable}_FILE`;
  try {
    return { value: parsed(field.kind, readFileSync(path, "utf8").trim()), origin };
  } catch (error) {
    const message = `${path} cannot be read (${String(error)})`;
    problems.push(configProblem("file-unreadable", message, origin));
    return undefined;
  }
}

function fromFile(said: FileSetting | undefined): Said | undefined {
  return said === undefined ? undefined : { value: said.value, origin: said.where };
}

function isNeeded(name: string, { kind }: Field): boolean {
  return !kind.startsWith("optional") && !Object.hasOwn(placeFields, name);
}

function missing(name: string, field: Field): ConfigProblem {
  const kind = kindWords[field.kind];
  const ways = `in the file, as ${variableOf(name, field)}, or with --${flagOf(name)}`;
  return configProblem("setting-missing", `${name} must be ${kind} (${ways}): ${field.what}`);
}

/** A misspelt name would otherwise be a default that nobody expects. */
function unknownVariables(environment: Environment): ConfigProblem[] {
  const known = new Set(otherVariables);
  for (const role of processRoles) {
    for (const [name, field] of Object.entries<Field>(fieldsOf(role))) {
      known.add(variableOf(name, field)).add(`${variableOf(name, field)}_FILE`);
    }
  }
  return Object.keys(environment)
    .filter((name) => name.startsWith("OUTCRY_") && !known.has(name))
    .sort()
    .map((name) => configProblem("variable-unknown", "no process has such a setting", name));
}

const kindWords: Readonly<Record<FieldKind, string>> = {
  text: "a text",
  count: "a count from 1",
  "optional count": "a count from 1",
  "optional text": "a text",
  list: "a list",
};

function parsed(kind: FieldKind, text: string): unknown {
  if (kind === "list") return text.split(",").map((item) => item.trim());
  return kind.endsWith("text") ? text : Number(text);
}

function isOfKind(kind: FieldKind, value: unknown): boolean {
  if (kind.endsWith("text")) return typeof value === "string" && value !== "";
  if (kind === "list") {
    return Array.isArray(value) && value.length > 0 && value.every((item) => item !== "");
  }
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
