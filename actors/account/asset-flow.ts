/**
 * What moves of each asset on the accounts of one shard while an entry is applied, beside what is
 * to move: deposits bring what they say, and a fill moves its price times its quantity.
 *
 * The two are counted in different places: balances count what changes in them, whoever changes
 * it; what is to move follows from the messages alone.
 *
 * Invariant: assets-conserved, trades-balance.
 */
import { add, hold, invariant, multiply, Side, subtract } from "../../protocols/index.ts";
import type { Amount, AssetId, InstrumentTerms, Lots, Ticks } from "../../protocols/index.ts";

const assetsConserved = invariant("assets-conserved");
const tradesBalance = invariant("trades-balance");

/** Of one asset. */
export class AssetFlow {
  readonly asset: AssetId;
  /** What balances have gained since the step began, */
  #moved: Amount = 0;
  /** what deposits have brought, */
  #deposited: Amount = 0;
  /** what fills have, */
  #dealt: Amount = 0;
  /** and what there is on all of them, when no step is under way. */
  held: Amount = 0;
  /** While all balances are counted: what was found on them so far. */
  counted: Amount = 0;
  /** Where it stands in line once something has happened to it. */
  readonly #touched: AssetFlow[];
  #isTouched = false;

  /** Without a line to stand in, nobody settles it. */
  constructor(asset: AssetId = "", touched: AssetFlow[] = []) {
    this.asset = asset;
    this.#touched = touched;
  }

  /** A balance has changed by so much. */
  moved(amount: Amount): void {
    this.#moved = add(this.#moved, amount);
    if (!this.#isTouched) this.#touch();
  }

  /** A deposit brings so much. */
  deposited(amount: Amount): void {
    this.#deposited = add(this.#deposited, amount);
  }

  /** A fill brings so much, or takes it when negative. */
  dealt(amount: Amount): void {
    this.#dealt = add(this.#dealt, amount);
  }

  #touch(): void {
    this.#isTouched = true;
    this.#touched.push(this);
  }

  /** The step is over. Both sides of every trade are here if there is but one shard. */
  settle(isWhole: boolean): void {
    hold(assetsConserved, this.#moved === add(this.#deposited, this.#dealt));
    if (isWhole) hold(tradesBalance, this.#dealt === 0);
    this.held = add(this.held, this.#moved);
    this.#moved = this.#deposited = this.#dealt = 0;
    this.#isTouched = false;
  }
}

/** Of all assets of a shard. */
export class AssetFlows {
  readonly #flows = new Map<AssetId, AssetFlow>();
  readonly #touched: AssetFlow[] = [];

  of(asset: AssetId): AssetFlow {
    let flow = this.#flows.get(asset);
    if (flow === undefined) {
      flow = new AssetFlow(asset, this.#touched);
      this.#flows.set(asset, flow);
    }
    return flow;
  }

  /** Every asset that ever moved. */
  all(): Iterable<AssetFlow> {
    return this.#flows.values();
  }

  /** Ends a step. */
  settle(isWhole: boolean): void {
    for (const flow of this.#touched) flow.settle(isWhole);
    this.#touched.length = 0;
  }
}

/** What one order's fill is. */
interface Dealt {
  readonly side: Side;
  readonly price: Ticks;
  readonly quantity: Lots;
}

/** Says what a fill is to move; its fee goes to another account of the shard. */
export function deal(
  { base, quote }: { readonly base: AssetFlow; readonly quote: AssetFlow },
  terms: InstrumentTerms,
  { side, price, quantity }: Dealt,
): void {
  const goods = multiply(quantity, terms.baseUnitsPerLot);
  const money = multiply(multiply(price, terms.quoteUnitsPerTickLot), quantity);
  base.dealt(side === Side.buy ? goods : subtract(0, goods));
  quote.dealt(side === Side.buy ? subtract(0, money) : money);
}
