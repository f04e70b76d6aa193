/**
 * Those who follow the logs, as lines of a cluster's status: how far each is behind, which is the
 * fault of whoever takes what it tells, and never the cluster's.
 */
import type { TracesStatus } from "../audit/auditor.ts";
import type { CsvStatus } from "../csv/csv-exporter.ts";
import type { CustodianStatus } from "../custody/custodian.ts";
import { isOutOfBounds } from "../custody/desk-watch.ts";
import type { SurveillanceStatus } from "../surveillance/surveillant.ts";
import type { HistoryStatus } from "../history/history-desk.ts";
import type { ProcessRecord } from "../supervisor/control-socket.ts";
import { paint } from "./output.ts";

/** Each of a cluster that has one, if it answers. */
export interface FollowersSeen {
  readonly history?: HistoryStatus;
  readonly traces?: TracesStatus;
  readonly csv?: CsvStatus;
  readonly surveillance?: SurveillanceStatus;
  /** It follows no logs, and is asked alike. */
  readonly custody?: CustodianStatus;
}

interface LogEnd {
  readonly shard: number;
  /** Null when the log is unavailable. */
  readonly head: number | null;
}

/** Them, and what they follow. */
export interface FollowedCluster extends FollowersSeen {
  readonly shards: readonly LogEnd[];
  readonly processes: readonly Pick<ProcessRecord, "name" | "kind" | "phase">[];
}

export function renderFollowers(cluster: FollowedCluster): readonly string[] {
  const { history, traces, csv, surveillance, custody, shards: ends, processes } = cluster;
  const lines: string[] = [];
  if (history !== undefined) {
    const { database, written, rowsWritten, isWaiting } = history;
    const what = `history in ${database}: ${counted(rowsWritten)} rows written since it started`;
    const lag = lagOf(written, ends);
    lines.push(line(`${what}${lag}`, isWaiting && "the database takes nothing now"));
  }
  if (traces !== undefined) {
    const { otlp, told, spansTold, isWaiting } = traces;
    const what = `traces to ${otlp}: ${counted(spansTold)} spans told since it started`;
    const lag = lagOf(told, ends);
    lines.push(line(`${what}${lag}`, isWaiting && "nobody takes them now"));
  }
  if (csv !== undefined) {
    const { folder, written, isWaiting } = csv;
    const entries = written.reduce((sum, sequence) => sum + sequence, 0);
    const what = `CSV files in ${folder}: what ${counted(entries)} entries came to`;
    const lag = lagOf(written, ends);
    lines.push(line(`${what}${lag}`, isWaiting && "the disk takes nothing now"));
  }
  if (surveillance !== undefined) {
    const { folder, watched, alerts, isWaiting } = surveillance;
    const count = Object.values(alerts).reduce((sum, of) => sum + of, 0);
    const what = `surveillance in ${folder}: ${counted(count)} ${count === 1 ? "alert" : "alerts"}`;
    const lag = lagOf(watched, ends);
    lines.push(line(`${what}${lag}`, isWaiting && "the disk takes nothing now"));
  }
  if (custody !== undefined) lines.push(...custodyLines(custody));
  const said = new Map<string, object | undefined>([
    ["projector", history],
    ["auditor", traces],
    ["exporter", csv],
    ["surveillant", surveillance],
    ["custodian", custody],
  ]);
  for (const { name, kind, phase } of processes) {
    const isSilent = phase === "up" && said.has(kind) && said.get(kind) === undefined;
    if (isSilent) lines.push(paint("yellow", `  ${name} does not say how far it is`));
  }
  return lines;
}

function custodyLines({ assets, waiting }: CustodianStatus): readonly string[] {
  return assets.map(({ asset, withdrawals, depositsWaiting, wallets, ...of }) => {
    const open = Object.values(withdrawals).reduce((sum, count) => sum + count, 0);
    const what = `custody of ${asset}: ${counted(open)} withdrawals and ${counted(depositsWaiting)} deposits under way`;
    const behind = Math.max(0, of.height - of.told);
    const lag = behind > 0 ? `, ${counted(behind)} blocks behind` : "";
    const odd = wallets.filter(isOutOfBounds).map(({ name }) => name);
    const wait = waiting[asset];
    const why = [
      ...(wait === undefined ? [] : [wait]),
      ...(odd.length > 0 ? [`out of bounds: ${odd.join(", ")}`] : []),
    ];
    return line(`${what}${lag}`, why.length > 0 && why.join("; "));
  });
}

function lagOf(reached: readonly number[], ends: readonly LogEnd[]): string {
  const behind = ends.map(({ shard, head }) => Math.max(0, (head ?? 0) - (reached[shard] ?? 0)));
  const entries = behind.reduce((sum, of) => sum + of, 0);
  return entries > 0 ? `, ${counted(entries)} entries behind` : "";
}

function line(text: string, wait: string | false): string {
  return wait === false ? `  ${text}` : paint("yellow", `  ${text}; ${wait}`);
}

function counted(count: number): string {
  return count.toLocaleString("en-US");
}
