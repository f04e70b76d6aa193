import { describe, expect, it } from "vitest";
import { busConformance } from "./bus.conformance.ts";
import { RequestTimedOut } from "./faults.ts";
import { matchesSubject, MemoryBusNetwork, type MemoryBus } from "./memory-bus.ts";
import { ManualClock } from "./testing/manual-clock.ts";

describe("memory bus", () => {
  busConformance(async () => {
    const network = new MemoryBusNetwork();
    const buses: MemoryBus[] = [];
    return {
      async connect() {
        const bus = network.connect();
        buses.push(bus);
        return bus;
      },
      async interrupt(bus, during) {
        const broken = buses.find((candidate) => candidate === bus);
        broken?.setReachable(false);
        await during();
        broken?.setReachable(true);
      },
      async stop() {
        for (const bus of buses) await bus.close();
      },
    };
  });

  const payload = new Uint8Array([1]);

  it("delivers when its schedule says so, and not to a line that broke meanwhile", () => {
    const due: (() => void)[] = [];
    const network = new MemoryBusNetwork({ schedule: (deliver) => due.push(deliver) });
    const [sender, receiver] = [network.connect(), network.connect()];
    const heard: number[] = [];
    receiver.subscribe("feed", (message) => heard.push(message.payload[0] ?? -1));
    for (const byte of [1, 2, 3]) sender.publish("feed", new Uint8Array([byte]));
    expect(heard).toEqual([]);
    due[0]?.();
    receiver.setReachable(false);
    due[1]?.();
    receiver.setReachable(true);
    due[2]?.();
    expect(heard).toEqual([1, 3]);
  });

  it("a request times out by the network's clock", async () => {
    const clock = new ManualClock();
    const network = new MemoryBusNetwork({ clock });
    const bus = network.connect();
    bus.subscribe("silent", () => undefined);
    const failed = expect(bus.request("silent", payload, { timeoutMs: 1000 })).rejects.toThrow(
      RequestTimedOut,
    );
    await clock.advanceAndSettle(999);
    expect(clock.timersCount).toBe(1);
    await clock.advanceAndSettle(1);
    await failed;
    expect(clock.timersCount).toBe(0);
  });
});

describe("subject pattern", () => {
  it.each([
    ["a.b", "a.b", true],
    ["a.b", "a.c", false],
    ["a.*", "a.b", true],
    ["a.*", "a.b.c", false],
    ["*.b", "a.b", true],
    ["a.>", "a.b.c", true],
    ["a.>", "a", false],
    [">", "a", true],
  ])("%s and %s: %s", (pattern, subject, expected) => {
    expect(matchesSubject(pattern, subject)).toBe(expected);
  });
});
