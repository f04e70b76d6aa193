/**
 * Goal: every invariant of the list is really looked at.
 * Method: break each on purpose, by a message that no sound actor would send, by damage to a sound
 * state or by a part that does not do its work, and see that it is the one that is named.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import { Account } from "../actors/account/account.ts";
import { ChangeRequests } from "../actors/account/change-requests.ts";
import { Holdings } from "../actors/account/holdings.ts";
import { DeliveryBook } from "../actors/account/delivery-book.ts";
import { KnownOrders } from "../actors/account/known-orders.ts";
import { Liquidations } from "../actors/account/liquidations.ts";
import { LifecycleEvent } from "../actors/account/order-lifecycle.ts";
import type { Order } from "../actors/account/order.ts";
import { DayResults } from "../actors/account/day-results.ts";
import { RiskBook } from "../actors/account/risk-book.ts";
import { IsolatedMargins } from "../actors/account/isolated-margins.ts";
import { Positions } from "../actors/account/positions.ts";
import { SlotsById } from "../actors/account/slots-by-id.ts";
import { BookFeed } from "../actors/book/book-feed.ts";
import { BookTurn } from "../actors/book/book-turn.ts";
import { Book } from "../actors/book/book.ts";
import { MatchingDesk } from "../actors/book/matching-desk.ts";
import { Removals } from "../actors/book/removals.ts";
import { SetMarket, submit } from "../actors/book/testing/lone-book.ts";
import { TradeAudit } from "../actors/book/trade-audit.ts";
import { plainOrder, priceTime } from "../actors/order-book/book-terms.ts";
import type { Fill } from "../actors/order-book/book-terms.ts";
import { assertInvariants, auditLevel } from "../actors/order-book/order-book.invariants.ts";
import { OrderBook } from "../actors/order-book/order-book.ts";
import { Delivery } from "../actors/clearing/delivery.ts";
import { SettlementRound } from "../actors/clearing/settlement-round.ts";
import { ShardLedger } from "../actors/ledger/asset-ledger.ts";
import { Balance } from "../actors/ledger/balance.ts";
import { LedgerAccount } from "../actors/ledger/ledger-account.ts";
import { OrderUse } from "../actors/risk/order-use.ts";
import { Shard } from "../actors/shard/shard.ts";
import type { SavedShard } from "../actors/shard/shard.ts";
import { ShardAudit } from "../actors/shard/shard-audit.ts";
import type { Step } from "../actors/shard/step.ts";
import { Moves } from "../actors/shard/moves.ts";
import { ContractKeepers } from "../actors/shard/contract-keepers.ts";
import { StepContext } from "../actors/shard/step-context.ts";
import { appleFuture } from "../actors/testing/contracts.ts";
import { apples } from "../actors/testing/instruments.ts";
import { logicOf } from "../actors/logic-versions.ts";
import { RecordingContext } from "../actors/testing/recording-context.ts";
import { TestVenue } from "../actors/testing/test-venue.ts";
import {
  anySide,
  invariantList,
  InvariantViolation,
  Liquidity,
  OrderType,
  plainInstructions,
  SelfTradePrevention,
  Side,
  TimeInForce,
} from "../protocols/index.ts";
import type { InvariantName, OrderFilled, PlaceOrder, RiskLimits } from "../protocols/index.ts";
import { AppendQueue } from "./append-queue.ts";
import { MemoryLogStorage } from "./memory-log.ts";
import { decodeSnapshot, encodeSnapshot } from "./replica-snapshot.ts";
import { StepHistory } from "./step-history.ts";
import { ManualClock } from "./testing/manual-clock.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

// ---- Sound things to be damaged --------------------------------------------------------------

const symbol = apples.symbol;
const idle = () => undefined;

function placing(clientOrderId: string, terms: Partial<PlaceOrder> = {}): PlaceOrder {
  return {
    ...{ kind: "place-order", account: "alice", clientOrderId, symbol, side: Side.buy },
    ...{ orderType: OrderType.limit, timeInForce: TimeInForce.GTC, price: 10, quantity: 10 },
    instructions: plainInstructions,
    ...terms,
  };
}

/** Alice bids for ten apples at ten coins, bob has some to sell. */
function soundVenue(): TestVenue {
  const venue = new TestVenue().list(apples);
  venue.open("alice", { COIN: 1000 }).open("bob", { APPLE: 50 });
  venue.do(placing("a-1"));
  return venue;
}

