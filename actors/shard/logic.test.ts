/** Which version of its logic a shard goes by, and what each decides otherwise. */
import { describe, expect, it } from "vitest";
import { encodeFrame, InvariantViolation, pack, unpack } from "../../protocols/index.ts";
import type { InstrumentTerms, LogicVersion, Message } from "../../protocols/index.ts";
import { logicOf, newestLogic } from "../logic-versions.ts";
import { tradingTermsIn } from "../testing/instrument-words.ts";
import { apples } from "../testing/instruments.ts";
import { eventText } from "../testing/plain-words.ts";
import { eventsOf, TestVenue } from "../testing/test-venue.ts";
import { Shard } from "./shard.ts";
import type { SavedShard } from "./shard.ts";
import type { ShardEntry, Step } from "./step.ts";

const textsOf = (step: Step): string[] => eventsOf(step).map(eventText);
const activate = (version: LogicVersion): Message => ({ kind: "activate-logic", version });

function listed(words: string): InstrumentTerms {
  return { ...apples, trading: tradingTermsIn(words) };
}

/** What the public hears of bands when an instrument is listed. */
function toldOfBands(logic: LogicVersion, words: string): string[] {
  const venue = new TestVenue(1, { logic }).list(listed(words));
  return venue.events.filter(({ kind }) => kind === "bands-changed").map(eventText);
}

describe("the logic of a shard", () => {
  it("is the one that its log was formed with, and the first where nothing is said of it", () => {
    expect(new TestVenue(1, { logic: 1 }).first.logic).toBe(1);
    expect(new TestVenue(1, { logic: 2 }).first.logic).toBe(2);
    const venue = new TestVenue(1, { logic: 2 });
    const again = { kind: "form-shard", cluster: "test", shard: 0, shards: 1, logic: 1 } as const;
    venue.append(0, "node-e2", [again]);
    expect(venue.first.logic).toBe(2);
  });

  it("goes up by one, and says so", () => {
    const venue = new TestVenue(1, { logic: 1 });
    expect(textsOf(venue.append(0, "node-e1", [activate(2)]))).toEqual([
      "logic 2 from here on",
      "reply: done, 2 of them",
    ]);
    expect(venue.first.logic).toBe(2);
  });

  it.each([1, 2, 4, 2 ** 40])("does not go from 2 to %i, and nothing changes", (version) => {
    const venue = new TestVenue(1, { logic: 2 });
    const before = venue.first.snapshot();
    const step = venue.append(0, "node-e1", [activate(version)]);
    expect(textsOf(step)).toEqual(["reply: rejected, logic-out-of-turn, 2 of them"]);
    const { version: logic, books, markets } = venue.first.snapshot();
    expect({ logic, books, markets }).toEqual({
      logic: 2,
      books: before.books,
      markets: before.markets,
    });
  });

  it("is activated by nodes only", () => {
    const venue = new TestVenue(1, { logic: 1 });
    for (const producer of ["gw", "shard-1"]) {
      const step = venue.append(0, producer, [activate(2)]);
      expect(textsOf(step)).toEqual(["reply: rejected, command-not-permitted"]);
    }
    expect(venue.first.logic).toBe(1);
  });

  it("holds from the entry after its activation on", () => {
    const venue = new TestVenue(1, { logic: 1 });
    venue.do({ kind: "add-asset", asset: "APPLE", decimals: 0 });
    venue.do({ kind: "add-asset", asset: "COIN", decimals: 0 });
    const words = "reference 100, bands 500 bp";
    const list = (symbol: string): Message => {
      return { kind: "list-instrument", terms: { ...listed(words), symbol } };
    };
    const bandsToldIn = (messages: readonly Message[], producer: string): string[] =>
      textsOf(venue.append(0, producer, messages)).filter((text) => text.includes("bands"));
    expect(bandsToldIn([list("A-COIN")], "gw")).toEqual([]);
    venue.append(0, "node-e1", [activate(2)]);
    expect(bandsToldIn([list("B-COIN")], "gw")).toEqual(["B-COIN bands 95 to 105 around 100"]);
  });

  it("stays what it is in a snapshot", () => {
    for (const logic of [1, 2]) {
      const { first } = new TestVenue(1, { logic });
      const restored = Shard.restore(unpack(pack(first.snapshot())) as SavedShard);
      expect(restored.logic).toBe(logic);
    }
  });

  it("is in what replicas compare: the same log under another logic is another state", () => {
    const [one, other] = [1, 2].map((logic) => new TestVenue(1, { logic }).first.snapshot());
    expect(pack(one)).not.toEqual(pack(other));
  });

  it("that this code does not carry is not applied", () => {
    expect(() => logicOf(newestLogic + 1)).toThrow(InvariantViolation);
    expect(() => logicOf(0)).toThrow(InvariantViolation);
  });
});

