/**
 * Shards that are added, one step after the other. What must hold whatever happens meanwhile is in
 * `shard.fuzz.ts`.
 */
import { beforeEach, describe, expect, it } from "vitest";
import {
  addressOfAccount,
  addressOfBook,
  rejectReasonName,
  Side,
  whereaboutsIn,
} from "../../protocols/index.ts";
import type { ActorAddress, Command, CommandReplied, ShardId } from "../../protocols/index.ts";
import { apples, pears } from "../testing/instruments.ts";
import { assertSettled } from "../testing/invariants.ts";
import { eventsOf, TestVenue } from "../testing/test-venue.ts";
import { Shard } from "./shard.ts";

const founded = 2;
const account = addressOfAccount("alice");
let venue: TestVenue;

beforeEach(() => {
  venue = new TestVenue(founded).list(apples).open("alice", { APPLE: 1000, COIN: 1_000_000 });
  venue.formShard();
});

function adding(shards: number): Command {
  return { kind: "add-shard", shards, author: "ops", reason: "test" };
}

function moving(actor: ActorAddress, shard: ShardId): Command {
  return { kind: "place-actor", actor, shard, author: "ops", reason: "test" };
}

const reasonOf = (command: Command): string => rejectReasonName(venue.ask(command).rejectReason);
const added = (): Shard => venue.shards[founded]!;
const homes = (): number[] => venue.shards.map(({ placement }) => placement.shardOf(account));

describe("a shard that is added", () => {
  it("is counted by all shards, and nobody lives there", () => {
    expect(venue.shards.map(({ shards }) => shards)).toEqual([2, 2, 3]);
    const before = homes()[0];
    expect(reasonOf(adding(3))).toBe("none");
    expect(venue.shards.map(({ shards }) => shards)).toEqual([3, 3, 3]);
    expect(homes()).toEqual([before, before, before]);
    expect(added().account("alice")).toBeUndefined();
    assertSettled(venue);
  });

  it("hears of the venue what the others have heard, and what they hear from then on", () => {
    venue.do({ kind: "halt-trading", symbol: "", author: "ops", reason: "test" });
    venue.do(adding(3));
    expect(added().directory.snapshot()).toEqual(venue.first.directory.snapshot());
    venue.do({ kind: "resume-trading", symbol: "", author: "ops", reason: "test" });
    venue.list(pears);
    expect(added().directory.isHalted).toBe(false);
    expect(added().directory.snapshot()).toEqual(venue.first.directory.snapshot());
  });

  it("hears of an instrument once that is being listed meanwhile", () => {
    venue.do({ kind: "add-asset", asset: "PEAR", decimals: 0 });
    venue.send({ kind: "list-instrument", terms: pears });
    const sent = venue.send(adding(3));
    venue.drain();
    expect(rejectReasonName(venue.repliesTo(sent)[0]!.rejectReason)).toBe("none");
    expect(added().directory.snapshot()).toEqual(venue.first.directory.snapshot());
  });

  it("hears who lives elsewhere than at first, however many do", () => {
    for (let count = 0; count < 520; count++) venue.open(`a${String(count)}`);
    let epoch = 0;
    for (const { id } of [...venue.first.accounts()]) {
      if (id.startsWith("a") && reasonOf(moving(addressOfAccount(id), 1)) === "none") epoch += 1;
    }
    for (const { id } of [...venue.shards[1]!.accounts()]) {
      if (epoch > 510) break;
      const isMoved = venue.first.placement.pins().some(([pin]) => pin === addressOfAccount(id));
      if (isMoved || !id.startsWith("a")) continue;
      if (reasonOf(moving(addressOfAccount(id), 0)) === "none") epoch += 1;
    }
    expect(epoch).toBeGreaterThan(510);
    venue.do(adding(3));
    expect(added().placement.epoch).toBe(epoch);
    expect(added().placement.pins()).toEqual(venue.first.placement.pins());
  });

  it("takes actors in, and tells who asks for others where they live", () => {
    venue.do(adding(3));
    venue.do(moving(account, 2));
    venue.do(moving(addressOfBook(apples.symbol), 2));
    expect(added().account("alice")).toBeDefined();
    expect(added().book(apples.symbol)).toBeDefined();
    venue.open("bob", { APPLE: 10 });
    const cancels = { symbol: "", side: Side.buy, priceMin: 0, priceMax: 0 } as const;
    const command = { kind: "cancel-all-orders", account: "bob", ...cancels } as const;
    const [reply] = eventsOf(venue.append(2, "gw-2", [command])) as [CommandReplied];
    expect(rejectReasonName(reply.rejectReason)).toBe("actor-elsewhere");
    expect(whereaboutsIn(reply.detail).shard).toBe(venue.first.placement.shardOfAccount("bob"));
    assertSettled(venue);
  });

  it("is one of the shards of a replica that has room for more, when the log says so", () => {
    venue.do(adding(3));
    for (const { shard } of venue.shards) {
      const replica = new Shard(shard, 9);
      for (const entry of venue.logs[shard]!) replica.apply(entry);
      expect(replica.shards).toBe(3);
      expect(replica.snapshot()).toEqual(venue.shards[shard]!.snapshot());
      expect(Shard.restore(replica.snapshot()).placement).toEqual(replica.placement);
    }
  });
});

describe("an addition is refused", () => {
  it("out of turn", () => {
    for (const shards of [-1, 0, 1, 2, 4])
      expect(reasonOf(adding(shards))).toBe("shard-out-of-turn");
    expect(venue.first.shards).toBe(2);
  });

  it("while an actor moves, and none moves before all know of it", () => {
    const home = homes()[0]!;
    venue.send(moving(account, 1 - home));
    const refused = [venue.send(adding(3))];
    venue.drain();
    venue.send(adding(3));
    refused.push(venue.send(moving(account, home)));
    venue.drain();
    for (const sent of refused) {
      const [reply] = venue.repliesTo(sent);
      expect(rejectReasonName(reply!.rejectReason)).toBe("placement-under-way");
    }
    expect(venue.first.shards).toBe(3);
  });

  it("by the first version of the logic", () => {
    venue = new TestVenue(founded, { logic: 1 });
    venue.formShard();
    expect(reasonOf(adding(3))).toBe("command-not-permitted");
  });
});

it("an addition that is asked for again is answered when the first one is", () => {
  const [first, again] = [venue.send(adding(3)), venue.send(adding(3))];
  expect(venue.repliesTo(again)).toEqual([]);
  venue.drain();
  for (const sent of [first, again]) {
    expect(venue.repliesTo(sent).map(({ rejectReason }) => rejectReason)).toEqual([0]);
  }
  expect(reasonOf(adding(3))).toBe("none");
  expect(venue.first.shards).toBe(3);
});
