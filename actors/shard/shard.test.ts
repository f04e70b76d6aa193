import { beforeEach, describe, expect, it } from "vitest";
import {
  encodeFrame,
  sealFrame,
  InvariantViolation,
  OrderType,
  pack,
  plainInstructions,
  repliesIn,
  shardOfAccount,
  shardOfInstrument,
  Side,
  TimeInForce,
  TradingPhase,
} from "../../protocols/index.ts";
import type { Message, PlaceOrder } from "../../protocols/index.ts";
import { messageExamples, messageKinds } from "../../protocols/testing/messages.ts";
import { isQuestionKind } from "../index.ts";
import { apples, pears } from "../testing/instruments.ts";
import { eventText } from "../testing/plain-words.ts";
import { eventsOf, TestVenue } from "../testing/test-venue.ts";
import { newestLogic } from "../logic-versions.ts";
import { Shard } from "./shard.ts";
import type { ShardEntry, Step } from "./step.ts";

const textsOf = (step: Step): string[] => eventsOf(step).map(eventText);
const place: PlaceOrder = {
  kind: "place-order",
  account: "alice",
  clientOrderId: "A",
  symbol: "APPLE-COIN",
  side: Side.buy,
  orderType: OrderType.limit,
  timeInForce: TimeInForce.GTC,
  price: 10,
  quantity: 5,
  instructions: plainInstructions,
};
const open = (account: string): Message => ({
  kind: "open-account",
  account,
  participant: account,
});
const form: Message = { kind: "form-shard", cluster: "test", shard: 0, shards: 1 };

