import { beforeEach, describe, expect, it } from "vitest";
import { clusterSubjects } from "../protocols/index.ts";
import { callEveryMs, FailureDetector } from "./failure-detector.ts";
import { MemoryBusNetwork } from "./memory-bus.ts";
import type { MemoryBus } from "./memory-bus.ts";
import { ManualClock } from "./testing/manual-clock.ts";

let clock: ManualClock;
let network: MemoryBusNetwork;
let gone: string[];
let watched: Set<string>;

beforeEach(() => {
  clock = new ManualClock();
  network = new MemoryBusNetwork({ clock });
  gone = [];
  watched = new Set(["e1"]);
});

function detectorOf(node: string, bus = network.connect()): FailureDetector {
  const onGone = (others: ReadonlySet<string>): void => void gone.push([...others].join());
  const detector = new FailureDetector({ node, bus, clock, watched: () => watched, onGone });
  detector.open();
  return detector;
}

/** A node that others can call, and that calls nobody. */
function start(node: string): { bus: MemoryBus; detector: FailureDetector } {
  const bus = network.connect();
  const watchesNobody = { watched: () => new Set<string>(), onGone: () => undefined };
  const detector = new FailureDetector({ node, bus, clock, ...watchesNobody });
  detector.open();
  return { bus, detector };
}

describe("a failure detector", () => {
  it("tells of a node that has ended, once and within the time between two calls", async () => {
    const e1 = start("e1");
    detectorOf("e2");
    await clock.advanceAndSettle(5 * callEveryMs);
    expect(gone).toEqual([]);
    e1.detector.close();
    await clock.advanceAndSettle(callEveryMs);
    expect(gone).toEqual(["e1"]);
    await clock.advanceAndSettle(5000);
    expect(gone).toEqual(["e1"]);
  });

  it("tells of one whose line broke, and again of one that came back and went", async () => {
    const { bus } = start("e1");
    detectorOf("e2");
    for (const count of [1, 2]) {
      await clock.advanceAndSettle(callEveryMs);
      bus.setReachable(false);
      await clock.advanceAndSettle(callEveryMs);
      expect(gone).toHaveLength(count);
      bus.setReachable(true);
    }
  });

  it("tells of all that are gone by then and matter still, but not of who is back", async () => {
    watched = new Set(["e1", "e3", "e4"]);
    const others = ["e1", "e3", "e4"].map(start);
    detectorOf("e2");
    await clock.advanceAndSettle(callEveryMs);
    others[0]!.bus.setReachable(false);
    await clock.advanceAndSettle(callEveryMs);
    others[1]!.bus.setReachable(false);
    await clock.advanceAndSettle(callEveryMs);
    expect(gone).toEqual(["e1", "e1,e3"]);
    others[0]!.bus.setReachable(true);
    watched.delete("e3");
    await clock.advanceAndSettle(callEveryMs);
    others[2]!.bus.setReachable(false);
    await clock.advanceAndSettle(callEveryMs);
    expect(gone).toEqual(["e1", "e1,e3", "e4"]);
  });

  it("does not miss one that never answered, as those of a release from before", async () => {
    detectorOf("e2");
    await clock.advanceAndSettle(5000);
    expect(gone).toEqual([]);
  });

  it("does not take one for gone that stands still", async () => {
    const bus = network.connect();
    let isPaused = false;
    bus.subscribe(clusterSubjects.alive("e1"), ({ respond }) => {
      if (!isPaused) respond?.(new Uint8Array());
    });
    detectorOf("e2");
    await clock.advanceAndSettle(100);
    isPaused = true;
    await clock.advanceAndSettle(60_000);
    expect(gone).toEqual([]);
  });

  it("calls nobody whose end does not matter, and nobody once it is closed", async () => {
    let calls = 0;
    network.connect().subscribe(clusterSubjects.alive("e1"), ({ respond }) => {
      calls += 1;
      respond?.(new Uint8Array());
    });
    const detector = detectorOf("e2");
    watched.clear();
    await clock.advanceAndSettle(1000);
    expect(calls).toBe(0);
    watched.add("e1");
    await clock.advanceAndSettle(callEveryMs);
    expect(calls).toBe(1);
    detector.close();
    await clock.advanceAndSettle(5000);
    expect(calls).toBe(1);
    expect(gone).toEqual([]);
    expect(clock.timersCount).toBe(0);
  });

  it("knows before anybody claims that its own line leads nowhere, and when it does again", async () => {
    const { bus, detector } = start("e1");
    await clock.advanceAndSettle(5000);
    expect(detector.hears).toBe(true);
    bus.setReachable(false);
    await clock.advanceAndSettle(140);
    expect(detector.hears).toBe(false);
    await clock.advanceAndSettle(60_000);
    expect(detector.hears).toBe(false);
    bus.setReachable(true);
    await clock.advanceAndSettle(2 * callEveryMs);
    expect(detector.hears).toBe(true);
  });

  it("hears on a machine where every call takes long, and notices the end of that, too", async () => {
    network = new MemoryBusNetwork({ clock, schedule: (deliver) => void clock.after(70, deliver) });
    const { bus, detector } = start("e1");
    const heard = new Set<boolean>();
    for (let ms = 0; ms < 5000; ms += 10) {
      await clock.advanceAndSettle(10);
      heard.add(detector.hears);
    }
    expect([...heard]).toEqual([true]);
    bus.setReachable(false);
    await clock.advanceAndSettle(500);
    expect(detector.hears).toBe(false);
  });

  it("hears, alone as it may be", async () => {
    const { detector } = start("e1");
    expect(detector.hears).toBe(true);
    await clock.advanceAndSettle(60_000);
    expect(detector.hears).toBe(true);
  });
});
