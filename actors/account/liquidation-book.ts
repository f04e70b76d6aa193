/**
 * Liquidation book: how far an account is with what is done because its equity does not cover the
 * maintenance of its positions; one liquidation for each asset that contracts are paid in, and one
 * for each isolated position.
 */
import { assert, liquidationWords as phases } from "../../protocols/index.ts";
import type {
  AssetId,
  InstrumentSymbol,
  LiquidationPhase,
  OrderId,
} from "../../protocols/index.ts";

/** What is measured together, and liquidated. */
export interface LiquidationScope {
  readonly asset: AssetId;
  /** That of an isolated position; "" for all others that are paid in the asset. */
  readonly contract: InstrumentSymbol;
}

/**
 * What is done because equity does not cover maintenance. Canceling: orders are being canceled, and `awaited` of them have not ended. Reducing: `orderId`
 * is at the book. Offered: the fund has not answered. Deleveraging: the book has not said that this
 * was all. Waiting: nobody has taken what is left, until the mark moves.
 */
export interface Liquidation extends LiquidationScope {
  phase: LiquidationPhase;
  /** Of the order that reduces; 0 for none. */
  orderId: OrderId;
  /** The contract that is being reduced; "" for none. */
  symbol: InstrumentSymbol;
  /** Orders that have not ended. */
  awaited: number;
}

export class LiquidationBook {
  readonly #ofAssets = new Map<AssetId, Liquidation>();
  /** Of isolated positions. */
  readonly #ofContracts = new Map<InstrumentSymbol, Liquidation>();
  /** Orders that the account has placed by itself, ever. */
  #orderCount = 0;

  get isEmpty(): boolean {
    return this.#ofAssets.size === 0 && this.#ofContracts.size === 0;
  }

  /** Of all positions in contracts of an asset but isolated ones. */
  of(asset: AssetId): Liquidation | undefined {
    return this.#ofAssets.size === 0 ? undefined : this.#ofAssets.get(asset);
  }

  /** Of an isolated position. */
  ofContract(symbol: InstrumentSymbol): Liquidation | undefined {
    return this.#ofContracts.size === 0 ? undefined : this.#ofContracts.get(symbol);
  }

  find({ asset, contract }: LiquidationScope): Liquidation | undefined {
    return contract === "" ? this.of(asset) : this.ofContract(contract);
  }

  assets(): Iterable<AssetId> {
    return this.#ofAssets.keys();
  }

  /** By asset, and then by contract. */
  all(): readonly Liquidation[] {
    const byAsset = [...this.#ofAssets.values()].sort((a, b) => (a.asset < b.asset ? -1 : 1));
    const isolated = [...this.#ofContracts.values()];
    return [...byAsset, ...isolated.sort((a, b) => (a.contract < b.contract ? -1 : 1))];
  }

  /** For the name of an order: from 1. */
  nextOrderNumber(): number {
    return ++this.#orderCount;
  }

  begin(scope: LiquidationScope): Liquidation {
    assert(this.find(scope) === undefined, "a liquidation began twice");
    const { asset, contract } = scope;
    const liquidation: Liquidation = {
      ...{ asset, contract, phase: "canceling", orderId: 0, symbol: "", awaited: 0 },
    };
    this.#add(liquidation);
    return liquidation;
  }

  #add(liquidation: Liquidation): void {
    const { asset, contract } = liquidation;
    if (contract === "") this.#ofAssets.set(asset, liquidation);
    else this.#ofContracts.set(contract, liquidation);
  }

  end({ asset, contract }: Liquidation): void {
    if (contract === "") this.#ofAssets.delete(asset);
    else this.#ofContracts.delete(contract);
  }

  /** Undefined where nothing was ever liquidated. */
  snapshot(): SavedLiquidations | undefined {
    if (this.isEmpty && this.#orderCount === 0) return undefined;
    const saved = this.all().map((one): SavedLiquidation => {
      const { asset, contract, phase, orderId, symbol, awaited } = one;
      const fields = [asset, phases.indexOf(phase), orderId, symbol, awaited] as const;
      // Nothing, as in snapshots from before, where nothing is isolated.
      return contract === "" ? fields : [...fields, contract];
    });
    return [this.#orderCount, saved];
  }

  restore([orderCount, saved]: SavedLiquidations): void {
    this.#orderCount = orderCount;
    for (const [asset, number, orderId, symbol, awaited, contract = ""] of saved) {
      const phase = phases[number];
      assert(phase !== undefined, "a liquidation was saved in a phase that there is not");
      this.#add({ asset, contract, phase, orderId, symbol, awaited });
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
  contract?: InstrumentSymbol,
];