describe("what an entry will do to the logic", () => {
  const formed = new TestVenue(1, { logic: 1 });
  const entryOf = (
    messages: readonly Message[],
    { producer = "node-e1", frame = 2, expiresAtUs = Infinity } = {},
  ): ShardEntry => {
    const deadline = expiresAtUs === Infinity ? {} : { expiresAtUs };
    const payload = encodeFrame({ producer, epoch: 1, frame, messages, ...deadline });
    return { sequence: 2, timeUs: formed.timeUs, entropy: 0, producer, payload };
  };
  const after = (entry: ShardEntry): LogicVersion => formed.first.logicAfter(entry);

  it("is known before it is applied, and that changes nothing", () => {
    const before = formed.first.snapshot();
    expect(after(entryOf([activate(2)]))).toBe(2);
    expect(after(entryOf([activate(2), activate(3)]))).toBe(3);
    expect(formed.first.snapshot()).toEqual(before);
  });

  it("is nothing where the activation is refused or its frame does not count", () => {
    const others: readonly ShardEntry[] = [
      entryOf([activate(3)]),
      entryOf([activate(1)]),
      entryOf([{ kind: "tick" }]),
      entryOf([activate(2)], { producer: "gw", frame: 1 }),
      entryOf([activate(2)], { frame: 1 }),
      entryOf([activate(2)], { frame: 3 }),
      entryOf([activate(2)], { expiresAtUs: formed.timeUs - 1 }),
      { ...entryOf([activate(2)]), producer: "node-e2" },
      { ...entryOf([activate(2)]), payload: new Uint8Array([1, 2, 3]) },
      entryOf([{ kind: "form-shard", cluster: "x", shard: 0, shards: 1, logic: 9 }]),
    ];
    expect(others.map(after)).toEqual(others.map(() => 1));
  });

  it("is what a log is formed with, and what is activated in the same frame", () => {
    const form: Message = { kind: "form-shard", cluster: "x", shard: 0, shards: 1, logic: 7 };
    const of = (messages: readonly Message[]): LogicVersion =>
      new Shard(0, 1).logicAfter({ ...entryOf(messages, { frame: 1 }), sequence: 1 });
    expect(of([form])).toBe(7);
    expect(of([form, activate(8)])).toBe(8);
    expect(of([activate(2)])).toBe(1);
    expect(of([activate(2), { ...form, logic: 1 }, activate(2)])).toBe(2);
  });
});

describe("price bands that an instrument is listed with", () => {
  const auction = "reference 100, bands 500 bp, auction 3 s";

  it("are told at once by logic 2, and by logic 1 not before they move", () => {
    expect(toldOfBands(1, auction)).toEqual([]);
    expect(toldOfBands(2, auction)).toEqual(["APPLE-COIN bands 95 to 105 around 100"]);
  });

  it("are told of a market that is closed, too", () => {
    const hours = `${auction}, hours 00:01 preOpen 00:02 callOpening 00:03 open 00:04 close`;
    expect(toldOfBands(1, hours)).toEqual([]);
    expect(toldOfBands(2, hours)).toEqual(["APPLE-COIN bands 95 to 105 around 100"]);
  });

  it("are told once where the calendar begins trading at once", () => {
    const hours = `${auction}, hours 00:01 open 23:59 close`;
    const told = ["APPLE-COIN bands 95 to 105 around 100"];
    expect(toldOfBands(1, hours)).toEqual(told);
    expect(toldOfBands(2, hours)).toEqual(told);
  });

  it("are not told where there is no price to draw them around, or there are none", () => {
    expect(toldOfBands(2, "bands 500 bp, auction 3 s")).toEqual([]);
    expect(toldOfBands(2, "reference 100")).toEqual([]);
  });
});
