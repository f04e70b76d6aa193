/**
 * All commands by name. The one that is asked for is loaded; of the others only the name and the
 * summary are here, for the help.
 */
import { Command, CommanderError } from "commander";
import { explainFailure, isJsonAsked, toJson, write } from "./output.ts";
import { version } from "../config/release.ts";

interface LazyCommand {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: () => Command }>;
}

const commands: readonly LazyCommand[] = [
  {
    name: "start",
    summary: "start an exchange on this machine, or resume it",
    load: () => import("./start.ts"),
  },
  { name: "stop", summary: "stop the running exchange", load: () => import("./stop.ts") },
  { name: "kill", summary: "kill a process of it: e1, n2, gw-1", load: () => import("./kill.ts") },
  {
    name: "restart",
    summary: "stop a process of it, and start it again",
    load: () => import("./restart.ts"),
  },
  {
    name: "drain",
    summary: "have others do what an engine node or a nats-server does, before it is stopped",
    load: () => import("./drain.ts"),
  },
  {
    name: "undrain",
    summary: "let a drained engine node or nats-server take part again",
    load: () => import("./undrain.ts"),
  },
  {
    name: "node",
    summary: "list, add and remove engine nodes while the exchange runs",
    load: () => import("./node.ts"),
  },
  {
    name: "shard",
    summary: "list shards, and add one while the exchange runs",
    load: () => import("./shard.ts"),
  },
  {
    name: "upgrade",
    summary: "go to a new release node by node, and activate its logic",
    load: () => import("./upgrade.ts"),
  },
  {
    name: "status",
    summary: "who runs, who emits, how far each replica is, and whether they agree",
    load: () => import("./status.ts"),
  },
  {
    name: "run",
    summary:
      "run one process of a cluster here: engine, gateway, referee, auditor, projector, exporter, surveillant, custodian",
    load: () => import("./run.ts"),
  },
  {
    name: "config",
    summary: "what a process would be started with, whence, and what is wrong with it",
    load: () => import("./config.ts"),
  },
  {
    name: "keys",
    summary: "make the keys, credentials and certificates of a cluster in containers",
    load: () => import("./keys.ts"),
  },
  {
    name: "latency",
    summary: "how long commands on orders take, in percentiles by gateway",
    load: () => import("./latency.ts"),
  },
  {
    name: "doctor",
    summary: "examine this machine: can a cluster run here, and would it keep its word",
    load: () => import("./doctor.ts"),
  },
  {
    name: "order",
    summary: "place, cancel, replace, quote, show and list orders",
    load: () => import("./order.ts"),
  },
  {
    name: "book",
    summary: "the live order book of an instrument",
    load: () => import("./book.ts"),
  },
  {
    name: "trades",
    summary: "the latest trades, or all as they happen",
    load: () => import("./trades.ts"),
  },
  {
    name: "candles",
    summary: "what was traded in each minute, hour or day of an instrument",
    load: () => import("./candles.ts"),
  },
  {
    name: "stats",
    summary: "what was traded in an instrument in the last 24 hours",
    load: () => import("./stats.ts"),
  },
  {
    name: "account",
    summary: "show, create and fund accounts",
    load: () => import("./account.ts"),
  },
  {
    name: "instrument",
    summary: "list what is traded, add an instrument",
    load: () => import("./instrument.ts"),
  },
  {
    name: "asset",
    summary: "list what can be held, add an asset",
    load: () => import("./asset.ts"),
  },
  {
    name: "fees",
    summary: "what accounts pay for trading: schedules, rates of accounts, previews",
    load: () => import("./fees.ts"),
  },
  {
    name: "risk",
    summary: "what accounts are held to before their orders are taken, and what they have used",
    load: () => import("./risk.ts"),
  },
  {
    name: "positions",
    summary: "what an account has in contracts, and what that is worth",
    load: () => import("./positions.ts"),
  },
  {
    name: "margin",
    summary: "what positions ask of an account's cash; which accounts may open any",
    load: () => import("./margin.ts"),
  },
  {
    name: "deficit",
    summary: "losses in contracts that nobody has paid, and who makes them good",
    load: () => import("./deficit.ts"),
  },
  {
    name: "clearing",
    summary: "when trades are settled, what accounts owe until then, and rounds of settlement",
    load: () => import("./clearing.ts"),
  },
  {
    name: "deposit",
    summary: "where an account's deposits go to, and what has come in from chains",
    load: () => import("./deposit.ts"),
  },
  {
    name: "withdrawal",
    summary: "ask for withdrawals, approve of them, and say where to they may go",
    load: () => import("./withdrawal.ts"),
  },
  {
    name: "custody",
    summary: "the rules of deposits and withdrawals, and what is owed of each asset",
    load: () => import("./custody.ts"),
  },
  {
    name: "reserves",
    summary: "what is owed to accounts, signed, and proofs of it that anybody checks",
    load: () => import("./reserves.ts"),
  },
  {
    name: "halt",
    summary: "halt trading, in one instrument or everywhere",
    load: () => import("./halt.ts"),
  },
  { name: "resume", summary: "resume trading", load: () => import("./resume.ts") },
  {
    name: "kill-switch",
    summary: "cancel all orders of an account, participant, instrument or the venue, and stop it",
    load: () => import("./kill-switch.ts"),
  },
  {
    name: "breaker",
    summary: "halt the venue when one instrument falls too far",
    load: () => import("./breaker.ts"),
  },
  {
    name: "actor",
    summary: "tell where accounts and books live, and move them between shards",
    load: () => import("./actor.ts"),
  },
  { name: "mark", summary: "publish a mark price", load: () => import("./mark.ts") },
  {
    name: "contract",
    summary: "where a contract stands: its mark price and index, funding or expiry, terms",
    load: () => import("./contract.ts"),
  },
  {
    name: "index-price",
    summary: "publish the index of a contract",
    load: () => import("./index-price.ts"),
  },
  {
    name: "audit",
    summary: "the record of all orders, signed; whether one is whole; what administrators did",
    load: () => import("./audit.ts"),
  },
  {
    name: "at",
    summary: "a book, an account or an order as it was at a time or an entry of the log",
    load: () => import("./at.ts"),
  },
  {
    name: "report",
    summary: "statements, confirmations, positions, gains, tax lots, fees, files of a day",
    load: () => import("./report.ts"),
  },
  {
    name: "trace",
    summary: "the life of an order, rebuilt from the logs alone",
    load: () => import("./trace.ts"),
  },
  {
    name: "history",
    summary: "the past of an account and of markets, page by page, where it is kept",
    load: () => import("./history.ts"),
  },
  {
    name: "surveillance",
    summary: "what looks like market manipulation, by which rules, and the evidence",
    load: () => import("./surveillance.ts"),
  },
  {
    name: "sql",
    summary: "ask the history of a cluster that keeps one",
    load: () => import("./sql.ts"),
  },
  {
    name: "replay",
    summary: "rebuild every shard from its log, and compare with the live replicas",
    load: () => import("./replay.ts"),
  },
  {
    name: "rebuild",
    summary: "build a node's replica anew, from a verified snapshot or the log",
    load: () => import("./rebuild.ts"),
  },
  {
    name: "dump",
    summary: "what replicas had in hand when they diverged, and what differs",
    load: () => import("./dump.ts"),
  },
  {
    name: "referee",
    summary: "compare every step of the running cluster with slow, obvious books",
    load: () => import("./referee.ts"),
  },
  {
    name: "log",
    summary: "the streams that the logs are made of: show them, begin new ones, retire old",
    load: () => import("./log.ts"),
  },
  {
    name: "archive",
    summary: "the logs' archive: how far it is, fill it up, check it",
    load: () => import("./archive.ts"),
  },
  {
    name: "approve",
    summary: "look at what another administrator proposes, and sign it",
    load: () => import("./approve.ts"),
  },
  {
    name: "approvals",
    summary: "how many administrators it takes for what",
    load: () => import("./approvals.ts"),
  },
  {
    name: "backup",
    summary: "back a running cluster up into a folder",
    load: () => import("./backup.ts"),
  },
  {
    name: "restore",
    summary: "make the data of a new cluster out of a backup, all of it or up to a place",
    load: () => import("./restore.ts"),
  },
  {
    name: "repair",
    summary: "make a new cluster out of what is left of one that lost two of three servers",
    load: () => import("./repair.ts"),
  },
  {
    name: "site",
    summary: "a second site that follows a cluster, and can take its place",
    load: () => import("./site.ts"),
  },
  {
    name: "leader",
    summary: "which nats-server leads a shard's log, or move it",
    load: () => import("./leader.ts"),
  },
  {
    name: "sim",
    summary: "run whole exchanges in virtual time under faults, and check every promise",
    load: () => import("./sim.ts"),
  },
  {
    name: "conform",
    summary: "run a flash1 workload through the order book",
    load: () => import("./conform.ts"),
  },
  {
    name: "lobster",
    summary: "replay real market data through the exchange and compare the books",
    load: () => import("./lobster.ts"),
  },
  {
    name: "drill",
    summary: "break a part of a cluster under load, and see what its promises are worth",
    load: () => import("./drill.ts"),
  },
];