describe("an entry", () => {
  let shard: Shard;

  beforeEach(() => {
    shard = new Shard(0, 1);
  });

  function apply(
    entry: Partial<ShardEntry> & { messages?: Message[]; frame?: number; expiresAtUs?: number },
  ): Step {
    const producer = entry.producer ?? "node-e1";
    const { messages = [], frame = 1, expiresAtUs = 0 } = entry;
    return shard.apply({
      sequence: shard.sequence + 1,
      timeUs: 1000,
      entropy: 0,
      producer,
      payload: encodeFrame({ producer, epoch: 1, frame, expiresAtUs, messages }),
      ...entry,
    });
  }

  it("is applied in its turn, and no other", () => {
    apply({});
    expect(shard.sequence).toBe(1);
    expect(() => apply({ sequence: 1 })).toThrow(InvariantViolation);
    expect(() => apply({ sequence: 3 })).toThrow(InvariantViolation);
  });

  it("brings the time, which never goes back", () => {
    const times = [1000, 900, 1000, 1500].map(
      (timeUs, index) => apply({ timeUs, frame: index + 1 }).timeUs,
    );
    expect(times).toEqual([1000, 1000, 1000, 1500]);
    expect(shard.timeUs).toBe(1500);
  });

  it("says whose frame it was and which comes next", () => {
    const step = apply({ messages: [form] });
    expect(step).toMatchObject({
      sequence: 1,
      verdict: "applied",
      header: { producer: "node-e1", epoch: 1, frame: 1 },
      expectedFrame: 2,
      eventCount: 0,
      commandCount: 1,
      isCheckpoint: false,
    });
    expect(Object.keys(step.header ?? {})).toEqual(["producer", "epoch", "frame"]);
    expect(shard.commandCount).toBe(1);
  });

  it("counts once: what was applied before, skips a number or is out of date does nothing", () => {
    apply({ messages: [form] });
    const before = shard.snapshot();
    for (const [frame, verdict] of [
      [1, "duplicate"],
      [3, "gap"],
    ] as const) {
      const step = apply({ messages: [{ kind: "checkpoint", label: "x" }], frame });
      expect([step.verdict, step.expectedFrame]).toEqual([verdict, 2]);
      expect([step.eventCount, step.commandCount, step.isCheckpoint]).toEqual([0, 0, false]);
    }
    const after = shard.snapshot();
    expect({ ...after, sequence: 1 }).toEqual({ ...before });
  });

  it("that holds no frame is passed over", () => {
    const before = shard.snapshot();
    for (const payload of [new Uint8Array(), Uint8Array.of(0xc1), pack(["frame"])]) {
      expect(apply({ payload })).toMatchObject({
        verdict: "malformed",
        header: undefined,
        expectedFrame: 0,
        eventCount: 0,
      });
    }
    expect({ ...shard.snapshot(), sequence: 0, timeUs: 0 }).toEqual(before);
  });

  it("whose messages cannot be read does nothing, and uses its frame number up", () => {
    apply({ messages: [form] });
    const rows = encodeFrame({
      producer: "node-e1",
      epoch: 1,
      frame: 2,
      messages: [{ kind: "checkpoint", label: "never" }],
    });
    const payload = Uint8Array.from(rows);
    // The checkpoint's number, 123, becomes one that no message has.
    payload[payload.lastIndexOf(123)] = 99;
    sealFrame(payload);
    expect(apply({ payload })).toMatchObject({
      verdict: "malformed",
      header: { producer: "node-e1", epoch: 1, frame: 2 },
      expectedFrame: 3,
      eventCount: 0,
      commandCount: 0,
    });
    expect(apply({ messages: [{ kind: "tick" }], frame: 3 }).verdict).toBe("applied");
  });

  it("stamped later than its frame may be applied uses the frame number up, and no more", () => {
    apply({ messages: [form] });
    const before = shard.snapshot();
    const messages: Message[] = [
      { kind: "checkpoint", label: "never" },
      { kind: "claim-emitter", node: "e1", emitterEpoch: 0 },
    ];
    const step = apply({ messages, frame: 2, timeUs: 2001, expiresAtUs: 2000 });
    expect(step).toMatchObject({
      verdict: "expired",
      header: { producer: "node-e1", epoch: 1, frame: 2 },
      expectedFrame: 3,
      eventCount: 0,
      outbound: [],
      commandCount: 0,
      isCheckpoint: false,
    });
    expect(shard.snapshot()).toEqual({
      ...before,
      sequence: 2,
      timeUs: 2001,
      producers: [["node-e1", 1, 2]],
    });
    const next = apply({ messages, frame: 3, timeUs: 2001, expiresAtUs: 2001 });
    expect([next.verdict, next.commandCount]).toEqual(["applied", 2]);
  });

  it("is late by the time that the shard keeps from going back, not by its own stamp", () => {
    apply({ messages: [form], timeUs: 3000 });
    const late = apply({ frame: 2, timeUs: 1000, expiresAtUs: 2999 });
    expect(late).toMatchObject({ verdict: "expired", timeUs: 3000 });
  });

  it("that comes late and out of turn is judged by its turn", () => {
    const late = { timeUs: 9000, expiresAtUs: 2000 };
    expect(apply({ frame: 1, timeUs: 1000, expiresAtUs: 2000 }).verdict).toBe("applied");
    expect(apply({ frame: 1, ...late })).toMatchObject({ verdict: "duplicate", expectedFrame: 2 });
    expect(apply({ frame: 3, ...late })).toMatchObject({ verdict: "gap", expectedFrame: 2 });
    expect(apply({ frame: 2, ...late })).toMatchObject({ verdict: "expired", expectedFrame: 3 });
    expect(apply({ frame: 2, ...late })).toMatchObject({ verdict: "duplicate", expectedFrame: 3 });
  });

  it("that comes late is not read further, be its messages readable or not", () => {
    const frame = { producer: "node-e1", epoch: 1, frame: 1, expiresAtUs: 10 };
    const payload = encodeFrame({ ...frame, messages: [{ kind: "checkpoint", label: "never" }] });
    payload[payload.lastIndexOf(123)] = 99;
    sealFrame(payload);
    expect(apply({ payload })).toMatchObject({ verdict: "expired", expectedFrame: 2 });
  });

  it("in another producer's name is passed over", () => {
    const payload = encodeFrame({ producer: "gw-2", epoch: 1, frame: 1, messages: [] });
    expect(apply({ producer: "gw-1", payload })).toMatchObject({
      verdict: "malformed",
      header: undefined,
    });
    expect(apply({ producer: "gw-2", payload }).verdict).toBe("applied");
  });
});