/** A sound venue whose accounts are held to that in apples, and alice has placed since. */
function limitedVenue(limits: RiskLimits): TestVenue {
  const venue = soundVenue();
  const scope = { account: "", group: "", quote: "", symbol };
  const why = { author: "ops", reason: "test" };
  venue.do({ kind: "set-risk-limits", scope, limits, ...why });
  venue.do(placing("a-2", { price: 9 }));
  return venue;
}

function orderOf(venue: TestVenue): Order {
  return venue.first.account("alice")?.openOrder(orderIdOf(venue)) as Order;
}

function orderIdOf(venue: TestVenue): number {
  const name = { account: "alice", orderId: 0, clientOrderId: "a-1" };
  return venue.first.answer("order", name)?.orderId ?? 0;
}

/** Lets entries pass until everything has had its turn. */
function letTurnsPass(venue: TestVenue): void {
  for (let count = 0; count < 200; count++) venue.append(0, "node-e1", [{ kind: "tick" }]);
}

interface LoneAccount {
  readonly account: Account;
  readonly context: RecordingContext;
  readonly order: Order;
}

/** Alice alone, whose order 1, for ten apples at ten coins, rests somewhere. */
function soundAccount(): LoneAccount {
  const context = new RecordingContext([apples]);
  const account = new Account("alice");
  const asset = { account: "alice", asset: "COIN", amount: 1000, ticket: 1 };
  account.receive({ kind: "credit-deposit", ...asset }, context);
  account.receive(placing("a-1"), context);
  account.receive({ kind: "order-rested", account: "alice", orderId: 1, updateId: 1 }, context);
  return { account, context, order: account.openOrder(1) as Order };
}

function fillOf(terms: Partial<OrderFilled> = {}): OrderFilled {
  return {
    ...{ kind: "order-filled", account: "alice", orderId: 1, tradeId: 1, price: 10, quantity: 4 },
    ...{ remaining: 6, liquidity: Liquidity.maker, updateId: 2 },
    ...terms,
  };
}

function knownOrders(): { orders: KnownOrders; order: Order; open: (name: string) => Order } {
  const orders = new KnownOrders("alice");
  const open = (clientOrderId: string): Order =>
    orders.open({
      ...{ orderId: 1, clientOrderId, instrument: apples, side: Side.buy, price: 10, quantity: 1 },
      ...{ orderType: OrderType.limit, timeInForce: TimeInForce.GTC, placedAtUs: 0 },
      instructions: plainInstructions,
    });
  return { orders, order: open("a-1"), open };
}

/** Bids: orders 1 and 2 at 100, order 3 at 99. Asks: order 4 at 101. Slots and levels from 0. */
function soundOrderBook(): OrderBook {
  const unheard = { traded: idle, prevented: idle, removed: idle, levelChanged: idle };
  const untold = { entryAdded: idle, entryExecuted: idle, entryCanceled: idle };
  const book = new OrderBook({ ...unheard, ...untold });
  for (const [slot, price] of [100, 100, 99, 101].entries()) {
    const side = price > 100 ? Side.sell : Side.buy;
    book.place({ ...plainOrder(), orderId: slot + 1, side, price, quantity: 10, group: 7 });
  }
  return book;
}

const inside = (book: OrderBook) => book["restingOrders"];

/** An order for five sells at 99 to order 1, which bids 100: as sound as anything. */
const soundFill: Fill = {
  ...{ restingOrderId: 1, restingOwner: 0, restingRemaining: 5 },
  ...{ incomingOrderId: 9, incomingOwner: 0, incomingRemaining: 0, incomingSide: Side.sell },
  ...{ price: 100, quantity: 5 },
};

interface AuditedTrades {
  readonly audit: TradeAudit;
  readonly orders: OrderBook;
  readonly market: SetMarket;
  readonly context: RecordingContext;
  readonly incoming: ReturnType<typeof plainOrder>;
}

