/**
 * The trading floor: a market maker and some takers in every instrument, ticked one after the other
 * in an order that follows from the seed.
 *
 * A desk takes its next step only when the one before is answered, so an exchange that is slow or
 * away is not asked for more and more. Instruments that are listed later are traded too; those
 * that runs list for themselves (`…-R…`) are left alone.
 */
import type { OutcryClient } from "../sdk/index.ts";
import { OutcryFault } from "../sdk/index.ts";
import type { Instrument } from "../../protocols/api/replies.ts";
import { assert } from "../../protocols/index.ts";
import { BestPrices } from "./best-prices.ts";
import type { Desk, DeskTick } from "./desk.ts";
import { holdingsOf, orderSizeFor } from "./holdings.ts";
import { MakerDesk } from "./maker-desk.ts";
import { SeededRandom } from "./seeded-random.ts";
import { startPriceOf } from "./start-price.ts";
import { TakerDesk } from "./taker-desk.ts";

export interface TradingFloorOptions {
  /** Each quotes in its share of the instruments. */
  readonly makers: readonly OutcryClient[];
  /** Each takes in all of them. */
  readonly takers: readonly OutcryClient[];
  readonly seed: number;
  /** Only these instruments; all when left out. */
  readonly symbols?: readonly string[];
}

/** How often ticks came to what. */
export type TickCounts = Readonly<Record<DeskTick, number>>;

interface Pit {
  readonly symbol: string;
  readonly maker: Desk;
  readonly takers: readonly Desk[];
  readonly bestPrices: BestPrices;
}

/** Ticks in a hundred that go to market makers. */
const makerShare = 75;
const makerQuantityWanted = 100;
const takerQuantityWanted = 30;
/** Listed by a run for itself. */
const isRunInstrument = /-R[0-9A-Z]+(-[0-9]+)?$/;

export class TradingFloor {
  readonly #options: TradingFloorOptions;
  readonly #random: SeededRandom;
  readonly #pits = new Map<string, Pit>();
  readonly #busy = new Set<Desk>();
  readonly #counts = { done: 0, refused: 0, idle: 0, unanswered: 0 };

  constructor(options: TradingFloorOptions) {
    assert(options.makers.length > 0, "somebody must make the market");
    this.#options = options;
    this.#random = new SeededRandom(options.seed, "floor");
  }

  get counts(): TickCounts {
    return { ...this.#counts };
  }

  get symbols(): readonly string[] {
    return [...this.#pits.keys()];
  }

  /** Looks for instruments that are not traded yet. Throws an OutcryFault when nobody answers. */
  async lookAround(): Promise<void> {
    const { makers, symbols } = this.#options;
    const [client] = makers;
    assert(client !== undefined);
    for (const instrument of await client.instruments()) {
      const { symbol } = instrument;
      if (this.#pits.has(symbol) || isRunInstrument.test(symbol)) continue;
      if (symbols !== undefined && !symbols.includes(symbol)) continue;
      await this.#open(instrument);
    }
  }

  /** Lets one desk take a step; resolves when that step is answered. */
  async tick(): Promise<void> {
    const pits = [...this.#pits.values()];
    if (pits.length === 0) return;
    const pit = pits[this.#random.between(0, pits.length - 1)];
    const isMaker = this.#random.percent(makerShare);
    const taker = this.#random.between(0, Math.max(0, this.#options.takers.length - 1));
    const desk = isMaker ? pit?.maker : pit?.takers[taker];
    if (desk === undefined || this.#busy.has(desk)) return;
    this.#busy.add(desk);
    try {
      this.#counts[await desk.tick()] += 1;
    } finally {
      this.#busy.delete(desk);
    }
  }

  /** Takes back whatever rests. Throws an OutcryFault when nobody answers. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#pits.values()].map(async ({ maker, bestPrices }) => {
        bestPrices.close();
        await maker.close();
      }),
    );
  }

  /** Opens a pit, unless its maker has not got enough to trade with. */
  async #open(instrument: Instrument): Promise<void> {
    const { makers, takers, seed } = this.#options;
    const { symbol } = instrument;
    const client = makers[this.#pits.size % makers.length];
    assert(client !== undefined);
    const startPrice = await startPriceOf(client, symbol);
    const quantityMax = await sizeFor(client, {
      instrument,
      startPrice,
      wanted: makerQuantityWanted,
    });
    if (quantityMax === 0) return;
    const bestPrices = new BestPrices(client, symbol);
    const takerDesks: Desk[] = [];
    for (const taker of takers) {
      const wanted = Math.min(takerQuantityWanted, quantityMax);
      const most = await sizeFor(taker, { instrument, startPrice, wanted });
      if (most === 0) continue;
      const price = (): number | undefined => bestPrices.middle;
      takerDesks.push(new TakerDesk({ client: taker, instrument, seed, quantityMax: most, price }));
    }
    const maker = new MakerDesk({ client, instrument, seed, startPrice, quantityMax });
    this.#pits.set(symbol, { symbol, maker, takers: takerDesks, bestPrices });
  }
}

async function sizeFor(
  client: OutcryClient,
  {
    instrument,
    startPrice,
    wanted,
  }: { readonly instrument: Instrument; readonly startPrice: number; readonly wanted: number },
): Promise<number> {
  try {
    return orderSizeFor(await holdingsOf(client, instrument, startPrice), wanted);
  } catch (error) {
    // An account that is not open yet has nothing.
    if (error instanceof OutcryFault && error.disposition === "fatal") return 0;
    throw error;
  }
}
