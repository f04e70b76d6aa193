/** `outcry custody chain`: the simulated chain, as a process and as whoever has it do things. */
import { randomUUID } from "node:crypto";
import { Command } from "commander";
import { ChainUnreachable } from "../custody/chain/chain.ts";
import type { ChainAct } from "../custody/chain/chain-act.ts";
import { JournalMalformed, openKeptChain } from "../custody/chain/chain-journal.ts";
import { ChainLine, serveChain } from "../custody/chain/chain-line.ts";
import { nonceOf } from "../custody/chain/transfer.ts";
import { countOption, interrupted } from "./options.ts";
import { CommandFault, print, usageFault, withCommonOptions } from "./output.ts";
import type { CommonOptions } from "./output.ts";

interface ChainOptions extends CommonOptions {
  readonly socket: string;
}

export function chainCommand(): Command {
  return new Command("chain")
    .description("Runs a simulated chain, for tests and to try custody, and has it do things.")
    .addCommand(runCommand())
    .addCommand(issueCommand())
    .addCommand(mineCommand())
    .addCommand(reorganizeCommand())
    .addCommand(moveCommand("lose", "Has nobody mine a transaction that is in no block."))
    .addCommand(moveCommand("find", "Has a lost transaction mined with the next block."))
    .addCommand(showCommand());
}

function withSocket(command: Command): Command {
  return withCommonOptions(
    command.requiredOption("--socket <path>", "where the chain listens (required)"),
  );
}

interface RunOptions extends ChainOptions {
  readonly journal: string;
  readonly blockSeconds?: number;
}

function runCommand(): Command {
  const run = new Command("run")
    .description("Runs a chain in the foreground, until Ctrl-C; it goes on from its journal.")
    .requiredOption("--journal <file>", "what happened to it, made where it is missing (required)")
    .option("--block-seconds <n>", "a block every so often (default: when told to)", countOption);
  return withSocket(run).action(async (options: RunOptions) => {
    const { socket, journal, blockSeconds = 0 } = options;
    using kept = opened(journal);
    const server = await serveChain(socket, kept.chain);
    const mine = () => void kept.chain.act({ kind: "mine", blocks: 1 });
    const mining = blockSeconds > 0 ? setInterval(mine, blockSeconds * 1000) : undefined;
    const height = await kept.chain.height();
    print(options, { ok: true, socket, height }, () => {
      return `a chain of ${String(height)} blocks listens at ${socket}. Stop: Ctrl-C`;
    });
    // What listens for people keeps nothing alive by itself.
    const waiting = setInterval(() => undefined, 2 ** 30);
    await interrupted();
    clearInterval(waiting);
    clearInterval(mining);
    server.close();
  });
}

function opened(journal: string) {
  try {
    return openKeptChain(journal);
  } catch (error) {
    if (error instanceof JournalMalformed) throw new CommandFault(error.code, error.message);
    throw error;
  }
}

interface IssueOptions extends ChainOptions {
  readonly twice?: boolean;
  readonly reference?: string;
}

function issueCommand(): Command {
  const issue = new Command("issue")
    .description(
      "Has somebody outside pay units to an address: " +
        "./outcry custody chain issue 70 sim1…:demo --socket chain.sock",
    )
    .argument("<units>", "how many units")
    .argument("<address>", "where to")
    .option("--twice", "in two outputs of one transaction")
    .option(
      "--reference <name>",
      "by the same one it is the same transaction (default: a new one)",
    );
  return withSocket(issue).action(async (...args) => {
    const [amount, address, options] = args as [string, string, IssueOptions];
    if (!/^[1-9][0-9]{0,18}$/.test(amount)) throw usageFault(`${amount} is no number of units`);
    const nonce = nonceOf(options.reference ?? randomUUID());
    const output = { address, amount };
    const outputs = options.twice === true ? [output, output] : [output];
    await tell(options, { kind: "issue", nonce, outputs });
  });
}

function mineCommand(): Command {
  const mine = new Command("mine")
    .description("Makes blocks of what waits.")
    .argument("[blocks]", "how many", countOption, 1);
  return withSocket(mine).action((blocks: number, options: ChainOptions) =>
    tell(options, { kind: "mine", blocks }),
  );
}

interface ReorganizeOptions extends ChainOptions {
  readonly without?: readonly string[];
}

function reorganizeCommand(): Command {
  const reorganize = new Command("reorganize")
    .description("Displaces the newest blocks by others, one more than there were.")
    .argument("<blocks>", "how many", countOption)
    .option("--without <ids...>", "transactions that are in none of the others: they are lost");
  return withSocket(reorganize).action((depth: number, options: ReorganizeOptions) =>
    tell(options, { kind: "reorganize", depth, without: [...(options.without ?? [])] }),
  );
}

function moveCommand(kind: "lose" | "find", what: string): Command {
  const move = new Command(kind).description(what).argument("<transaction>", "its id");
  return withSocket(move).action((transaction: string, options: ChainOptions) =>
    tell(options, { kind, transaction }),
  );
}

function showCommand(): Command {
  const show = new Command("show")
    .description(
      "Shows how many blocks there are, what wallets have, and how deep transactions lie.",
    )
    .option("--wallet <addresses...>", "whose balances")
    .option("--transaction <ids...>", "which transactions");
  return withSocket(show).action(
    async (
      options: ChainOptions & { wallet?: readonly string[]; transaction?: readonly string[] },
    ) => {
      const { wallet: wallets = [], transaction: transactions = [] } = options;
      const line = new ChainLine(options.socket);
      const [height, balances, depths] = await reached(
        Promise.all([
          line.height(),
          line.balances(wallets),
          line.confirmations(transactions),
        ] as const),
      );
      const known = {
        wallets: wallets.map((wallet, at) => ({ wallet, balance: balances[at] ?? "0" })),
        transactions: transactions.map((id, at) => ({ id, confirmations: depths[at] ?? 0 })),
      };
      print(options, { ok: true, height, ...known }, () =>
        [
          `${String(height)} blocks`,
          ...known.wallets.map(({ wallet, balance }) => `${wallet} has ${balance}`),
          ...known.transactions.map(
            ({ id, confirmations }) => `${id} is ${String(confirmations)} deep`,
          ),
        ].join("\n"),
      );
    },
  );
}

async function tell(options: ChainOptions, act: ChainAct): Promise<void> {
  const result = await reached(new ChainLine(options.socket).act(act));
  switch (result.kind) {
    case "done":
      print(options, { ok: true, height: result.height }, () => `${String(result.height)} blocks`);
      return;
    case "taken":
      print(options, { ok: true, transaction: result.transaction }, () => result.transaction);
      return;
    case "refused":
      throw new CommandFault(`chain-${result.why}`, `the chain does not take it: ${result.why}`);
    case "unknown":
      throw new CommandFault("transaction-unknown", `there is no such ${result.transaction}`);
  }
}

async function reached<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ChainUnreachable) throw new CommandFault(error.code, error.message);
    throw error;
  }
}
