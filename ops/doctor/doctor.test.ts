/**
 * Method: judgements on made-up readings for every state, and one examination of this machine with
 * real files, ports and processes for each way of reading.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { judgeClock } from "./clock.ts";
import { judgeDisk } from "./disk.ts";
import { examine, gravest } from "./doctor.ts";
import type { ExamineOptions, Finding } from "./doctor.ts";
import { listeningInodes } from "./listener.ts";
import { judgeCores, judgeMemory } from "./machine.ts";
import { hasSyncAlways, judgeServer, judgeSync } from "./nats-server.ts";
import { judgeNode } from "./node-version.ts";
import { judgePort } from "./ports.ts";

const mebibyte = 1024 ** 2;

let room = "";
const servers: Server[] = [];

beforeEach(() => (room = mkdtempSync(join(tmpdir(), "outcry-doctor-"))));
afterEach(async () => {
  for (const server of servers.splice(0)) {
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(room, { recursive: true, force: true });
});

async function listen<T extends Server>(server: T): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function environmentWithServer(version: string): NodeJS.ProcessEnv {
  const path = join(room, "nats-server");
  writeFileSync(path, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  chmodSync(path, 0o755);
  return { ...process.env, NATS_SERVER: path };
}

async function examined(subject: string, options: Partial<ExamineOptions> = {}): Promise<Finding> {
  const findings = await examine({ dataDirectory: join(room, "not", "yet", "there"), ...options });
  const finding = findings.find((each) => each.subject === subject);
  if (finding === undefined) throw new Error(`no finding about ${subject}`);
  return finding;
}

describe("an examination", () => {
  it("of this machine finds something on every subject, with a remedy for all that is not well", async () => {
    const findings = await examine({ dataDirectory: room, env: environmentWithServer("2.15.1") });
    expect(findings.map(({ subject }) => subject)).toEqual([
      "Node",
      "nats-server",
      "stored before acknowledged",
      "disk space",
      "clock",
      "memory",
      "cores",
    ]);
    for (const { state, remedy, subject } of findings) {
      expect(remedy !== undefined, subject).toBe(state !== "ok");
    }
  });

  it("is as grave as its gravest finding", () => {
    const found = (state: Finding["state"]): Finding => ({ subject: "x", state, detail: "" });
    expect(gravest([])).toBe("ok");
    expect(gravest([found("ok"), found("degraded")])).toBe("degraded");
    expect(gravest([found("broken"), found("degraded")])).toBe("broken");
  });
});

describe("Node", () => {
  it("is well from 24 on, whatever the shell would run", () => {
    expect(judgeNode("24.21.0", "v20.20.2")).toEqual({
      subject: "Node",
      state: "ok",
      detail: "running 24.21.0, 20.20.2 on the PATH",
    });
    expect(judgeNode("26.0.0", undefined).detail).toBe("running 26.0.0, none on the PATH");
  });

  it("is broken before 24", () => {
    expect(judgeNode("22.1.0", "v22.1.0").state).toBe("broken");
  });
});

describe("nats-server", () => {
  it("is broken when there is none", async () => {
    const env = { PATH: room, HOME: room };
    expect(await examined("nats-server", { env })).toMatchObject({ state: "broken" });
  });

  it("is broken when NATS_SERVER leads nowhere", async () => {
    const env = { NATS_SERVER: join(room, "absent") };
    const { state, detail } = await examined("nats-server", { env });
    expect(state).toBe("broken");
    expect(detail).toMatch(/absent is not a nats-server/);
  });

  it("is degraded when it is old", () => {
    const old = judgeServer({ path: "/usr/sbin/nats-server", version: "2.9.10", source: "debian" });
    expect(old.state).toBe("degraded");
    expect(old.remedy).toContain("2.15.1");
    const current = { path: "/x", version: "2.15.1", source: "built" } as const;
    expect(judgeServer(current).state).toBe("ok");
  });
});

describe("storing before acknowledging", () => {
  const options = (text: string): Partial<ExamineOptions> => {
    const path = join(room, "nats.conf");
    writeFileSync(path, text);
    return { env: environmentWithServer("2.15.1"), natsConfigurationPaths: [path] };
  };

  it("is impossible before 2.10", () => {
    expect(judgeSync("2.9.10", [])).toMatchObject({ state: "degraded" });
  });

  it("is read from the configuration files", async () => {
    const subject = "stored before acknowledged";
    const strict = options("jetstream {\n  store_dir: /data\n  sync_interval: always\n}\n");
    expect((await examined(subject, strict)).state).toBe("ok");
    const lax = await examined(subject, options("jetstream { store_dir: /data }"));
    expect(lax.state).toBe("degraded");
    expect(lax.detail).toContain("nats.conf");
  });

  it("is not judged by files that are yet to be written", async () => {
    const env = environmentWithServer("2.15.1");
    const natsConfigurationPaths = [join(room, "absent.conf")];
    const finding = await examined("stored before acknowledged", { env, natsConfigurationPaths });
    expect(finding.detail).toContain("no configuration to look at yet");
  });

  it.each([
    ["sync_interval: always", true],
    ['sync_interval = "always"', true],
    ["sync_interval always", true],
    ['{ "sync_interval": "always" }', true],
    ['sync_interval: "2m"', false],
    ["# sync_interval: always", false],
    ["store_dir: /data // sync_interval: always", false],
    ["", false],
  ])("reads %j as %s", (text, always) => {
    expect(hasSyncAlways(text)).toBe(always);
  });

  it.each([
    [true, "ok"],
    [false, "degraded"],
  ])("takes the word of a running server before that of a file (%s)", async (always, state) => {
    const varz = { jetstream: { config: { sync_always: always } } };
    const port = await listen(createHttpServer((_, answer) => answer.end(JSON.stringify(varz))));
    const contrary = options(always ? "" : "jetstream { sync_interval: always }");
    const finding = await examined("stored before acknowledged", {
      ...contrary,
      natsMonitoringPorts: [port],
    });
    expect(finding).toMatchObject({ state });
    expect(finding.detail).toContain(`port ${port}`);
  });
});

describe("a port", () => {
  const use = { port: 8080, what: "gateway, HTTP", option: "--http-port" };

  it("in use is broken, and names the process and the option that moves it", async () => {
    const port = await listen(createServer());
    const [finding] = (await examine({ dataDirectory: room, ports: [{ ...use, port }] })).filter(
      ({ subject }) => subject === `port ${port} (gateway, HTTP)`,
    );
    expect(finding?.state).toBe("broken");
    expect(finding?.detail).toContain(`(pid ${process.pid})`);
    expect(finding?.remedy).toContain("--http-port");
  });

  it("is well when it is free, or when the cluster itself is there", async () => {
    const port = await listen(createServer());
    const held = await examined(`port ${port} (gateway, HTTP)`, {
      ports: [{ ...use, port, expected: "held" }],
    });
    expect(held.state).toBe("ok");
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const free = await examined(`port ${port} (gateway, HTTP)`, { ports: [{ ...use, port }] });
    expect(free).toMatchObject({ state: "ok", detail: "free (--http-port moves it)" });
  });

  it("that nobody may use, or nobody uses though the cluster runs, is broken", () => {
    expect(judgePort(use, "EACCES").detail).toContain("may not listen");
    expect(judgePort(use, "EADDRNOTAVAIL").detail).toContain("EADDRNOTAVAIL");
    expect(judgePort({ ...use, expected: "held" }).state).toBe("broken");
    expect(judgePort(use, "EADDRINUSE").detail).toContain("may not see");
  });

  it("is looked up among the listening sockets only", () => {
    const table = [
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1",
      "   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4343 1",
      "   2: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4444 1",
    ].join("\n");
    expect(listeningInodes(table, 8080)).toEqual(["4242"]);
  });
});

describe("disk space", () => {
  it("is degraded below 2 GiB and broken below 200 MiB", () => {
    expect(judgeDisk("/data", 2048 * mebibyte).state).toBe("ok");
    expect(judgeDisk("/data", 2047 * mebibyte)).toMatchObject({ state: "degraded" });
    expect(judgeDisk("/data", 199 * mebibyte)).toMatchObject({
      state: "broken",
      detail: "199 MiB free for /data; 2.0 GiB or more is advised",
    });
  });

  it("is measured where the data will lie before it does", async () => {
    expect(existsSync(join(room, "not"))).toBe(false);
    expect((await examined("disk space")).detail).toMatch(/[GM]iB free for .*not.yet.there/);
    mkdirSync(join(room, "not"));
  });
});

describe("the clock", () => {
  const wallMs = Date.UTC(2027, 2, 4);
  const reading = { wallMs, steadyMs: wallMs, synchronized: true };

  it("is well when it is steady and kept", () => {
    expect(judgeClock(reading)).toMatchObject({ state: "ok" });
    expect(judgeClock({ ...reading, synchronized: undefined }).detail).toContain("not checked");
  });

  it("is broken in another age", () => {
    expect(judgeClock({ ...reading, wallMs: 0 }).state).toBe("broken");
    expect(judgeClock({ ...reading, wallMs: Date.UTC(2101, 0, 1) }).state).toBe("broken");
  });

  it("is degraded when it was moved, or when nobody keeps it", () => {
    const moved = judgeClock({ ...reading, steadyMs: wallMs + 3_600_000 });
    expect(moved).toMatchObject({ state: "degraded" });
    expect(moved.detail).toContain("-3600000 ms");
    expect(judgeClock({ ...reading, synchronized: false }).state).toBe("degraded");
  });
});

describe("memory and cores", () => {
  it("are degraded when they are scarce", () => {
    expect(judgeMemory(8192 * mebibyte, 512 * mebibyte)).toMatchObject({
      state: "ok",
      detail: "512 MiB free of 8.0 GiB",
    });
    expect(judgeMemory(512 * mebibyte, 100 * mebibyte).state).toBe("degraded");
    expect(judgeCores(2).state).toBe("ok");
    expect(judgeCores(1).state).toBe("degraded");
  });
});
