import { describe, expect, it } from "vitest";
import { decodeOrderReplies, OrderBatchWriter } from "../protocols/api/order-batch.ts";
import { RejectReason } from "../protocols/index.ts";
import { ConnectionUnavailable } from "../cluster/faults.ts";
import { Gateway } from "./gateway.ts";
import { ScriptedCluster } from "./testing/scripted-cluster.ts";

const asker = { account: "demo", administrator: "ops" };
const order = {
  symbol: "BTC-USDT",
  side: "buy",
  type: "limit",
  price: 1,
  quantity: 1,
  clientOrderId: "a-1",
};

function batchOf(...names: string[]): Uint8Array {
  const writer = new OrderBatchWriter();
  for (const clientOrderId of names) {
    writer.add({ kind: "cancel-order", account: "demo", orderId: 0, clientOrderId });
  }
  return writer.finish();
}

/** Commands stay under way until the returned function is called. */
function hold(cluster: ScriptedCluster): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  cluster.released = promise;
  return resolve;
}

describe("an outcome that is not known", () => {
  it("is said to be so, with the name to ask again under", async () => {
    const cluster = new ScriptedCluster();
    cluster.outcomeOf = () => ({ kind: "unknown" });
    const gateway = new Gateway(cluster, { newClientOrderId: () => "made-1" });
    const { clientOrderId: _, ...unnamed } = order;
    expect(await gateway.answer("order.place", asker, unnamed)).toMatchObject({
      ok: false,
      error: { number: 1040, name: "execution-status-unknown" },
      clientOrderId: "made-1",
    });
    const deposit = { account: "demo", asset: "BTC", amount: "1", reference: "r" };
    expect(await gateway.answer("deposit", asker, deposit)).toMatchObject({
      error: { number: 1040 },
    });
  });

  it("in a batch is said of that command only", async () => {
    const cluster = new ScriptedCluster();
    const known = cluster.outcomeOf;
    cluster.outcomeOf = (command) =>
      "clientOrderId" in command && command.clientOrderId === "b"
        ? { kind: "unknown" }
        : known(command);
    const gateway = new Gateway(cluster);
    const answer = await gateway.answerRecords(
      { account: "demo", administrator: "" },
      batchOf("a", "b", "c"),
    );
    const replies = decodeOrderReplies(answer as Uint8Array, 3);
    expect(replies.map((reply) => reply.rejectReason)).toEqual([0, 1040, 0]);
  });
});

describe("a command that came too late into the log", () => {
  it("is refused, and may be sent again", async () => {
    const cluster = new ScriptedCluster();
    const known = cluster.outcomeOf;
    cluster.outcomeOf = (command) =>
      "clientOrderId" in command && command.clientOrderId === "b"
        ? { kind: "too-late" }
        : known(command);
    const gateway = new Gateway(cluster);
    const answer = await gateway.answerRecords(
      { account: "demo", administrator: "" },
      batchOf("a", "b", "c"),
    );
    const replies = decodeOrderReplies(answer as Uint8Array, 3);
    expect(replies.map((reply) => reply.rejectReason)).toEqual([0, 1031, 0]);
    const late = { ...order, clientOrderId: "b" };
    expect(await gateway.answer("order.place", asker, late)).toMatchObject({
      ok: false,
      error: { number: 1031, name: "command-too-late" },
      clientOrderId: "b",
    });
  });
});

describe("an exchange with too much under way", () => {
  it("says busy before anything reaches the log, and takes orders again later", async () => {
    const cluster = new ScriptedCluster();
    const release = hold(cluster);
    const gateway = new Gateway(cluster, { limits: { commandsUnderWayMax: 2 } });
    const first = gateway.answerRecords({ account: "demo", administrator: "" }, batchOf("a", "b"));
    expect(await gateway.answer("order.place", asker, order)).toMatchObject({
      ok: false,
      error: { number: 1020, name: "busy" },
    });
    expect(cluster.submitted).toHaveLength(2);
    release();
    await first;
    expect(await gateway.answer("order.place", asker, order)).toMatchObject({ ok: true });
    expect(gateway.counts).toMatchObject({
      requests: 3,
      refusals: { busy: 1 },
      commandsUnderWay: 0,
    });
  });

  it("lets no account take all the room", async () => {
    const cluster = new ScriptedCluster();
    const release = hold(cluster);
    const limits = { commandsUnderWayMax: 10, accountCommandsUnderWayMax: 2 };
    const gateway = new Gateway(cluster, { limits });
    const first = gateway.answerRecords({ account: "demo", administrator: "" }, batchOf("a", "b"));
    expect(await gateway.answer("order.place", asker, order)).toMatchObject({
      error: { number: 1020, name: "busy" },
    });
    const other = gateway.answer("order.place", { ...asker, account: "alice" }, order);
    release();
    await first;
    expect(await other).toMatchObject({ ok: true });
    expect(await gateway.answer("order.place", asker, order)).toMatchObject({ ok: true });
  });

  it("takes a batch whole or not at all", async () => {
    const cluster = new ScriptedCluster();
    const gateway = new Gateway(cluster, { limits: { commandsUnderWayMax: 2 } });
    expect(
      await gateway.answerRecords({ account: "demo", administrator: "" }, batchOf("a", "b", "c")),
    ).toMatchObject({
      error: { number: 1020 },
    });
    expect(cluster.submitted).toEqual([]);
  });

  it("says busy to administrators too", async () => {
    const gateway = new Gateway(new ScriptedCluster(), { limits: { commandsUnderWayMax: 0 } });
    const body = { asset: "BTC", decimals: 8 };
    expect(await gateway.answer("asset.add", asker, body)).toMatchObject({
      error: { number: 1020 },
    });
  });

  it("bounds questions as well", async () => {
    const gateway = new Gateway(new ScriptedCluster(), { limits: { questionsUnderWayMax: 0 } });
    expect(await gateway.answer("balances", asker, {})).toMatchObject({ error: { number: 1020 } });
  });

  it("says so too when the cluster does", async () => {
    const cluster = new ScriptedCluster();
    cluster.outcomeOf = () => ({ kind: "busy" });
    const gateway = new Gateway(cluster);
    expect(await gateway.answer("order.place", asker, order)).toMatchObject({
      error: { number: 1020 },
    });
  });
});

