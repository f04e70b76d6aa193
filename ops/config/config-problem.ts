/**
 * What can be wrong with a process's settings. Numbers and names stay what they are: people look
 * them up, and programs go by them.
 */

/** By name: its number, and whether the process starts all the same. */
export const configProblems = {
  "file-unreadable": { number: 1, isFatal: true },
  "file-malformed": { number: 2, isFatal: true },
  "setting-unknown": { number: 3, isFatal: true },
  "setting-missing": { number: 4, isFatal: true },
  "setting-malformed": { number: 5, isFatal: true },
  "settings-contradict": { number: 6, isFatal: true },
  "secret-missing": { number: 7, isFatal: true },
  "secret-exposed": { number: 8, isFatal: false },
  "variable-unknown": { number: 9, isFatal: false },
} as const satisfies Readonly<Record<string, { number: number; isFatal: boolean }>>;

export type ConfigProblemName = keyof typeof configProblems;

export interface ConfigProblem {
  readonly name: ConfigProblemName;
  readonly number: number;
  readonly isFatal: boolean;
  /** The file and line, the variable or the flag; undefined where nobody said anything. */
  readonly where: string | undefined;
  readonly message: string;
}

export function configProblem(
  name: ConfigProblemName,
  message: string,
  where?: string,
): ConfigProblem {
  return { name, ...configProblems[name], where, message };
}

/** `outcry.yaml:7: shards must be a count from 1 [C5 setting-malformed]` */
export function renderProblem({ name, number, where, message }: ConfigProblem): string {
  const place = where === undefined ? "" : `${where}: `;
  return `${place}${message} [C${number} ${name}]`;
}
