/** A venue on which somebody trades what a test says, at the times that it says. */
import { TestVenue } from "../../../actors/testing/test-venue.ts";
import { ChanceOfEntries } from "../../../cluster/testing/chance-of-entries.ts";
import { OrderType, plainInstructions, Side, TimeInForce } from "../../../protocols/index.ts";
import type { InstrumentTerms } from "../../../protocols/index.ts";

/** Ticks of 0.01 euros, lots of 0.1 shares; 1 % for takers. */
export const shares: InstrumentTerms = {
  ...{ symbol: "SHARE-EUR", base: "SHARE", quote: "EUR", baseUnitsPerLot: 1 },
  ...{ quoteUnitsPerTickLot: 1, makerFeeBasisPoints: 0, takerFeeBasisPoints: 100 },
};

export class TradedVenue extends TestVenue {
  #orders = 0;

  constructor() {
    super(1, { chance: new ChanceOfEntries() });
    this.timeUs = Date.parse("2026-01-01T00:00:00Z") * 1000;
    this.do({ kind: "add-asset", asset: "SHARE", decimals: 1 });
    this.do({ kind: "add-asset", asset: "EUR", decimals: 3 });
    this.do({ kind: "list-instrument", terms: shares });
    this.open("maker", { SHARE: 100_000, EUR: 1_000_000_000 });
    this.open("alice", { EUR: 1_000_000 });
  }

  /** What follows happens on that day. */
  on(day: string): this {
    this.timeUs = Date.parse(day) * 1000;
    return this;
  }

  /** Alice takes, and the other one makes. */
  trade(side: "buy" | "sell", quantity: number, price: number): void {
    const taken = side === "buy" ? Side.buy : Side.sell;
    const made = side === "buy" ? Side.sell : Side.buy;
    this.#place("maker", made, { quantity, price });
    this.#place("alice", taken, { quantity, price });
  }

  #place(
    account: string,
    side: Side,
    { quantity, price }: { readonly quantity: number; readonly price: number },
  ): void {
    this.do({
      ...{ kind: "place-order", account, symbol: shares.symbol, side, quantity, price },
      ...{ clientOrderId: `order-${this.#orders++}`, orderType: OrderType.limit },
      ...{ timeInForce: TimeInForce.GTC, instructions: plainInstructions },
    });
  }
}
