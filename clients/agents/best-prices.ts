/** The best prices of an instrument as last published. */
import type { OutcryClient } from "../sdk/index.ts";

export class BestPrices {
  readonly #stop: () => void;
  #middle: number | undefined;

  constructor(client: OutcryClient, symbol: string) {
    const subscription = client.onBestPrices(symbol, ({ bid, ask }) => {
      const [low, high] = [bid?.[0] ?? ask?.[0], ask?.[0] ?? bid?.[0]];
      this.#middle =
        low === undefined || high === undefined ? undefined : Math.floor((low + high) / 2);
    });
    this.#stop = () => subscription.close();
  }

  /** Between the best bid and the best ask, or the only one there is. */
  get middle(): number | undefined {
    return this.#middle;
  }

  close(): void {
    this.#stop();
  }
}
