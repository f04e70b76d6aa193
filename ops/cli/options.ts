/** How options and arguments are read that several commands have. */
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import { newestLogic } from "../../actors/logic-versions.ts";
import { withCommonOptions } from "./output.ts";

export function withAccountOptions(command: Command): Command {
  return withCommonOptions(command).option("--account <name>", "whose order (default: demo)");
}

/** A whole number from 0. */
export function countOption(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number.");
}

/** A whole number from 1. */
export function positiveOption(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number from 1.");
}

/** A version of the actors' logic that this release carries. */
export function logicOption(text: string): number {
  const version = Number(text);
  if (/^[1-9][0-9]{0,8}$/.test(text) && version <= newestLogic) return version;
  throw new InvalidArgumentError(`This release carries logic 1 to ${String(newestLogic)}.`);
}

/** Resolves when the person has seen enough. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}

export function shardOption(text: string): number {
  if (/^[0-9]{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A shard is a number from 0.");
}
