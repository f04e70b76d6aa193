/**
 * Goal: the simulated log, bus and disk keep what the real ones promise. The same suites run on
 * those.
 */
import { describe, expect, it } from "vitest";
import { busConformance } from "../../../cluster/bus.conformance.ts";
import { sealProducer } from "../../../cluster/log-generation.ts";
import { replicatedLogConformance } from "../../../cluster/replicated-log.conformance.ts";
import { rollingLogConformance } from "../../../cluster/rolling-log.conformance.ts";
import { snapshotStoreConformance } from "../../../cluster/snapshot-store.conformance.ts";
import { eventually } from "../../../cluster/testing/eventually.ts";
import { readAll } from "../../../cluster/testing/read-all.ts";
import { RepeatedAppends } from "../../../cluster/testing/repeated-appends.ts";
import { TailRecorder } from "../../../cluster/testing/tail-recorder.ts";
import { RunningWorld } from "../testing/running-world.ts";
import { Chance } from "./chance.ts";
import type { ServerLine } from "./server-line.ts";
import { SimBus } from "./sim-bus.ts";
import { SimLog } from "./sim-log.ts";
import type { SimStreams } from "./sim-streams.ts";
import { SnapshotDisk } from "./snapshot-disk.ts";

/** Handles on the log of one world, each over a line of its own. */
class Handles {
  readonly running = new RunningWorld(1);
  readonly #lines = new Map<object, ServerLine>();

  get streams(): SimStreams {
    return this.running.world.logs[0]!;
  }

  async open(): Promise<SimLog> {
    const line = this.running.line();
    const log = await SimLog.opened({ streams: this.streams, line, chance: new Chance(2) });
    this.#lines.set(log, line);
    return log;
  }

  lineOf(log: object): ServerLine {
    return this.#lines.get(log)!;
  }

  /** Stores something in a generation, whoever has heard what of it. */
  async store(generation: number, producer: string, payload: Uint8Array): Promise<void> {
    const line = this.running.line();
    await new Promise((resolve) => {
      this.streams.at(generation)!.publish(line, { producer, payload }, resolve);
    });
  }

  async stop(): Promise<void> {
    for (const log of this.#lines.keys()) await (log as SimLog).close();
    await this.running.stop();
  }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("simulated log", () => {
  replicatedLogConformance(async () => {
    const handles = new Handles();
    return {
      open: () => handles.open(),
      interrupt: (log, during) => handles.running.interrupt(handles.lineOf(log), during),
      stop: () => handles.stop(),
    };
  });
});

describe("generations of a simulated log", () => {
  rollingLogConformance(async () => {
    const handles = new Handles();
    return {
      open: () => handles.open(),
      seal: (generation) => handles.store(generation, sealProducer, new Uint8Array()),
      appendBehind: (generation, text) => handles.store(generation, "gateway-9", bytesOf(text)),
      storeAsSeal: (generation, text) => handles.store(generation, sealProducer, bytesOf(text)),
      retire: (generation) => Promise.resolve(handles.streams.retire(generation)),
      stop: () => handles.stop(),
    };
  });

  it("no void entry is read or tailed though two servers have the seal altered", async () => {
    const handles = new Handles();
    const log = await handles.open();
    await log.append("gateway-1", bytesOf("a"));
    const stream = handles.streams.at(1)!;
    await handles.store(1, sealProducer, new Uint8Array());
    for (const text of ["void-1", "void-2"]) await handles.store(1, "gateway-9", bytesOf(text));
    const haveAll = (): boolean => stream.members.every(({ stored }) => stored.length === 4);
    await eventually(haveAll, { what: "all servers have it" });
    for (const member of stream.members) if (!member.isLeading) member.alter(2, bytesOf("rot"));
    const readers = [await handles.open(), await handles.open(), await handles.open()];
    const tails = readers.flatMap((reader) =>
      [1, 2, 3].map((from) => new TailRecorder(reader, from)),
    );
    for (const reader of readers) expect((await readAll(reader)).length).toBe(2);
    const appends = new RepeatedAppends(log, "gateway-1");
    appends.add("b");
    await appends.settled();
    for (const tail of tails) {
      await tail.reached(3);
      expect(tail.entries.at(-1)?.payload).toEqual(bytesOf("b"));
    }
    for (const reader of readers) expect((await readAll(reader, 3)).length).toBe(1);
    await handles.stop();
  });
});

describe("simulated bus", () => {
  busConformance(async () => {
    const running = new RunningWorld(3);
    const lines = new Map<object, ServerLine>();
    return {
      connect() {
        const line = running.line();
        const bus = new SimBus(running.world.servers, line);
        lines.set(bus, line);
        return Promise.resolve(bus);
      },
      interrupt: (bus, during) => running.interrupt(lines.get(bus)!, during),
      stop: () => running.stop(),
    };
  });
});

describe("simulated snapshot disk", () => {
  snapshotStoreConformance(async () => {
    const running = new RunningWorld(4);
    const disk = new SnapshotDisk(new Chance(5));
    const open = () => disk.openBy(running.world.newProcess("m1"));
    return {
      store: open(),
      reopen: () => Promise.resolve(open()),
      damage: (name) => Promise.resolve(disk.damage(name)),
      stop: () => running.stop(),
    };
  });
});