describe("a command that holds several orders", () => {
  const list = { type: "OCO", orders: [order, { ...order, clientOrderId: "a-2" }] };
  const instead = { clientOrderId: "a-0", order };
  const quote = { symbol: "BTC-USDT", bidPrice: 1, bidQuantity: 1, askPrice: 2, askQuantity: 1 };
  const mass = { quoteId: "q", quotes: [quote, { ...quote, symbol: "ETH-USDT" }] };

  it("is answered by telling of the first, or of the new one", async () => {
    const gateway = new Gateway(new ScriptedCluster());
    expect(await gateway.answer("order.placeList", asker, list)).toMatchObject({
      ok: true,
      order: { clientOrderId: "a-1", symbol: "BTC-USDT" },
    });
    expect(await gateway.answer("order.cancelAndPlace", asker, instead)).toMatchObject({
      ok: true,
      order: { clientOrderId: "a-1", symbol: "BTC-USDT" },
    });
  });

  it("of quotes is answered with how many took effect", async () => {
    const cluster = new ScriptedCluster();
    const origin = { producer: "gw-1", epoch: 1, frame: 1, index: 0 };
    const reply = { kind: "command-replied", origin, rejectReason: 0, detail: 2 } as const;
    cluster.outcomeOf = () => ({ kind: "replied", reply });
    const gateway = new Gateway(cluster);
    expect(await gateway.answer("order.massQuote", asker, mass)).toEqual({ ok: true, quoted: 2 });
    cluster.outcomeOf = () => ({ kind: "replied", reply: { ...reply, rejectReason: 21 } });
    expect(await gateway.answer("order.massQuote", asker, mass)).toMatchObject({
      ok: false,
      error: { name: "account-blocked" },
    });
  });

  it("counts as that many commands", async () => {
    const cluster = new ScriptedCluster();
    const gateway = new Gateway(cluster, { limits: { commandsUnderWayMax: 1 } });
    for (const [name, body] of [
      ["order.placeList", list],
      ["order.cancelAndPlace", instead],
      ["order.massQuote", mass],
    ] as const) {
      expect(await gateway.answer(name, asker, body)).toMatchObject({ error: { name: "busy" } });
    }
    expect(cluster.submitted).toEqual([]);
    expect(gateway.counts.commandsUnderWay).toBe(0);
  });
});

describe("an account with a rate", () => {
  it("may send its burst, then as many as time allows", async () => {
    let nowMs = 0;
    const gateway = new Gateway(new ScriptedCluster(), {
      limits: { accountRate: { commandsPerSecond: 10, burst: 2 } },
      nowMs: () => nowMs,
    });
    const send = async (account: string) => {
      const reply = await gateway.answer("order.place", { ...asker, account }, order);
      return reply.ok ? "taken" : reply.error.name;
    };
    expect([await send("demo"), await send("demo"), await send("demo")]).toEqual([
      "taken",
      "taken",
      "rate-exceeded",
    ]);
    expect(await send("maker")).toBe("taken");
    nowMs = 100;
    expect([await send("demo"), await send("demo")]).toEqual(["taken", "rate-exceeded"]);
  });
});

describe("a question that nobody in the cluster answers", () => {
  it("is told to be asked again later", async () => {
    const cluster = new ScriptedCluster();
    cluster.answerTo = () => {
      throw new ConnectionUnavailable("test");
    };
    const gateway = new Gateway(cluster);
    expect(await gateway.answer("balances", asker, {})).toMatchObject({
      error: { number: RejectReason["cluster-unavailable"] },
    });
    expect(gateway.counts.questionsUnderWay).toBe(0);
  });

  it("for a defect of ours ends in that defect, not in an answer", async () => {
    const cluster = new ScriptedCluster();
    cluster.answerTo = () => {
      throw new RangeError("a defect");
    };
    await expect(new Gateway(cluster).answer("balances", asker, {})).rejects.toThrow("a defect");
  });
});
