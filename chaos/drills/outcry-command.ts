/** The command line as an operator uses it, for drills that rehearse what an operator does. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../../ops/config/data-directory.ts";

export interface CommandEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `./outcry` to its end, whatever that is. */
export function runOutcry(...words: readonly string[]): Promise<CommandEnd> {
  return new Promise((resolve) => {
    execFile(join(projectRoot, "outcry"), words, (error, stdout, stderr) => {
      const exitCode = typeof error?.code === "number" ? error.code : error === null ? 0 : -1;
      resolve({ exitCode, stdout, stderr });
    });
  });
}

/** What a command answers as JSON; a refusal is an answer. */
export async function askOutcry<Answer>(...words: readonly string[]): Promise<Answer> {
  const { stdout, stderr } = await runOutcry(...words, "--json");
  if (stdout === "") throw new Error(`outcry ${words.join(" ")} said nothing: ${stderr}`);
  return JSON.parse(stdout) as Answer;
}
