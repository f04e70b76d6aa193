/**
 * The governor alone, with shards that serve its tickets when the test says so.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { amountMax, InvariantViolation, shardOfInstrument } from "../../protocols/index.ts";
import type { Amount, Deposit, TicketServed } from "../../protocols/index.ts";
import { apples, pears } from "../testing/instruments.ts";
import { eventText, messageText } from "../testing/plain-words.ts";
import { RecordingContext } from "../testing/recording-context.ts";
import type { GovernorCommand } from "./approval-rules.ts";
import { Governor } from "./governor.ts";

let context: RecordingContext;
let governor: Governor;

beforeEach(() => {
  context = new RecordingContext();
  governor = new Governor();
});

function hear(message: GovernorCommand | TicketServed): string[] {
  context.nextCommand();
  governor.receive(message, context);
  return [...context.takeSent().map(messageText), ...context.takeEmitted().map(eventText)];
}

const served = (ticket: number): TicketServed => ({ kind: "ticket-served", ticket });
const addAsset = (asset: string, decimals = 0): GovernorCommand => ({
  kind: "add-asset",
  asset,
  decimals,
});
const list = (terms = apples): GovernorCommand => ({ kind: "list-instrument", terms });
const open = (account: string): GovernorCommand => ({
  kind: "open-account",
  account,
  participant: account,
});
const deposit = (amount: Amount, change: Partial<Deposit> = {}): GovernorCommand => ({
  kind: "deposit",
  account: "alice",
  asset: "COIN",
  amount,
  reference: "r1",
  ...change,
});
const intervene = (kind: "halt-trading" | "resume-trading", symbol = ""): GovernorCommand => ({
  kind,
  symbol,
  author: "ops",
  reason: "drill",
});

/** Assets and an account, with all that follows from them. */
function found(): void {
  for (const asset of ["APPLE", "PEAR", "COIN"]) hear(addAsset(asset));
  hear(open("alice"));
  hear(served(1));
}

describe("assets", () => {
  it("are told to every shard and done at once", () => {
    context.shards = 3;
    expect(hear(addAsset("COIN"))).toEqual([
      "shard 0: asset COIN",
      "shard 1: asset COIN",
      "shard 2: asset COIN",
      "reply: done",
    ]);
  });

  it("are added once, with as many decimals as make sense", () => {
    for (const decimals of [-1, 19]) {
      expect(hear(addAsset("COIN", decimals))).toEqual(["reply: rejected, asset-terms-invalid"]);
    }
    expect(hear(addAsset("COIN", 18)).at(-1)).toBe("reply: done");
    expect(hear(addAsset("COIN", 99))).toEqual(["reply: rejected, asset-exists"]);
    expect(hear(addAsset("APPLE", 0)).at(-1)).toBe("reply: done");
  });
});

describe("listing an instrument", () => {
  it("is done once every shard knows it", () => {
    found();
    expect(hear(list())).toEqual(["shard 0: instrument APPLE-COIN"]);
    expect(hear(served(2))).toEqual(["APPLE-COIN is listed", "reply: done"]);
  });

  it("tells the shard of its book first, and the others when that has it", () => {
    found();
    context.shards = 3;
    const home = shardOfInstrument("APPLE-COIN", 3);
    const others = [0, 1, 2].filter((shard) => shard !== home);
    expect(hear(list())).toEqual([`shard ${String(home)}: instrument APPLE-COIN`]);
    expect(hear(served(2))).toEqual(
      others.map((shard) => `shard ${String(shard)}: instrument APPLE-COIN`),
    );
    expect(hear(served(2))).toEqual([]);
    expect(hear(served(2))).toEqual(["APPLE-COIN is listed", "reply: done"]);
  });

  it("needs its assets, and terms that make sense, and happens once", () => {
    expect(hear(list())).toEqual(["reply: rejected, asset-unknown"]);
    hear(addAsset("APPLE"));
    expect(hear(list())).toEqual(["reply: rejected, asset-unknown"]);
    hear(addAsset("COIN"));
    const nonsense = { ...apples, baseUnitsPerLot: 0 };
    expect(hear(list(nonsense))).toEqual(["reply: rejected, instrument-terms-invalid"]);
    hear(list());
    expect(hear(list())).toEqual(["reply: rejected, instrument-exists"]);
    expect(hear(list(nonsense))).toEqual(["reply: rejected, instrument-exists"]);
    expect(hear(list({ ...apples, base: "NONE" }))).toEqual(["reply: rejected, asset-unknown"]);
  });
});

