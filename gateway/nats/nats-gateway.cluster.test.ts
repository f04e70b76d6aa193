/**
 * Goal: over real servers with real credentials a participant gets what is theirs and nothing else,
 * through the SDK and through plain NATS requests.
 *
 * Method: the engine is a cluster in memory; what it publishes is carried to the servers by a user
 * in the publisher's role. Gateways and clients are the real ones.
 */
import { headers } from "@nats-io/transport-node";
import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { Svcm } from "@nats-io/services";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AdminClient, NotPermitted, OutcryClient } from "../../clients/sdk/index.ts";
import type { ExecutionReport } from "../../clients/sdk/index.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { mintUser } from "../../ops/credentials/users.ts";
import { TestCluster } from "../../ops/nats-servers/testing/test-cluster.ts";
import type { PlaceRequest } from "../../protocols/api/order-requests.ts";
import { requestNames } from "../../protocols/api/requests.ts";
import { pack, rootSpanIdOf, traceIdOfOrder, unpack } from "../../protocols/index.ts";
import { MarketPlace } from "../testing/market-place.ts";
import { NatsGateway } from "./nats-gateway.ts";

const buy: PlaceRequest = {
  symbol: "BTC-USDT",
  side: "buy",
  type: "limit",
  price: 100,
  quantity: 5,
};

let servers: TestCluster;
let place: MarketPlace;
let gateway: NatsGateway;
/** What was opened, the last first. */
const closings: (() => Promise<void>)[] = [];

beforeAll(async () => {
  servers = await TestCluster.start();
  closings.unshift(() => servers.stop());
  place = await MarketPlace.open();
  closings.unshift(() => place.close());
  const front = await servers.connect({ role: "gateway-front", name: "gw-1" });
  gateway = await startGateway(front, "gw-1");
  closings.unshift(() => gateway.close());
  const publisher = await servers.connect({ role: "publisher", name: "e1" });
  place.cluster.publicBus().subscribe("outcry.v1.>", ({ subject, payload }) => {
    publisher.publish(subject, payload);
  });
});

afterAll(async () => {
  for (const close of closings) await close();
});

function startGateway(connection: NatsConnection, name: string): Promise<NatsGateway> {
  return NatsGateway.start({
    connection,
    gateway: place.gateway,
    version: "0.1.0",
    name,
    cluster: "test",
  });
}

async function client(account: string, urls = servers.servers.urls): Promise<OutcryClient> {
  const { creds } = await mintUser(servers.keys, { role: "participant", name: account });
  return OutcryClient.connect({ servers: urls, account, credentials: creds });
}

function plain(account: string): Promise<NatsConnection> {
  return servers.connect({ role: "participant", name: account });
}

/** A request whose headers are these bytes, as no client of ours would write them. */
function requestWithHeaders(
  connection: NatsConnection,
  request: { readonly subject: string; readonly block: Uint8Array; readonly body: string },
): Promise<Msg> {
  const { subject, block, body } = request;
  const header = headers();
  header.set("any", "thing");
  Object.assign(header, { encode: () => block });
  return connection.request(subject, body, { timeout: 5000, headers: header });
}

async function askPlainly(connection: NatsConnection, subject: string, body: object | string) {
  const payload = typeof body === "string" ? body : JSON.stringify(body);
  const { data } = await connection.request(subject, payload, { timeout: 5000 });
  return JSON.parse(new TextDecoder().decode(data)) as Record<string, unknown>;
}

