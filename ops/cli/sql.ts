/** `outcry sql`: asks the history of a running cluster a question in SQL. */
import { Command } from "commander";
import { DataDirectory } from "../config/data-directory.ts";
import { historySocketPath } from "../config/local-socket.ts";
import type { HistoryAnswer } from "../history/history-desk.ts";
import { visible } from "../telemetry/visible-text.ts";
import { positiveOption } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, renderTable, withCommonOptions } from "./output.ts";
import { notRunning } from "./running-cluster.ts";

interface SqlFlags extends CommonOptions {
  readonly limit: number;
}

export function command(): Command {
  const sql = new Command("sql")
    .description(
      "Asks the history of a cluster that was started with --history one question in SQL, which may " +
        "read and nothing else. What there is to ask is in docs/history.md.",
    )
    .argument("<statement>", "such as: select * from trades order by at desc limit 10")
    .option("--limit <n>", "at most so many rows", positiveOption, 1000);
  return withCommonOptions(sql).action(async (statement: string, flags: SqlFlags) => {
    const { askHistory } = await import("../history/history-desk.ts");
    const directory = DataDirectory.find(flags.data);
    if (directory === undefined) throw notRunning(flags.data);
    const question = { statement, rowsMax: flags.limit };
    const answer = await askHistory(historySocketPath(directory.path), question);
    if (answer === "nobody") {
      throw new CommandFault(
        "no-history",
        `no projector runs in ${directory.path}: ./outcry start --history starts one`,
      );
    }
    if ("error" in answer) throw statementRefused(answer.error);
    print(flags, { ok: true, ...answer }, renderAnswer);
  });
}

/** What writes is no syntax where only a question may stand, and that is all it is told. */
function statementRefused(why: string): CommandFault {
  const hint = /syntax error/i.test(why) ? " (it takes one statement, which only reads)" : "";
  return new CommandFault("statement-refused", `${why}${hint}`);
}

/** Columns have names of whoever asks, and values of whoever traded. */
export function renderAnswer({ columns, rows, isCut, written, heads }: HistoryAnswer): string {
  const isNumber = columns.map((_, at) => rows.every((row) => isNumeral(row[at])));
  const headings = columns.map((name, at) => (isNumber[at] === true ? ` ${name}` : name));
  const table = renderTable(
    headings.map(visible),
    rows.map((row) => row.map((value) => (value === null ? "" : visible(textOf(value))))),
  );
  const behind = heads.map((head, shard) => Math.max(head - (written[shard] ?? 0), 0));
  const entries = behind.reduce((sum, of) => sum + of, 0);
  const count = rows.length === 1 ? "1 row" : `${rows.length} rows`;
  const more = isCut ? ", and there are more: --limit tells how many to show" : "";
  const late = entries > 0 ? `; history is ${entries} entries behind the logs` : "";
  return `${table}\n(${count}${more}${late})`;
}

function isNumeral(value: unknown): boolean {
  if (value === null || typeof value === "number") return true;
  return typeof value === "string" && /^-?[0-9.]+$/.test(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
