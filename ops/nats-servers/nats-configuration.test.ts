import { describe, expect, it } from "vitest";
import type { NatsConfiguration } from "./nats-configuration.ts";
import { renderNatsConfiguration } from "./nats-configuration.ts";

const configuration: NatsConfiguration = {
  serverName: "n2",
  clusterName: "outcry",
  host: "127.0.0.1",
  ports: { client: 4223, cluster: 6223, monitor: 8223 },
  clusterPorts: [6222, 6223, 6224],
  zone: "n2",
  storeDirectory: "/data with a space/store",
  logFile: "/data with a space/n2.log",
  version: "2.15.1",
  keys: {
    operatorJwt: "operator-token",
    accounts: {
      SYS: { id: "ASYS", jwt: "sys-token" },
      ENGINE: { id: "AENGINE", jwt: "engine-token" },
      CLIENTS: { id: "ACLIENTS", jwt: "clients-token" },
    },
    routesSecret: "secret",
  },
};

describe("a server's configuration", () => {
  it("has streams synced to disk before they are acknowledged", () => {
    const lines = linesOf(configuration);
    expect(lines).toContain("sync_interval: always");
    expect(lines).toContain("logfile_max_num: 4");
  });

  it("leaves out what a nats-server 2.9 does not know", () => {
    const text = renderNatsConfiguration({ ...configuration, version: "2.9.10" });
    expect(text).not.toContain("sync_interval");
    expect(text).not.toContain("logfile_max_num");
  });

  it("routes to the other servers with the secret, and not to itself", () => {
    const lines = linesOf(configuration);
    expect(lines.filter((line) => line.includes("nats-route:"))).toEqual([
      `"nats-route://route:secret@127.0.0.1:6222"`,
      `"nats-route://route:secret@127.0.0.1:6224"`,
    ]);
    expect(lines).toContain(`authorization { user: "route", password: "secret" }`);
  });

  it("has no cluster when there is one server", () => {
    const text = renderNatsConfiguration({ ...configuration, clusterPorts: [6223] });
    expect(text).not.toContain("cluster {");
  });

  it("listens on the given address only", () => {
    const listening = linesOf(configuration).filter((line) => /^(listen|http):/.test(line));
    expect(listening).toEqual([
      `listen: "127.0.0.1:4223"`,
      `http: "127.0.0.1:8223"`,
      `listen: "127.0.0.1:6223"`,
    ]);
  });

  it("knows every account beforehand", () => {
    const lines = linesOf(configuration);
    expect(lines).toContain(`system_account: "ASYS"`);
    for (const line of ["ASYS", "AENGINE", "ACLIENTS"]) {
      expect(lines.some((other) => other.startsWith(`${line}: `))).toBe(true);
    }
  });

  it("quotes paths", () => {
    expect(linesOf(configuration)).toContain(`store_dir: "/data with a space/store"`);
  });
});

function linesOf(given: NatsConfiguration): string[] {
  return renderNatsConfiguration(given)
    .split("\n")
    .map((line) => line.trim());
}
