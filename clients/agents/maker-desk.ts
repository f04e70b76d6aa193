/**
 * Carries a market maker's decisions out in one instrument, one order command at a time.
 *
 * When it is not known what became of a command it cancels all it has there and begins anew, so
 * that what it believes and what rests never drift apart.
 */
import type { OrderResult, OutcryClient } from "../sdk/index.ts";
import { OutcryFault } from "../sdk/index.ts";
import type { Instrument, OrderState } from "../../protocols/api/replies.ts";
import { assert } from "../../protocols/index.ts";
import type { Desk, DeskTick } from "./desk.ts";
import { holdingsOf } from "./holdings.ts";
import { MarketMaker } from "./market-maker.ts";
import type { MakerAnswer, MakerDecision, Quote } from "./market-maker.ts";

export interface MakerDeskOptions {
  readonly client: OutcryClient;
  readonly instrument: Instrument;
  readonly seed: number;
  readonly startPrice: number;
  readonly quantityMax: number;
}

/** A quote's order as last heard of. */
interface QuotedOrder {
  readonly orderId: number;
  executed: number;
  revision: number;
}

type Sent = Exclude<MakerDecision, { kind: "wait" }>;

/** Limits are so many of the largest quotes. */
const inventoryPerQuote = 10;

export class MakerDesk implements Desk {
  readonly #options: MakerDeskOptions;
  readonly #maker: MarketMaker;
  readonly #orders = new Map<string, QuotedOrder>();
  #ownedLotsAtStart: number | undefined;
  /** It is not known what rests. */
  #isUnsure = true;

  constructor(options: MakerDeskOptions) {
    this.#options = options;
    const { seed, instrument, startPrice, quantityMax } = options;
    this.#maker = new MarketMaker({
      seed,
      symbol: instrument.symbol,
      startPrice,
      quantityMax,
      inventoryMax: inventoryPerQuote * quantityMax,
    });
  }

  get inventory(): number {
    return this.#maker.inventory;
  }

  async tick(): Promise<DeskTick> {
    try {
      if (this.#isUnsure) await this.#beginAnew();
      const decision = this.#maker.decide();
      if (decision.kind === "wait") return "idle";
      this.#isUnsure = true;
      const result = await this.#send(decision);
      this.#isUnsure = false;
      const answer = this.#learn(decision, result);
      this.#maker.answered(decision, answer);
      return answer.kind === "refused" ? "refused" : "done";
    } catch (error) {
      if (error instanceof OutcryFault) return "unanswered";
      throw error;
    }
  }

  async close(): Promise<void> {
    const { client, instrument } = this.#options;
    await client.cancelAll({ symbol: instrument.symbol });
  }

  async #beginAnew(): Promise<void> {
    const { client, instrument, startPrice } = this.#options;
    await client.cancelAll({ symbol: instrument.symbol });
    const { ownedLots } = await holdingsOf(client, instrument, startPrice);
    this.#ownedLotsAtStart ??= ownedLots;
    this.#orders.clear();
    this.#maker.reset(ownedLots - this.#ownedLotsAtStart);
    this.#isUnsure = false;
  }

  #send(decision: Sent): Promise<OrderResult> {
    const { client, instrument } = this.#options;
    if (decision.kind === "place") {
      const { quote, price, quantity } = decision;
      const { side } = quote;
      const { symbol } = instrument;
      return client.place({ symbol, side, type: "limit", price, quantity });
    }
    const order = this.#orders.get(nameOf(decision.quote));
    assert(order !== undefined, "a quote that rests has an order");
    if (decision.kind === "withdraw") return client.cancel({ orderId: order.orderId });
    return this.#move(order, decision);
  }

  /** A whole quantity counts what was executed, of which the answer may tell more than we knew. */
  async #move(
    { orderId, executed, revision }: QuotedOrder,
    { price, quantity }: Extract<Sent, { kind: "move" }>,
  ): Promise<OrderResult> {
    const { client } = this.#options;
    const replace = (executedNow: number, next: number): Promise<OrderResult> =>
      client.replace({ orderId, price, quantity: executedNow + quantity, revision: next });
    const result = await replace(executed, revision + 1);
    const { ok, order } = result;
    if (ok || order === undefined || !isWorking(order) || order.executed === executed)
      return result;
    return replace(order.executed, order.revision + 1);
  }

  /** What the answer means for the quote. The order may have traded since the answer before. */
  #learn({ quote }: Sent, { ok, order }: OrderResult): MakerAnswer {
    const name = nameOf(quote);
    const known = this.#orders.get(name);
    if (order === undefined) {
      // Never taken, or closed so long ago that the exchange has forgotten it.
      this.#orders.delete(name);
      return { kind: known === undefined ? "refused" : "gone", executed: 0 };
    }
    const executed = order.executed - (known?.executed ?? 0);
    if (isWorking(order)) {
      const { orderId, revision } = order;
      this.#orders.set(name, { orderId, executed: order.executed, revision });
      return { kind: ok ? "working" : "refused", executed };
    }
    this.#orders.delete(name);
    return { kind: ok || known !== undefined ? "gone" : "refused", executed };
  }
}

function isWorking({ status }: Pick<OrderState, "status">): boolean {
  return status === "new" || status === "partiallyFilled";
}

function nameOf({ side, level }: Quote): string {
  return `${side} ${level}`;
}