describe("a participant with the SDK", () => {
  it("places, replaces and cancels, and is told of every change", async () => {
    const demo = await client("demo");
    const told: ExecutionReport[] = [];
    demo.onReports((reports) => told.push(...reports));
    // Over the same line, so it comes after the subscription.
    await demo.balances();
    const placed = await demo.place({ ...buy, clientOrderId: "sdk-1" });
    expect(placed).toMatchObject({ ok: true, order: { status: "new" } });
    const replaced = await demo.replace({ clientOrderId: "sdk-1", price: 99, quantity: 4 });
    expect(replaced).toMatchObject({ ok: true, order: { price: 99, revision: 1 } });
    expect(await demo.cancelAll()).toBe(1);
    await eventually(() => told.length === 3, { what: "all reports came" });
    expect(told.map(({ executionType }) => executionType)).toEqual(["new", "replaced", "canceled"]);
    await demo.close();
  });

  it("that is part of a trace hears which one its order's is", async () => {
    const connection = await plain("demo");
    const header = headers();
    header.set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    const subject = "outcry.v1.acct.demo.order.place";
    const body = JSON.stringify({ ...buy, clientOrderId: "traced" });
    const [traced, untraced] = await Promise.all(
      [{ headers: header }, {}].map((options) =>
        connection.request(subject, body, { timeout: 5000, ...options }),
      ),
    );
    const { order } = traced!.json<{ order: { orderId: number } }>();
    const traceId = traceIdOfOrder("test", order.orderId);
    const traceparent = `00-${traceId}-${rootSpanIdOf(traceId)}-01`;
    expect(traced!.headers?.get("traceparent")).toBe(traceparent);
    expect(untraced!.headers).toBeUndefined();
    await connection.request("outcry.v1.acct.demo.order.cancelAll", "{}", { timeout: 5000 });
    await connection.close();
  });

  it("is answered whatever stands in its headers, of which many are not read", async () => {
    const connection = await plain("demo");
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const subject = "outcry.v1.acct.demo.order.place";
    const ask = async (text: string, clientOrderId: string) => {
      const block = Buffer.from(`NATS/1.0\r\n${text}\r\n`);
      const body = JSON.stringify({ ...buy, clientOrderId });
      const answer = await requestWithHeaders(connection, { subject, block, body });
      return { status: answer.json<{ order?: { status: string } }>().order?.status, answer };
    };
    const own = `traceparent: ${traceparent}\r\n`;
    const few = await ask(`x: y\r\n${own}`, "h-1");
    expect([few.status, few.answer.headers?.has("traceparent")]).toEqual(["new", true]);
    const texts = [
      own + Array.from({ length: 2000 }, (_, n) => `k${n}: v\r\n`).join(""),
      `a name: v\r\n${own}`,
      `n\u00e4me: v\r\n${own}`,
      "traceparent: nonsense\r\n",
    ];
    for (const [at, text] of texts.entries()) {
      const { status, answer } = await ask(text, `h-${at + 2}`);
      expect([status, answer.headers]).toEqual(["new", undefined]);
    }
    await connection.request("outcry.v1.acct.demo.order.cancelAll", "{}", { timeout: 5000 });
    await connection.close();
  });

  it("follows the book by its feed", async () => {
    const [demo, maker] = await Promise.all([client("demo"), client("maker")]);
    const book = demo.book("BTC-USDT");
    await book.following();
    await maker.placeMany([
      { ...buy, price: 98 },
      { ...buy, side: "sell", price: 105 },
    ]);
    await eventually(() => book.bestAsk !== undefined, { what: "the book has both sides" });
    expect([book.bestBid, book.bestAsk]).toEqual([
      [98, 5],
      [105, 5],
    ]);
    await maker.cancelAll();
    await Promise.all([demo.close(), maker.close()]);
  });

  it("is told at once when its credentials do not permit what it asks", async () => {
    const { creds } = await mintUser(servers.keys, { role: "participant", name: "demo" });
    const impostor = await OutcryClient.connect({
      servers: servers.servers.urls,
      account: "maker",
      credentials: creds,
      timing: { deadlineMs: 3000 },
    });
    await expect(impostor.balances()).rejects.toThrow(NotPermitted);
    await impostor.close();
  });
});

describe("an administrator with the SDK", () => {
  it("opens accounts and credits them", async () => {
    const { creds } = await mintUser(servers.keys, { role: "admin", name: "ops" });
    const admin = await AdminClient.connect({
      servers: servers.servers.urls,
      administrator: "ops",
      credentials: creds,
    });
    expect(await admin.openAccount({ account: "newcomer" })).toEqual({ ok: true });
    const deposit = { account: "newcomer", asset: "BTC", amount: "7", reference: "n-1" };
    expect(await admin.deposit(deposit)).toEqual({ ok: true });
    expect(await admin.accounts()).toContain("newcomer");
    await admin.close();
    const newcomer = await client("newcomer");
    expect(await newcomer.balances()).toEqual([{ asset: "BTC", available: "7", reserved: "0" }]);
    await newcomer.close();
  });
});

describe("a plain NATS request", () => {
  it("in JSON is answered in JSON", async () => {
    const demo = await plain("demo");
    const reply = await askPlainly(demo, "outcry.v1.acct.demo.order.place", buy);
    expect(reply).toMatchObject({ ok: true, order: { status: "new" } });
    expect(await askPlainly(demo, "outcry.v1.acct.demo.order.cancelAll", "")).toEqual({
      ok: true,
      canceled: 1,
    });
    expect(await askPlainly(demo, "outcry.v1.market.instruments", "")).toMatchObject({ ok: true });
  });

  it("in msgpack is answered in msgpack, with large integers as integers", async () => {
    const demo = await plain("demo");
    const subject = "outcry.v1.acct.demo.order.get";
    const { data } = await demo.request(subject, pack({ orderId: 2 ** 45 }), { timeout: 5000 });
    expect(unpack(data)).toMatchObject({ ok: false, error: { number: 70 } });
    const status = await demo.request("outcry.v1.market.status", pack({}), { timeout: 5000 });
    expect(status.data[0]).toBe(0x83);
    expect(status.data.includes(0xcf) || status.data.includes(0xd3)).toBe(true);
  });

  it.each([
    ["not JSON", "{", 1000],
    ["a list", "[1]", 1000],
    ["a misspelt field", '{"symbo": "A"}', 1001],
  ])("with %s is refused by number", async (_, body, number) => {
    const demo = await plain("demo");
    const reply = await askPlainly(demo, "outcry.v1.acct.demo.order.place", body);
    expect(reply).toMatchObject({ ok: false, error: { number } });
  });

  it.each(["outcry.v1.acct.demo.balances", "outcry.v1.admin.other.account.all"])(
    "on %s is nothing that an administrator may send",
    async (subject) => {
      const admin = await servers.connect({ role: "admin", name: "ops" });
      await expect(admin.request(subject, "{}", { timeout: 5000 })).rejects.toThrow("ermission");
    },
  );

  it("that nobody knows has no responders", async () => {
    const demo = await plain("demo");
    await expect(
      demo.request("outcry.v1.acct.demo.order.jump", "{}", { timeout: 5000 }),
    ).rejects.toThrow("no responders");
  });
});

