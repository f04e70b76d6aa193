/** Lines of scenarios that are commands, each by what it reads. */
import type { Command, TimeUs } from "../../protocols/index.ts";

type CommandIn = (words: Readonly<Record<string, string>>, timeUs: TimeUs) => Command;

export type SpokenCommands = readonly (readonly [pattern: string, commandIn: CommandIn])[];
