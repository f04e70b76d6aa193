/**
 * Goal: on real servers, what is due happens at its time though nobody sends anything, kill
 * switches take effect everywhere, and neither is lost or doubled when the node that emits dies.
 *
 * Method: everybody speaks through NATS and listens to the feeds. A calendar's steps come a few
 * seconds after the listing, because local clocks are put forward then past the minutes of the
 * steps. Each test has its own instruments. In the end all that the public heard is compared with
 * what a replay of the logs says.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExecutionReport, OutcryClient } from "../../clients/sdk/index.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { HeldLog } from "../../cluster/testing/held-log.ts";
import { NatsCluster } from "../../cluster/testing/nats-cluster.ts";
import type {
  AuctionMessage,
  InterventionMessage,
  PhaseMessage,
  TradesMessage,
} from "../../protocols/api/market-data.ts";
import type { ArmKillSwitchRequest } from "../../protocols/api/admin-requests.ts";
import type { PlaceRequest } from "../../protocols/api/order-requests.ts";
import type { TradingTermsRequest } from "../../protocols/api/trading-terms.ts";
import { governorShard, RejectReason, shardOfInstrument } from "../../protocols/index.ts";
import { step } from "../../protocols/testing/trading-calendars.ts";
import { Heard } from "../testing/heard.ts";
import { done, RealExchange } from "../testing/real-exchange.ts";

const shards = 3;

let servers: NatsCluster;
let exchange: RealExchange;
let alice: OutcryClient;
let bob: OutcryClient;
/** By account. */
const reports = new Map<string, ExecutionReport[]>();
const interventions = new Heard<InterventionMessage>();
/** What each node that was started last writes to each shard's log through: `e1/0`. */
const logs = new Map<string, HeldLog>();

beforeAll(async () => {
  servers = await NatsCluster.start();
  exchange = await RealExchange.open({
    servers,
    shards,
    wrapLog: (log, shard, node) => {
      const held = new HeldLog(log);
      logs.set(`${node}/${String(shard)}`, held);
      return held;
    },
  });
  [alice, bob] = [await trader("alice"), await trader("bob")];
  alice.onInterventions(interventions.hear);
  await alice.status();
});
afterAll(async () => {
  await exchange.close();
  await servers.stop();
});

async function trader(account: string): Promise<OutcryClient> {
  const client = await exchange.client(account);
  const told: ExecutionReport[] = [];
  reports.set(account, told);
  client.onReports((fresh) => told.push(...fresh));
  // Over the same line, so it comes after the subscription.
  await client.balances();
  return client;
}

/** An instrument that is listed while somebody listens to it. */
class Instrument {
  readonly phases = new Heard<PhaseMessage>();
  readonly auctions = new Heard<AuctionMessage>();
  readonly trades = new Heard<TradesMessage>();
  readonly symbol: string;

  private constructor(symbol: string) {
    this.symbol = symbol;
  }

  static async list(symbol: string, trading?: () => TradingTermsRequest): Promise<Instrument> {
    const instrument = new Instrument(symbol);
    alice.onPhases(symbol, instrument.phases.hear);
    alice.onAuctions(symbol, instrument.auctions.hear);
    alice.onTrades(symbol, instrument.trades.hear);
    await alice.status();
    await exchange.list(symbol, trading?.());
    return instrument;
  }

  get shard(): number {
    return shardOfInstrument(this.symbol, shards);
  }

  get phaseNames(): readonly string[] {
    return this.phases.messages.map(({ phase }) => phase);
  }

  /** Prices and quantities, in the order they happened. */
  get executions(): readonly (readonly [price: number, quantity: number])[] {
    return this.trades.messages.flatMap(({ trades }) =>
      trades.map(({ price, quantity }) => [price, quantity] as const),
    );
  }

