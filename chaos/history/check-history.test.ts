/**
 * Goal: every promise is looked after. Method: one made-up history that keeps all of them, and for
 * each rule a change to it that breaks that promise and no other.
 */
import { describe, expect, it } from "vitest";
import type { OrderState } from "../../protocols/api/replies.ts";
import type { PromiseName } from "./check-history.ts";
import { checkHistory } from "./check-history.ts";
import type { History, Operation } from "./operation.ts";
import type { LoggedCommand, VenueRecord } from "./venue-record.ts";

interface Story {
  history: History;
  record: VenueRecord;
}

/** Alice's order rests and bob's takes it; then bob cancels what is left of his. */
function story(): Story {
  const operations = [
    placed("alice", "a-1", { at: [0, 10], order: state(1, { quantity: 5 }) }),
    placed("bob", "b-1", { at: [20, 30], order: state(2, { quantity: 7, executed: 5 }) }),
    {
      ...placed("bob", "b-1", { at: [40, 50], order: canceled(2) }),
      kind: "cancel",
    } as const,
    {
      ...placed("bob", "b-2", { at: [45, 60], order: state(0) }),
      outcome: { kind: "refused", reason: "funds-insufficient", isOfLog: true },
    } as const,
  ];
  const commands = [
    logged(operations[0]!, 4),
    logged(operations[1]!, 5),
    logged(operations[2]!, 6),
    {
      ...logged(operations[3]!, 7),
      answer: { reason: "funds-insufficient", isDuplicate: false, order: undefined },
    },
  ];
  const trade = { symbol: "BTC-USDT", tradeId: 1, price: 100, quantity: 5 };
  const side = { ...trade, orderExecuted: 5, isTransfer: false };
  const standings = [
    { account: "alice", openOrders: [], balances: [["BTC", "10", "0"] as const] },
    { account: "bob", openOrders: [], balances: [["BTC", "20", "0"] as const] },
  ];
  return {
    history: {
      operations,
      heardFills: [{ account: "alice", orderId: 1, tradeId: 1, price: 100, quantity: 5 }],
      heardEarlier: [],
      standings,
    },
    record: {
      commands,
      trades: [trade],
      fills: [
        { ...side, account: "alice", orderId: 1, orderQuantity: 5 },
        { ...side, account: "bob", orderId: 2, orderQuantity: 7 },
      ],
      earlierFills: [],
      sums: [{ asset: "BTC", held: 30n, supplied: 30n }],
      standings,
      replicas: [{ node: "e1", shard: 0, what: "state", sequence: 9, live: "abc", rebuilt: "abc" }],
      missing: [],
    },
  };
}

function state(orderId: number, terms: Partial<OrderState> = {}): OrderState {
  return {
    orderId,
    status: terms.executed === undefined ? "new" : "partiallyFilled",
    closeReason: "none",
    price: 100,
    quantity: 1,
    executed: 0,
    executedNotional: "0",
    fees: "0",
    revision: 0,
    updateId: 0,
    ...terms,
  };
}

function canceled(orderId: number): OrderState {
  return state(orderId, { status: "canceled", closeReason: "requested", quantity: 7, executed: 5 });
}

function placed(
  account: string,
  clientOrderId: string,
  { at: [invokedAtMs, completedAtMs], order }: { at: [number, number]; order: OrderState },
): Operation {
  return {
    kind: "place",
    account,
    clientOrderId,
    revision: 0,
    shards: [0],
    invokedAtMs,
    completedAtMs,
    outcome: { kind: "done", isDuplicate: false, order },
  };
}

function logged({ outcome, ...operation }: Operation, sequence: number): LoggedCommand {
  const { kind, account, clientOrderId, revision } = operation;
  const order = outcome.kind === "done" ? outcome.order : undefined;
  const answer = { reason: "none", isDuplicate: false, order };
  return { kind, account, clientOrderId, revision, shard: 0, sequence, index: 0, answer };
}

/** The story with some of its history or record told otherwise, and what is found then. */
function told(change: {
  history?: (history: History) => Partial<History>;
  record?: (record: VenueRecord) => Partial<VenueRecord>;
}): readonly string[] {
  const { history, record } = story();
  return checkHistory(
    { ...history, ...change.history?.(history) },
    { ...record, ...change.record?.(record) },
  ).map(({ promise, text }) => `${promise}: ${text}`);
}

function expectOnly(found: readonly string[], promise: PromiseName, text: RegExp): void {
  expect(found).toEqual([expect.stringMatching(text)]);
  expect(found[0]?.startsWith(`${promise}: `)).toBe(true);
}

function except<Item>(items: readonly Item[], index: number, other?: Partial<Item>): Item[] {
  if (other === undefined) return items.toSpliced(index, 1);
  return items.with(index, { ...items[index]!, ...other });
}

