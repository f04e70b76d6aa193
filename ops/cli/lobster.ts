/** `outcry lobster`: real order flow through the exchange, its book compared after every message. */
import { Command, InvalidArgumentError } from "commander";
import { isSymbol, shardsMax } from "../../protocols/identifiers.ts";
import { usageFault, withCommonOptions, write } from "./output.ts";
import type { CommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

interface LobsterFlags extends CommonOptions {
  readonly levels?: number;
  readonly symbol?: string;
  readonly local?: boolean;
  readonly shards?: number;
  readonly rowsPerSecond?: number;
  readonly accounts: 1 | 2;
}

export function command(): Command {
  const lobster = new Command("lobster")
    .description(
      "Sends a LOBSTER file as orders through the running cluster, rebuilds the book from its public feed, and compares it with the file after every message.",
    )
    .argument("<messages>", "the message file")
    .argument("<orderbook>", "the order book file of the same name")
    .option("--levels <n>", "price levels of each side to compare (default: 10)", fromOne())
    .option(
      "--symbol <symbol>",
      "what the file is about (default: what its name begins with)",
      symbolOption,
    )
    .option("--local", "through an exchange in this process, without servers")
    .option("--shards <n>", "with --local: how many shards it has (default: 1)", fromOne(shardsMax))
    .option("--rows-per-second <n>", "slow it down, to watch or to break something", fromOne())
    .option("--accounts <n>", "1, or 2 that trade with one another", accountsOption, 1);
  return withCommonOptions(lobster).action(
    async (messages: string, orderbook: string, flags: LobsterFlags) => {
      const { readDepth } = await import("../lobster/lobster-files.ts");
      const { runLobster, whatIsWrong } = await import("../lobster/run-lobster.ts");
      const { levels, symbol, shards, rowsPerSecond, accounts } = flags;
      const isLocal = flags.local === true;
      if (shards !== undefined && !isLocal) throw usageFault("--shards goes with --local only");
      const depth = await readDepth({ messages, orderbook });
      if (levels !== undefined && levels > depth) {
        throw usageFault(`--levels ${levels}: the files have ${depth} levels`);
      }
      const stop = await stoppedFromOutside();
      const result = await runLobster(
        {
          messages,
          orderbook,
          accounts,
          json: flags.json === true,
          cluster: isLocal ? undefined : findCluster(flags).file,
          stop,
          ...(levels === undefined ? {} : { levels }),
          ...(shards === undefined ? {} : { shards }),
          ...(symbol === undefined ? {} : { symbol }),
          ...(rowsPerSecond === undefined ? {} : { rowsPerSecond }),
        },
        write,
      );
      const wrong = whatIsWrong(result);
      if (wrong === undefined) return;
      process.stderr.write(`outcry: ${wrong.replace(/\s*\n\s*/g, " ")}\n`);
      process.exitCode = 1;
    },
  );
}

/**
 * The first signal lets the run cancel what rests; the second ends the process as ever. Whoever
 * reads the output may have seen enough, too: that must not end the process before.
 */
async function stoppedFromOutside(): Promise<AbortSignal> {
  const { LobsterFault } = await import("../lobster/lobster-fault.ts");
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      controller.abort(new LobsterFault("interrupted", `stopped by ${signal}`));
    });
  }
  process.stdout.removeAllListeners("error").on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    controller.abort(new LobsterFault("interrupted", "nobody reads the output any more"));
  });
  return controller.signal;
}

function fromOne(max = 999_999_999): (text: string) => number {
  return (text) => {
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= max) return value;
    throw new InvalidArgumentError(`It is a whole number from 1 to ${max}.`);
  };
}

function accountsOption(text: string): number {
  if (text === "1" || text === "2") return Number(text);
  throw new InvalidArgumentError("It is 1 or 2.");
}

function symbolOption(text: string): string {
  if (isSymbol(text)) return text;
  throw new InvalidArgumentError("It is a symbol in capitals, such as MSFT.");
}
