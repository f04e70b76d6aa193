/** `outcry config check`: what a process would be started with, whence, and what is wrong with it. */
import { Command } from "commander";
import type { EffectiveSettings } from "../config/effective-settings.ts";
import { examineFiles } from "../config/effective-settings.ts";
import type { ConfigProblem } from "../config/config-problem.ts";
import { renderProblem } from "../config/config-problem.ts";
import { shownSetting } from "../config/masked.ts";
import { paint, print, renderTable } from "./output.ts";
import { addRoleCommands, settingsFrom } from "./role-options.ts";

export function command(): Command {
  const config = new Command("config").description("Looks at the settings of single processes.");
  const check = new Command("check").description(
    "Shows what a process would be started with, and where each of it comes from. Exits with 1 when it would not start.",
  );
  addRoleCommands(check, "Checks the settings of", (role, flags) => {
    const effective = settingsFrom(role, flags);
    const problems = [...effective.problems, ...examineFiles(effective)];
    const isRight = !problems.some(({ isFatal }) => isFatal);
    const settings = effective.settings.map((setting) => ({
      ...setting,
      value: shownSetting(setting.name, setting.value),
    }));
    print(flags, { ok: isRight, role, settings, problems }, () =>
      renderCheck({ ...effective, settings, problems }),
    );
    if (!isRight) process.exitCode = 1;
  });
  return config.addCommand(check);
}

function renderCheck({ role, settings, problems }: EffectiveSettings): string {
  const rows = settings.map(({ name, value, origin }) => [name, textOf(value), origin]);
  const table = renderTable(["setting", "value", "from"], rows);
  const fatal = problems.filter(({ isFatal }) => isFatal).length;
  const verdict = fatal === 0 ? `this ${role} would start` : `this ${role} would not start`;
  return [table, "", ...problems.map(lineOf), verdict].join("\n");
}

function lineOf(problem: ConfigProblem): string {
  const mark = problem.isFatal ? paint("red", "wrong  ") : paint("yellow", "warning");
  return `${mark} ${renderProblem(problem)}`;
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}