describe("the forming of a shard", () => {
  it("is done by the first who says so", () => {
    const venue = new TestVenue();
    const again: Message = { kind: "form-shard", cluster: "other", shard: 0, shards: 1 };
    venue.append(0, "node-e2", [again]);
    expect(venue.first.cluster).toBe("test");
    const elsewhere: Message = { kind: "form-shard", cluster: "test", shard: 7, shards: 9 };
    expect(() => venue.append(0, "node-e2", [elsewhere])).not.toThrow();
  });

  it("comes before anything from outside", () => {
    const venue = new TestVenue();
    venue.shards[0] = new Shard(0, 1);
    venue.logs[0] = [];
    const early = venue.append(0, "gw", [
      open("alice"),
      { ...messageExamples["place-order"] },
      { kind: "checkpoint", label: "early" },
    ]);
    expect(textsOf(early)).toEqual(
      Array.from({ length: 3 }, () => "reply: rejected, command-not-permitted"),
    );
  });

  it("does not keep out what other shards say: it comes once", () => {
    const shard = new Shard(1, 2);
    const messages: Message[] = [{ kind: "announce-asset", shard: 1, asset: "COIN", decimals: 2 }];
    const payload = encodeFrame({ producer: "shard-0", epoch: 1, frame: 1, messages });
    const step = shard.apply({ sequence: 1, timeUs: 1, entropy: 0, producer: "shard-0", payload });
    expect(step.verdict).toBe("applied");
    expect(shard.answer("assets", {})).toEqual([{ asset: "COIN", decimals: 2 }]);
    expect(shard.appliedFramesOf(0)).toBe(1);
  });

  it("for another shard, or another number of them, is a defect of the set-up", () => {
    for (const other of [
      { shard: 1, shards: 2 },
      { shard: 0, shards: 2 },
    ]) {
      const payload = encodeFrame({
        producer: "node-e1",
        epoch: 1,
        frame: 1,
        messages: [{ kind: "form-shard", cluster: "test", ...other }],
      });
      const entry = { sequence: 1, timeUs: 1, entropy: 0, producer: "node-e1", payload };
      expect(() => new Shard(0, 1).apply(entry)).toThrow(InvariantViolation);
    }
  });

  it("is of a shard that there is", () => {
    expect(() => new Shard(2, 2)).toThrow(InvariantViolation);
    expect(() => new Shard(-1, 2)).toThrow(InvariantViolation);
  });
});

