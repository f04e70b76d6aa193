/** `outcry conform`: a flash1 workload through the order book; the last lines are hash and speed. */
import { Command } from "commander";
import type { CommonOptions } from "./output.ts";
import { withCommonOptions, write } from "./output.ts";

export function command(): Command {
  const conform = new Command("conform")
    .description(
      "Runs a flash1 workload through the order book and prints the hash of its reports.",
    )
    .argument("<file>", "the workload, .bin or .bin.zst");
  return withCommonOptions(conform).action(async (file: string, { json }: CommonOptions) => {
    const { runConform } = await import("../conform/conform.ts");
    await runConform({ file, json: json === true }, write);
  });
}
