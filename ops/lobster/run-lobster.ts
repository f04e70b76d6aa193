/**
 * The command `lobster`: chooses the exchange, runs, and says how it goes. Its last line is
 * `rows matched X/Y`, whatever the exchange did.
 */
import { basename } from "node:path";
import { isSymbol } from "../../protocols/index.ts";
import type { ClusterAccess } from "./cluster-venue.ts";
import { LobsterFault } from "./lobster-fault.ts";
import { LobsterRun } from "./lobster-run.ts";
import type { LobsterEvent, LobsterResult } from "./lobster-run.ts";
import type { RowDifference } from "./row-observer.ts";
import type { SdkVenue } from "./sdk-venue.ts";

export interface LobsterOptions {
  /** Paths of the two files. */
  readonly messages: string;
  readonly orderbook: string;
  readonly levels?: number;
  /** Without it, what the message file's name begins with. */
  readonly symbol?: string;
  /** The running cluster; undefined for an exchange in this process. */
  readonly cluster: ClusterAccess | undefined;
  /** Of the exchange in this process. */
  readonly shards?: number;
  /** Nothing but the result is written, as JSON. */
  readonly json?: boolean;
  readonly rowsPerSecond?: number;
  /** Two settle with one another, which takes a round trip at each change of hands. */
  readonly accounts?: 1 | 2;
  /** Ends the run early when it is aborted, for the reason given: a {@link LobsterFault}. */
  readonly stop?: AbortSignal;
}

export const levelsByDefault = 10;
const progressEveryMs = 2000;

/** Writes lines without their ends. Throws a {@link LobsterFault} when the files are at fault. */
export async function runLobster(
  options: LobsterOptions,
  write: (line: string) => void,
): Promise<LobsterResult> {
  const { messages, orderbook, levels = levelsByDefault, json = false } = options;
  const { accounts = 1, rowsPerSecond, stop } = options;
  const symbol = options.symbol ?? symbolIn(messages);
  const say = json ? (): void => undefined : write;
  const venue = await openVenue(options);
  try {
    const run = new LobsterRun({
      venue,
      paths: { messages, orderbook },
      symbol,
      levels,
      accounts,
      onEvent: sayer(say),
      ...(rowsPerSecond === undefined ? {} : { rowsPerSecond }),
      ...(stop === undefined ? {} : { stop }),
    });
    const result = await run.run();
    if (json) write(JSON.stringify({ ok: isRight(result), ...result }));
    else for (const line of inWords(result)) write(line);
    return result;
  } finally {
    await venue.close();
  }
}

/** There were rows and every one matched, and nothing was lost or doubled. */
export function isRight(result: LobsterResult): boolean {
  return whatIsWrong(result) === undefined;
}

/** What a run that is not right must be known for, in one line; undefined for one that is. */
export function whatIsWrong(result: LobsterResult): string | undefined {
  const { rows, matched, fault, firstDifference, resting } = result;
  if (fault !== null) return fault.message;
  if (rows === 0) return "there was nothing to compare";
  if (matched !== rows) {
    const first = firstDifference === null ? "" : `, first ${differenceInWords(firstDifference)}`;
    return `${rows - matched} of ${rows} rows do not match${first}`;
  }
  if (resting === null) return "what rests at the end was not compared";
  return resting.firstDifference ?? undefined;
}

async function openVenue({ cluster, shards = 1 }: LobsterOptions): Promise<SdkVenue> {
  if (cluster !== undefined) {
    const { openClusterVenue } = await import("./cluster-venue.ts");
    return await openClusterVenue(cluster);
  }
  const { LocalExchange } = await import("./local-exchange.ts");
  return (await LocalExchange.open({ shards })).venue();
}

/** LOBSTER names its files by what they are about: `MSFT_2012-06-21_…_message_50.csv`. */
function symbolIn(path: string): string {
  const symbol = basename(path).split("_")[0] ?? "";
  if (isSymbol(symbol)) return symbol;
  const message = `${basename(path)} does not begin with a symbol: give one with --symbol`;
  throw new LobsterFault("instrument-unsuitable", message);
}

function sayer(say: (line: string) => void): (event: LobsterEvent) => void {
  const startedAtMs = performance.now();
  let saidAtMs = startedAtMs;
  return (event) => {
    switch (event.kind) {
      case "listed":
        say(`trading ${event.symbol}, listed for this run`);
        return;
      case "different":
        say(`first difference: ${differenceInWords(event.difference)}`);
        return;
      case "disturbed":
        say(`playing rows ${event.fromRow} to ${event.toRow} again: ${event.why}`);
        return;
      case "compared": {
        const nowMs = performance.now();
        if (nowMs - saidAtMs < progressEveryMs) return;
        saidAtMs = nowMs;
        const perSecond = Math.round((event.row / (nowMs - startedAtMs)) * 1000);
        say(`row ${event.row}: ${event.matched} matched, ${perSecond} rows/s`);
        return;
      }
      case "left":
        say(`orders of ${event.account} may still rest: ${event.why}`);
        return;
      case "acknowledged":
        return;
    }
  };
}

function inWords(result: LobsterResult): string[] {
  const { rows, matched, seconds, gapMsMax, counts, resting, fault } = result;
  const lines: string[] = [];
  if (counts.levelsEntered > 0) {
    lines.push(`${counts.levelsEntered} levels taken from the row that first showed them`);
  }
  if (counts.executionsOutOfTurn > 0) {
    lines.push(
      `${counts.executionsOutOfTurn} executions of orders that the file shows behind older ones ` +
        "at their price",
    );
  }
  if (counts.executionsOutOfReach > 0) {
    lines.push(`${counts.executionsOutOfReach} executions behind better prices, done as cancels`);
  }
  if (counts.levelsCrossed > 0) {
    lines.push(
      `${counts.levelsCrossed} levels withdrawn because an order came to rest beyond them`,
    );
  }
  if (counts.messagesWithoutEffect > 0) {
    lines.push(`${counts.messagesWithoutEffect} messages with less resting than they say`);
  }
  if (resting !== null) {
    const agree = resting.firstDifference ?? "each as it should be";
    lines.push(`${resting.found} orders rest at the end of ${resting.expected}: ${agree}`);
  }
  // Where the run ended early, rows are also those that were not played.
  const isSpeedKnown = fault === null && seconds > 0;
  const speed = isSpeedKnown ? `, ${Math.round(rows / seconds)} rows/s` : "";
  lines.push(`${seconds.toFixed(1)} s${speed}, longest gap between answers ${gapMsMax} ms`);
  if (fault !== null) lines.push(`ended early: ${fault.message}`);
  lines.push(`rows matched ${matched}/${rows}`);
  return lines;
}

function differenceInWords({ row, side, level, expected, got }: RowDifference): string {
  const level1 = (found: RowDifference["got"]): string =>
    found === null ? "nothing" : `${found[1]} @ ${found[0]}`;
  return `row ${row}, ${side} level ${level}: expected ${level1(expected)}, got ${level1(got)}`;
}
