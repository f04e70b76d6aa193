/**
 * Carries a random taker's decisions out in one instrument.
 */
import type { OrderResult, OutcryClient } from "../sdk/index.ts";
import { OutcryFault } from "../sdk/index.ts";
import type { Instrument } from "../../protocols/api/replies.ts";
import type { Desk, DeskTick } from "./desk.ts";
import { holdingsOf } from "./holdings.ts";
import { RandomTaker } from "./random-taker.ts";
import type { TakerDecision } from "./random-taker.ts";

export interface TakerDeskOptions {
  readonly client: OutcryClient;
  readonly instrument: Instrument;
  readonly seed: number;
  readonly quantityMax: number;
  /** What the instrument is worth by its best prices; undefined while nobody quotes. */
  readonly price: () => number | undefined;
}

type Sent = Exclude<TakerDecision, { kind: "wait" }>;

const inventoryPerOrder = 10;

export class TakerDesk implements Desk {
  readonly #options: TakerDeskOptions;
  readonly #taker: RandomTaker;
  #ownedLotsAtStart: number | undefined;
  /** It is not known what was traded. */
  #isUnsure = true;

  constructor(options: TakerDeskOptions) {
    this.#options = options;
    const { client, instrument, seed, quantityMax } = options;
    this.#taker = new RandomTaker({
      seed,
      symbol: instrument.symbol,
      name: client.account,
      quantityMax,
      inventoryMax: inventoryPerOrder * quantityMax,
    });
  }

  get inventory(): number {
    return this.#taker.inventory;
  }

  async tick(): Promise<DeskTick> {
    const price = this.#options.price();
    if (price === undefined) return "idle";
    try {
      if (this.#isUnsure) await this.#beginAnew(price);
      const decision = this.#taker.decide(price);
      if (decision.kind === "wait") return "idle";
      this.#isUnsure = true;
      const result = await this.#send(decision);
      this.#isUnsure = false;
      this.#taker.answered(decision, result.ok ? result.order.executed : undefined);
      return result.ok ? "done" : "refused";
    } catch (error) {
      if (error instanceof OutcryFault) return "unanswered";
      throw error;
    }
  }

  /** Its orders never rest. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  async #beginAnew(price: number): Promise<void> {
    const { client, instrument } = this.#options;
    const { ownedLots } = await holdingsOf(client, instrument, price);
    this.#ownedLotsAtStart ??= ownedLots;
    this.#taker.reset(ownedLots - this.#ownedLotsAtStart);
    this.#isUnsure = false;
  }

  #send(decision: Sent): Promise<OrderResult> {
    const { client, instrument } = this.#options;
    const { symbol } = instrument;
    const { side, quantity } = decision;
    if (decision.kind === "market") return client.place({ symbol, side, type: "market", quantity });
    const { price } = decision;
    return client.place({ symbol, side, type: "limit", timeInForce: "IOC", price, quantity });
  }
}