/** @internal */
export const commandNames: readonly string[] = commands.map(({ name }) => name);

const usageExitCode = 2;

/** Resolves with the exit code. What went wrong has been said by then. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const program = await programFor(args);
  try {
    await program.parseAsync([...args], { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof CommanderError) return explainUsage(error, args);
    return explainFailure(error, isJsonAsked(args));
  }
}

/** Commander has said it to people already. */
function explainUsage(error: CommanderError, args: readonly string[]): number {
  if (error.exitCode === 0) return 0;
  const message = withoutPrefix(error.message);
  if (isJsonAsked(args)) write(toJson({ ok: false, error: { name: "usage", message } }));
  return usageExitCode;
}

function withoutPrefix(message: string): string {
  return message.replace(/^error: /, "").trim();
}

async function programFor(args: readonly string[]): Promise<Command> {
  const program = new Command("outcry")
    .description("An exchange cluster you can run, break and audit.")
    .version(version);
  const asked = args.find((arg) => !arg.startsWith("-") && arg !== "help");
  for (const { name, summary, load } of commands) {
    const command = name === asked ? (await load()).command() : new Command(name);
    program.addCommand(command.description(command.description() || summary));
  }
  return overridden(program);
}

/** A wrong option ends the command, not the process: whoever runs us decides. */
function overridden(command: Command): Command {
  command.exitOverride().configureOutput({
    outputError: (text, show) => show(`outcry: ${withoutPrefix(text)} (see --help)\n`),
  });
  for (const sub of command.commands) overridden(sub);
  return command;
}
