/** Every drill by its name. */
import { badNetwork } from "../nemeses/bad-network.ts";
import { clockSkew } from "../nemeses/clock-skew.ts";
import { cpuStarvation } from "../nemeses/cpu-starvation.ts";
import { damagedSnapshot } from "../nemeses/damaged-snapshot.ts";
import { damagedStore } from "../nemeses/damaged-store.ts";
import { failingDisk } from "../nemeses/failing-disk.ts";
import type { Nemesis } from "../nemeses/fault.ts";
import { killProcess } from "../nemeses/kill-process.ts";
import { movingActors } from "../nemeses/moving-actors.ts";
import { noFault } from "../nemeses/no-fault.ts";
import { partition } from "../nemeses/partition.ts";
import { pauseProcess } from "../nemeses/pause-process.ts";
import { plannedMove } from "../nemeses/planned-move.ts";
import { powerCut } from "../nemeses/power-cut.ts";
import { randomMix } from "../nemeses/random-mix.ts";
import { rollingRestart } from "../nemeses/rolling-restart.ts";
import { wipeStandby } from "../nemeses/wipe-standby.ts";
import type { Drill } from "./drill.ts";

const failover = { holdMs: 2000, settleMs: 1500, recoveryMsMax: 60_000 };
/**
 * A nats-server's election takes up to 9 s. Where one that led a log was alone with it, the log goes
 * on in its next generation half a minute later.
 */
const election = { holdMs: 10_000, settleMs: 3000, recoveryMsMax: 120_000 };

/** What the random mix chooses from. */
const mixed: readonly Nemesis[] = [
  killProcess("emitter"),
  killProcess("standby"),
  killProcess("gateway"),
  killProcess("nats-follower"),
  killProcess("nats-leader"),
  pauseProcess("emitter"),
  pauseProcess("gateway"),
  pauseProcess("nats-follower"),
  wipeStandby(),
  plannedMove(),
  partition("alone"),
  partition("one-way"),
  badNetwork("delay"),
  badNetwork("reset"),
];

