/** Which engine nodes a shard counts, and what follows for who emits. */
import { describe, expect, it } from "vitest";
import { nodesMax, pack, unpack } from "../../protocols/index.ts";
import type { Message } from "../../protocols/index.ts";
import { eventText } from "../testing/plain-words.ts";
import { eventsOf, TestVenue } from "../testing/test-venue.ts";
import { Shard } from "./shard.ts";
import type { SavedShard } from "./shard.ts";

const claim = (node: string, emitterEpoch: number): Message => {
  return { kind: "claim-emitter", node, emitterEpoch };
};
const set = (nodes: readonly string[], nodesEpoch = 0): Message => {
  return { kind: "set-nodes", nodes, nodesEpoch };
};

function said(venue: TestVenue, message: Message, producer = "node-e1"): string[] {
  return eventsOf(venue.append(0, producer, [message])).map(eventText);
}

describe("the engine nodes of a shard", () => {
  it("are those last said, in that order", () => {
    const venue = new TestVenue(1);
    expect(said(venue, set(["e1", "e2"]))).toEqual(["reply: done, 1 of them"]);
    expect(said(venue, set(["e2", "e3", "e1"], 1))).toEqual(["reply: done, 2 of them"]);
    expect(venue.first.nodes.names).toEqual(["e2", "e3", "e1"]);
  });

  it("are said by whoever knows what was said before, or not at all", () => {
    const venue = new TestVenue(1);
    said(venue, set(["e1", "e2"]));
    for (const epoch of [0, 2]) {
      expect(said(venue, set(["e3"], epoch))).toEqual([
        "reply: rejected, nodes-out-of-turn, 1 of them",
      ]);
    }
    expect(venue.first.nodes.names).toEqual(["e1", "e2"]);
  });

  it("are one to nine, each said once", () => {
    const many = Array.from({ length: nodesMax + 1 }, (_, index) => `e${index}`);
    for (const nodes of [[], ["e1", "e1"], many]) {
      const venue = new TestVenue(1);
      expect(said(venue, set(nodes))).toEqual(["reply: rejected, nodes-invalid"]);
      expect(venue.first.nodes).toMatchObject({ names: [], epoch: 0 });
    }
    expect(said(new TestVenue(1), set(many.slice(1)))).toEqual(["reply: done, 1 of them"]);
  });

  it("are said by nodes only, and not before the logic that counts them", () => {
    const refused = ["reply: rejected, command-not-permitted"];
    for (const producer of ["gw", "shard-1"]) {
      expect(said(new TestVenue(1), set(["e1"]), producer)).toEqual(refused);
    }
    expect(said(new TestVenue(1, { logic: 1 }), set(["e1"]))).toEqual(refused);
  });

  it("are the only ones that may emit", () => {
    const venue = new TestVenue(1);
    said(venue, set(["e1", "e2"]));
    expect(said(venue, claim("e3", 0))).toEqual([]);
    expect(said(venue, claim("e2", 0))).toEqual(["e2 emits, epoch 1"]);
  });

  it("emit no more once they are none of them: the first one does", () => {
    const venue = new TestVenue(1);
    said(venue, claim("e3", 0));
    expect(said(venue, set(["e2", "e1"]))).toEqual(["e2 emits, epoch 2", "reply: done, 1 of them"]);
    expect(said(venue, set(["e1", "e2"], 1))).toEqual(["reply: done, 2 of them"]);
    expect(venue.first.emitter).toEqual({ node: "e2", epoch: 2 });
  });

  it("are part of the state, and not there where they were never said", () => {
    const venue = new TestVenue(1);
    expect(venue.first.snapshot()).not.toHaveProperty("nodes");
    said(venue, set(["e1", "e2"]));
    const saved = venue.first.snapshot();
    const restored = Shard.restore(unpack(pack(saved)) as SavedShard);
    expect(restored.nodes).toMatchObject({ names: ["e1", "e2"], epoch: 1 });
    expect(restored.snapshot()).toEqual(saved);
  });
});
