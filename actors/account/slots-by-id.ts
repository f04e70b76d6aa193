/**
 * Finds the slot of an order by its id.
 *
 * Ids are given out in turn, and orders are mostly spoken of soon after: so slots lie in pages in
 * the order of ids, and whoever follows the traffic follows the memory. A page is there while an
 * order in it is known.
 */
import { assert, hold, invariant } from "../../protocols/index.ts";
import type { OrderId } from "../../protocols/index.ts";

const idsAreNew = invariant("order-ids-are-new");

/** So few that an order which is known for years keeps little memory besides its own. */
const idsPerPage = 256;
/** A power of two. */
const cachedPages = 8;
const sparePagesMax = 64;

/** No page has this number. */
const noNumber = Number.MIN_SAFE_INTEGER;

class Page {
  number = noNumber;
  /** The slots plus one; 0 for an id that is not known. */
  readonly slots = new Int32Array(idsPerPage);
  count = 0;
}

const noPage = new Page();

export class SlotsById {
  readonly #pages = new Map<number, Page>();
  /** Pages that were looked at lately, by the lower bits of their numbers. */
  readonly #cached: Page[] = new Array<Page>(cachedPages).fill(noPage);
  readonly #spare: Page[] = [];

  /** -1 when no order of that id is known. */
  find(orderId: OrderId): number {
    const number = Math.floor(orderId / idsPerPage);
    return this.#page(number).slots[orderId - number * idsPerPage]! - 1;
  }

  /** Adds an id that is not known. */
  add(orderId: OrderId, slot: number): void {
    const number = Math.floor(orderId / idsPerPage);
    let page = this.#page(number);
    if (page === noPage) page = this.#begin(number);
    const at = orderId - number * idsPerPage;
    hold(idsAreNew, page.slots[at] === 0);
    page.slots[at] = slot + 1;
    page.count += 1;
  }

  delete(orderId: OrderId): void {
    const number = Math.floor(orderId / idsPerPage);
    const page = this.#page(number);
    const at = orderId - number * idsPerPage;
    assert(page.slots[at] !== 0, "no order of this id is known");
    page.slots[at] = 0;
    page.count -= 1;
    if (page.count === 0) this.#end(page);
  }

  #page(number: number): Page {
    const cached = this.#cached[cachePlace(number)]!;
    if (cached.number === number) return cached;
    const page = this.#pages.get(number);
    if (page === undefined) return noPage;
    this.#cached[cachePlace(number)] = page;
    return page;
  }

  #begin(number: number): Page {
    const page = this.#spare.pop() ?? new Page();
    page.number = number;
    this.#pages.set(number, page);
    this.#cached[cachePlace(number)] = page;
    return page;
  }

  #end(page: Page): void {
    this.#pages.delete(page.number);
    // Where it is cached it is not found any more.
    page.number = noNumber;
    if (this.#spare.length < sparePagesMax) this.#spare.push(page);
  }
}

/** The lower bits of a page's number, which may be below 0 when somebody asks for such an id. */
function cachePlace(number: number): number {
  return number & (cachedPages - 1);
}
