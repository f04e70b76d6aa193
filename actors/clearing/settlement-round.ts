/**
 * A round of settlement: all trades that are due by one cut-off, netted by account and asset.
 *
 * Every trade is two transfers that belong together; here they are summed, so what a round delivers
 * of an asset is what it gives. It is settled whole or not at all. Beside that are the deliveries
 * that are due one by one, of which is settled what has been given.
 *
 * Invariant: settlements-net-to-zero.
 */
import {
  add,
  assert,
  fieldsOfLeg,
  Fields,
  hold,
  invariant,
  legIn,
  ObligationStatus,
  subtract,
} from "../../protocols/index.ts";
import type {
  AccountId,
  Amount,
  AssetId,
  AssetUnits,
  CivilDate,
  ClearTrade,
  DeliveryCall,
  SettledAsset,
  SettlementLeg,
  SettlementMoment,
  TimeUs,
} from "../../protocols/index.ts";
import { Delivery } from "./delivery.ts";
import type { Exchange, SavedDelivery } from "./delivery.ts";
import { obligationAfter } from "./obligation-lifecycle.ts";
import type { ObligationEvent } from "./obligation-lifecycle.machine.ts";

const netsToZero = invariant("settlements-net-to-zero");

interface Sides {
  deliver: Amount;
  receive: Amount;
}

/** What one account owes and is owed in the round. */
interface Obligations {
  status: ObligationStatus;
  readonly assets: Map<AssetId, Sides>;
}

export class SettlementRound implements SettlementMoment {
  readonly number: number;
  readonly date: CivilDate;
  readonly cutOffUs: TimeUs;
  tradeCount = 0;
  /** 0 while it is not. */
  finalAtUs: TimeUs = 0;
  #isOpen = true;
  /** Those that are due one by one, in the order in which they came to the round. */
  deliveries: Delivery[] = [];
  readonly #accounts = new Map<AccountId, Obligations>();

  constructor(number: number, { date, cutOffUs }: SettlementMoment) {
    this.number = number;
    this.date = date;
    this.cutOffUs = cutOffUs;
  }

  /** Whether trades may come to it. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  add({ buyer, seller, base, quote, goods, money }: ClearTrade): void {
    this.#add(seller, base, { deliver: goods, receive: 0 });
    this.#add(buyer, base, { deliver: 0, receive: goods });
    this.#add(buyer, quote, { deliver: money, receive: 0 });
    this.#add(seller, quote, { deliver: 0, receive: money });
  }

  /** A delivery comes to it; as part of another of those parties where there is one. */
  addDelivery(delivery: Delivery): void {
    this.#obligationsOf(delivery.seller);
    this.#obligationsOf(delivery.buyer);
    const other = this.deliveries.find((candidate) => candidate.canTake(delivery));
    if (other === undefined) this.deliveries.push(delivery);
    else other.take(delivery);
  }

