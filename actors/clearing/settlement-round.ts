/**
 * A round of settlement: all trades that are due by one cut-off, netted by account and asset.
 *
 * Every trade is two transfers that belong together; here they are summed, so what a round delivers
 * of an asset is what it gives. It is settled whole or not at all.
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
  CivilDate,
  ClearTrade,
  SettledAsset,
  SettlementLeg,
  SettlementMoment,
  TimeUs,
} from "../../protocols/index.ts";
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
    this.tradeCount += 1;
    this.#add(seller, base, { deliver: goods, receive: 0 });
    this.#add(buyer, base, { deliver: 0, receive: goods });
    this.#add(buyer, quote, { deliver: money, receive: 0 });
    this.#add(seller, quote, { deliver: 0, receive: money });
  }

  #add(account: AccountId, asset: AssetId, { deliver, receive }: Sides): void {
    const obligations = this.#accounts.get(account) ?? {
      status: ObligationStatus.open,
      assets: new Map<AssetId, Sides>(),
    };
    this.#accounts.set(account, obligations);
    obligations.status = obligationAfter(obligations.status, "traded");
    const sides = obligations.assets.get(asset) ?? { deliver: 0, receive: 0 };
    obligations.assets.set(asset, sides);
    sides.deliver = add(sides.deliver, deliver);
    sides.receive = add(sides.receive, receive);
  }

  /** The cut-off has come: no more trades come to it. */
  instruct(): void {
    assert(this.#isOpen, "a round was instructed twice");
    this.#isOpen = false;
    for (const [deliver, receive] of this.#sums().values()) hold(netsToZero, deliver === receive);
    for (const account of this.accounts()) this.#advance(account, "instructed");
  }

  /** An account can settle its part. Returns whether all can. */
  confirm(account: AccountId): boolean {
    this.#advance(account, "confirmed");
    const { confirmed } = ObligationStatus;
    return [...this.#accounts.values()].every(({ status }) => status === confirmed);
  }

  post(timeUs: TimeUs): void {
    for (const account of this.accounts()) this.#advance(account, "posted");
    this.finalAtUs = timeUs;
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
    return [number, date, cutOffUs, tradeCount, finalAtUs, this.#isOpen, accounts];
  }

  static restore(saved: SavedRound): SettlementRound {
    const [number, date, cutOffUs, tradeCount, finalAtUs, isOpen, accounts] = saved;
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
];
