import { describe, expect, it } from "vitest";
import { metricsPortsOf } from "./metrics-ports.ts";

const settings = { shards: 3, servers: 3, nodes: 3, gateways: 2 };

describe("the ports of metrics", () => {
  it("end as the names do: engine nodes, gateways, and those of whom there is one", () => {
    expect(metricsPortsOf(settings)).toEqual({
      engines: { e1: 9561, e2: 9562, e3: 9563 },
      gateways: { "gw-1": 9571, "gw-2": 9572 },
      singles: {
        ...{ referee: 9581, auditor: 9582, projector: 9583, exporter: 9584 },
        ...{ surveillant: 9585, custodian: 9586 },
      },
    });
  });

  it("follow those of the nats-servers where these were chosen", () => {
    expect(metricsPortsOf({ ...settings, portBase: 15_000 }).engines).toMatchObject({ e1: 15_031 });
  });

  it("can be chosen by themselves", () => {
    const chosen = metricsPortsOf({ ...settings, portBase: 15_000, metricsPort: 20_000 });
    expect(chosen.gateways).toEqual({ "gw-1": 20_011, "gw-2": 20_012 });
  });

  it("stay what they are when other nodes come and go", () => {
    const before = metricsPortsOf({ ...settings, nodeNames: ["e2", "e3"] }).engines;
    const after = metricsPortsOf({ ...settings, nodeNames: ["e2", "e3", "e4", "east"] }).engines;
    expect(after).toEqual({ ...before, e4: 9564, east: 9561 });
  });

  it("are different ones for as many processes as there may be", () => {
    const nodeNames = ["north", "e9", "south", "e2", "e10", "e03", "west", "e1", "east"];
    const { engines, gateways, singles } = metricsPortsOf({ ...settings, nodeNames, gateways: 9 });
    const all = [engines, gateways, singles].flatMap((row) => Object.values<number>(row));
    expect(new Set(all).size).toBe(9 + 9 + 6);
    expect(Math.max(...all)).toBeLessThan(9560 + 30);
  });
});
