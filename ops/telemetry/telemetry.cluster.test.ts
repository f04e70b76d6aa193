/**
 * Goal: real processes export what alerts and dashboards ask for, all of the catalogue, and answer
 * probes; and a port that somebody else has keeps nobody from trading.
 *
 * Method: one cluster with everything that there is, traded on; one of its ports is held by us when
 * it starts.
 */
import { statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import type { LatencyReport } from "../cli/latency-report.ts";
import type { StatusReport } from "../cli/status-report.ts";
import { readClusterFile } from "../config/cluster-file.ts";
import { DataDirectory } from "../config/data-directory.ts";
import { metricsPortsOf } from "../config/metrics-ports.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";
import type { StartedProgram } from "../supervisor/testing/command-line.ts";
import { catalogue } from "./catalogue.ts";
import { metricsIn, samplesIn } from "./testing/exposition.ts";
import type { ScrapedSample } from "./testing/exposition.ts";
import { foreignMetrics, varzFields } from "./testing/foreign-metrics.ts";
import { unknownIn } from "./testing/promql.ts";
import { allExpressions } from "./testing/watching-files.ts";

let outcry: CommandLine;
let supervisor: StartedProgram;
/** Takes traces, and whatever else is posted to it. */
const receiver = createServer((request, response) => {
  request.resume();
  request.once("end", () => response.writeHead(200).end("{}"));
});
const holder = createServer();

beforeAll(async () => {
  outcry = new CommandLine();
  const portBase = await freePortBase(3);
  const settings = { shards: 3, servers: 3, nodes: 3, gateways: 1, portBase };
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const { port } = receiver.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    holder.listen(metricsPortsOf(settings).engines["e2"], "127.0.0.1", resolve);
  });
  supervisor = await outcry.start(
    ...["--agents", "none", "--referee", "--traces", `http://127.0.0.1:${port}/v1/traces`],
    ...["--port-base", String(portBase), "--history", "--csv", join(outcry.data, "csv")],
    ...["--surveillance", join(outcry.data, "surveillance"), "--tls", "--custodian"],
  );
});

afterAll(async () => {
  await outcry.release();
  receiver.close();
  holder.close();
});

/** Where processes tell of themselves, by name. */
function urls(): ReadonlyMap<string, string> {
  const file = readClusterFile(DataDirectory.open(outcry.data));
  const told = (file?.processes ?? []).flatMap(({ name, telemetryUrl }) => {
    return telemetryUrl === null ? [] : [[name, telemetryUrl] as const];
  });
  return new Map(told);
}

async function samplesOf(name: string): Promise<readonly ScrapedSample[]> {
  const response = await fetch(`${urls().get(name)}/metrics`);
  expect(response.status, name).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  return samplesIn(await response.text());
}

async function allSamples(): Promise<readonly ScrapedSample[]> {
  return (await Promise.all([...urls().keys()].map(samplesOf))).flat();
}

function sum(samples: readonly ScrapedSample[], name: string, labels: object = {}): number {
  const wanted = Object.entries(labels);
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => wanted.every(([label, text]) => sample.labels[label] === text))
    .reduce((all, { value }) => all + value, 0);
}

async function health(name: string, state = ""): Promise<{ status: number; problems: string[] }> {
  const response = await fetch(`${urls().get(name)}/healthz${state}`);
  const { problems } = (await response.json()) as { problems: string[] };
  return { status: response.status, problems };
}

