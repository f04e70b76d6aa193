/**
 * One turn of a book, from being called to having answered: the market as it is, and the context of
 * the entry that the book was called for.
 *
 * Whoever works for the book looks them up here instead of handing them on.
 *
 * Invariant: both are there during a turn, and neither is outside of one.
 */
import { assert } from "../../protocols/index.ts";
import type { ActorContext, TradingRules } from "../actor.ts";

export class BookTurn {
  #market: TradingRules | undefined;
  #context: ActorContext | undefined;

  begin(market: TradingRules, context: ActorContext): void {
    assert(this.#context === undefined, "a book was called from within itself");
    this.#market = market;
    this.#context = context;
  }

  end(): void {
    assert(this.#context !== undefined);
    this.#market = undefined;
    this.#context = undefined;
  }

  get market(): TradingRules {
    assert(this.#market !== undefined, "a book looks at its market outside of a turn");
    return this.#market;
  }

  get context(): ActorContext {
    assert(this.#context !== undefined, "something happens in a book outside of a turn");
    return this.#context;
  }
}