describe("who may say what", () => {
  const orders = ["place-order", "cancel-order", "replace-order", "cancel-all-orders"];
  const compound = ["place-order-list", "cancel-and-place", "mass-quote"];
  const administration = [
    "add-asset",
    "list-instrument",
    "open-account",
    "deposit",
    "halt-trading",
    "resume-trading",
    "publish-mark-price",
    "arm-kill-switch",
    "confirm-kill-switch",
    "release-kill-switch",
    "set-market-breaker",
    "place-actor",
    "add-shard",
    "set-approval-policy",
    "set-fee-schedule",
    "set-risk-limits",
    "set-risk-group",
    "set-account-fees",
    "set-custody-policy",
    "assign-deposit-address",
    "report-deposit",
    ...["propose-sweep", "release-sweep", "advance-sweep"],
    "release-withdrawal",
    "refuse-withdrawal",
    "advance-withdrawal",
    "set-settlement-cycle",
    "set-margin-account",
    "publish-index-price",
    "set-fail-permission",
    "make-good-deficit",
    ...["request-withdrawal", "cancel-withdrawal", "allow-address", "forget-address"],
    ...["set-margin-mode", "add-margin", "remove-margin"],
  ];
  const outside = [...orders, ...compound, ...administration];
  const ofShard = [
    ...["form-shard", "claim-emitter", "tick", "checkpoint", "activate-logic"],
    "set-nodes",
  ];

  /** The kinds that a producer is refused, of all that there are. */
  function refused(producer: string): Set<string> {
    const kinds = new Set<string>();
    for (const kind of messageKinds) {
      // Each to a venue of its own, and to the shard that the message is for.
      const venue = new TestVenue(4);
      const shard = placeOf(messageExamples[kind]);
      try {
        const texts = textsOf(venue.append(shard, producer, [messageExamples[kind]]));
        if (texts.includes("reply: rejected, command-not-permitted")) kinds.add(kind);
      } catch (error) {
        // Heard, and found to be of an actor that is not there: shards know better.
        if (!(error instanceof InvariantViolation)) throw error;
      }
    }
    return kinds;
  }

  function placeOf(message: Message): number {
    const isOfShard = "shard" in message && !["form-shard", "place-actor"].includes(message.kind);
    if (isOfShard) return message.shard;
    if (
      "account" in message &&
      ![...administration, "settlement-confirmed"].includes(message.kind)
    ) {
      return "symbol" in message && message.kind.startsWith("submit-")
        ? shardOfInstrument(message.symbol, 4)
        : shardOfAccount(message.account, 4);
    }
    return message.kind === "set-phase" ? shardOfInstrument(message.symbol, 4) : 0;
  }

  const except = (...allowed: string[]): Set<string> =>
    new Set<string>(messageKinds.filter((kind) => !allowed.includes(kind)));

  it("a gateway gives the commands of clients and administrators", () => {
    expect(refused("gw-1")).toEqual(except(...outside, "checkpoint"));
  });

  it("a node speaks about the shard itself", () => {
    expect(refused("node-e1")).toEqual(except(...ofShard));
  });

  it("a shard speaks as its actors do", () => {
    const asActors = except(...outside, ...ofShard);
    // Shard 3 is never the one that hears.
    const fromActors = refused("shard-3");
    expect(fromActors).toEqual(except(...asActors));
  });

  it("a shard that there is not, or the shard itself, says nothing", () => {
    expect(refused("shard-4")).toEqual(new Set(messageKinds));
    const venue = new TestVenue(1);
    const step = venue.append(0, "shard-0", [{ kind: "ticket-served", ticket: 1 }]);
    expect(textsOf(step)).toEqual(["reply: rejected, command-not-permitted"]);
  });

  it("nobody reaches an actor that lives in another shard", () => {
    const venue = new TestVenue(3);
    const here = shardOfAccount("demo", 3);
    const elsewhere = (here + 1) % 3;
    const place = messageExamples["place-order"];
    expect(textsOf(venue.append(elsewhere, "gw", [place]))).toEqual([
      `reply: rejected, actor-elsewhere, shard ${String(here)}`,
    ]);
    expect(textsOf(venue.append(here, "gw", [place]))).toEqual([
      "reply: rejected, account-unknown",
    ]);
    expect(textsOf(venue.append(1, "gw", [open("x")]))).toEqual([
      "reply: rejected, command-not-permitted",
    ]);
  });

  it("a refusal leaves the rest of the frame as it is", () => {
    const venue = new TestVenue();
    const step = venue.append(0, "gw", [
      { kind: "ticket-served", ticket: 1 },
      { kind: "add-asset", asset: "COIN", decimals: 0 },
    ]);
    expect(textsOf(step)).toEqual(["reply: rejected, command-not-permitted", "reply: done"]);
    expect(step.commandCount).toBe(2);
  });
});

describe("the replies of a step", () => {
  it("come apart from what everybody hears, each with its command's place", () => {
    const venue = new TestVenue().list(apples).open("alice", { COIN: 100 });
    const step = venue.append(0, "gw-7", [place, { ...place, clientOrderId: "B", price: 10_000 }]);
    const [forGateway, ...others] = step.replies;
    expect(others).toEqual([]);
    expect(forGateway?.producer).toBe("gw-7");
    const replies = repliesIn(forGateway!.records);
    expect(replies.map(({ origin }) => origin)).toEqual([
      { producer: "gw-7", epoch: 1, frame: 1, index: 0 },
      { producer: "gw-7", epoch: 1, frame: 1, index: 1 },
    ]);
    expect(replies.map(({ rejectReason }) => rejectReason)).toEqual([0, 130]);
    expect(eventsOf({ ...step, replies: [] }).map(({ kind }) => kind)).toEqual([
      "entry-added",
      "level-changed",
      "best-changed",
      "depth-checksummed",
      "execution-report",
    ]);
    expect(step.eventCount).toBe(5);
  });

  it("are cut into pieces that a server lets through, and none is left over for later", () => {
    const venue = new TestVenue().list(apples).open("alice");
    const commands = Array.from({ length: 9000 }, () => place);
    const { replies } = venue.append(0, "gw-7", commands);
    expect(replies.map(({ producer }) => producer)).toEqual(["gw-7", "gw-7", "gw-7"]);
    expect(replies.map(({ records }) => repliesIn(records).length)).toEqual([4000, 4000, 1000]);
    for (const { records } of replies) expect(records.length).toBeLessThan(512 * 1024);
    expect(venue.append(0, "gw-7", [{ kind: "tick" }]).replies).toHaveLength(1);
    expect(venue.append(0, "gw-7", []).replies).toEqual([]);
  });
});

