/**
 * Somebody who only listens to market data, with the SDK's own book: whatever it holds must be what
 * the exchange displayed at that update.
 */
import type { LocalBookByOrder } from "../../../clients/sdk/local-book-by-order.ts";
import { OutcryClient } from "../../../clients/sdk/outcry-client.ts";
import type { InstrumentSymbol } from "../../../protocols/index.ts";
import { displayedText } from "../checkers/log-oracle.ts";
import type { LogOracle } from "../checkers/log-oracle.ts";
import { PromiseBroken } from "../checkers/promise-broken.ts";
import type { SimWorld } from "../world/sim-world.ts";
import { SimWire, wireClockOf } from "./sim-wire.ts";

const verifyEveryMs = 3000;

export class BookWatcher {
  readonly symbol: InstrumentSymbol;
  readonly #book: LocalBookByOrder;
  readonly #oracle: LogOracle;
  #compared = 0;

  constructor(world: SimWorld, symbol: InstrumentSymbol, oracle: LogOracle) {
    this.symbol = symbol;
    this.#oracle = oracle;
    const name = `watcher-${symbol}`;
    const process = world.newProcess(name);
    const wire = new SimWire(world.servers, process, name);
    const client = new OutcryClient(wire, { account: "nobody", clock: wireClockOf(process) });
    // By virtual time and not the machine's.
    this.#book = client.bookByOrder(symbol, { verifyEveryMs: 0 });
    const verify = (): void => {
      void this.#book.verify().catch(() => undefined);
      process.after(verifyEveryMs, verify);
    };
    process.after(verifyEveryMs, verify);
    this.#book.onChanged(() => this.#compare());
  }

  get compared(): number {
    return this.#compared;
  }

  get joins(): number {
    return this.#book.joins;
  }

  /** Whether it holds what the market displays now. */
  get isCurrent(): boolean {
    return this.#book.phase === "following" && this.#book.updateId === this.#updateIdNow;
  }

  get #updateIdNow(): number {
    const ask = { symbol: this.symbol, limit: 1 };
    for (const shard of this.#oracle.shards) {
      const view = shard.answer("displayed-orders", ask);
      if (view !== null) return view.updateId;
    }
    return 0;
  }

  /** A book that is kept open keeps the whole world in memory. */
  close(): void {
    this.#book.close();
  }

  #compare(): void {
    const { phase, updateId, isWhole } = this.#book;
    if (phase !== "following" || !isWhole) return;
    const expected = this.#oracle.displayedAt(this.symbol, updateId);
    if (expected === undefined) return;
    const held = displayedText(this.#book.bids(Infinity), this.#book.asks(Infinity));
    if (held !== expected) {
      const at = `${this.symbol} at update ${String(updateId)}`;
      throw new PromiseBroken("market-data", `${at}: a client holds ${held}, it was ${expected}`);
    }
    this.#compared += 1;
  }
}
