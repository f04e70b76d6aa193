import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import type { FollowersSeen } from "./follower-lines.ts";
import { renderFollowers } from "./follower-lines.ts";

const ends = [
  { shard: 0, head: 1200 },
  { shard: 1, head: 30 },
];
const traces = {
  ...{ otlp: "http://tempo:4318/v1/traces", read: [1200, 30], heads: [1200, 30] },
  ...{ told: [1200, 30], spansTold: 5000, isWaiting: false },
};
const csv = {
  ...{ fileBytes: {}, folder: "/csv", read: [1200, 30], heads: [1200, 30], written: [1200, 30] },
  isWaiting: false,
};

const linesOf = (seen: FollowersSeen): readonly string[] =>
  renderFollowers({ ...seen, shards: ends, processes: [] }).map(stripVTControlCharacters);

it("a cluster that nobody follows has no such lines", () => {
  expect(linesOf({})).toEqual([]);
});

it("an auditor is behind by what nobody has taken yet, not by what it has to read", () => {
  const line = "  traces to http://tempo:4318/v1/traces: 5,000 spans told since it started";
  expect(linesOf({ traces })).toEqual([line]);
  expect(linesOf({ traces: { ...traces, told: [100, 28], isWaiting: true } })).toEqual([
    `${line}, 1,102 entries behind; nobody takes them now`,
  ]);
});

it("an auditor that has told nothing yet is behind by all there is", () => {
  const [line] = linesOf({ traces: { ...traces, told: [], spansTold: 0 } });
  expect(line).toContain("0 spans told since it started, 1,230 entries behind");
});

it("CSV files are behind by what is not in them yet", () => {
  const at = "  CSV files in /csv: what";
  expect(linesOf({ csv })).toEqual([`${at} 1,230 entries came to`]);
  expect(linesOf({ csv: { ...csv, written: [1000, 30], isWaiting: true } })).toEqual([
    `${at} 1,030 entries came to, 200 entries behind; the disk takes nothing now`,
  ]);
});

it("surveillance says how many alerts there are, and what it has not looked at", () => {
  const at = { folder: "/officer", read: [1200, 30], heads: [1200, 30], watched: [1200, 30] };
  const surveillance = { ...at, alerts: { spoofing: 2, layering: 1 }, isWaiting: false };
  expect(linesOf({ surveillance })).toEqual(["  surveillance in /officer: 3 alerts"]);
  const behind = { ...surveillance, alerts: { spoofing: 1 }, watched: [1200, 20], isWaiting: true };
  expect(linesOf({ surveillance: behind })).toEqual([
    "  surveillance in /officer: 1 alert, 10 entries behind; the disk takes nothing now",
  ]);
});

it("custody says what is under way, and which wallets have too little or too much", () => {
  const withdrawals = { reviewing: 1, approved: 0, sending: 0, sent: 1 };
  const wallets = [
    { name: "hot", tier: "hot", balance: "9", least: "10" },
    { name: "warm", tier: "warm", balance: "9" },
  ] as const;
  const btc = {
    asset: "BTC",
    height: 90,
    told: 90,
    withdrawals,
    depositsWaiting: 3,
    displaced: 0,
    unassigned: 0,
  };
  const well = { looks: 7, waiting: {}, assets: [{ ...btc, wallets: wallets.slice(1) }] };
  expect(linesOf({ custody: well })).toEqual([
    "  custody of BTC: 2 withdrawals and 3 deposits under way",
  ]);
  const ill = { ...well, waiting: { BTC: "no chain" }, assets: [{ ...btc, told: 80, wallets }] };
  expect(linesOf({ custody: ill })).toEqual([
    "  custody of BTC: 2 withdrawals and 3 deposits under way, 10 blocks behind; no chain; out of bounds: hot",
  ]);
});

it("nobody is behind where he has told more than the log was seen to have", () => {
  const nowhere = ends.map(({ shard }) => ({ shard, head: null }));
  const cluster = { traces, csv, shards: nowhere, processes: [] };
  expect(renderFollowers(cluster).join()).not.toContain("behind");
});

it("one that runs and does not answer is told of, and others are not", () => {
  const processes = [
    { name: "e1", kind: "engine", phase: "up" },
    { name: "aud-1", kind: "auditor", phase: "up" },
    { name: "prj-1", kind: "projector", phase: "up" },
    { name: "csv-1", kind: "exporter", phase: "down" },
    { name: "sur-1", kind: "surveillant", phase: "up" },
  ] as const;
  const [, ...lines] = renderFollowers({ traces, shards: ends, processes });
  expect(lines.map(stripVTControlCharacters)).toEqual([
    "  prj-1 does not say how far it is",
    "  sur-1 does not say how far it is",
  ]);
});