describe("an answer", () => {
  it.each([
    ["outcry.v1.acct.demo.balances", "_INBOX.maker.x"],
    ["outcry.v1.acct.demo.balances", "_INBOX.demo"],
    ["outcry.v1.acct.demo.balances", "_INBOX.demo-2.x"],
    ["outcry.v1.acct.demo.balances", "outcry.v1.md.BTC-USDT.depth"],
    ["outcry.v1.acct.demo.balances", "_INBOX._admin.ops.x"],
    ["outcry.v1.market.instruments", "outcry.v1.acct.demo.reports"],
  ])("to %s never goes to %s", async (subject, reply) => {
    const demo = await plain("demo");
    const everything = await servers.connect({ role: "gateway-front", name: "observer" });
    const heard: string[] = [];
    const watch = (pattern: string, connection: NatsConnection) =>
      connection.subscribe(pattern, { callback: (_, { subject: at }) => void heard.push(at) });
    watch("outcry.v1.md.>", everything);
    const maker = await plain("maker");
    watch("_INBOX.maker.>", maker);
    await Promise.all([everything.flush(), maker.flush()]);
    const before = gateway.counts.repliesNotAllowed;
    demo.publish(subject, "{}", { reply });
    await eventually(() => gateway.counts.repliesNotAllowed > before, { what: "it was counted" });
    await askPlainly(demo, "outcry.v1.acct.demo.balances", "");
    await Promise.all([everything.flush(), maker.flush()]);
    expect(heard).toEqual([]);
  });
});

describe("the service", () => {
  it("shows every request as an endpoint, and what it has counted", async () => {
    const demo = await plain("demo");
    const services = new Svcm(demo).client();
    const [info] = await Array.fromAsync(await services.info("outcry"));
    expect(info?.endpoints).toHaveLength(requestNames.length);
    expect(info?.metadata).toMatchObject({ gateway: "gw-1" });
    const [stats] = await Array.fromAsync(await services.stats("outcry"));
    const placing = stats?.endpoints?.find(({ name }) => name === "order-place");
    expect(placing?.num_requests).toBeGreaterThan(0);
    expect(placing?.data).toMatchObject({ commandsUnderWay: 0 });
  });

  it("is shared by gateways, and one that closes answers what it took", async () => {
    const second = await startGateway(
      await servers.connect({ role: "gateway-front", name: "gw-2" }),
      "gw-2",
    );
    const demo = await client("demo");
    const orders = demo.placeMany(Array.from({ length: 5000 }, () => buy));
    await second.close();
    const results = await orders;
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(await demo.cancelAll()).toBe(5000);
    expect(await second.stopped).toBeNull();
    await demo.close();
  });
});

describe("a client whose server dies", () => {
  it("finds another, and its orders happen once", async () => {
    const [victim] = servers.servers.status();
    // The others it learns of from the first.
    const demo = await client("demo", victim === undefined ? [] : [victim.url]);
    const book = demo.book("BTC-USDT");
    await book.following();
    const results: Promise<unknown>[] = [];
    for (let order = 0; order < 40; order++) {
      results.push(demo.place({ ...buy, clientOrderId: `survivor-${String(order)}` }));
      if (order === 10 && victim?.pid !== undefined) process.kill(victim.pid, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (const result of await Promise.all(results)) expect(result).toMatchObject({ ok: true });
    const open = await demo.openOrders({ limit: 1000 });
    expect(open.filter(({ clientOrderId }) => clientOrderId.startsWith("survivor"))).toHaveLength(
      40,
    );
    await demo.cancelAll();
    const { updateId } = await demo.depth({ symbol: "BTC-USDT" });
    await eventually(() => book.updateId === updateId, { what: "the book is up to date" });
    await demo.close();
  });
});
