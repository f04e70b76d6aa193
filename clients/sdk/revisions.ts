/**
 * Which revision each order has, as far as a client was told: what a replace must carry so that it
 * happens once however often it is sent.
 */
import type { OrderState } from "../../protocols/api/replies.ts";

interface OrderNames {
  readonly orderId?: number;
  readonly clientOrderId?: string;
}

/** Orders remembered; the others are asked for. */
const ordersRememberedMax = 10_000;

export class Revisions {
  /** By whichever name the caller uses for the order. */
  readonly #known = new Map<string, number>();
  readonly #turns = new Map<string, Promise<unknown>>();

  /** What a reply told of an order. A closed order is forgotten: it has no next revision. */
  learn(names: OrderNames, { status, revision }: OrderState): void {
    const key = keyOf(names);
    this.#known.delete(key);
    if (status !== "new" && status !== "partiallyFilled") return;
    this.#known.set(key, revision);
    if (this.#known.size <= ordersRememberedMax) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }

  /** Runs after every earlier turn of the same order, with the revision known by then. */
  async inTurn<Result>(
    names: OrderNames,
    run: (known: number | undefined) => Promise<Result>,
  ): Promise<Result> {
    const key = keyOf(names);
    const before = this.#turns.get(key) ?? Promise.resolve();
    const turn = before.then(
      () => run(this.#known.get(key)),
      () => run(undefined),
    );
    this.#turns.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    }
  }
}

function keyOf({ orderId, clientOrderId }: OrderNames): string {
  return orderId === undefined ? `c${clientOrderId ?? ""}` : `o${String(orderId)}`;
}
