/** `outcry lobster`: real order flow through the exchange, its book compared after every message. */
import { Command } from "commander";
import { countOption } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { withCommonOptions, write } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

interface LobsterFlags extends CommonOptions {
  readonly levels: number;
  readonly symbol?: string;
  readonly local?: boolean;
  readonly shards: number;
  readonly rowsPerSecond?: number;
  readonly accounts: number;
}

export function command(): Command {
  const lobster = new Command("lobster")
    .description(
      "Sends a LOBSTER file as orders through the running cluster, rebuilds the book from its public feed, and compares it with the file after every message.",
    )
    .argument("<messages>", "the message file")
    .argument("<orderbook>", "the order book file of the same name")
    .option("--levels <n>", "price levels of each side to compare", countOption, 10)
    .option("--symbol <symbol>", "what the file is about (default: what its name begins with)")
    .option("--local", "through an exchange in this process, without servers")
    .option("--shards <n>", "with --local: how many shards it has", countOption, 1)
    .option("--rows-per-second <n>", "slow it down, to watch or to break something", countOption)
    .option("--accounts <n>", "1, or 2 that trade with one another", countOption, 1);
  return withCommonOptions(lobster).action(
    async (messages: string, orderbook: string, flags: LobsterFlags) => {
      const { runLobster, isRight } = await import("../lobster/run-lobster.ts");
      const { levels, symbol, shards, rowsPerSecond } = flags;
      const result = await runLobster(
        {
          messages,
          orderbook,
          levels,
          shards,
          accounts: flags.accounts === 2 ? 2 : 1,
          json: flags.json === true,
          cluster: flags.local === true ? undefined : findCluster(flags).file,
          ...(symbol === undefined ? {} : { symbol }),
          ...(rowsPerSecond === undefined ? {} : { rowsPerSecond }),
        },
        write,
      );
      if (!isRight(result)) process.exitCode = 1;
    },
  );
}