describe("opening an account", () => {
  it("is done when its shard has it", () => {
    expect(hear(open("alice"))).toEqual(["open alice"]);
    expect(hear(served(1))).toEqual(["reply: done"]);
    expect(governor.accounts()).toEqual(["alice"]);
  });

  it("happens once, and not under the exchange's own names", () => {
    hear(open("alice"));
    expect(hear(open("alice"))).toEqual(["reply: rejected, account-exists"]);
    expect(hear(open("fees-0"))).toEqual(["reply: rejected, account-reserved"]);
    expect(hear(open("admin"))).toEqual(["reply: rejected, account-reserved"]);
  });
});

describe("a deposit", () => {
  beforeEach(found);

  it("is credited to its account and answered when it is there", () => {
    expect(hear(deposit(70))).toEqual(["credit alice 70 COIN"]);
    expect(hear(served(2))).toEqual(["reply: done"]);
    expect(governor.supply()).toEqual([
      { asset: "APPLE", available: 0, reserved: 0 },
      { asset: "PEAR", available: 0, reserved: 0 },
      { asset: "COIN", available: 70, reserved: 0 },
    ]);
  });

  it("is credited once under its reference", () => {
    hear(deposit(70));
    expect(hear(deposit(70))).toEqual([]);
    // Both wait for the money to be there.
    expect(hear(served(2))).toEqual(["reply: done", "reply: done"]);
    expect(hear(deposit(70))).toEqual(["reply: done"]);
    expect(governor.supply().at(-1)?.available).toBe(70);
  });

  it("needs a reference of its own", () => {
    hear(open("bob"));
    hear(deposit(70));
    const reused = ["reply: rejected, reference-reused"];
    expect(hear(deposit(71))).toEqual(reused);
    expect(hear(deposit(70, { asset: "PEAR" }))).toEqual(reused);
    expect(hear(deposit(70, { account: "bob" }))).toEqual(reused);
    expect(hear(deposit(0, { asset: "NONE" }))).toEqual(reused);
    expect(hear(deposit(71, { reference: "r2" }))).toEqual(["credit alice 71 COIN"]);
  });

  it("needs an account, an asset and an amount, in this order", () => {
    expect(hear(deposit(0, { account: "zoe", asset: "NONE" }))).toEqual([
      "reply: rejected, account-unknown",
    ]);
    expect(hear(deposit(0, { asset: "NONE" }))).toEqual(["reply: rejected, asset-unknown"]);
    expect(hear(deposit(0))).toEqual(["reply: rejected, amount-not-positive"]);
    expect(hear(deposit(-5))).toEqual(["reply: rejected, amount-not-positive"]);
  });

  it("is refused where there would be more than a ledger can hold", () => {
    expect(hear(deposit(BigInt(amountMax) - 1n))).toHaveLength(1);
    expect(hear(deposit(2, { reference: "r2" }))).toEqual(["reply: rejected, supply-too-large"]);
    expect(hear(deposit(1, { reference: "r2" }))).toEqual(["credit alice 1 COIN"]);
    expect(hear(deposit(1, { reference: "r3" }))).toEqual(["reply: rejected, supply-too-large"]);
    expect(hear(deposit(amountMax, { reference: "r3", asset: "PEAR" }))).toHaveLength(1);
    expect(governor.supply().map(({ available }) => available)).toEqual([0, amountMax, amountMax]);
  });
});

