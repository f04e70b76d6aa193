/**
 * Runs other programs for the set-up: quietly when they succeed, with what they said when they
 * fail. Plain JavaScript without dependencies, because it runs before there are any.
 */
import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A program that ended badly; `output` is everything it printed. */
export class CommandFailed extends Error {
  /**
   * @param {string} command
   * @param {string} ending
   * @param {string} output
   */
  constructor(command, ending, output) {
    super(`${command} ${ending}`);
    this.name = "CommandFailed";
    this.output = output;
  }

  /** The last line that says something, for a one-line report. */
  get lastLine() {
    const lines = this.output.split("\n").filter((line) => line.trim() !== "");
    return lines.at(-1)?.trim() ?? this.message;
  }
}

/**
 * Resolves with the program's output, or rejects with `CommandFailed`.
 *
 * @param {readonly [string, ...string[]]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>}
 */
export function run(command, options = {}) {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => {
      reject(new CommandFailed(command.join(" "), `cannot be started: ${error.message}`, output));
    });
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new CommandFailed(command.join(" "), `ended with ${signal ?? code}`, output));
    });
  });
}

/**
 * The first executable file of that name on PATH, as a shell would find it.
 *
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function findOnPath(name, env) {
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    const path = join(folder, name);
    if (isExecutable(path)) return path;
  }
  return undefined;
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    // Absent and forbidden are the same answer here; anything else is ours to know.
    if (isSystemError(error)) return false;
    throw error;
  }
}

/**
 * @param {unknown} error
 * @returns {error is NodeJS.ErrnoException}
 */
export function isSystemError(error) {
  return error instanceof Error && "syscall" in error;
}

/** @param {number} startedAtMs a reading of `performance.now()` */
export function secondsSince(startedAtMs) {
  return `${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`;
}
