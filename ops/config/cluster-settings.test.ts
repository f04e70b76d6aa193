import { describe, expect, it } from "vitest";
import { defaultSettings, firstPortsOf, replicasOf, settleSettings } from "./cluster-settings.ts";

const made = { shards: 1, servers: 3, nodes: 2, gateways: 1, portBase: 15_000 };

describe("a cluster's settings", () => {
  it("are the defaults when nothing was asked for", () => {
    expect(settleSettings({}, undefined)).toEqual(defaultSettings);
  });

  it("are what the data was made with when nothing else is asked for", () => {
    expect(settleSettings({}, made)).toEqual(made);
  });

  it("can change where the data does not depend on them", () => {
    expect(settleSettings({ nodes: 5, gateways: 2, portBase: 16_000 }, made)).toEqual({
      ...made,
      nodes: 5,
      gateways: 2,
      portBase: 16_000,
    });
  });

  it("are not encrypted between servers and in the clear between sites, whatever came first", () => {
    const refusal = "--tls and --site-port do not go together: what passes between sites is in the";
    expect(() => settleSettings({ sitePort: 7422 }, { ...made, tls: true })).toThrow(refusal);
    expect(() => settleSettings({ tls: true }, { ...made, sitePort: 7422 })).toThrow(refusal);
    expect(settleSettings({ sitePort: 7422, tls: false }, { ...made, tls: true })).toEqual({
      ...{ ...made, sitePort: 7422, tls: false },
    });
  });

  it("cannot change where the data depends on them", () => {
    expect(() => settleSettings({ shards: 3 }, made)).toThrow(
      "this data was made with --shards 1 and cannot be used with --shards 3",
    );
    expect(() => settleSettings({ servers: 1 }, made)).toThrow("--servers 3");
    expect(settleSettings({ shards: 1, servers: 3 }, made)).toEqual(made);
  });

  it.each([
    [{ shards: 0 }, "--shards is 1 to 512, not 0"],
    [{ shards: 513 }, "--shards is 1 to 512, not 513"],
    [{ servers: 2 }, "--servers is 1, or 3 to 9, not 2"],
    [{ nodes: 10 }, "--nodes is 1 to 9, not 10"],
    [{ gateways: 0 }, "--gateways is 1 to 9, not 0"],
    [{ portBase: 80 }, "--port-base is 1024 to 65475, not 80"],
    [{ sitePort: 7422, tls: true }, "--tls and --site-port do not go together"],
    [{ sitePort: 80 }, "--site-port is 1024 to 65475, not 80"],
  ])("are refused when they make no cluster: %j", (asked, message) => {
    expect(() => settleSettings(asked, undefined)).toThrow(message);
  });
});

describe("an entry", () => {
  it("is stored by a majority of three servers where there are three", () => {
    expect([1, 3, 5].map((servers) => replicasOf({ servers }))).toEqual([1, 3, 3]);
  });
});

describe("the ports", () => {
  it("are NATS's own unless others are chosen", () => {
    expect(firstPortsOf({})).toEqual({ client: 4222, cluster: 6222, monitor: 8222 });
    expect(firstPortsOf({ portBase: 15_000 })).toEqual({
      client: 15_000,
      cluster: 15_010,
      monitor: 15_020,
    });
  });
});
