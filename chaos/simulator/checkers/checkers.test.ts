/**
 * Goal: each checker notices what it is there for, told by made-up histories. They know nothing of
 * faults: what they see is what happened.
 */
import { describe, expect, it, vi } from "vitest";
import { newestLogic } from "../../../actors/logic-versions.ts";
import { EngineNodes } from "../../../actors/shard/engine-nodes.ts";
import { placing } from "../../../cluster/testing/venue.ts";
import { openingCommands } from "../../../cluster/testing/venue.ts";
import type { LogEntry } from "../../../cluster/replicated-log.ts";
import { encodeFrame, RejectReason, shardOfAccount, unrevised } from "../../../protocols/index.ts";
import type { Message } from "../../../protocols/index.ts";
import type { OrderResult } from "../../../clients/sdk/order-result.ts";
import { LogOracle } from "./log-oracle.ts";
import { OrderHistory } from "./order-history.ts";
import type { Ending } from "./order-history.ts";

const startUs = 1_700_000_000_000_000;

/** A log of one shard in which a venue is open, and what may be appended to it. */
class MadeLog {
  readonly oracle = new LogOracle({ shards: 1 });
  readonly #frames = new Map<string, number>();
  #sequence = 0;
  timeUs = startUs;

  constructor() {
    this.append("node-e1", { kind: "form-shard", cluster: "made", shard: 0, shards: 1 });
    for (const command of openingCommands(["alice"])) this.append("gw-1", command);
  }

