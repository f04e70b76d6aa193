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
    expect(text).not.toContain("500ms");
  });

  it("has servers miss one another sooner than they miss clients", () => {
    const pings = linesOf(configuration).filter((line) => line.startsWith("ping_"));
    expect(pings).toEqual([
      ...[`ping_interval: "2s"`, "ping_max: 2"],
      ...[`ping_interval: "500ms"`, "ping_max: 3"],
    ]);
  });

  it("routes to the other servers with the secret, and not to itself", () => {
    const lines = linesOf(configuration);
    expect(lines.filter((line) => line.includes("nats-route:"))).toEqual([
      `"nats-route://route:secret@127.0.0.1:6222"`,
      `"nats-route://route:secret@127.0.0.1:6224"`,
    ]);
    expect(lines).toContain(`authorization { user: "route", password: "secret" }`);
  });

  it("routes by other ways alone when it is given them, and tells nobody where it listens", () => {
    const lines = linesOf({ ...configuration, routePorts: [7001, 7002] });
    expect(lines.filter((line) => line.includes("nats-route:"))).toEqual([
      `"nats-route://route:secret@127.0.0.1:7001"`,
      `"nats-route://route:secret@127.0.0.1:7002"`,
    ]);
    expect(lines).toContain("no_advertise: true");
    expect(lines).toContain(`advertise: "127.0.0.1:1"`);
    expect(linesOf(configuration)).not.toContain("no_advertise: true");
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

  it("knows of no other site unless it is told to", () => {
    const text = renderNatsConfiguration(configuration);
    expect(text).not.toContain("leafnodes");
    expect(text).not.toContain("domain");
  });

  it("lets no site in where other lines are encrypted: that one would not be", () => {
    const tls = { authority: "/ca.crt", certificate: "/s.crt", key: "/s.key" };
    const siteLink = { site: "first", port: 7001 } as const;
    expect(() => linesOf({ ...configuration, tls, siteLink })).toThrow("in the clear");
  });

  it("takes a second site at its port, and tells it of no other ways", () => {
    const lines = linesOf({ ...configuration, siteLink: { site: "first", port: 7001 } });
    expect(lines).toContain(`domain: "first"`);
    expect(lines).toContain(`listen: "127.0.0.1:7001"`);
    expect(lines).toContain("no_advertise: true");
  });

  it("dials the first site with credentials for the account that has the logs", () => {
    const dials = { urls: ["nats-leaf://10.0.0.1:7001"], credentialsFile: "/keys/site.creds" };
    const lines = linesOf({ ...configuration, siteLink: { site: "second", dials } });
    expect(lines).toContain(`domain: "second"`);
    expect(lines).toContain(`urls: ["nats-leaf://10.0.0.1:7001"]`);
    expect(lines).toContain(`account: "AENGINE"`);
    expect(lines).toContain(`credentials: "/keys/site.creds"`);
  });

  it("dials nobody once it no longer follows, and stays a site of its own", () => {
    const alone = { site: "second", dials: undefined } as const;
    const lines = linesOf({ ...configuration, siteLink: alone });
    expect(lines).toContain(`domain: "second"`);
    expect(lines).not.toContain("leafnodes {");
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
