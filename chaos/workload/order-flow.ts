/**
 * What one client wants next: ordinary orders of every type around a price that stays where it is,
 * so that about a third of them trade. Decided by a seed, and by what the client knows of its
 * orders; what became of the others is nobody's business here.
 */
import type { SeededRandom } from "../../clients/agents/seeded-random.ts";
import type { PlaceRequest } from "../../protocols/api/order-requests.ts";
import type { OrderState } from "../../protocols/api/replies.ts";

export type Wish =
  | { readonly kind: "place"; readonly clientOrderId: string; readonly request: PlaceRequest }
  | { readonly kind: "cancel"; readonly clientOrderId: string }
  | {
      readonly kind: "replace";
      readonly clientOrderId: string;
      readonly price: number;
      readonly quantity: number;
      readonly revision: number;
    };

/** An order that works as far as the client knows, and that nothing is being done to. */
interface Working {
  readonly price: number;
  readonly quantity: number;
  readonly revision: number;
}

const middlePrice = 10_000;
const priceReach = 3;
const quantityMax = 5;
/** From so many on, something is canceled rather than placed. */
const workingMax = 40;

export class OrderFlow {
  readonly #symbol: string;
  readonly #random: SeededRandom;
  readonly #working = new Map<string, Working>();

  constructor(symbol: string, random: SeededRandom) {
    this.#symbol = symbol;
    this.#random = random;
  }

  /** @param clientOrderId the name of the order, if one is placed. */
  next(clientOrderId: string): Wish {
    const target = this.#anyWorking();
    const dice = this.#random.between(1, 100);
    if (target !== undefined && (this.#working.size >= workingMax || dice <= 15)) {
      this.#working.delete(target[0]);
      return { kind: "cancel", clientOrderId: target[0] };
    }
    if (target !== undefined && dice <= 30) return this.#replace(...target);
    return { kind: "place", clientOrderId, request: this.#placing(clientOrderId, dice) };
  }

  /** How the order stands after something was done to it. */
  learn(clientOrderId: string, { status, price, quantity, revision }: OrderState): void {
    if (status !== "new" && status !== "partiallyFilled") this.#working.delete(clientOrderId);
    else this.#working.set(clientOrderId, { price, quantity, revision });
  }

  /** All of them were canceled. */
  forget(): void {
    this.#working.clear();
  }

  #anyWorking(): [string, Working] | undefined {
    const { size } = this.#working;
    if (size === 0) return undefined;
    return [...this.#working][this.#random.between(0, size - 1)];
  }

  #replace(clientOrderId: string, { price, quantity, revision }: Working): Wish {
    // Nothing else is asked of it until the answer is there.
    this.#working.delete(clientOrderId);
    return {
      kind: "replace",
      clientOrderId,
      price: price + this.#random.between(-1, 1),
      quantity: quantity + this.#random.between(0, 2),
      revision: revision + 1,
    };
  }

  #placing(clientOrderId: string, dice: number): PlaceRequest {
    const side = this.#random.percent(50) ? "buy" : "sell";
    const quantity = this.#random.between(1, quantityMax);
    const order = { clientOrderId, symbol: this.#symbol, side, quantity } as const;
    if (dice > 95) return { ...order, type: "market" };
    const passive = this.#random.between(-1, priceReach);
    const price = middlePrice + (side === "buy" ? -passive : passive);
    const timeInForce = dice > 90 ? "FOK" : dice > 75 ? "IOC" : "GTC";
    return { ...order, type: "limit", price, timeInForce };
  }
}