  async reaches(...phases: readonly string[]): Promise<void> {
    await eventually(() => this.phases.messages.length >= phases.length, {
      what: () => `${this.symbol} went through ${phases.join(", ")}: ${this.phaseNames.join(", ")}`,
      deadlineMs: 30_000,
    });
    expect(this.phaseNames).toEqual(phases);
  }

  async executes(...executions: readonly (readonly [number, number])[]): Promise<void> {
    await eventually(() => this.executions.length >= executions.length, {
      what: `there are ${String(executions.length)} trades in ${this.symbol}`,
    });
    expect(this.executions).toEqual(executions);
  }

  order(terms: Partial<PlaceRequest> = {}): PlaceRequest {
    const ordinary = { side: "buy", type: "limit", price: 100, quantity: 5 } as const;
    return { symbol: this.symbol, ...ordinary, ...terms };
  }

  /** Orders that would trade with one another, as they gather in a call phase. */
  async gather(highest: number, lowest: number): Promise<void> {
    await rests(alice, this.order({ price: highest }));
    await rests(bob, this.order({ side: "sell", price: lowest }));
  }
}

async function rests(client: OutcryClient, order: PlaceRequest): Promise<number> {
  const { order: state } = done(await client.place(order));
  expect(state.status).toBe("new");
  return state.orderId;
}

/** A busy machine may take so long to place the two orders that an auction is about. */
const placingMs = 7000;
const usPerMinute = 60_000_000;
const minutesPerDay = 1440;

/**
 * A day that has been in its pre-open phase for an hour when the instrument is listed. Some seconds
 * later local clocks go from ten to noon, past the call of the opening auction and its end.
 */
function openingSoon(): TradingTermsRequest {
  const fromUs = (Date.now() + placingMs) * 1000;
  const minuteOfDay = Math.floor(fromUs / usPerMinute) % minutesPerDay;
  const untilTen = 10 * 60 - minuteOfDay;
  const day = ["09:00 preOpen", "11:00 callOpening", "11:30 open 1", "23:00 close"].map(step);
  const calendar = {
    timeZone: "Test/Soon",
    offsets: [
      { fromUs: 0, minutes: untilTen },
      { fromUs, minutes: untilTen + 120 },
    ],
    week: Array.from({ length: 7 }, () => day),
    exceptions: [],
  };
  return { calendar, auctionSeconds: placingMs / 1000 };
}

/** Bands that are never reached: for the sake of the re-opening auctions. */
function reopeningByAuction(): TradingTermsRequest {
  return { bandBasisPoints: 9000, referencePrice: 100, auctionSeconds: placingMs / 1000 };
}

const why = { reason: "a test" };

async function haltAndResume(symbol: string): Promise<void> {
  done(await exchange.admin.halt({ symbol, ...why }));
  const refused = await alice.place({ symbol, side: "buy", type: "limit", price: 1, quantity: 1 });
  expect(refused).toMatchObject({ error: { name: "instrument-halted" } });
  done(await exchange.admin.resume({ symbol, ...why }));
}

/** Ends the node that emits a shard as a crash would, lets another finish, and starts it again. */
async function withoutEmitterOf(shard: number, finish: () => Promise<void>): Promise<void> {
  const name = exchange.nodes.emitterOf(shard);
  if (name === undefined) throw new Error("nobody emits");
  await exchange.nodes.kill(name);
  await finish();
  expect(exchange.nodes.emitterOf(shard)).not.toBe(name);
  await exchange.nodes.start(name);
}

describe("an instrument with a calendar", () => {
  it("opens by its auction, and by another after a halt, while nobody sends anything", async () => {
    const xrp = await Instrument.list("XRP-USDT", openingSoon);
    await xrp.gather(101, 99);
    await xrp.reaches("preOpen", "openingAuction", "continuous");
    await xrp.executes([101, 5]);
    await haltAndResume(xrp.symbol);
    await xrp.gather(105, 103);
    const opening = ["preOpen", "openingAuction", "continuous"];
    await xrp.reaches(...opening, "halted", "volatilityAuction", "continuous");
    await xrp.executes([101, 5], [103, 5]);

    const found = xrp.auctions.messages.filter(({ volume }) => volume > 0);
    expect(found.map(({ price, volume, surplus }) => [price, volume, surplus])).toEqual([
      [101, 5, 0],
      [103, 5, 0],
    ]);
    const [, called, opened, , , reopened] = xrp.phases.messages;
    for (const message of [called!, opened!, reopened!]) {
      expect(await exchange.producerOf(message)).toMatch(/^node-e[123]$/);
    }
  });
});

