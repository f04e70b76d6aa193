/** Takes turns: so many at once, so many more that wait, and nobody beyond. */
export class Turns {
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor({ atOnce, waitingMax }: { readonly atOnce: number; readonly waitingMax: number }) {
    this.#free = atOnce;
    this.#waitingMax = waitingMax;
  }

  /** Does it when its turn comes; undefined, and it is not done, when too many wait. */
  async take<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
    if (this.#free > 0) this.#free -= 1;
    else if (this.#waiting.length >= this.#waitingMax) return undefined;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Whoever is next has this turn; nobody else can take it in between.
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