describe("the emitter", () => {
  const claim = (node: string, emitterEpoch: number): Message => ({
    kind: "claim-emitter",
    node,
    emitterEpoch,
  });

  it("is whoever claimed first on present knowledge", () => {
    const venue = new TestVenue();
    expect(venue.first.emitter).toEqual({ node: "", epoch: 0 });
    const texts = [claim("e1", 0), claim("e2", 0), claim("e2", 1), claim("e1", 0), claim("e1", 1)]
      .map((message) => venue.append(0, "node-x", [message]))
      .map(textsOf);
    expect(texts).toEqual([["e1 emits, epoch 1"], [], ["e2 emits, epoch 2"], [], []]);
    expect(venue.first.emitter).toEqual({ node: "e2", epoch: 2 });
  });
});

describe("a checkpoint", () => {
  it("marks its step and no other", () => {
    const venue = new TestVenue();
    const marked = venue.append(0, "gw", [{ kind: "checkpoint", label: "nightly" }]);
    expect(marked.isCheckpoint).toBe(true);
    expect(textsOf(marked)).toEqual(["state is hashed: nightly"]);
    expect(venue.append(0, "node-e1", [{ kind: "tick" }]).isCheckpoint).toBe(false);
  });
});

describe("questions to a shard", () => {
  let venue: TestVenue;

  beforeEach(() => {
    venue = new TestVenue().list(apples, pears).open("alice", { COIN: 1000, APPLE: 10 });
    venue.do({ ...messageExamples["place-order"], ...ofAlice, clientOrderId: "A", side: 0 });
    venue.do({ ...messageExamples["place-order"], ...ofAlice, clientOrderId: "B", price: 12 });
  });

  const ofAlice = {
    account: "alice",
    symbol: "APPLE-COIN",
    timeInForce: 0,
    price: 10,
    quantity: 5,
  } as const;

  it("are answered about orders", () => {
    const { first } = venue;
    const ask = { account: "alice", orderId: 0, clientOrderId: "A" };
    expect(first.answer("order", ask)).toMatchObject({ orderId: 1, price: 10, status: 1 });
    expect(first.answer("order", { ...ask, clientOrderId: "Z" })).toBeNull();
    expect(first.answer("order", { ...ask, account: "bob" })).toBeNull();
    const open = { account: "alice", symbol: "", afterOrderId: 0, limit: 10 };
    expect(first.answer("open-orders", open).map(({ orderId }) => orderId)).toEqual([1, 2]);
    expect(first.answer("open-orders", { ...open, account: "bob" })).toEqual([]);
  });

  it("are answered about balances, the exchange's own included", () => {
    expect(venue.first.answer("balances", { account: "alice" })).toEqual([
      { asset: "APPLE", available: 5, reserved: 5 },
      { asset: "COIN", available: 950, reserved: 50 },
    ]);
    expect(venue.first.answer("balances", { account: "fees-0" })).toEqual([]);
    expect(venue.first.answer("balances", { account: "bob" })).toBeNull();
    venue.open("bob", { COIN: 5 });
    expect(venue.first.answer("holdings", {})).toEqual([
      { asset: "APPLE", available: 5, reserved: 5 },
      { asset: "COIN", available: 955, reserved: 50 },
    ]);
  });

  it("are answered about the market", () => {
    const { first } = venue;
    expect(first.answer("depth", { symbol: "APPLE-COIN", levels: 5 })).toEqual({
      symbol: "APPLE-COIN",
      updateId: 2,
      isHalted: false,
      phase: TradingPhase.continuous,
      bids: [[10, 5, 1]],
      asks: [[12, 5, 1]],
    });
    expect(first.answer("depth", { symbol: "NO-SUCH", levels: 5 })).toBeNull();
    expect(first.answer("displayed-orders", { symbol: "APPLE-COIN", limit: 5 })).toEqual({
      symbol: "APPLE-COIN",
      updateId: 2,
      depthUpdateId: 2,
      bids: [[1, 10, 5]],
      asks: [[2, 12, 5]],
    });
    expect(first.answer("displayed-orders", { symbol: "NO-SUCH", limit: 5 })).toBeNull();
    expect(first.answer("trades", { symbol: "APPLE-COIN", limit: 5 })).toEqual([]);
    expect(first.answer("trades", { symbol: "NO-SUCH", limit: 5 })).toBeNull();
    venue.do({ ...messageExamples["halt-trading"], symbol: "APPLE-COIN" });
    expect(first.answer("depth", { symbol: "APPLE-COIN", levels: 5 })?.isHalted).toBe(true);
  });

  it("are told that a halt of the whole venue halts every market", () => {
    const { first } = venue;
    const isHalted = (): boolean | undefined =>
      first.answer("depth", { symbol: "APPLE-COIN", levels: 5 })?.isHalted;
    venue.do({ ...messageExamples["halt-trading"], symbol: "" });
    expect(isHalted()).toBe(true);
    venue.do({ ...messageExamples["resume-trading"], symbol: "" });
    expect(isHalted()).toBe(false);
  });

  it("are answered about the venue", () => {
    const { first } = venue;
    expect(first.answer("instruments", {})).toEqual([
      { terms: apples, shard: 0 },
      { terms: pears, shard: 0 },
    ]);
    expect(first.answer("assets", {}).map(({ asset }) => asset)).toEqual(["APPLE", "COIN", "PEAR"]);
    expect(first.answer("accounts", {})).toEqual(["alice"]);
  });

  it("change nothing", () => {
    const before = venue.first.snapshot();
    venue.first.answer("holdings", {});
    venue.first.answer("depth", { symbol: "APPLE-COIN", levels: 5 });
    expect(venue.first.snapshot()).toEqual(before);
  });

  it("have names, and other words have none", () => {
    expect(isQuestionKind("depth")).toBe(true);
    expect(["", "toString", "__proto__", "constructor", "Depth"].some(isQuestionKind)).toBe(false);
  });
});