describe("processes of a real cluster", () => {
  it("trade although somebody has one of their ports, and say so", async () => {
    expect(supervisor.output).toContain("no metrics   of e2: their ports are taken");
    const told = ["aud-1", "csv-1", "custodian", "e1", "e3", "gw-1", "prj-1", "ref-1", "sur-1"];
    expect([...urls().keys()].sort()).toEqual(told);
    const place = ["order", "place", "BTC-USDT", "buy", "0.01", "64000"];
    await outcry.json(...place);
    await outcry.json("order", "place", "BTC-USDT", "sell", "0.01", "65000");
    const tooMuch = await outcry.run("order", "place", "BTC-USDT", "buy", "900", "64000");
    expect(tooMuch.exitCode).toBe(1);
    expect((await outcry.json<StatusReport>("status")).state).toBe("well");
  });

  it("have the port as soon as it is free", async () => {
    holder.close();
    await eventually(() => urls().has("e2"), { what: "e2 tells of itself" });
    expect((await health("e2")).status).toBe(200);
  });

  it("export all that alerts and dashboards ask for, with its labels", async () => {
    let faults: readonly string[] = [];
    await eventually(
      async () => {
        const known = new Map([...metricsIn(await allSamples()), ...foreignMetrics]);
        faults = allExpressions().flatMap(({ where, expr }) =>
          unknownIn(expr, known).map((fault) => `${where}: ${fault}`),
        );
        return faults.length === 0;
      },
      { what: () => faults.join("\n"), everyMs: 200 },
    );
  });

  it("export the whole catalogue between them", async () => {
    const exported = metricsIn(await allSamples());
    const missing = Object.keys(catalogue).filter(
      (name) => !exported.has(name) && !exported.has(`${name}_bucket`),
    );
    expect(missing).toEqual([]);
  });

  it("count what was done, each alike", async () => {
    const [gateway, node, referee] = await Promise.all(["gw-1", "e1", "ref-1"].map(samplesOf));
    const placed = { command: "place-order", outcome: "done", reason: "none" };
    expect(sum(gateway!, "outcry_order_commands_total", placed)).toBe(2);
    const refused = { command: "place-order", outcome: "refused" };
    expect(sum(gateway!, "outcry_order_commands_total", refused)).toBe(1);
    expect(sum(gateway!, "outcry_order_ack_seconds_count")).toBe(3);
    expect(sum(gateway!, "outcry_order_ack_seconds_sum")).toBeGreaterThan(0);
    expect(sum(gateway!, "outcry_frame_commands_sum")).toBeGreaterThanOrEqual(3);
    expect(sum(node!, "outcry_log_available")).toBe(3);
    expect(sum(node!, "outcry_replica_entries_total")).toBeGreaterThan(7);
    expect(sum(node!, "outcry_invariant_violations_total")).toBe(0);
    expect(sum(referee!, "outcry_referee_alarm")).toBe(0);
    const emitting = sum(await allSamples(), "outcry_replica_emitting");
    expect(emitting).toBe(3);
  });

  it("tell how far those are who write down what happened", async () => {
    const lagOf = async (name: string, kind: string): Promise<number> => {
      const samples = await samplesOf(name);
      expect(sum(samples, `outcry_${kind}_head_sequence`)).toBeGreaterThan(7);
      const written = sum(samples, `outcry_${kind}_written_sequence`);
      return sum(samples, `outcry_${kind}_head_sequence`) - written;
    };
    const isDone = async (): Promise<boolean> =>
      (await lagOf("prj-1", "projector")) === 0 && (await lagOf("csv-1", "exporter")) === 0;
    await eventually(isDone, { what: "all is written", everyMs: 200 });
    expect(sum(await samplesOf("prj-1"), "outcry_projector_rows_total")).toBeGreaterThan(7);
    const file = { file: "trades.csv" };
    const size = statSync(join(outcry.data, "csv", "trades.csv")).size;
    expect(sum(await samplesOf("csv-1"), "outcry_exporter_file_bytes", file)).toBe(size);
  });

  it("are ready but for who is drained, and live", async () => {
    expect((await health("e1")).status).toBe(200);
    await outcry.json("drain", "e1");
    expect(await health("e1")).toEqual({ status: 503, problems: ["it is drained"] });
    expect((await health("e1", "/live")).status).toBe(200);
    expect((await health("e1", "/started")).status).toBe(200);
    expect(sum(await samplesOf("e1"), "outcry_node_drained")).toBe(1);
    await outcry.json("undrain", "e1");
    await eventually(async () => (await health("e1", "/ready")).status === 200, {
      what: "e1 is ready again",
    });
  });

  it("tell how long orders take", async () => {
    const report = await outcry.json<LatencyReport>("latency");
    expect(report.gateways["gw-1"]).toEqual(report.all);
    expect(report).toMatchObject({ ok: true, silent: [], all: { orders: 3 } });
    expect(report.all.p50Us).toBeGreaterThan(0);
    expect(report.all.maxUs).toBeGreaterThanOrEqual(report.all.p99Us);
    const { stdout } = await outcry.run("latency");
    expect(stdout).toMatch(/^ORDER TO ACK, MS +COMMANDS +P50.*\ngw-1 +3 /);
  });

  it("stand beside nats-servers that say what their exporter reads", async () => {
    const file = readClusterFile(DataDirectory.open(outcry.data));
    const [server] = file?.servers ?? [];
    const varz = (await (await fetch(`${server?.monitorUrl}/varz`)).json()) as object;
    const numbers = Object.entries(varz).filter(([, value]) => typeof value === "number");
    expect(numbers.map(([field]) => field)).toEqual(expect.arrayContaining([...varzFields]));
  });
});
