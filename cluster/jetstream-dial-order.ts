/**
 * Which server to dial when the line is lost.
 *
 * The client library tries the lost server first. One that was killed refuses at once, but one that
 * hangs costs the whole dial timeout, and one that is cut off from the others takes us back. So the
 * others come first, the one least recently dialed before the rest, and the lost one after them.
 */
import { assert } from "../protocols/assert.ts";

/** What the order needs to know of a server; the library's own description has it. */
export interface DialTarget {
  readonly listen: string;
  /** When it was last dialed, 0 for never. */
  readonly lastConnect: number;
}

export class DialOrder {
  #connectedTo: string | undefined;
  #dials = 0;

  /** That server accepted us. */
  connected(listen: string): void {
    this.#connectedTo = listen;
    this.#dials = 0;
  }

  next<Target extends DialTarget>(pool: readonly Target[]): Target {
    const [first] = pool;
    assert(first !== undefined, "there is always a server to dial");
    this.#dials += 1;
    const lost = pool.find((target) => target.listen === this.#connectedTo);
    const others = pool.filter((target) => target !== lost);
    if (lost !== undefined && this.#dials % pool.length === 0) return lost;
    return others.reduce((a, b) => (b.lastConnect < a.lastConnect ? b : a), others[0] ?? first);
  }
}
