/**
 * Goal: over a real server with real credentials a participant reads its own history page by page,
 * nobody else's, and hears when nobody keeps any.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Svcm } from "@nats-io/services";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tradeOut } from "../../../actors/testing/trading-day.ts";
import { HistoryUnavailable, historyPages, NotPermitted } from "../../../clients/sdk/index.ts";
import { AdminClient, OutcryClient } from "../../../clients/sdk/index.ts";
import { systemClock } from "../../../cluster/clock.ts";
import { DirectorySnapshotStore } from "../../../cluster/directory-snapshot-store.ts";
import { ChanceOfEntries } from "../../../cluster/testing/chance-of-entries.ts";
import { eventually } from "../../../cluster/testing/eventually.ts";
import { historyRequestNames } from "../../../protocols/api/history.ts";
import { pack, unpack } from "../../../protocols/index.ts";
import { mintUser } from "../../credentials/users.ts";
import { TestCluster } from "../../nats-servers/testing/test-cluster.ts";
import { PgliteDatabase } from "../pglite-database.ts";
import { Projector } from "../projector.ts";
import { HistoryAnswers } from "./history-answers.ts";
import { NatsHistory } from "./nats-history.ts";

const venue = tradeOut({
  ...{ seed: 61, shards: 2, moves: 200, deliveryPercent: 60 },
  chance: new ChanceOfEntries(),
});
const timing = { attemptTimeoutMs: 5000, deadlineMs: 10_000 };

let servers: TestCluster;
let history: NatsHistory;
/** What was opened, the last first. */
const closings: (() => Promise<void>)[] = [];

beforeAll(async () => {
  servers = await TestCluster.start({ count: 1 });
  closings.unshift(() => servers.stop());
  const folder = mkdtempSync(join(tmpdir(), "outcry-history-"));
  closings.unshift(() => Promise.resolve(rmSync(folder, { recursive: true })));
  const database = new PgliteDatabase(join(folder, "database"));
  closings.unshift(() => database.close());
  const projector = new Projector({
    ...{ database, clock: systemClock },
    logs: venue.logs.map((log) => ({
      head: () => Promise.resolve(log.length),
      read: (from) => Promise.resolve(log.slice(from - 1)),
    })),
    snapshots: new DirectorySnapshotStore(join(folder, "snapshots")),
    report: unexpected,
  });
  await projector.start();
  closings.unshift(() => projector.stop());
  const status = () => projector.status();
  await eventually(() => status().written.every((at, shard) => at === venue.logs[shard]!.length), {
    what: "all is written",
  });
  const connection = await servers.connect({ role: "history-front", name: "prj-1" });
  const answers = new HistoryAnswers({
    ...{ database, report: unexpected },
    status: () => ({ written: status().written, heads: venue.logs.map((log) => log.length) }),
  });
  history = await NatsHistory.start({ connection, answers, version: "0.1.0", name: "prj-1" });
  closings.unshift(() => history.close());
}, 60_000);

afterAll(async () => {
  for (const close of closings) await close();
});

function unexpected(error: unknown): void {
  throw error;
}

async function client(account: string, user = account): Promise<OutcryClient> {
  const { creds } = await mintUser(servers.keys, { role: "participant", name: user });
  const of = { servers: servers.servers.urls, account, credentials: creds, timing };
  const opened = await OutcryClient.connect(of);
  closings.unshift(() => opened.close());
  return opened;
}

const fillsOf = (account: string): readonly string[] =>
  venue.events
    .filter((event) => event.kind === "execution-report")
    .filter((report) => report.account === account && report.tradeId !== 0)
    .map(({ orderId, tradeId }) => `${orderId} ${tradeId}`)
    .sort();

describe("a participant", () => {
  it("walks through its own fills, and through all trades", async () => {
    const alice = await client("alice");
    const fills: string[] = [];
    const pages = historyPages((page) => alice.fillHistory(page), { limit: 10 });
    for await (const page of pages) {
      fills.push(...page.fills.map(({ orderId, tradeId }) => `${orderId} ${tradeId}`));
      expect(page.asOf).toEqual(venue.logs.map((log) => log.length));
    }
    expect(fills.sort()).toEqual(fillsOf("alice"));
    expect(fills.length).toBeGreaterThan(10);
    const symbol = venue.events.find((event) => event.kind === "traded")!.symbol;
    const { trades } = await alice.tradeHistory({ symbol, limit: 5 });
    expect(trades.length).toBe(5);
    expect((await alice.orderHistory({ limit: 3 })).orders.length).toBe(3);
    const deposits = (await alice.ledger({ sort: "oldestFirst", limit: 4 })).entries;
    expect(deposits.map(({ cause }) => cause)).toEqual(deposits.map(() => "deposit"));
    expect(deposits.length).toBe(4);
    expect((await alice.candleHistory({ symbol })).interval).toBe("1m");
  });

  it("may not ask in another's place, nor have another answered", async () => {
    const mallory = await client("bob", "alice");
    await expect(mallory.fillHistory()).rejects.toBeInstanceOf(NotPermitted);
    const bob = await servers.connect({ role: "participant", name: "bob" });
    let heard = 0;
    bob.subscribe("_INBOX.bob.>", { callback: () => void (heard += 1) });
    await bob.flush();
    const alice = await servers.connect({ role: "participant", name: "alice" });
    const subject = "outcry.v1.acct.alice.history.fills";
    alice.publish(subject, "{}", { reply: "_INBOX.bob.x" });
    // What comes after it was answered, so that was looked at.
    await alice.request(subject, "{}", { timeout: 5000 });
    await bob.flush();
    expect(heard).toBe(0);
  });

  it("is answered in the format that it asks in", async () => {
    const alice = await servers.connect({ role: "participant", name: "alice" });
    const subject = "outcry.v1.acct.alice.history.orders";
    const packed = await alice.request(subject, pack({ limit: 1 }), { timeout: 5000 });
    expect(unpack(packed.data)).toMatchObject({
      ok: true,
      orders: [{ orderId: expect.anything() }],
    });
    const malformed = await alice.request(subject, "{", { timeout: 5000 });
    expect(malformed.json()).toMatchObject({ ok: false, error: { number: 1000 } });
  });
});

it("an administrator reads the market's past", async () => {
  const { creds } = await mintUser(servers.keys, { role: "admin", name: "ops" });
  const of = { servers: servers.servers.urls, administrator: "ops", credentials: creds, timing };
  const ops = await AdminClient.connect(of);
  closings.unshift(() => ops.close());
  const symbol = venue.events.find((event) => event.kind === "traded")!.symbol;
  expect((await ops.tradeHistory({ symbol, limit: 1 })).trades.length).toBe(1);
});

it("every request is an endpoint of a service that shows itself", async () => {
  const alice = await servers.connect({ role: "participant", name: "alice" });
  const found = await new Svcm(alice)
    .client({ strategy: "timer", maxWait: 500 })
    .info("outcry-history");
  const endpoints: string[] = [];
  for await (const { endpoints: of } of found) endpoints.push(...of.map(({ name }) => name));
  expect(endpoints.sort()).toEqual(
    historyRequestNames.map((name) => name.replaceAll(".", "-")).sort(),
  );
});

it("where nobody keeps history, that is what is said", async () => {
  await history.close();
  const alice = await client("alice");
  const fault = await alice.fillHistory().catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(HistoryUnavailable);
});