interface Thrown extends Pick<ArmKillSwitchRequest, "scope" | "target"> {
  readonly closeReason: string;
  readonly rejectReason: keyof typeof RejectReason;
}

/** Arms and throws a kill switch; before it is thrown, nothing happens. */
async function throwSwitch({ scope, target }: Thrown): Promise<void> {
  const named = target === undefined ? { scope } : { scope, target };
  const working = await Promise.all([alice.openOrders(), bob.openOrders()]);
  const { number } = done(await exchange.admin.armKillSwitch({ ...named, ...why }));
  expect(await Promise.all([alice.openOrders(), bob.openOrders()])).toEqual(working);
  done(await exchange.admin.confirmKillSwitch({ number }));
}

async function release({ scope, target }: Thrown): Promise<void> {
  const named = target === undefined ? { scope } : { scope, target };
  done(await exchange.admin.releaseKillSwitch({ ...named, ...why }));
}

/** Each of them once, for that reason and no other. */
async function expectCanceled(
  account: string,
  orderIds: readonly number[],
  closeReason: string,
): Promise<void> {
  const endsOf = (orderId: number) =>
    (reports.get(account) ?? []).filter(
      (report) => report.orderId === orderId && report.closeReason !== undefined,
    );
  await eventually(() => orderIds.every((orderId) => endsOf(orderId).length > 0), {
    what: () => `${account} is told of the end of each of ${orderIds.join(", ")}`,
  });
  for (const orderId of orderIds) {
    expect(endsOf(orderId)).toMatchObject([{ executionType: "canceled", closeReason }]);
  }
}

async function expectRefused(
  client: OutcryClient,
  order: PlaceRequest,
  name: keyof typeof RejectReason,
): Promise<void> {
  const error = { name, number: RejectReason[name] };
  expect(await client.place(order)).toMatchObject({ ok: false, error });
}

describe("a kill switch", () => {
  it("of an account cancels its orders everywhere and refuses new ones, until released", async () => {
    const dot = await Instrument.list("DOT-USDT");
    const sol = await Instrument.list("SOL-USDT");
    expect(dot.shard).not.toBe(sol.shard);
    const orderIds = [await rests(alice, dot.order()), await rests(alice, sol.order())];
    const thrown: Thrown = {
      scope: "account",
      target: "alice",
      closeReason: "account-blocked",
      rejectReason: "account-blocked",
    };
    await throwSwitch(thrown);
    await expectCanceled("alice", orderIds, thrown.closeReason);
    await expectRefused(alice, dot.order(), thrown.rejectReason);
    expect(await alice.cancelAll()).toBe(0);
    const bobs = await rests(bob, dot.order());
    done(await bob.cancel({ orderId: bobs }));
    await release(thrown);
    await rests(alice, dot.order());
    expect(await alice.cancelAll()).toBe(1);
    expect(dot.phaseNames).toEqual([]);
  });

  it("of an instrument cancels all that is in it and nothing else, until released", async () => {
    const ltc = await Instrument.list("LTC-USDT");
    const ada = await Instrument.list("ADA-USDT");
    const orderIds = [await rests(alice, ltc.order()), await rests(alice, ltc.order())];
    const bobs = await rests(bob, ltc.order({ price: 99 }));
    const other = await rests(alice, ada.order());
    const thrown: Thrown = {
      scope: "symbol",
      target: ltc.symbol,
      closeReason: "kill-switch",
      rejectReason: "phase-forbids",
    };
    await throwSwitch(thrown);
    await expectCanceled("alice", orderIds, thrown.closeReason);
    await expectCanceled("bob", [bobs], thrown.closeReason);
    await ltc.reaches("cancelOnly");
    await expectRefused(bob, ltc.order(), thrown.rejectReason);
    const late = await bob.cancel({ orderId: bobs });
    expect(late).toMatchObject({ ok: false, error: { name: "order-closed" } });
    done(await alice.cancel({ orderId: other }));
    await release(thrown);
    await ltc.reaches("cancelOnly", "continuous");
    done(await bob.cancel({ orderId: await rests(bob, ltc.order()) }));
    expect(ada.phaseNames).toEqual([]);
  });
});

