/** How options and arguments are read that several commands have. */
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import { withCommonOptions } from "./output.ts";

export function withAccountOptions(command: Command): Command {
  return withCommonOptions(command).option("--account <name>", "whose order (default: demo)");
}

/** A whole number from 0. */
export function countOption(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number.");
}

/** Resolves when the person has seen enough. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