describe("a history that keeps every promise", () => {
  it("is found right", () => {
    expect(told({})).toEqual([]);
  });

  it("may hold an attempt that was taken twice and done once", () => {
    const found = told({
      record: ({ commands }) => {
        const [first] = commands;
        const again = { ...first!, sequence: 8, answer: { ...first!.answer!, isDuplicate: true } };
        return { commands: [...commands, again] };
      },
    });
    expect(found).toEqual([]);
  });

  it("may leave open what nobody knows", () => {
    const found = told({
      history: ({ operations }) => ({
        operations: except(operations, 0, { outcome: { kind: "unknown" } }),
      }),
    });
    expect(found).toEqual([]);
  });

  it("may have clients that were refused what they were refused in another attempt", () => {
    const found = told({
      record: ({ commands }) => {
        const late = { reason: "order-closed", isDuplicate: false, order: canceled(2) };
        return { commands: [...commands, { ...commands[2]!, sequence: 8, answer: late }] };
      },
    });
    expect(found).toEqual([]);
  });
});

describe("nothing is lost", () => {
  it("is broken when the log does not have what was acknowledged", () => {
    const found = told({ record: ({ commands }) => ({ commands: except(commands, 0) }) });
    expectOnly(found, "nothing-lost", /alice's order a-1 was answered "new" and is not in the log/);
  });

  it("is broken when the log has it and did not do it", () => {
    const found = told({
      record: ({ commands }) => {
        const answer = { ...commands[0]!.answer!, isDuplicate: true };
        return { commands: except(commands, 0, { answer }) };
      },
    });
    expectOnly(
      found,
      "nothing-lost",
      /a-1 was acknowledged, and the log has done it in no attempt/,
    );
  });

  it("is broken when a refusal came from nowhere", () => {
    const found = told({ record: ({ commands }) => ({ commands: except(commands, 3) }) });
    expectOnly(
      found,
      "nothing-lost",
      /b-2 was answered "funds-insufficient" and is not in the log/,
    );
  });
});

describe("nothing is doubled", () => {
  it("is broken when one order was placed twice", () => {
    const found = told({
      record: ({ commands }) => ({ commands: [...commands, { ...commands[0]!, sequence: 8 }] }),
    });
    expectOnly(found, "nothing-doubled", /place of alice's order a-1 took effect at 4 and 8/);
  });
});

describe("the order of commands", () => {
  it("is broken when what was sent after an acknowledgement stands before it", () => {
    const found = told({
      record: ({ commands }) => ({ commands: except(commands, 1, { sequence: 3 }) }),
    });
    expectOnly(
      found,
      "order-kept",
      /b-1, sent after place of alice's .* stands before it .*3\.0 b/,
    );
  });

  it("is broken within one entry, too", () => {
    const found = told({
      record: ({ commands }) => ({
        commands: except(except(commands, 0, { sequence: 5, index: 2 }), 1, { index: 1 }),
      }),
    });
    expectOnly(found, "order-kept", /\(5\.1 before 5\.2\)/);
  });

  it("is nobody's promise for what was under way at the same time", () => {
    const found = told({
      history: ({ operations }) => ({ operations: except(operations, 1, { invokedAtMs: 9 }) }),
      record: ({ commands }) => ({ commands: except(commands, 1, { sequence: 3 }) }),
    });
    expect(found).toEqual([]);
  });

  it("is not asked for between the logs of two shards", () => {
    const found = told({
      record: ({ commands }) => ({
        commands: [commands[0]!, ...commands.slice(1).map((of) => ({ ...of, shard: 1 }))].map(
          (of, index) => ({ ...of, sequence: index === 0 ? 90 : of.sequence }),
        ),
      }),
    });
    expect(found).toEqual([]);
  });
});

describe("answers are true", () => {
  it("is broken when the log tells an order otherwise", () => {
    const found = told({
      record: ({ commands }) => {
        const answer = { ...commands[0]!.answer!, order: state(1, { quantity: 6 }) };
        return { commands: except(commands, 0, { answer }) };
      },
    });
    expectOnly(found, "answers-true", /quantity 5.*the log says .*quantity 6/);
  });

  it("is broken when something refused was done", () => {
    const found = told({
      history: ({ operations }) => ({
        operations: except(operations, 0, {
          outcome: { kind: "refused", reason: "rate-exceeded", isOfLog: false },
        }),
      }),
    });
    expectOnly(found, "answers-true", /was refused \(rate-exceeded\), and the log did it at 4\.0/);
  });

  it("is broken when something refused was done later, by an attempt that came late", () => {
    const found = told({
      record: ({ commands }) => {
        const late = { reason: "none", isDuplicate: false, order: state(3) };
        return { commands: [...commands, { ...commands[3]!, sequence: 90, answer: late }] };
      },
    });
    expectOnly(found, "answers-true", /b-2 was refused \(funds-insufficient\), .* did it at 90\.0/);
  });

  it("is broken when it was refused for another reason", () => {
    const found = told({
      record: ({ commands }) => {
        const answer = { reason: "price-off-tick", isDuplicate: false, order: undefined };
        return { commands: except(commands, 3, { answer }) };
      },
    });
    expectOnly(found, "answers-true", /refused for funds-insufficient.*says price-off-tick/);
  });

  it("is broken when something was done that surely did not happen", () => {
    const found = told({
      history: ({ operations }) => ({
        operations: except(operations, 0, { outcome: { kind: "not-done" } }),
      }),
    });
    expectOnly(found, "answers-true", /told not to have happened, and the log did it at 4\.0/);
  });

  it("is broken when an account is told to have something else", () => {
    const found = told({
      history: ({ standings }) => ({ standings: except(standings, 0, { openOrders: [7] }) }),
    });
    expectOnly(found, "answers-true", /alice is told to have .*open orders 7, .* open orders none/);
  });

  it("is broken when an account is told of that there is not", () => {
    const found = told({ record: ({ standings }) => ({ standings: except(standings, 0) }) });
    expectOnly(found, "answers-true", /by the log has no account/);
  });
});

describe("fills", () => {
  it("are broken when an order is filled twice by one trade", () => {
    const found = told({
      record: ({ fills }) => {
        const again = { orderExecuted: 10, orderQuantity: 10, isTransfer: true };
        return { fills: [...fills, { ...fills[1]!, ...again }] };
      },
    });
    expectOnly(found, "fills-once", /bob's order 2 was filled twice by trade 1 of BTC-USDT/);
  });

  it("are broken when they do not come to what was executed", () => {
    const found = told({
      record: ({ fills }) => ({ fills: except(fills, 1, { orderExecuted: 6 }) }),
    });
    expectOnly(found, "fills-once", /bob's order 2 has 6 lots executed, its fills come to 5/);
  });

  it("are broken when an order executes more than it is", () => {
    const found = told({
      record: ({ fills }) => ({ fills: except(fills, 1, { orderQuantity: 4 }) }),
    });
    expectOnly(found, "fills-once", /bob's order 2 of 4 lots has 5 executed/);
  });

  it("are broken when a trade has one side only", () => {
    const found = told({ record: ({ fills }) => ({ fills: except(fills, 1) }) });
    expectOnly(found, "fills-once", /trade 1 of BTC-USDT: its two sides were filled by -5 lots/);
  });

  it("are broken when a trade is made twice", () => {
    const found = told({ record: ({ trades }) => ({ trades: [...trades, trades[0]!] }) });
    expectOnly(found, "fills-once", /trade 1 of BTC-USDT was made twice/);
  });

  it("are broken when a client heard of one that is not in the log", () => {
    const found = told({
      history: ({ heardFills }) => ({ heardFills: except(heardFills, 0, { tradeId: 9 }) }),
    });
    expectOnly(found, "fills-once", /alice was told of trade 9 .* which is not in the log/);
  });

  it("are broken when a client heard of another quantity", () => {
    const found = told({
      history: ({ heardFills }) => ({ heardFills: except(heardFills, 0, { quantity: 4 }) }),
    });
    expectOnly(found, "fills-once", /as 4 at 100: it was 5 at 100/);
  });

  it("are broken when a client heard of one twice", () => {
    const found = told({
      history: ({ heardFills }) => ({ heardFills: [...heardFills, ...heardFills] }),
    });
    expectOnly(found, "fills-once", /alice was told of trade 1 for its order 1 twice/);
  });

  it("are broken when a client heard of one again that it had heard of long before", () => {
    const found = told({ history: ({ heardFills }) => ({ heardEarlier: heardFills }) });
    expectOnly(found, "fills-once", /alice was told of trade 1 for its order 1 twice/);
  });

  it("are kept when a client hears late of one that happened before", () => {
    const [earlier, late] = [
      { tradeId: 7 },
      { account: "alice", orderId: 3, price: 9, quantity: 2 },
    ];
    const found = told({
      history: ({ heardFills }) => ({ heardFills: [...heardFills, { ...late, ...earlier }] }),
      record: ({ fills }) => ({ earlierFills: [{ ...fills[0]!, ...late, ...earlier }] }),
    });
    expect(found).toEqual([]);
  });
});

describe("money", () => {
  it.each([
    [29n, /1 are lost/],
    [31n, /1 came to be/],
  ])("is not conserved when accounts hold %s of 30", (held, words) => {
    const found = told({ record: ({ sums }) => ({ sums: except(sums, 0, { held }) }) });
    expectOnly(found, "money-conserved", words);
  });
});

describe("replicas", () => {
  it("disagree when one has another hash than a rebuild", () => {
    const found = told({
      record: ({ replicas }) => ({ replicas: except(replicas, 0, { live: "def" }) }),
    });
    expectOnly(found, "replicas-agree", /e1 has state hash def at 9 of shard 0, .* has abc/);
  });

  it("disagree when one does not answer", () => {
    const found = told({ record: () => ({ missing: ["e2 does not answer"] }) });
    expectOnly(found, "replicas-agree", /e2 does not answer/);
  });
});
