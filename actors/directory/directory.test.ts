import { describe, expect, it } from "vitest";
import { InvariantViolation, RejectReason } from "../../protocols/index.ts";
import type { DirectoryMessage, InstrumentTerms } from "../../protocols/index.ts";
import { apples, gold, pears } from "../testing/instruments.ts";
import { RecordingContext } from "../testing/recording-context.ts";
import { Directory, whyNotList } from "./directory.ts";

const announce = (terms: InstrumentTerms, ticket = 1): DirectoryMessage => ({
  kind: "announce-instrument",
  shard: 0,
  terms,
  ticket,
});
const halt = (isHalted: boolean, ticket = 1): DirectoryMessage => ({
  kind: "announce-venue-halt",
  shard: 0,
  isHalted,
  ticket,
});
const addAsset = (asset: string, decimals: number): DirectoryMessage => ({
  kind: "announce-asset",
  shard: 0,
  asset,
  decimals,
});

describe("a directory", () => {
  it("knows what it was told, in that order", () => {
    const directory = new Directory();
    const context = new RecordingContext();
    for (const message of [
      addAsset("PEAR", 2),
      addAsset("COIN", 0),
      announce(pears, 4),
      announce(apples, 5),
    ]) {
      directory.receive(message, context);
    }
    expect(directory.assets()).toEqual([
      { asset: "PEAR", decimals: 2 },
      { asset: "COIN", decimals: 0 },
    ]);
    expect(directory.instruments()).toEqual([pears, apples]);
    expect(directory.instrument("PEAR-COIN")).toEqual(pears);
    expect(directory.instrument("GOLD-APPLE")).toBeUndefined();
    expect(context.sent).toEqual([4, 5].map((ticket) => ({ kind: "ticket-served", ticket })));
  });

  it("knows whether the whole venue is halted", () => {
    const directory = new Directory();
    const context = new RecordingContext();
    const seen = [directory.isHalted];
    for (const isHalted of [true, false]) {
      directory.receive(halt(isHalted, 7), context);
      seen.push(directory.isHalted);
    }
    expect(seen).toEqual([false, true, false]);
    expect(context.sent).toEqual([7, 7].map((ticket) => ({ kind: "ticket-served", ticket })));
  });

  it("is told of an instrument once", () => {
    const directory = new Directory();
    directory.receive(announce(apples), new RecordingContext());
    expect(() => directory.receive(announce(apples), new RecordingContext())).toThrow(
      InvariantViolation,
    );
  });

  it("takes nothing else", () => {
    const stranger = { kind: "tick" } as unknown as DirectoryMessage;
    expect(() => new Directory().receive(stranger, new RecordingContext())).toThrow(
      InvariantViolation,
    );
  });

  it("comes back from a snapshot", () => {
    const directory = new Directory();
    for (const message of [addAsset("PEAR", 2), announce(pears), announce(gold), halt(true)]) {
      directory.receive(message, new RecordingContext());
    }
    const restored = Directory.restore(structuredClone(directory.snapshot()));
    expect(restored.snapshot()).toEqual(directory.snapshot());
    expect(restored.instruments()).toEqual([pears, gold]);
    expect(restored.assets()).toEqual([{ asset: "PEAR", decimals: 2 }]);
    expect(restored.isHalted).toBe(true);
  });
});

describe("an instrument's terms", () => {
  const judge = (change: Partial<InstrumentTerms>): number => whyNotList({ ...apples, ...change });
  const invalid = RejectReason["instrument-terms-invalid"];

  it("are sound up to their limits", () => {
    for (const units of [1, 2 ** 40]) {
      expect(judge({ baseUnitsPerLot: units, quoteUnitsPerTickLot: units })).toBe(0);
    }
    for (const fee of [0, 1000]) {
      expect(judge({ makerFeeBasisPoints: fee, takerFeeBasisPoints: fee })).toBe(0);
    }
  });

  it.each<[string, Partial<InstrumentTerms>]>([
    ["an asset is traded for itself", { quote: "APPLE" }],
    ["a lot is nothing", { baseUnitsPerLot: 0 }],
    ["a lot is too much", { baseUnitsPerLot: 2 ** 40 + 1 }],
    ["a tick is nothing", { quoteUnitsPerTickLot: 0 }],
    ["a tick is too much", { quoteUnitsPerTickLot: 2 ** 40 + 1 }],
    ["making is paid for", { makerFeeBasisPoints: -1 }],
    ["making is too dear", { makerFeeBasisPoints: 1001 }],
    ["taking is paid for", { takerFeeBasisPoints: -1 }],
    ["taking is too dear", { takerFeeBasisPoints: 1001 }],
    ["a unit is broken", { baseUnitsPerLot: 1.5 }],
  ])("are not when %s", (_, change) => {
    expect(judge(change)).toBe(invalid);
  });
});
