import { createServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { afterEach, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import { Telemetry } from "./telemetry.ts";

const open: { close: () => unknown }[] = [];
afterEach(() => open.splice(0).map((each) => each.close()));

interface Heard {
  readonly urls: string[];
  readonly unavailable: string[];
  readonly faults: unknown[];
}

function telemetryAt(metricsPort: number): { telemetry: Telemetry; heard: Heard } {
  const heard: Heard = { urls: [], unavailable: [], faults: [] };
  const identity = { name: "e1", kind: "engine", metricsPort };
  const telemetry = new Telemetry(identity, {
    onListening: (url) => heard.urls.push(url),
    onUnavailable: (why) => heard.unavailable.push(why),
    onFault: (error) => heard.faults.push(error),
  });
  open.push(telemetry);
  return { telemetry, heard };
}

async function freePort(): Promise<number> {
  const { server, port } = await holdPort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function holdPort(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

async function listening() {
  const { telemetry, heard } = telemetryAt(await freePort());
  await eventually(() => heard.urls.length > 0, { what: () => "it listens" });
  const [url = ""] = heard.urls;
  const get = async (path: string, method = "GET") => {
    const response = await fetch(`${url}${path}`, { method });
    return { status: response.status, text: await response.text() };
  };
  return { telemetry, heard, url, get };
}

it("metrics are told in Prometheus's text, each with its help, and who tells them", async () => {
  const { telemetry, get } = await listening();
  telemetry.measure((scrape) => {
    scrape.value("outcry_replica_emitting", { shard: 2 }, 1);
  });
  const { status, text } = await get("/metrics");
  expect(status).toBe(200);
  expect(text).toContain(
    "# HELP outcry_replica_emitting 1 while it sends what the shard's steps give\n" +
      "# TYPE outcry_replica_emitting gauge\n" +
      'outcry_replica_emitting{shard="2",process="e1",kind="engine"} 1\n',
  );
  expect(text).toMatch(/^process_cpu_seconds_total\{process="e1",kind="engine"\} /m);
});

it("what is read at one scrape is not kept for the next", async () => {
  const { telemetry, get } = await listening();
  let shard = 0;
  telemetry.measure((scrape) => scrape.value("outcry_replica_emitting", { shard: shard++ }, 1));
  await get("/metrics");
  const { text } = await get("/metrics");
  expect(text).not.toContain('outcry_replica_emitting{shard="0"');
  expect(text).toContain('outcry_replica_emitting{shard="1"');
});

it("a label cannot break out of its quotes", async () => {
  const { telemetry, get } = await listening();
  telemetry.measure((scrape) => {
    scrape.value("outcry_nats_connected", { line: 'a"} 1\nforged_total 7\\' }, 1);
  });
  const { text } = await get("/metrics");
  expect(text).not.toMatch(/^forged_total/m);
  expect(text).toContain('outcry_nats_connected{line="a\\"} 1\\nforged_total 7\\\\",');
});

it("probes get the state that they ask for", async () => {
  const { telemetry, get } = await listening();
  const statuses = async () => {
    const paths = ["", "/started", "/ready", "/live"].map((state) => get(`/healthz${state}`));
    return (await Promise.all(paths)).map(({ status }) => status);
  };
  expect(await statuses()).toEqual([503, 503, 503, 200]);
  telemetry.started();
  expect(await statuses()).toEqual([200, 200, 200, 200]);
  telemetry.health.readyUnless(() => ["its line is broken"]);
  expect(await statuses()).toEqual([503, 200, 503, 200]);
  expect(JSON.parse((await get("/healthz")).text)).toMatchObject({
    ...{ process: "e1", kind: "engine", started: true, ready: false, live: true },
    problems: ["its line is broken"],
  });
});

it("nothing but reading is answered, and nothing but what there is", async () => {
  const { get } = await listening();
  expect((await get("/metrics", "POST")).status).toBe(405);
  expect(await get("/etc/passwd")).toMatchObject({
    status: 404,
    text: expect.stringContaining("/metrics /healthz ") as string,
  });
});

it("a page that cannot be made is told of, and the process goes on", async () => {
  const { telemetry, heard, get } = await listening();
  telemetry.measure(() => Promise.reject(new Error("no log answers")));
  expect((await get("/metrics")).status).toBe(500);
  expect(heard.faults).toMatchObject([{ message: "no log answers" }]);
  expect((await get("/healthz/live")).status).toBe(200);
});

it("a port that is taken is told of once, and had when it is free again", async () => {
  const { server, port } = await holdPort();
  const { heard } = telemetryAt(port);
  await eventually(() => heard.unavailable.length > 0, { what: () => "it is told" });
  server.close();
  await eventually(() => heard.urls.length > 0, { what: () => "it listens", deadlineMs: 20_000 });
  expect(heard.unavailable).toEqual([`port ${port} of 127.0.0.1 is taken by another process`]);
  expect(heard.urls).toEqual([`http://127.0.0.1:${port}`]);
});
