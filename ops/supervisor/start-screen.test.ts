import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DataDirectory, projectRoot } from "../config/data-directory.ts";
import type { StartScreen } from "./start-screen.ts";
import { renderStartScreen } from "./start-screen.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "outcry-screen-")));

afterAll(() => rmSync(folder, { recursive: true }));

const screen: StartScreen = {
  directory: DataDirectory.open(folder),
  settings: { shards: 1, servers: 3, nodes: 3, gateways: 1 },
  urls: ["nats://127.0.0.1:4222", "nats://127.0.0.1:4223"],
  demoCredentials: join(folder, "keys/demo.creds"),
  hasAgents: true,
  metrics: { e1: "http://127.0.0.1:9561/metrics", "gw-1": "http://127.0.0.1:9571/metrics" },
  elapsed: "4.2 s",
  warning: undefined,
  workingDirectory: projectRoot,
  isDetached: false,
};

describe("the screen of a start", () => {
  it("fits a terminal and holds what a newcomer needs", () => {
    const text = renderStartScreen(screen);
    expect(text.split("\n").length).toBeLessThanOrEqual(24);
    expect(text).toContain("3 engine nodes, 1 shard, 3 nats-servers, 1 gateway, and agents");
    expect(text).toContain("nats://127.0.0.1:4222,nats://127.0.0.1:4223");
    expect(text).toContain(`    ./outcry kill e1 --data ${folder}\n`);
    expect(text).toContain(`./outcry status --data ${folder}, ./outcry doctor --data ${folder}\n`);
    expect(text).toContain("Stop: Ctrl-C here, or ./outcry stop");
  });

  it("writes commands so that they can be copied from where they are typed", () => {
    const text = renderStartScreen({ ...screen, workingDirectory: join(projectRoot, "ops/cli") });
    expect(text).toContain("    ../../outcry book BTC-USDT --data ");
  });

  it("says where metrics are, and whose ports are taken", () => {
    expect(renderStartScreen(screen)).toContain("  metrics      http://127.0.0.1:9561/metrics,");
    const taken = { ...screen.metrics, "gw-1": null };
    const text = renderStartScreen({ ...screen, metrics: taken });
    expect(text).toContain("  no metrics   of gw-1: their ports are taken, see --metrics-port\n");
  });

  it("warns of a nats-server that can lose what it acknowledged", () => {
    const warning = "WARNING: nats-server 2.9.10 can lose acknowledged orders";
    const text = renderStartScreen({ ...screen, warning });
    expect(text).toContain(`\n${warning}\n`);
    expect(text.split("\n").length).toBeLessThanOrEqual(24);
  });

  it("does not promise Ctrl-C to whoever started it in the background", () => {
    const text = renderStartScreen({ ...screen, isDetached: true });
    expect(text).toContain(`Stop: ./outcry stop --data ${folder}`);
  });
});
