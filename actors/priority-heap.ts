/**
 * A binary heap: whatever is put in, the first by a given order comes out.
 *
 * What is in it may become void, and is passed over then; from time to time all that is void is
 * swept out, so that a heap never holds much more than twice of what counts, for whatever cause
 * things are put in. Items must never be equal in that order unless they are the same to whoever
 * takes them: then what comes out depends on what is in it alone, not on how it came in.
 */
import { assert } from "../protocols/index.ts";

/** Below that many items nothing is swept. */
const sweptAtLeast = 64;

export class PriorityHeap<Item> {
  readonly #isBefore: (a: Item, b: Item) => boolean;
  readonly #isVoid: (item: Item) => boolean;
  #items: Item[] = [];
  /** How many items there are when it is swept next. */
  #sweepAt = sweptAtLeast;

  constructor(isBefore: (a: Item, b: Item) => boolean, isVoid: (item: Item) => boolean) {
    this.#isBefore = isBefore;
    this.#isVoid = isVoid;
  }

  /** How many items take room, void ones among them. */
  get size(): number {
    return this.#items.length;
  }

  /** The first that is not void; undefined when there is none. */
  get first(): Item | undefined {
    for (let first = this.#items[0]; first !== undefined; first = this.#items[0]) {
      if (!this.#isVoid(first)) return first;
      this.removeFirst();
    }
    return undefined;
  }

  add(item: Item): void {
    if (this.#items.length >= this.#sweepAt) this.#sweep();
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(item, items[parent]!)) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  /** Leaves one of each that counts. Items in order are a heap. */
  #sweep(): void {
    const isBefore = this.#isBefore;
    const valid = this.#items.filter((item) => !this.#isVoid(item));
    valid.sort((a, b) => (isBefore(a, b) ? -1 : Number(isBefore(b, a))));
    this.#items = valid.filter((item, at) => at === 0 || isBefore(valid[at - 1]!, item));
    this.#sweepAt = Math.max(2 * this.#items.length, sweptAtLeast);
  }

  removeFirst(): void {
    const items = this.#items;
    const moved = items.pop();
    assert(moved !== undefined, "the heap is empty");
    if (items.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      const right = child + 1;
      if (right < items.length && this.#isBefore(items[right]!, items[child]!)) child = right;
      if (!this.#isBefore(items[child]!, moved)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = moved;
  }
}
