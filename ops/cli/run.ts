/**
 * `outcry run <role>`: one process of a cluster whose nats-servers are elsewhere, in the foreground,
 * until it is told to stop. For containers, and for whoever has a service manager.
 */
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { renderProblem } from "../config/config-problem.ts";
import { programOf } from "../deploy/programs.ts";
import { CommandFault } from "./output.ts";
import { addRoleCommands, flagsFor, settingsFrom } from "./role-options.ts";

export function command(): Command {
  const run = new Command("run").description(
    "Runs one process of a cluster here, with settings from flags, the environment, a file and " +
      "defaults, the first of these that says something. What happens is told as lines of JSON.",
  );
  return addRoleCommands(run, "Runs", async (role, flags) => {
    const effective = settingsFrom(role, flags);
    for (const problem of effective.problems) {
      if (!problem.isFatal) process.stderr.write(`outcry: ${renderProblem(problem)}\n`);
    }
    const fatal = effective.problems.filter(({ isFatal }) => isFatal);
    if (fatal.length > 0) {
      const message = fatal.map(renderProblem).join("; ");
      throw new CommandFault("settings-wrong", message, { details: { problems: fatal } });
    }
    const program = await programOf(role);
    process.argv.splice(1, Infinity, program, ...flagsFor(effective));
    await import(pathToFileURL(program).href);
    // From here on the process is the program: it ends when that does.
    await new Promise<never>(() => undefined);
  });
}