  append(producer: string, ...messages: readonly Message[]): LogEntry {
    const frame = (this.#frames.get(producer) ?? 0) + 1;
    this.#frames.set(producer, frame);
    const payload = encodeFrame({ producer, epoch: 1, frame, messages });
    const entry = { sequence: ++this.#sequence, timeUs: this.timeUs, producer, payload };
    this.oracle.apply(0, entry);
    return entry;
  }
}

const order = placing({ clientOrderId: "c1" });

function acknowledged(orderId: number): Ending {
  const result = { ok: true, isDuplicate: false, order: { orderId } } as unknown as OrderResult;
  return { kind: "answered", result };
}

function refusedWith(number: number): Ending {
  const result = { ok: false, error: { number } } as unknown as OrderResult;
  return { kind: "answered", result };
}

/** One order that ended so for its client. */
function historyOf(ending: Ending): OrderHistory {
  const history = new OrderHistory();
  const asked = history.begin(order, startUs / 1000);
  Object.assign(asked, { ending, endedAtMs: startUs / 1000 + 20_000 });
  return history;
}

describe("what clients were told", () => {
  it("is fine when the log says the same, or when nobody knows", () => {
    const log = new MadeLog();
    log.append("gw-1", order);
    const [placed] = log.oracle.placingsOf("alice", "c1");
    historyOf(acknowledged(placed!.orderId)).check(log.oracle);
    historyOf({ kind: "unknown" }).check(log.oracle);
    historyOf({ kind: "unknown" }).check(new MadeLog().oracle);
    historyOf({ kind: "not-taken" }).check(new MadeLog().oracle);
    historyOf(refusedWith(1020)).check(new MadeLog().oracle);
  });

  it("is wrong when an acknowledged order is not in the log", () => {
    const { oracle } = new MadeLog();
    expect(() => historyOf(acknowledged(1)).check(oracle)).toThrow("once: alice/c1");
  });

  it("is wrong when an order was acknowledged under another number than it has", () => {
    const log = new MadeLog();
    log.append("gw-1", order);
    const [placed] = log.oracle.placingsOf("alice", "c1");
    const history = historyOf(acknowledged(placed!.orderId + 7));
    expect(() => history.check(log.oracle)).toThrow("is not there");
  });

  it("is wrong when an order was said not to be taken, and was", () => {
    const log = new MadeLog();
    log.append("gw-1", order);
    expect(() => historyOf({ kind: "not-taken" }).check(log.oracle)).toThrow("and was");
  });

  it("is wrong when a reason was told that the log did not give", () => {
    const log = new MadeLog();
    log.append("gw-1", order);
    expect(() => historyOf(refusedWith(130)).check(log.oracle)).toThrow("told 130");
  });

  it("is wrong when a replace was refused in its turn, and done later", () => {
    const log = new MadeLog();
    log.append("gw-1", order);
    const terms = { account: "alice", clientOrderId: "c1", orderId: 0, revised: unrevised };
    const replace = {
      kind: "replace-order",
      ...terms,
      price: 101,
      quantity: 5,
      revision: 1,
    } as const;
    const history = new OrderHistory();
    history.begin(replace, startUs / 1000).ending = refusedWith(130);
    log.append("gw-2", { ...replace, price: 10 ** 9 });
    expect(() => history.check(log.oracle)).not.toThrow("replaced later");
    const done = new MadeLog();
    done.append("gw-1", order);
    done.append("gw-2", replace);
    expect(() => history.check(done.oracle)).toThrow("replaced later");
  });

  it("is wrong when an order was placed after its client had given up", () => {
    const log = new MadeLog();
    log.timeUs += 90_000_000;
    log.append("gw-1", order);
    const history = historyOf({ kind: "unknown" });
    expect(() => history.check(log.oracle)).toThrow("after its client");
  });
});

describe("the oracle", () => {
  it("knows an order that is sent again for the one it is", () => {
    const log = new MadeLog();
    log.append("gw-1", order);
    log.append("gw-2", order);
    expect(log.oracle.placingsOf("alice", "c1").length).toBe(1);
    expect(log.oracle.commandCount).toBe(openingCommands(["alice"]).length + 2);
  });

  it("has a proof for each entry, and another for another history", () => {
    const [some, others] = [new MadeLog(), new MadeLog()];
    some.append("gw-1", order);
    others.append("gw-1", { ...order, quantity: 6 });
    const head = some.oracle.head(0);
    expect(some.oracle.proofAt(0, head - 1)).toEqual(others.oracle.proofAt(0, head - 1));
    expect(some.oracle.proofAt(0, head)).not.toEqual(others.oracle.proofAt(0, head));
    expect(some.oracle.proofAt(0, head + 1)).toBeUndefined();
  });

  it("takes no refusal for one that only tells where an account has gone", () => {
    const shards = 2;
    const oracle = new LogOracle({ shards });
    const elsewhere = 1 - shardOfAccount("alice", shards);
    const messages: readonly Message[] = [
      { kind: "form-shard", cluster: "made", shard: elsewhere, shards, logic: newestLogic },
      order,
    ];
    for (const [index, message] of messages.entries()) {
      const producer = index === 0 ? "node-e1" : "gw-1";
      const payload = encodeFrame({ producer, epoch: 1, frame: 1, messages: [message] });
      oracle.apply(elsewhere, { sequence: index + 1, timeUs: startUs, producer, payload });
    }
    const [sent] = oracle.commands;
    const replies = oracle.repliesTo(sent!);
    const reason = RejectReason["actor-elsewhere"];
    expect(replies.map(({ rejectReason }) => rejectReason)).toEqual([reason]);
    expect(oracle.wasRefused("alice", "c1", reason)).toBe(false);
  });

  it("says so when a node emits that the log does not count", () => {
    const log = new MadeLog();
    log.append("node-e1", { kind: "claim-emitter", node: "e1", emitterEpoch: 0 });
    const names = vi.spyOn(EngineNodes.prototype, "names", "get");
    names.mockReturnValue(["e1", "e2"]);
    log.append("gw-1", order);
    names.mockReturnValue(["e2", "e3"]);
    expect(() => log.append("gw-2", order)).toThrow(
      "nodes: e1 emits shard 0, whose nodes are e2,e3",
    );
    names.mockRestore();
  });

  it("remembers for which reason what was refused", () => {
    const log = new MadeLog();
    log.append("gw-1", { ...order, symbol: "NO-SUCH" });
    expect(log.oracle.wasRefused("alice", "c1", 50)).toBe(true);
    expect(log.oracle.wasRefused("alice", "c1", 130)).toBe(false);
  });
});