function auditedTrades(): AuditedTrades {
  const [orders, turn, market, context] = [
    ...([soundOrderBook(), new BookTurn()] as const),
    ...([new SetMarket(), new RecordingContext()] as const),
  ];
  turn.begin(market, context);
  const terms = { orderId: 9, side: Side.sell, price: 99, quantity: 5, bound: 1 };
  const incoming = { ...plainOrder(), ...terms };
  const audit = new TradeAudit({ orders, turn, incoming, rule: priceTime });
  audit.begin();
  return { audit, orders, market, context, incoming };
}

function soundStep(changes: Partial<Step>): Step {
  return {
    ...{ sequence: 1, timeUs: 0, verdict: "applied", header: undefined, expectedFrame: 0 },
    ...{ events: new Uint8Array(), eventCount: 0, replies: [], outbound: [] },
    ...{ commandCount: 0, isCheckpoint: false },
    ...changes,
  };
}

function audited(venue = new TestVenue()): ShardAudit {
  const { governor, fees, directory } = venue.first;
  const homes = { placement: { shards: 1 } };
  const nothing = { books: new Map(), accounts: new Map() };
  const ledger = new ShardLedger();
  return new ShardAudit({ homes, governor, fees, directory, ledger, ...nothing }, [0, 0]);
}

const headerOf = (frame: number, epoch = 1) => ({ producer: "gw", epoch, frame });

function balanceOf(available: number, reserved: number): Balance {
  const balance = new Balance(new ShardLedger().of("COIN"), "alice");
  balance.arrive(available, reserved);
  return balance;
}

/** A shard whose alice has a coin more than anybody brought. */
function shardWithCoinTooMuch(): Shard {
  return shardWith(["COIN", 901, 100]);
}

/** A shard whose alice has a coin set aside that she never asked to be sent. */
function shardWithCoinAside(): Shard {
  return shardWith(["COIN", 899, 100, 1]);
}

function shardWith(coins: readonly unknown[]): Shard {
  const saved = soundVenue().first.snapshot();
  const accounts = (saved.accounts as unknown[][]).map((account) =>
    account.map((part) => (isEqual(part, [["COIN", 900, 100]]) ? [coins] : part)),
  );
  return Shard.restore({ ...saved, accounts });
}

const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const noBytes = new Uint8Array(32);

// ---- How each is broken ----------------------------------------------------------------------