describe("a halt", () => {
  beforeEach(() => {
    found();
    hear(list());
    hear(served(2));
  });

  it("of one instrument is its market's to do", () => {
    expect(hear(intervene("halt-trading", "APPLE-COIN"))).toEqual([
      "APPLE-COIN: halt",
      "halt trading APPLE-COIN by ops: drill",
    ]);
    expect(hear(served(3))).toEqual(["reply: done"]);
    expect(hear(intervene("resume-trading", "APPLE-COIN"))).toEqual([
      "APPLE-COIN: resume",
      "resume trading APPLE-COIN by ops: drill",
    ]);
  });

  it("of the venue is done when every shard has stopped", () => {
    context.shards = 2;
    expect(hear(intervene("halt-trading"))).toEqual([
      "shard 0: halt",
      "shard 1: halt",
      "halt trading venue by ops: drill",
    ]);
    expect([hear(served(3)), hear(served(3))]).toEqual([[], ["reply: done"]]);
    expect(hear(intervene("resume-trading"))).toEqual([
      "shard 0: resume",
      "shard 1: resume",
      "resume trading venue by ops: drill",
    ]);
  });

  it("is of something that is there and runs, and a resumption of what is halted", () => {
    expect(hear(intervene("halt-trading", "NO-SUCH"))).toEqual([
      "reply: rejected, instrument-unknown",
    ]);
    expect(hear(intervene("resume-trading", "APPLE-COIN"))).toEqual([
      "reply: rejected, not-halted",
    ]);
    hear(intervene("halt-trading", "APPLE-COIN"));
    expect(hear(intervene("halt-trading", "APPLE-COIN"))).toEqual([
      "reply: rejected, already-halted",
    ]);
    // The venue's halt and the instrument's are two things.
    expect(hear(intervene("resume-trading"))).toEqual(["reply: rejected, not-halted"]);
    expect(hear(intervene("halt-trading"))).toHaveLength(2);
    expect(hear(intervene("resume-trading", "APPLE-COIN"))).toHaveLength(2);
  });
});

describe("tickets", () => {
  it("are answered to whoever asked, in whatever order they are served", () => {
    found();
    const asked = [open("bob"), open("carol")].map((command) => {
      hear(command);
      return context.origin;
    });
    context.nextCommand();
    governor.receive(served(3), context);
    governor.receive(served(2), context);
    const answered = context.emitted.map((event) =>
      event.kind === "command-replied" ? event.origin : undefined,
    );
    expect(answered).toEqual([asked[1], asked[0]]);
  });

  it("are served only by whom they were given to, and once", () => {
    expect(() => hear(served(1))).toThrow(InvariantViolation);
    found();
    expect(() => hear(served(1))).toThrow(InvariantViolation);
  });
});

describe("a snapshot", () => {
  it("holds everything: the governor goes on as if nothing had happened", () => {
    found();
    context.shards = 2;
    hear(list());
    hear(list(pears));
    hear(served(3));
    hear(open("bob"));
    hear(deposit(2n ** 60n));
    hear(deposit(2n ** 60n));
    hear(intervene("halt-trading"));
    hear(intervene("halt-trading", "APPLE-COIN"));
    const saved = governor.snapshot();
    const origin = context.origin;
    const story = (): string[] => {
      context.origin = origin;
      const told = [2, 3, 2, 4, 5, 6, 6, 7].flatMap((ticket) => hear(served(ticket)));
      told.push(...hear(deposit(2n ** 60n)), ...hear(deposit(1)), ...hear(open("bob")));
      told.push(...hear(list()), ...hear(addAsset("COIN")), ...hear(open("dave")));
      told.push(...hear(intervene("halt-trading")), ...hear(intervene("resume-trading")));
      return told;
    };
    const told = story();
    const end = governor.snapshot();
    governor = Governor.restore(structuredClone(saved));
    expect(governor.snapshot()).toEqual(saved);
    expect(story()).toEqual(told);
    expect(governor.snapshot()).toEqual(end);
    expect(governor.accounts()).toEqual(["alice", "bob", "dave"]);
  });
});

describe("a message that the governor does not take", () => {
  it("is a defect", () => {
    const stranger = { kind: "tick" } as unknown as GovernorCommand;
    expect(() => hear(stranger)).toThrow(InvariantViolation);
  });
});
