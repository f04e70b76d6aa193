/**
 * The ledger of one asset in one shard, and the ledgers of all assets.
 *
 * A shard's settlement account stands between the two sides of whatever happens: a buyer's money
 * goes there and the seller's comes from there, which may be another shard's. So each shard's
 * accounts add up to nothing, and what settlement holds is on its way between shards.
 *
 * What settlement is to give and take follows from messages alone and is counted apart from the
 * transfers, whoever makes them: the two must agree at the end of each step.
 *
 * Trades that are settled later leave settlement alone: what a party gives stands in clearing, what
 * it is given comes out of claims, and settling them takes the one for the other.
 *
 * Invariant: assets-conserved, trades-balance, obligations-net-to-zero.
 */
import { add, hold, invariant, multiply, Side, subtract } from "../../protocols/index.ts";
import type { Amount, AssetId, InstrumentTerms, Lots, Ticks } from "../../protocols/index.ts";
import { LedgerAccount } from "./ledger-account.ts";
import type { AccountLedger, Journal } from "./ledger-account.ts";

const assetsConserved = invariant("assets-conserved");
const tradesBalance = invariant("trades-balance");
const obligationsNet = invariant("obligations-net-to-zero");

export class AssetLedger implements AccountLedger {
  readonly asset: AssetId;
  readonly settlement = new LedgerAccount(this, "settlement");
  readonly issuance = new LedgerAccount(this, "issuance");
  readonly rebates = new LedgerAccount(this, "rebates");
  readonly custody = new LedgerAccount(this, "custody");
  readonly clearing = new LedgerAccount(this, "clearing");
  readonly claims = new LedgerAccount(this, "claims");
  readonly deficit = new LedgerAccount(this, "deficit");
  readonly delivery = new LedgerAccount(this, "delivery");
  #fees: LedgerAccount | undefined;
  /** What settlement has to hold, by what messages say. */
  #due: Amount = 0;
  /** While all accounts are counted: what was found on them so far. */
  counted: Amount = 0;
  /** Likewise, of what accounts owe and are owed for trades. */
  countedDeliver: Amount = 0;
  countedReceive: Amount = 0;
  /** Likewise, of what they have given for trades on delivery. */
  countedGiven: Amount = 0;
  readonly #shard: ShardLedger;
  #isTouched = false;

  constructor(asset: AssetId, shard: ShardLedger) {
    this.asset = asset;
    this.#shard = shard;
  }

  /** Where fees go: opened with the first of them. */
  get fees(): LedgerAccount {
    return (this.#fees ??= this.#shard.openFees(this));
  }

  /** What the shard's own accounts hold, beside the fees. */
  get own(): Amount {
    const { settlement, issuance, custody } = this;
    const outside = add(issuance.balance, custody.balance);
    const inside = add(add(settlement.balance, this.unsettled), this.delivery.balance);
    return add(add(inside, outside), this.given);
  }

  /** What was given that nobody has: rebates, and what insurance funds lacked; below zero. */
  get given(): Amount {
    return add(this.rebates.balance, this.deficit.balance);
  }

  /** What parties of trades have given, less what they were given in advance. */
  get unsettled(): Amount {
    return add(this.clearing.balance, this.claims.balance);
  }

  /** A message has settlement take so much, or give it when negative. */
  expect(amount: Amount): void {
    this.#due = add(this.#due, amount);
    this.touch();
  }

  get journal(): Journal | undefined {
    return this.#shard.journal;
  }

  touch(): void {
    if (this.#isTouched) return;
    this.#isTouched = true;
    this.#shard.touched.push(this);
  }

  /** The step is over. Both sides of every trade are here if there is but one shard. */
  endStep(isWhole: boolean): void {
    this.#isTouched = false;
    const { balance } = this.settlement;
    hold(assetsConserved, balance === this.#due);
    if (!isWhole) return;
    hold(tradesBalance, balance === 0);
    hold(obligationsNet, this.unsettled === 0);
  }
}

/** Says on which account the fees in an asset are collected. */
type OpenFees = (ledger: AssetLedger) => LedgerAccount;

/** Of all assets of a shard. */
export class ShardLedger {
  readonly #ledgers = new Map<AssetId, AssetLedger>();
  /** Those that something happened to in the present step. */
  readonly touched: AssetLedger[] = [];
  readonly openFees: OpenFees;
  journal: Journal | undefined;

  constructor(openFees: OpenFees = (ledger) => new LedgerAccount(ledger, "available", "fees")) {
    this.openFees = openFees;
  }

  of(asset: AssetId): AssetLedger {
    let ledger = this.#ledgers.get(asset);
    if (ledger === undefined) {
      ledger = new AssetLedger(asset, this);
      this.#ledgers.set(asset, ledger);
    }
    return ledger;
  }

  /** Of every asset that was ever here. */
  all(): Iterable<AssetLedger> {
    return this.#ledgers.values();
  }

  endStep(isWhole: boolean): void {
    for (const ledger of this.touched) ledger.endStep(isWhole);
    this.touched.length = 0;
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  /** What was given away; all else follows from what accounts hold. In the order of asset codes. */
  snapshot(): SavedLedger {
    return [...this.#ledgers.values()]
      .filter(({ rebates, deficit }) => rebates.balance !== 0 || deficit.balance !== 0)
      .map(({ asset, rebates, deficit }) => {
        const saved = [asset, subtract(0, rebates.balance)] as const;
        // Nothing, as in snapshots from before, where nobody lacked anything.
        if (deficit.balance === 0) return saved;
        return [...saved, subtract(0, deficit.balance)] as const;
      })
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  restore(saved: SavedLedger): void {
    for (const [asset, rebates, deficit = 0] of saved) {
      const ledger = this.of(asset);
      ledger.expect(add(rebates, deficit));
      ledger.rebates.transfer(ledger.settlement, rebates, "rebate");
      ledger.deficit.transfer(ledger.settlement, deficit, "cover");
    }
  }
}

export type SavedLedger = readonly (readonly [AssetId, rebates: Amount, deficit?: Amount])[];

/** What one order's fill is. */
interface Dealt {
  readonly side: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
}

/** Says what a fill is to move between an account and settlement. */
export function expectFill(
  { base, quote }: { readonly base: AssetLedger; readonly quote: AssetLedger },
  terms: InstrumentTerms,
  { side, price, quantity }: Dealt,
): void {
  const goods = multiply(quantity, terms.baseUnitsPerLot);
  const money = multiply(multiply(price, terms.quoteUnitsPerTickLot), quantity);
  base.expect(side === Side.buy ? subtract(0, goods) : goods);
  quote.expect(side === Side.buy ? money : subtract(0, money));
}

/** Likewise of a contract, of which nothing moves but what a position costs. */
export function expectDeal(
  quote: AssetLedger,
  { side, quantity }: Pick<Dealt, "side" | "quantity">,
  worthOfLot: Amount,
): void {
  const cost = multiply(quantity, worthOfLot);
  quote.expect(side === Side.buy ? cost : subtract(0, cost));
}