const breakers: Readonly<Record<InvariantName, () => void>> = {
  "entries-in-sequence": () => {
    const entry = { timeUs: 1, entropy: 0, producer: "gw", payload: new Uint8Array() };
    new Shard(0, 1).apply({ sequence: 2, ...entry });
  },
  "log-time-never-back": () => {
    const entry = { timeUs: NaN, entropy: 0, producer: "gw", payload: new Uint8Array() };
    new Shard(0, 1).apply({ sequence: 1, ...entry });
  },
  "frames-in-turn": () => {
    const audit = audited();
    audit.stepped(soundStep({ header: headerOf(4) }));
    audit.stepped(soundStep({ header: headerOf(5), verdict: "expired" }));
    audit.stepped(soundStep({ header: headerOf(1, 2) }));
    audit.stepped(soundStep({ header: headerOf(1), verdict: "stale-epoch" }));
    audit.stepped(soundStep({ header: headerOf(3, 2) }));
  },
  "outbound-frames-in-turn": () => {
    const audit = audited();
    audit.stepped(soundStep({ outbound: [{ shard: 1, frame: 1, bytes: noBytes }] }));
    audit.stepped(soundStep({ outbound: [{ shard: 1, frame: 3, bytes: noBytes }] }));
  },
  "messages-delivered": () => {
    const shard = new Shard(0, 1);
    const { directory, ledger } = shard;
    const moves = new Moves(0, { shards: 1, founded: 1 }, shard);
    const contracts = new ContractKeepers(new Map());
    const places = { venue: directory, markets: new Map(), contracts, ledger };
    const parts = { shard: 0, shards: 1, moves, ...places };
    const context = new StepContext(parts);
    context.send({ kind: "credit-deposit", account: "alice", asset: "X", amount: 1, ticket: 1 });
    context.takeOutputs();
  },
  "assets-conserved": () => {
    const venue = soundVenue();
    const { settlement, issuance } = venue.first.ledger.of("COIN");
    issuance.transfer(settlement, 1, "issue");
    venue.append(0, "node-e1", [{ kind: "tick" }]);
  },
  "trades-balance": () => {
    const venue = soundVenue();
    const orderId = orderIdOf(venue);
    const context = new RecordingContext([apples]);
    venue.first.account("alice")?.receive(fillOf({ orderId }), context);
    venue.append(0, "node-e1", [{ kind: "tick" }]);
  },
  "obligations-net-to-zero": () => {
    const ledger = new ShardLedger();
    const { clearing, settlement, issuance } = ledger.of("COIN");
    issuance.transfer(clearing, 1, "trade");
    settlement.transfer(issuance, 0, "trade");
    ledger.of("COIN").touch();
    ledger.endStep(true);
  },
  "settlements-net-to-zero": () => {
    const trade = { base: "APPLE", quote: "COIN", goods: 10, money: 50 };
    const round = new SettlementRound(1, { date: 2026_11_24, cutOffUs: 1 });
    round.add({ kind: "clear-trade", ...trade, buyer: "alice", seller: "bob", ...round });
    const [number, date, cutOffUs, trades, finalAtUs, isOpen, accounts] = round.snapshot();
    const alone = [number, date, cutOffUs, trades, finalAtUs, isOpen, accounts.slice(1)] as const;
    SettlementRound.restore(alone).instruct();
  },
  "steps-in-history": () => {
    const history = new StepHistory();
    for (const sequence of [7, 8, 10]) {
      history.add({ step: soundStep({ sequence }), entriesHash: noBytes, outputsHash: noBytes });
    }
  },
  "owed-frames-in-turn": () => {
    const clock = new ManualClock();
    const log = new MemoryLogStorage({ clock }).open();
    const queue = new AppendQueue({ log, clock, producer: "shard-0", appendsMax: 1 });
    for (const frame of [3, 4, 6]) queue.push(frame, noBytes);
  },

  "funds-not-negative": () => balanceOf(10, 0).reserve(11),
  "reservations-not-negative": () => balanceOf(10, 5).reserve(-6),
  "withdrawals-not-negative": () => balanceOf(10, 0).giveBack(1),
  "margin-not-negative": () => {
    balanceOf(10, 0).unpost(1);
  },
  "deliveries-not-negative": () => balanceOf(10, 0).departGiven(1),
  "delivery-against-payment": () => {
    const parties = { seller: "bob", buyer: "alice", base: "APPLE", quote: "COIN", symbol };
    const left = { goods: 10, money: 50, goodsGiven: 11, moneyGiven: 60 };
    new Delivery({ number: 1, since: 2026_11_24, ...parties }, left).exchange();
  },
  "uncovered-within-permission": () => {
    new DeliveryBook().order("APPLE", 1);
  },
  "reservation-covers-order": () => {
    const { account, context, order } = soundAccount();
    order.reserved = 1;
    const repriced = { account: "alice", orderId: 1, price: 9, updateId: 2 };
    account.receive({ kind: "order-repriced", ...repriced }, context);
  },
  "fills-paid-by-reservation": () => {
    const { account, context, order } = soundAccount();
    order.reserved = 1;
    account.receive(fillOf(), context);
  },
  "fills-within-quantity": () => {
    const { account, context } = soundAccount();
    account.receive(fillOf({ quantity: 11, remaining: 0 }), context);
  },
  "fills-leave-what-remains": () => {
    const { account, context } = soundAccount();
    account.receive(fillOf({ remaining: 5 }), context);
  },
  "closed-orders-hold-no-funds": () => {
    const { orders, order } = knownOrders();
    order.advance(LifecycleEvent.refused);
    orders.close(order);
    order.reserved = 1;
    orders.archive(order, 1);
  },
  "answers-in-turn": () => {
    const { account, context } = soundAccount();
    const replaced = { account: "alice", orderId: 1, price: 9, quantity: 10, updateId: 2 };
    const cancel = { account: "alice", orderId: 1, clientOrderId: "", symbol: "", side: anySide };
    account.receive({ kind: "cancel-order", ...cancel } as never, context);
    account.receive({ kind: "order-replaced", ...replaced }, context);
  },
  "order-ids-are-new": () => {
    const slots = new SlotsById();
    slots.add(300, 5);
    slots.add(300, 6);
  },
  "order-names-are-new": () => knownOrders().open("a-1"),
  "order-life-follows-machine": () => {
    const { order } = knownOrders();
    order.advance(LifecycleEvent.refused);
    order.advance(LifecycleEvent.filledPartly);
  },

  "trades-only-when-open": () => {
    const { audit, market } = auditedTrades();
    market.phase = "halted";
    audit.traded(soundFill);
  },
  "trades-take-what-rests": () => {
    auditedTrades().audit.traded({ ...soundFill, quantity: 6 });
  },
  "trades-within-limits": () => {
    const { audit, incoming } = auditedTrades();
    incoming.price = 101;
    audit.traded(soundFill);
  },
  "trades-within-bands": () => {
    const { audit, market } = auditedTrades();
    market.band = { low: 101, high: 120 };
    audit.traded(soundFill);
  },
  "price-priority-kept": () => {
    const { audit } = auditedTrades();
    audit.traded({ ...soundFill, restingOrderId: 3, price: 99 });
    audit.traded(soundFill);
  },
  "time-priority-kept": () => {
    const { audit } = auditedTrades();
    audit.traded({ ...soundFill, restingOrderId: 2 });
    audit.traded(soundFill);
  },
  "self-trades-prevented": () => {
    const { audit, incoming } = auditedTrades();
    incoming.group = 7;
    incoming.selfTradePrevention = SelfTradePrevention.cancelNewest;
    audit.traded(soundFill);
  },
  "trade-ids-rise": () => {
    const context = new RecordingContext();
    const feed = new BookFeed(symbol);
    vi.spyOn(context, "nextTradeId").mockReturnValue(256);
    for (const takerSide of [Side.buy, Side.sell]) {
      feed.traded(context, { price: 10, quantity: 1, takerSide });
    }
  },

  "book-not-crossed": () => {
    const book = new Book(symbol);
    vi.spyOn(OrderBook.prototype, "bestAsk", "get").mockReturnValue(90);
    book.receive(submit(1, { price: 100 }), new RecordingContext());
  },
  "depth-told-is-kept": () => {
    const desk = new MatchingDesk(symbol, priceTime);
    desk.begin(new SetMarket(), new RecordingContext());
    desk.levelChanged(Side.buy, 100, 5);
  },
  "depth-updates-in-turn": () => {
    const feed = new BookFeed(symbol);
    feed.updateId = 7;
    feed.levelChanged(new RecordingContext(), { side: Side.buy, price: 100, quantity: 1 });
  },
  "order-updates-in-turn": () => {
    const feed = new BookFeed(symbol);
    feed.entryUpdateId = 7;
    feed.entryCanceled(new RecordingContext(), 1, 0);
  },
  "entry-ids-rise": () => {
    const feed = new BookFeed(symbol);
    const entry = { entryId: 1, side: Side.buy, price: 100, quantity: 1 };
    for (const each of [entry, entry]) feed.entryAdded(new RecordingContext(), each);
  },
  "closed-book-keeps-no-day-orders": () => {
    const [book, context, market] = [new Book(symbol), new RecordingContext(), new SetMarket()];
    vi.spyOn(Removals.prototype, "endDay").mockImplementation(idle);
    context.market = market;
    book.receive(submit(1, { timeInForce: TimeInForce.DAY }), context);
    market.phase = "closed";
    book.follow(context);
  },
  "purged-book-is-empty": () => {
    const [book, context] = [new Book(symbol), new RecordingContext()];
    vi.spyOn(Removals.prototype, "purge").mockImplementation(idle);
    book.receive(submit(1, {}), context);
    book.purge(context);
  },

  "reserved-is-sum-of-orders": () => {
    const { account, order } = soundAccount();
    order.reserved = 99;
    account.audit();
  },
  "withdrawing-is-sum-of-withdrawals": () => {
    shardWithCoinAside().account("alice")?.audit();
  },
  "variation-is-cost-of-positions": () => {
    const holdings = new Holdings("alice", new ShardLedger());
    holdings.balance("COIN").deal(5);
    new Positions("alice", holdings).audit();
  },
  "margin-is-sum-of-posted": () => {
    const holdings = new Holdings("alice", new ShardLedger());
    holdings.deposit("COIN", 5).post(5);
    new IsolatedMargins("alice", holdings).audit(() => true);
  },
  "maintenance-kept-or-liquidated": () => {
    const venue = new TestVenue(1).list(apples).open("fund");
    const why = { author: "ops", reason: "test" };
    const future = appleFuture(2e15);
    const { symbol } = future;
    venue.list(future);
    venue.do({ kind: "publish-index-price", symbol, price: 100, ...why });
    for (const [account, side] of [["alice", Side.buy] as const, ["bob", Side.sell] as const]) {
      venue.open(account, { COIN: 1000 });
      venue.do({ kind: "set-margin-account", account, isMargin: true, ...why });
      venue.do({
        ...{ kind: "place-order", account, clientOrderId: account, symbol, side, quantity: 50 },
        ...{ orderType: OrderType.limit, timeInForce: TimeInForce.GTC, price: 100 },
        instructions: plainInstructions,
      });
    }
    vi.spyOn(Liquidations.prototype, "look").mockReturnValue(undefined);
    venue.do({ kind: "publish-index-price", symbol, price: 10, ...why });
    venue.first.audit();
  },
  "working-orders-can-work": () => {
    const { account, order } = soundAccount();
    order.executed = 10;
    account.audit();
  },
  "blocked-accounts-have-no-orders": () => {
    const { account, context } = soundAccount();
    vi.spyOn(ChangeRequests.prototype, "requestCancel").mockReturnValue(undefined);
    const blocking = { account: "alice", isBlocked: true, ticket: 2 };
    account.receive({ kind: "block-account", ...blocking }, context);
    account.audit();
  },
  "open-orders-counted": () => {
    const venue = limitedVenue({ openOrders: 5 });
    vi.spyOn(RiskBook.prototype, "closed").mockReturnValue(undefined);
    venue.do({ kind: "cancel-order", account: "alice", orderId: 0, clientOrderId: "a-1" });
    venue.first.audit();
  },
  "order-rates-within-bounds": () => {
    vi.spyOn(OrderUse.prototype, "take").mockImplementation(function (this: OrderUse) {
      const taken = OrderUse.restore([-1, 0, 0, 0, 0]);
      vi.spyOn(this, "audit").mockImplementation(() => {
        taken.audit();
      });
    });
    limitedVenue({ orderRate: 5 }).first.audit();
  },
  "day-results-of-what-is-held": () => {
    const venue = limitedVenue({ dailyLoss: 500 });
    venue.do(placing("b-1", { account: "bob", side: Side.sell, quantity: 1 }));
    vi.spyOn(DayResults.prototype, "moved").mockReturnValue(undefined);
    venue.fund("alice", "APPLE", 5);
    venue.first.audit();
  },
  "level-sums-its-orders": () => {
    const book = soundOrderBook();
    inside(book).levels.quantity[0] = 19;
    auditLevel(book, 0);
  },
  "queue-in-order": () => {
    const book = soundOrderBook();
    inside(book).orders.entryId[1] = 1;
    auditLevel(book, 0);
  },
  "orders-found-by-id": () => {
    const book = soundOrderBook();
    inside(book).orders.orderId[0] = 5;
    auditLevel(book, 0);
  },
  "icebergs-show-a-slice": () => {
    const book = soundOrderBook();
    inside(book).orders.remaining[0] = 0;
    auditLevel(book, 0);
  },
  "book-and-account-agree": () => {
    const venue = soundVenue();
    orderOf(venue).quantity = 11;
    letTurnsPass(venue);
  },

  "ledger-adds-up": () => {
    const { first } = soundVenue();
    const ledger = first.ledger.of("COIN");
    const ofNobody = new LedgerAccount(ledger, "available", "nobody");
    first.account("alice")?.fundsIn("COIN").transfer(ofNobody, 1, "trade");
    first.audit();
  },
  "supply-is-issued": () => {
    const { first } = soundVenue();
    const { issuance, settlement } = first.ledger.of("COIN");
    issuance.transfer(settlement, 1, "issue");
    first.audit();
  },
  "custody-is-held": () => {
    const { first } = soundVenue();
    const { custody, settlement } = first.ledger.of("COIN");
    custody.transfer(settlement, 1, "receipt");
    first.audit();
  },
  "clearing-holds-obligations": () => {
    const { first } = soundVenue();
    const { clearing, claims } = first.ledger.of("COIN");
    claims.transfer(clearing, 1, "trade");
    first.audit();
  },
  "deliveries-hold-what-was-given": () => {
    const { first } = soundVenue();
    const { delivery, rebates } = first.ledger.of("COIN");
    rebates.transfer(delivery, 1, "trade");
    first.audit();
  },
  "supply-is-held": () => shardWithCoinTooMuch().audit(),
  "levels-in-price-order": () => {
    const book = soundOrderBook();
    inside(book).levels.ladder[0] = Side.sell;
    assertInvariants(book);
  },
  "book-counts-its-orders": () => {
    const book = soundOrderBook();
    inside(book).index.count += 1;
    assertInvariants(book);
  },
  "snapshots-restore-the-same": () => {
    const { first } = soundVenue();
    const hashes = { entriesHash: noBytes, outputsHash: noBytes, lastEntryHash: noBytes };
    const { bytes } = encodeSnapshot(first, { ...hashes, owed: [] });
    const restore = (saved: SavedShard): Shard => new Shard(saved.shard, saved.shards);
    vi.spyOn(Shard, "restore").mockImplementation(restore);
    decodeSnapshot("a snapshot", bytes);
  },
};