describe("a snapshot", () => {
  it("of a version that this code does not know is not restored", () => {
    const saved = new TestVenue().first.snapshot();
    expect(() => Shard.restore({ ...saved, version: newestLogic + 1 })).toThrow(InvariantViolation);
  });
});

describe("what only a wrong set-up could bring", () => {
  const fromShard = (message: Message): (() => void) => {
    const venue = new TestVenue(2);
    return () => {
      venue.append(1, "shard-0", [message]);
    };
  };
  const symbolHere = ["A", "B", "C", "D"].find((symbol) => shardOfInstrument(symbol, 2) === 1)!;
  const accountHere = ["a", "b", "c", "d", "e"].find((id) => shardOfAccount(id, 2) === 1)!;

  it("is a defect: an order or a phase for a book that is not here", () => {
    expect(fromShard({ ...messageExamples["submit-cancel"], symbol: symbolHere })).toThrow(
      "a book that is not here",
    );
    expect(fromShard({ ...messageExamples["set-phase"], symbol: symbolHere })).toThrow(
      "a market that is not here",
    );
  });

  it("is a defect: a message for an account that is not here, or one that is opened twice", () => {
    expect(fromShard({ ...messageExamples["order-rested"], account: accountHere })).toThrow(
      "an account that is not here",
    );
    const venue = new TestVenue(2);
    const create: Message = { ...messageExamples["create-account"], account: accountHere };
    venue.append(1, "shard-0", [create]);
    expect(() => venue.append(1, "shard-0", [create])).toThrow("opened twice");
  });
});
