/** Asks a program on this machine one short question. */
import { execFile } from "node:child_process";

const patienceMs = 2_000;

/** The first line that it prints; undefined where it is absent, fails or takes too long. */
export function firstLineOf(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: patienceMs }, (error, output) => {
      resolve(error === null ? output.split("\n")[0]?.trim() : undefined);
    });
  });
}