function violationOf(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    if (error instanceof InvariantViolation) return error.invariant ?? error.message;
    throw error;
  }
  return "nothing";
}

describe.each(invariantList)("$name", ({ name }) => {
  it("is found broken, counted and named", () => {
    const of = invariantList.find((invariant) => invariant.name === name)!;
    const { checks, violations } = of;
    expect(violationOf(breakers[name as InvariantName])).toBe(name);
    expect(of.checks).toBeGreaterThan(checks);
    expect(of.violations).toBe(violations + 1);
  });
});

describe("sound things", () => {
  it("break nothing, however long they are looked at", () => {
    const venue = soundVenue();
    venue.do(placing("b-1", { account: "bob", side: Side.sell, quantity: 3 }));
    letTurnsPass(venue);
    venue.first.audit();
    const { audit } = auditedTrades();
    audit.traded(soundFill);
    audit.traded({ ...soundFill, restingOrderId: 2 });
    expect(violationOf(() => assertInvariants(soundOrderBook()))).toBe("nothing");
  });

  it("are those that logs of logic 1 tell of: an auction while the venue is halted", () => {
    const { audit, orders, context } = auditedTrades();
    orders.collect({ ...plainOrder(), orderId: 5, side: Side.sell, price: 100, quantity: 10 });
    const fill = { ...soundFill, incomingOrderId: 5, restingRemaining: 5, incomingRemaining: 5 };
    const uncrossed = () => violationOf(() => audit.uncrossed(fill));
    expect(uncrossed()).toBe("nothing");
    context.venue.isHalted = true;
    expect(uncrossed()).toBe("trades-only-when-open");
    context.logic = logicOf(1);
    expect(uncrossed()).toBe("nothing");
  });

  it("are looked at as they trade: most invariants at every turn", () => {
    const before = new Map(invariantList.map(({ name, checks }) => [name, checks]));
    const venue = limitedVenue({ openOrders: 9, orderRate: 9, dailyLoss: 500 });
    venue.do(placing("a-3"));
    venue.do(placing("b-1", { account: "bob", side: Side.sell, quantity: 13 }));
    letTurnsPass(venue);
    venue.first.audit();
    const idleOnes = invariantList.filter(({ name, checks }) => checks === before.get(name));
    expect(idleOnes.map(({ name }) => name)).toEqual([
      "outbound-frames-in-turn",
      "steps-in-history",
      "owed-frames-in-turn",
      "withdrawals-not-negative",
      "margin-not-negative",
      "deliveries-not-negative",
      "delivery-against-payment",
      "uncovered-within-permission",
      "settlements-net-to-zero",
      "answers-in-turn",
      "closed-book-keeps-no-day-orders",
      "purged-book-is-empty",
      "variation-is-cost-of-positions",
      "margin-is-sum-of-posted",
      "maintenance-kept-or-liquidated",
      "blocked-accounts-have-no-orders",
      "snapshots-restore-the-same",
    ]);
  });
});
