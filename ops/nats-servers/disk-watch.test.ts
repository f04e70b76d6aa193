/**
 * Goal: a server whose disk stands still is told apart from a slow machine, one at a time, and is
 * let go on when its disk does.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { DiskWatch, turnMs } from "./disk-watch.ts";
import type { WatchedDisk } from "./disk-watch.ts";

const n = (number: number): WatchedDisk => ({ name: `n${number}`, folder: `/disk/${number}` });

let disks: readonly WatchedDisk[];
/** What stands still: its probes wait here. */
let frozen: Map<string, (() => void)[]>;
let told: string[];
let probes: number;
let watch: DiskWatch;

beforeEach(() => {
  disks = [n(1), n(2), n(3)];
  frozen = new Map();
  told = [];
  probes = 0;
  watch = new DiskWatch({
    disks: () => disks,
    probe: (folder) => {
      probes += 1;
      const waiting = frozen.get(folder);
      return waiting === undefined
        ? Promise.resolve()
        : new Promise((resolve) => void waiting.push(resolve));
    },
    onStalled: (name) => told.push(`${name} stalled`),
    onMoving: (name) => told.push(`${name} moving`),
  });
});

async function pass(ms: number, eachMs: number = turnMs): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += turnMs) {
    watch.turn(eachMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function freeze(...numbers: readonly number[]): void {
  for (const number of numbers) frozen.set(n(number).folder, []);
}

function thaw(number: number): void {
  for (const resolve of frozen.get(n(number).folder) ?? []) resolve();
  frozen.delete(n(number).folder);
}

describe("a disk that stands still", () => {
  it("is told of in less than a second, once, and again when it goes", async () => {
    await pass(5000);
    freeze(2);
    await pass(550);
    expect(told).toEqual([]);
    await pass(400);
    expect(told).toEqual(["n2 stalled"]);
    await pass(60_000);
    expect(told).toEqual(["n2 stalled"]);
    thaw(2);
    await pass(turnMs);
    expect(told).toEqual(["n2 stalled", "n2 moving"]);
    freeze(2);
    await pass(1500);
    expect(told).toEqual(["n2 stalled", "n2 moving", "n2 stalled"]);
  });

  it("is none while others do not answer either", async () => {
    freeze(1, 2, 3);
    await pass(10_000);
    thaw(1);
    await pass(2000);
    expect(told).toEqual([]);
    thaw(2);
    await pass(1000);
    expect(told).toEqual(["n3 stalled"]);
    freeze(1);
    await pass(10_000);
    expect(told).toEqual(["n3 stalled"]);
  });

  it("is none while a server is down, nor where there are no three", async () => {
    freeze(1);
    disks = [];
    await pass(10_000);
    disks = [n(1), n(2)];
    await pass(10_000);
    expect(told).toEqual([]);
  });

  it("is none when it was our own event loop that stood still", async () => {
    await pass(1000);
    freeze(1);
    await pass(turnMs, 60_000);
    await pass(turnMs, 60_000);
    thaw(1);
    await pass(1000);
    expect(told).toEqual([]);
  });

  it("is asked a few times a second, and has answered when it is full", async () => {
    const full = new DiskWatch({
      disks: () => disks,
      probe: () => Promise.reject(new Error("ENOSPC")),
      onStalled: (name) => told.push(name),
      onMoving: (name) => told.push(name),
    });
    for (let turn = 0; turn < 200; turn += 1) {
      full.turn(turnMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await pass(10_000);
    expect(told).toEqual([]);
    expect(probes).toBeGreaterThan(60);
    expect(probes).toBeLessThan(130);
  });

  it("is written to, beside the store", async () => {
    const folder = mkdtempSync(join(tmpdir(), "outcry-disk-"));
    disks = [1, 2, 3].map((number) => ({ name: `n${number}`, folder }));
    const real = new DiskWatch({ disks: () => disks, onStalled: String, onMoving: String });
    real.start();
    await expect.poll(() => readdirSync(folder)).toEqual(["disk-probe"]);
    real.stop();
    rmSync(folder, { recursive: true, force: true });
  });
});