describe("when the emitter dies", () => {
  it("an auction that is under way is ended by the next one, once", async () => {
    const uni = await Instrument.list("UNI-USDT", reopeningByAuction);
    await haltAndResume(uni.symbol);
    await uni.reaches("halted", "volatilityAuction");
    await uni.gather(101, 99);
    await withoutEmitterOf(uni.shard, async () => {
      await uni.reaches("halted", "volatilityAuction", "continuous");
      await uni.executes([100, 5]);
    });
    // Something that comes after all that could have been doubled.
    done(await alice.place(uni.order({ timeInForce: "IOC" })));
    expect(uni.phaseNames).toEqual(["halted", "volatilityAuction", "continuous"]);
    expect(uni.executions).toEqual([[100, 5]]);
  });

  it("a kill switch that only some have heard of is thrown by the next one, once", async () => {
    const all = [
      await Instrument.list("BTC-USDT"),
      await Instrument.list("ATOM-USDT"),
      await Instrument.list("AVAX-USDT"),
      await Instrument.list("LINK-USDT"),
    ];
    expect(new Set(all.map(({ shard }) => shard)).size).toBe(shards);
    const orderIds: number[] = [];
    for (const instrument of all) orderIds.push(await rests(alice, instrument.order()));
    const thrown: Thrown = {
      scope: "venue",
      closeReason: "kill-switch",
      rejectReason: "phase-forbids",
    };
    const emitter = exchange.nodes.emitterOf(governorShard) ?? "";
    const others = [1, 2].map((shard) => logs.get(`${emitter}/${String(shard)}`)!);
    for (const log of others) log.isHolding = true;
    let isThrown = false;
    const throwing = throwSwitch(thrown).then(() => (isThrown = true));
    await eventually(() => others.every(({ heldCount }) => heldCount > 0), {
      what: "the governor's word is on its way to the other shards",
    });
    expect(isThrown).toBe(false);
    await withoutEmitterOf(governorShard, async () => {
      await throwing;
      await expectCanceled("alice", orderIds, thrown.closeReason);
    });
    for (const instrument of all) {
      await instrument.reaches("cancelOnly");
      await expectRefused(alice, instrument.order(), thrown.rejectReason);
    }
    expect(await alice.cancelAll()).toBe(0);
    await release(thrown);
    for (const instrument of all) {
      await instrument.reaches("cancelOnly", "continuous");
      await rests(alice, instrument.order());
    }
    await expectCanceled("alice", orderIds, thrown.closeReason);
    const ofVenue = interventions.messages.filter(({ target }) => target === "");
    expect(ofVenue.map(({ command }) => command)).toEqual([
      "arm-kill-switch",
      "confirm-kill-switch",
      "release-kill-switch",
    ]);
  });
});

describe("the public", () => {
  it("was told all that the logs say, and nothing else", async () => {
    const { recorder } = exchange;
    await eventually(async () => recorder.messages.length === (await recorder.expected()).length, {
      what: "all that was decided is told",
      everyMs: 50,
    });
    expect(recorder.messages).toEqual(await recorder.expected());
    expect(exchange.nodes.reports.filter(({ event }) => event.kind === "diverged")).toEqual([]);
  });
});
