/**
 * Tells what an auction would execute, while its orders gather: at most so often, and only when it
 * has changed.
 */
import { Side, ticksMax } from "../../protocols/index.ts";
import type { AuctionIndicated, Lots, Ticks, TimeUs } from "../../protocols/index.ts";
import type { MatchingDesk } from "./matching-desk.ts";

/** Between two tellings, in log time. */
const intervalUs: TimeUs = 100_000;

export class AuctionIndicator {
  readonly #desk: MatchingDesk;
  /** As it was told last. */
  #price: Ticks = 0;
  #volume: Lots = 0;
  #surplusSide: Side = Side.buy;
  #surplus: Lots = 0;
  #toldUs: TimeUs = 0;
  #dueUs: TimeUs = 0;

  constructor(desk: MatchingDesk) {
    this.#desk = desk;
  }

  /** When it is to be looked at again; 0 if it need not be. */
  get dueUs(): TimeUs {
    return this.#dueUs;
  }

  /** Tells what there is to tell, or asks to be called when it may. */
  tell(): void {
    const { orders, symbol, turn } = this.#desk;
    const { market, context } = turn;
    const { timeUs } = context;
    if (timeUs < this.#toldUs + intervalUs) {
      if (this.#dueUs !== 0) return;
      this.#dueUs = this.#toldUs + intervalUs;
      context.wakeAt(symbol, this.#dueUs);
      return;
    }
    this.#dueUs = 0;
    const indicated = orders.equilibrium(market.referencePrice, ticksMax);
    const price = indicated?.price ?? 0;
    const volume = indicated?.volume ?? 0;
    const surplusSide = indicated?.surplusSide ?? Side.buy;
    const surplus = indicated?.surplus ?? 0;
    if (this.#isAsTold({ price, volume, surplusSide, surplus })) return;
    this.#price = price;
    this.#volume = volume;
    this.#surplusSide = surplusSide;
    this.#surplus = surplus;
    this.#toldUs = timeUs;
    context.emit({ kind: "auction-indicated", symbol, price, volume, surplusSide, surplus });
  }

  /** No auction is held: the next one begins anew. */
  end(): void {
    this.#price = this.#volume = this.#surplus = 0;
    this.#surplusSide = Side.buy;
    this.#dueUs = 0;
  }

  #isAsTold({ price, volume, surplusSide, surplus }: Indicated): boolean {
    return (
      price === this.#price &&
      volume === this.#volume &&
      surplusSide === this.#surplusSide &&
      surplus === this.#surplus
    );
  }

  snapshot(): SavedIndication {
    const told = [this.#price, this.#volume, this.#surplusSide, this.#surplus] as const;
    return [...told, this.#toldUs, this.#dueUs];
  }

  restore([price, volume, surplusSide, surplus, toldUs, dueUs]: SavedIndication): void {
    this.#price = price;
    this.#volume = volume;
    this.#surplusSide = surplusSide;
    this.#surplus = surplus;
    this.#toldUs = toldUs;
    this.#dueUs = dueUs;
  }
}

type Indicated = Pick<AuctionIndicated, "price" | "volume" | "surplusSide" | "surplus">;
export type SavedIndication = readonly [
  price: Ticks,
  volume: Lots,
  surplusSide: Side,
  surplus: Lots,
  toldUs: TimeUs,
  dueUs: TimeUs,
];
