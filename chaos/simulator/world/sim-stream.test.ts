/**
 * Goal: the simulated stream behaves as JetStream does where we rely on it, and where we must not.
 */
import { describe, expect, it } from "vitest";
import { Chance } from "./chance.ts";
import type { ServerLine } from "./server-line.ts";
import { SimWorld } from "./sim-world.ts";

const payload = new Uint8Array([1]);

function newWorld(seed: number) {
  const world = new SimWorld(new Chance(seed), 1);
  const stream = world.streams[0]!;
  const line = world.servers.connect(world.newProcess("m"), "m");
  const pass = (ms: number): Promise<void> => world.time.run(world.time.nowMs + ms, () => false);
  return { world, stream, line, pass };
}

type World = ReturnType<typeof newWorld>;

/** Publishes once, and gives what was answered so far. */
function publish({ stream }: World, line: ServerLine): { answers: (number | string)[] } {
  const answers: (number | string)[] = [];
  stream.publish(line, { producer: "p", payload }, (stored) => answers.push(stored));
  return { answers };
}

describe("a simulated stream", () => {
  it("stores on all servers what it acknowledges, in one order", async () => {
    const place = newWorld(1);
    await place.pass(100);
    const published = Array.from({ length: 20 }, () => publish(place, place.line));
    await place.pass(100);
    expect(published.map(({ answers }) => answers)).toEqual(published.map((_, i) => [i + 1]));
    for (const { stored } of place.stream.members) expect(stored).toEqual(place.stream.truth);
  });

  it("has no leader for 4 to 9 s when its leader dies, and loses nothing", async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const place = newWorld(seed);
      await place.pass(100);
      const before = publish(place, place.line);
      await place.pass(100);
      place.world.servers.kill(place.stream.leader!);
      await place.pass(3900);
      expect(place.stream.leader).toBeUndefined();
      const meanwhile = publish(place, place.line);
      await place.pass(100);
      expect(meanwhile.answers).toEqual(["no leader"]);
      await place.pass(20_000);
      expect(place.stream.leader).toBeDefined();
      const after = publish(place, place.line);
      await place.pass(100);
      expect([before.answers, after.answers]).toEqual([[1], [2]]);
    }
  });

  it("has a leader within 10 s when all start anew, though one of them lacks an entry", async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const place = newWorld(seed);
      const { world, stream } = place;
      const { servers, time } = world;
      await place.pass(100);
      const behind = servers.names.find(
        (name) => name !== stream.leader && name !== place.line.server,
      )!;
      servers.kill(behind);
      const published = publish(place, place.line);
      await place.pass(100);
      expect(published.answers).toEqual([1]);
      for (const name of servers.names) if (servers.isUp(name)) servers.kill(name);
      for (const name of servers.names) servers.start(name);
      const startedAtMs = time.nowMs;
      await time.run(startedAtMs + 60_000, () => stream.leader !== undefined);
      expect(time.nowMs - startedAtMs).toBeLessThan(10_000);
      expect(stream.leader).not.toBe(behind);
    }
  });

  it("a leader that is alone goes on believing, acknowledges nothing, and what it took is void", async () => {
    const place = newWorld(7);
    const { world, stream } = place;
    await place.pass(100);
    const leader = stream.leader!;
    const others = world.servers.names.filter((name) => name !== leader);
    // A client on the leader's side of the cut.
    while (place.line.server !== leader) {
      place.line.suspect();
      await place.pass(200);
    }
    for (const other of others) {
      world.network.cut(leader, other);
      world.network.cut(other, leader);
    }
    const { answers } = publish(place, place.line);
    await place.pass(5000);
    expect(answers).toEqual([]);
    expect(stream.member(leader).length).toBeGreaterThan(stream.truth.length);
    await place.pass(15_000);
    world.network.joinAll();
    await place.pass(15_000);
    expect(stream.truth).toEqual([]);
    for (const member of stream.members) expect(member.stored).toEqual([]);
    expect(answers).toEqual([]);
  });

  it("commits late what nobody was told of, when the answer was lost on its way", async () => {
    const place = newWorld(9);
    const { world, stream, line } = place;
    await place.pass(100);
    const { answers } = publish(place, line);
    for (const server of world.servers.names) world.network.cut(server, "m");
    await place.pass(100);
    expect(answers).toEqual([]);
    expect(stream.truth.length).toBe(1);
  });

  it("a server that forgot catches up from the others, and one that is behind answers so", async () => {
    const place = newWorld(11);
    const { world, stream, line } = place;
    await place.pass(100);
    for (let count = 0; count < 30; count++) publish(place, line);
    await place.pass(200);
    const follower = stream.members.find(({ isLeading }) => !isLeading)!;
    world.servers.kill(follower.name);
    follower.wipe();
    expect(follower.stored.length).toBe(0);
    world.servers.start(follower.name);
    await place.pass(3000);
    expect(follower.stored).toEqual(stream.truth);
  });
});
