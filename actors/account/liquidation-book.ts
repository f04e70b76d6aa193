/**
 * Liquidation book: how far an account is with what is done because its equity does not cover the
 * maintenance of its positions; one liquidation for each asset that contracts are paid in.
 */
import { assert, liquidationWords as phases } from "../../protocols/index.ts";
import type {
  AssetId,
  InstrumentSymbol,
  LiquidationPhase,
  OrderId,
} from "../../protocols/index.ts";

/**
 * What is done because equity does not cover maintenance. Canceling: orders are being canceled, and `awaited` of them have not ended. Reducing: `orderId`
 * is at the book. Offered: the fund has not answered. Deleveraging: the book has not said that this
 * was all. Waiting: nobody has taken what is left, until the mark moves.
 */
export interface Liquidation {
  readonly asset: AssetId;
  phase: LiquidationPhase;
  /** Of the order that reduces; 0 for none. */
  orderId: OrderId;
  /** The contract that is being reduced; "" for none. */
  symbol: InstrumentSymbol;
  /** Orders that have not ended. */
  awaited: number;
}

export class LiquidationBook {
  readonly #liquidations = new Map<AssetId, Liquidation>();
  /** Orders that the account has placed by itself, ever. */
  #orderCount = 0;

  get isEmpty(): boolean {
    return this.#liquidations.size === 0;
  }

  of(asset: AssetId): Liquidation | undefined {
    return this.#liquidations.size === 0 ? undefined : this.#liquidations.get(asset);
  }

  assets(): Iterable<AssetId> {
    return this.#liquidations.keys();
  }

  /** For the name of an order: from 1. */
  nextOrderNumber(): number {
    return ++this.#orderCount;
  }

  begin(asset: AssetId): Liquidation {
    assert(!this.#liquidations.has(asset), "a liquidation began twice");
    const liquidation: Liquidation = {
      ...{ asset, phase: "canceling", orderId: 0, symbol: "", awaited: 0 },
    };
    this.#liquidations.set(asset, liquidation);
    return liquidation;
  }

  end({ asset }: Liquidation): void {
    this.#liquidations.delete(asset);
  }

  /** By asset; undefined where nothing was ever liquidated. */
  snapshot(): SavedLiquidations | undefined {
    if (this.isEmpty && this.#orderCount === 0) return undefined;
    const saved = [...this.#liquidations.values()]
      .sort((a, b) => (a.asset < b.asset ? -1 : 1))
      .map(({ asset, phase, orderId, symbol, awaited }) => {
        return [asset, phases.indexOf(phase), orderId, symbol, awaited] as const;
      });
    return [this.#orderCount, saved];
  }

  restore([orderCount, saved]: SavedLiquidations): void {
    this.#orderCount = orderCount;
    for (const [asset, number, orderId, symbol, awaited] of saved) {
      const phase = phases[number];
      assert(phase !== undefined, "a liquidation was saved in a phase that there is not");
      this.#liquidations.set(asset, { asset, phase, orderId, symbol, awaited });
    }
  }
}

export type SavedLiquidations = readonly [orderCount: number, readonly SavedLiquidation[]];

type SavedLiquidation = readonly [
  AssetId,
  phase: number,
  OrderId,
  InstrumentSymbol,
  awaited: number,
];