  #obligationsOf(account: AccountId): Obligations {
    const obligations = this.#accounts.get(account) ?? {
      status: ObligationStatus.open,
      assets: new Map<AssetId, Sides>(),
    };
    this.#accounts.set(account, obligations);
    obligations.status = obligationAfter(obligations.status, "traded");
    return obligations;
  }

  #add(account: AccountId, asset: AssetId, { deliver, receive }: Sides): void {
    this.#obligationsOf(account);
    const sides = this.#sidesOf(account, asset);
    sides.deliver = add(sides.deliver, deliver);
    sides.receive = add(sides.receive, receive);
  }

  #sidesOf(account: AccountId, asset: AssetId): Sides {
    const obligations = this.#accounts.get(account);
    assert(obligations !== undefined, "an account settles that has traded nothing");
    const sides = obligations.assets.get(asset) ?? { deliver: 0, receive: 0 };
    obligations.assets.set(asset, sides);
    return sides;
  }

  /** The cut-off has come: no more trades come to it. */
  instruct(): void {
    assert(this.#isOpen, "a round was instructed twice");
    this.#isOpen = false;
    for (const [deliver, receive] of this.#sums().values()) hold(netsToZero, deliver === receive);
    for (const account of this.accounts()) this.#advance(account, "instructed");
  }

  /** What an account has given, and has yet to give, for deliveries; by asset. */
  callsOf(account: AccountId): readonly DeliveryCall[] {
    const calls = new Map<AssetId, DeliveryCall>();
    for (const delivery of this.deliveries) {
      for (const { asset, given, owed } of delivery.callsOf(account)) {
        const sum = calls.get(asset) ?? { asset, given: 0, owed: 0 };
        calls.set(asset, { asset, given: add(sum.given, given), owed: add(sum.owed, owed) });
      }
    }
    return [...calls].sort(byName).map(([, call]) => call);
  }

  /**
   * An account can settle its part, and has given so much of what it owed: to the oldest delivery
   * first, and among those to who comes first by name. Returns whether all can.
   */
  confirm(account: AccountId, given: readonly AssetUnits[] = []): boolean {
    this.#advance(account, "confirmed");
    for (const { asset, units } of given) {
      let left = units;
      for (const delivery of this.inTurn()) left = delivery.give(account, asset, left);
      assert(left === 0, "more was given than is owed");
    }
    const { confirmed } = ObligationStatus;
    return [...this.#accounts.values()].every(({ status }) => status === confirmed);
  }

  /** The deliveries by age, and then by who waits for the goods. */
  inTurn(): readonly Delivery[] {
    return [...this.deliveries].sort((a, b) => a.compare(b));
  }

  /** So much of a delivery changes hands with the round. */
  exchanged(delivery: Delivery, { goods, money }: Exchange): void {
    const { seller, buyer, base, quote } = delivery;
    this.#sidesOf(seller, base).deliver = add(this.#sidesOf(seller, base).deliver, goods);
    this.#sidesOf(buyer, base).receive = add(this.#sidesOf(buyer, base).receive, goods);
    this.#sidesOf(buyer, quote).deliver = add(this.#sidesOf(buyer, quote).deliver, money);
    this.#sidesOf(seller, quote).receive = add(this.#sidesOf(seller, quote).receive, money);
  }

  post(timeUs: TimeUs, failing: ReadonlySet<AccountId>): void {
    for (const [deliver, receive] of this.#sums().values()) hold(netsToZero, deliver === receive);
    for (const account of this.accounts()) {
      this.#advance(account, failing.has(account) ? "failed" : "posted");
    }
    this.finalAtUs = timeUs;
    this.deliveries = [];
  }

  #advance(account: AccountId, event: ObligationEvent): void {
    const obligations = this.#accounts.get(account);
    assert(obligations !== undefined, "an account settles that has traded nothing");
    obligations.status = obligationAfter(obligations.status, event);
  }

  // ---- What there is -----------------------------------------------------------------------

  /** By name. */
  accounts(): readonly AccountId[] {
    return [...this.#accounts.keys()].sort();
  }

  statusOf(account: AccountId): ObligationStatus {
    return this.#accounts.get(account)?.status ?? ObligationStatus.open;
  }

  /** By asset. */
  legsOf(account: AccountId): readonly SettlementLeg[] {
    const assets = this.#accounts.get(account)?.assets ?? [];
    return [...assets].sort(byName).map(([asset, sides]) => ({ asset, ...sides }));
  }

  /** What was traded of each asset, and what of it changes hands; by asset. */
  assets(): readonly SettledAsset[] {
    return [...this.#sums()].sort(byName).map(([asset, [traded, , netted]]) => {
      return { asset, traded, netted };
    });
  }

  #sums(): ReadonlyMap<AssetId, readonly [deliver: Amount, receive: Amount, netted: Amount]> {
    const sums = new Map<AssetId, readonly [Amount, Amount, Amount]>();
    for (const { assets } of this.#accounts.values()) {
      for (const [asset, { deliver, receive }] of assets) {
        const [delivered, received, netted] = sums.get(asset) ?? [0, 0, 0];
        const less = deliver > receive ? subtract(deliver, receive) : 0;
        sums.set(asset, [add(delivered, deliver), add(received, receive), add(netted, less)]);
      }
    }
    return sums;
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  snapshot(): SavedRound {
    const { number, date, cutOffUs, tradeCount, finalAtUs } = this;
    const accounts = this.accounts().map((account) => {
      const legs = this.legsOf(account).map(fieldsOfLeg);
      return [account, this.statusOf(account), legs] as const;
    });
    const saved = [number, date, cutOffUs, tradeCount, finalAtUs, this.#isOpen, accounts] as const;
    if (this.deliveries.length === 0) return saved;
    return [...saved, this.deliveries.map((delivery) => delivery.snapshot())];
  }

  static restore(saved: SavedRound): SettlementRound {
    const [number, date, cutOffUs, tradeCount, finalAtUs, isOpen, accounts, ...later] = saved;
    const [deliveries = []] = later;
    const round = new SettlementRound(number, { date, cutOffUs });
    round.tradeCount = tradeCount;
    round.finalAtUs = finalAtUs;
    round.#isOpen = isOpen;
    for (const [account, status, legs] of accounts) {
      const assets = new Map<AssetId, Sides>();
      for (const leg of legs) {
        const { asset, ...sides } = legIn(new Fields(leg));
        assets.set(asset, sides);
      }
      round.#accounts.set(account, { status, assets });
    }
    round.deliveries = deliveries.map((delivery) => Delivery.restore(delivery));
    return round;
  }
}

function byName([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]) {
  return a < b ? -1 : 1;
}

export type SavedRound = readonly [
  number: number,
  date: CivilDate,
  cutOffUs: TimeUs,
  tradeCount: number,
  finalAtUs: TimeUs,
  isOpen: boolean,
  accounts: readonly (readonly [
    AccountId,
    ObligationStatus,
    legs: readonly (readonly unknown[])[],
  ])[],
  deliveries?: readonly SavedDelivery[],
];