export const drills: readonly Drill[] = [
  {
    name: "nothing",
    story: "nothing is broken: the yardstick for all others",
    nemesis: noFault(),
    ...failover,
    aim: { kind: "gap", p99Ms: 50 },
  },
  {
    name: "emitter-kill",
    story: "the engine that emits a shard is killed",
    nemesis: killProcess("emitter"),
    ...failover,
    aim: { kind: "gap", p50Ms: 100, p99Ms: 300 },
  },
  {
    name: "emitter-pause",
    story: "the engine that emits a shard stands still for 5 to 60 s and goes on",
    nemesis: pauseProcess("emitter"),
    ...failover,
    holdMs: [5000, 60_000],
    aim: { kind: "gap", p50Ms: 250, p99Ms: 500 },
  },
  {
    name: "standby-kill",
    story: "an engine that does not emit is killed",
    nemesis: killProcess("standby"),
    ...failover,
    aim: { kind: "calm", growthPercentMax: 10 },
  },
  {
    name: "standby-wipe",
    story: "an engine that does not emit is killed and loses all it had stored",
    nemesis: wipeStandby(),
    ...failover,
    aim: { kind: "calm", growthPercentMax: 10 },
  },
  {
    name: "gateway-kill",
    story: "one of two gateways is killed, and its clients turn to the other",
    nemesis: killProcess("gateway"),
    ...failover,
    aim: { kind: "gap", p50Ms: 200, p99Ms: 1000 },
  },
  {
    name: "nats-follower-kill",
    story: "a nats-server that does not lead a shard's log is killed",
    nemesis: killProcess("nats-follower"),
    ...election,
    aim: { kind: "gap", p99Ms: 50 },
  },
  {
    name: "nats-leader-kill",
    story: "the nats-server that leads a shard's log is killed",
    nemesis: killProcess("nats-leader"),
    ...election,
    aim: { kind: "gap", p50Ms: 5000, p99Ms: 8500, untouchedP99Ms: 50 },
  },
  {
    name: "nats-leader-pause",
    story: "the nats-server that leads a shard's log stands still for 10 s and goes on",
    nemesis: pauseProcess("nats-leader"),
    ...election,
    aim: { kind: "gap", p50Ms: 5000, p99Ms: 8500, untouchedP99Ms: 50 },
  },
  {
    name: "planned-move",
    story: "the engine that emits a shard is told to go, and hands over",
    nemesis: plannedMove(),
    ...failover,
    aim: { kind: "gap", p50Ms: 100, p99Ms: 300 },
  },
  {
    name: "moving-actors",
    story: "accounts and books move from shard to shard, and an emitter is killed meanwhile",
    nemesis: movingActors(),
    ...failover,
    holdMs: 4000,
    aim: { kind: "gap", p50Ms: 150, p99Ms: 500 },
  },
  {
    name: "rolling-restart",
    story: "every engine node, gateway and nats-server is restarted in order, one at a time",
    nemesis: rollingRestart(),
    ...failover,
    holdMs: 0,
    aim: { kind: "gap", p50Ms: 100, p99Ms: 300 },
  },
  {
    name: "network-delay",
    story: "every way to and from the nats-server that leads a shard's log is 50 ms longer",
    nemesis: badNetwork("delay"),
    ...failover,
    holdMs: 5000,
    isProxied: true,
    aim: { kind: "share", percent: 99.9, withinMs: 1000 },
  },
  {
    name: "network-narrow",
    story: "100 kB a second pass to and from the nats-server that leads a shard's log",
    nemesis: badNetwork("narrow"),
    ...failover,
    holdMs: 5000,
    isProxied: true,
    aim: { kind: "share", percent: 99.9, withinMs: 1000 },
  },
  {
    name: "network-reset",
    story: "every connection of the nats-server that leads a shard's log is reset, five times",
    nemesis: badNetwork("reset"),
    ...failover,
    isProxied: true,
    aim: { kind: "gap", p50Ms: 200, p99Ms: 1000 },
  },
  {
    name: "network-half-open",
    story: "what goes to and comes from the server that leads a shard's log is swallowed silently",
    nemesis: badNetwork("half-open"),
    ...election,
    isProxied: true,
    aim: { kind: "gap", p50Ms: 5000, p99Ms: 8500 },
  },
  {
    name: "cpu-starvation",
    story: "other programs take the processors",
    nemesis: cpuStarvation(),
    ...failover,
    holdMs: 5000,
    aim: { kind: "share", percent: 99.9, withinMs: 1000 },
  },
  {
    name: "clock-skew",
    story: "the clock of one of two gateways is set back by 15 s",
    nemesis: clockSkew(),
    ...failover,
    holdMs: 5000,
    hasClocks: true,
    aim: { kind: "share", percent: 99.9, withinMs: 1000 },
  },
  {
    name: "store-damage",
    story: "bits of a log that one nats-server has stored are flipped while it is down",
    nemesis: damagedStore(),
    ...failover,
    recoveryMsMax: 120_000,
    aim: { kind: "whole", withinMs: 120_000 },
  },
  {
    name: "snapshot-damage",
    story: "the snapshots that an engine has stored are damaged while it is down",
    nemesis: damagedSnapshot(),
    ...failover,
    recoveryMsMax: 120_000,
    aim: { kind: "whole", withinMs: 120_000 },
  },
  {
    name: "power-cut-one",
    story: "the machine that leads a shard's log loses its power, and all it had not synced",
    nemesis: powerCut("leader"),
    ...election,
    hasDisks: true,
    aim: { kind: "gap", p50Ms: 5000, p99Ms: 8500 },
  },
  {
    name: "power-cut-all",
    story: "all three machines lose their power, and all they had not synced",
    nemesis: powerCut("all"),
    ...failover,
    settleMs: 15_000,
    hasDisks: true,
    aim: { kind: "back", withinMs: 15_000 },
  },
  {
    name: "disk-full",
    story: "the disk of the machine that leads a shard's log is full, and has room again",
    nemesis: failingDisk("full"),
    ...election,
    hasDisks: true,
    aim: { kind: "gap", p50Ms: 5000, p99Ms: 8500 },
  },
  {
    name: "disk-stall",
    story: "the disk of the machine that leads a shard's log stands still",
    nemesis: failingDisk("stall"),
    ...election,
    hasDisks: true,
    aim: { kind: "gap", p50Ms: 5000, p99Ms: 8500 },
  },
  {
    name: "disk-slow",
    story: "the disk of the machine that leads a shard's log takes 100 ms for every sync",
    nemesis: failingDisk("slow"),
    ...election,
    hasDisks: true,
    aim: { kind: "gap", p50Ms: 5000, p99Ms: 8500 },
  },
  {
    name: "random-mix",
    story: "six faults of any kind one after the other, as the seed chooses",
    nemesis: randomMix({ nemeses: mixed, faults: 6, holdMs: [1000, 6000] }),
    ...failover,
    holdMs: 0,
    isProxied: true,
    aim: { kind: "share", percent: 99.9, withinMs: 1000 },
  },
  ...(
    [
      ["alone", "the machine that leads a shard's log is cut off from everybody"],
      ["symmetric", "that machine and the other two do not reach each other, clients reach all"],
      ["one-way", "what that machine says reaches no other machine, and it hears them"],
      ["flapping", "that machine is cut off from everybody, on and off every second"],
    ] as const
  ).map(([kind, story]): Drill => ({
    name: `partition-${kind}`,
    story,
    nemesis: partition(kind),
    ...election,
    isProxied: true,
    aim: { kind: "gap", p50Ms: 5000, p99Ms: 8500 },
  })),
];

export function drillNamed(name: string): Drill | undefined {
  return drills.find((drill) => drill.name === name);
}
