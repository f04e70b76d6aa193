/**
 * A file of settings, YAML or JSON: settings by name for whoever reads it, and sections named by
 * roles for what only they are to have. One file can serve all processes of a cluster.
 */
import { readFileSync } from "node:fs";
import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { YAMLMap } from "yaml";
import type { ConfigProblem } from "./config-problem.ts";
import { configProblem } from "./config-problem.ts";
import type { ProcessRole } from "./setting-fields.ts";
import { fieldsOf, processRoles } from "./setting-fields.ts";

export interface FileSetting {
  readonly value: unknown;
  /** File and line. */
  readonly where: string;
}

export interface SettingsFile {
  readonly settings: ReadonlyMap<string, FileSetting>;
  readonly problems: readonly ConfigProblem[];
}

const known = new Set(processRoles.flatMap((role) => Object.keys(fieldsOf(role))));

/** What the file says to that role. Names that no role has are problems. */
export function readSettingsFile(path: string, role: ProcessRole): SettingsFile {
  const settings = new Map<string, FileSetting>();
  const nothing = (problem: ConfigProblem): SettingsFile => ({ settings, problems: [problem] });
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return nothing(configProblem("file-unreadable", `it cannot be read (${why})`, path));
  }
  const lines = new LineCounter();
  const lineOf = (offset: number): string => `${path}:${lines.linePos(offset).line}`;
  // JSON is YAML, and numbers of the two are the same.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    return nothing(configProblem("file-malformed", error.message, lineOf(error.pos[0])));
  }
  const root: unknown = document.contents;
  if (!isMap(root)) {
    return nothing(configProblem("file-malformed", "it holds no settings by name", path));
  }
  const problems: ConfigProblem[] = [];
  const read = (map: YAMLMap, section: ProcessRole | undefined): void => {
    for (const pair of map.items) {
      const name = isScalar(pair.key) ? String(pair.key.value) : "";
      const where = lineOf(isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0);
      const ofRole = processRoles.find((candidate) => candidate === name);
      const content = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
      const isEmpty = content === null || (isScalar(content) && content.value === null);
      if (section === undefined && ofRole !== undefined && (isMap(content) || isEmpty)) {
        if (isMap(content)) read(content, ofRole);
      } else if (!isKnown(name, section)) {
        problems.push(configProblem("setting-unknown", unknownWords(name, section), where));
      } else if (section === undefined ? !settings.has(name) : section === role) {
        const value: unknown = isNode(pair.value) ? pair.value.toJS(document) : null;
        settings.set(name, { value, where });
      }
    }
  };
  read(root, undefined);
  return { settings, problems };
}

function isKnown(name: string, section: ProcessRole | undefined): boolean {
  return section === undefined ? known.has(name) : Object.hasOwn(fieldsOf(section), name);
}

function unknownWords(name: string, section: ProcessRole | undefined): string {
  return section === undefined ? `no process has a setting ${name}` : `${section} has no ${name}`;
}
