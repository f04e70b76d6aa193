/** A queue: what is put in first comes out first, at the same cost however long it is. */
import { assert } from "../protocols/index.ts";

export class Queue<Item> {
  /** Those that were taken out, and then those that wait. */
  #items: Item[] = [];
  #taken = 0;

  get length(): number {
    return this.#items.length - this.#taken;
  }

  get first(): Item | undefined {
    return this.#items[this.#taken];
  }

  add(item: Item): void {
    this.#items.push(item);
  }

  removeFirst(): void {
    assert(this.length > 0, "the queue is empty");
    this.#taken += 1;
    // Each that waits is moved once at most for each that was taken.
    if (this.#taken < this.length) return;
    this.#items = this.#items.slice(this.#taken);
    this.#taken = 0;
  }

  /** Those that wait, in their order. */
  values(): readonly Item[] {
    return this.#items.slice(this.#taken);
  }
}
