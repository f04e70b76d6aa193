/**
 * A binary heap: whatever is put in, the first by a given order comes out.
 *
 * Items must never be equal in that order: then what comes out depends on what is in it alone, not
 * on how it came in.
 */
import { assert } from "../protocols/index.ts";

export class PriorityHeap<Item> {
  readonly #isBefore: (a: Item, b: Item) => boolean;
  readonly #items: Item[] = [];

  constructor(isBefore: (a: Item, b: Item) => boolean) {
    this.#isBefore = isBefore;
  }

  get first(): Item | undefined {
    return this.#items[0];
  }

  add(item: Item): void {
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

  /** All that is in it, the first one first. */
  inOrder(): readonly Item[] {
    const isBefore = this.#isBefore;
    return this.#items.toSorted((a, b) => (isBefore(a, b) ? -1 : Number(isBefore(b, a))));
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
