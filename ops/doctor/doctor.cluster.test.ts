/** What a real nats-server tells the doctor about itself. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findNatsServer, supportsSyncAlways } from "../setup/nats-server.mjs";
import { examine } from "./doctor.ts";

let room = "";
let server: ChildProcess | undefined;

beforeEach(() => (room = mkdtempSync(join(tmpdir(), "outcry-doctor-"))));
afterEach(async () => {
  const ended = new Promise((resolve) => server?.once("exit", resolve));
  if (server?.kill("SIGKILL") === true) await ended;
  rmSync(room, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function startServer(jetstream: string): Promise<number> {
  const found = findNatsServer();
  if (found === undefined) throw new Error("there is no nats-server: npm run setup");
  const monitoringPort = await freePort();
  const configuration = join(room, "nats.conf");
  writeFileSync(
    configuration,
    `listen: "127.0.0.1:${await freePort()}"
     http: "127.0.0.1:${monitoringPort}"
     jetstream { store_dir: "${room}", ${jetstream} }`,
  );
  server = spawn(found.path, ["--config", configuration], { stdio: "ignore" });
  await vi.waitUntil(
    async () => {
      try {
        return (await fetch(`http://127.0.0.1:${monitoringPort}/healthz`)).ok;
      } catch (error) {
        return !(error instanceof TypeError);
      }
    },
    { timeout: 10_000 },
  );
  return monitoringPort;
}

describe("a running nats-server", () => {
  it.each([
    ["sync_interval: always", "ok"],
    ['sync_interval: "2m"', "degraded"],
  ])("with %s is %s", async (setting, state) => {
    const { version = "0.0.0" } = findNatsServer() ?? {};
    // An old server refuses the setting, and says so at once.
    const supported = supportsSyncAlways(version);
    const port = await startServer(supported ? setting : "");
    const findings = await examine({
      dataDirectory: room,
      natsMonitoringPorts: [port],
      ports: [{ port, what: "nats-server", option: "--nats-port", expected: "held" }],
    });
    expect(findings).toContainEqual(
      expect.objectContaining({
        subject: "stored before acknowledged",
        state: supported ? state : "degraded",
      }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({
        subject: `port ${port} (nats-server)`,
        state: "ok",
        detail: `in use by nats-server (pid ${server?.pid})`,
      }),
    );
  });
});
