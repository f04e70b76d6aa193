/** The lots of one asset of one account: acquisitions open them, disposals close them. */
import { assert } from "../../../protocols/index.ts";
import type { Acquisition, LotMethod } from "./lot.ts";
import { compareLots, Lot } from "./lot.ts";

/** A part of a lot that somebody names. */
export interface NamedPart {
  readonly lot: Lot;
  readonly quantity: bigint;
}

/** A part of a lot that was closed. */
export interface ClosedPart extends NamedPart {
  readonly cost: bigint | undefined;
  /** Its share of what the disposal brought; undefined where that was no sale. */
  readonly proceeds: bigint | undefined;
}

export interface Disposal {
  readonly quantity: bigint;
  /** Units of the currency, less fees; undefined for what was no sale. */
  readonly proceeds: bigint | undefined;
  readonly method: LotMethod;
  /** Taken before all others. */
  readonly named: readonly NamedPart[];
}

export class LotBook {
  readonly #byName = new Map<string, Lot>();
  /** Those of which something may be left; the one that is taken next is the last. */
  #queue: Lot[] = [];
  #method: LotMethod = "fifo";
  #count = 0;

  acquire(acquisition: Acquisition): Lot {
    const lot = new Lot(acquisition, this.#count++);
    assert(!this.#byName.has(acquisition.name), "two lots of one name");
    this.#byName.set(acquisition.name, lot);
    this.#queue.splice(this.#placeOf(lot), 0, lot);
    return lot;
  }

  /** One that there was at any time. */
  find(name: string): Lot | undefined {
    return this.#byName.get(name);
  }

  /** Those of which something is left, in the order of their arrival. */
  open(): readonly Lot[] {
    return this.#queue.filter(({ quantity }) => quantity > 0n).sort((a, b) => a.number - b.number);
  }

  /** The parts that it closes, in the order in which they are taken; undefined if there is less. */
  dispose(disposal: Disposal): readonly ClosedPart[] | undefined {
    const { quantity, proceeds, named } = disposal;
    this.#orderBy(disposal.method);
    const closed: ClosedPart[] = [];
    let taken = 0n;
    const take = ({ lot, quantity: part }: NamedPart): void => {
      const before = shareOf(proceeds, taken, quantity);
      taken += part;
      const after = shareOf(proceeds, taken, quantity);
      const share = after === undefined || before === undefined ? undefined : after - before;
      closed.push({ lot, quantity: part, cost: lot.take(part), proceeds: share });
    };
    for (const part of named) take(part);
    assert(taken <= quantity, "more was named than was disposed of");
    while (taken < quantity) {
      const lot = this.#next();
      if (lot === undefined) return undefined;
      const left = quantity - taken;
      take({ lot, quantity: lot.quantity < left ? lot.quantity : left });
    }
    return closed;
  }

  #next(): Lot | undefined {
    while (this.#queue.at(-1)?.quantity === 0n) this.#queue.pop();
    return this.#queue.at(-1);
  }

  #orderBy(method: LotMethod): void {
    if (method === this.#method) return;
    this.#method = method;
    this.#queue = this.#queue
      .filter(({ quantity }) => quantity > 0n)
      .sort((a, b) => compareLots(method, b, a));
  }

  /** Behind all that are taken after it. */
  #placeOf(lot: Lot): number {
    let [low, high] = [0, this.#queue.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareLots(this.#method, this.#queue[middle]!, lot) > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Of an amount, what falls on so much of all: rounded down, so that the last part has the rest. */
function shareOf(amount: bigint | undefined, part: bigint, all: bigint): bigint | undefined {
  return amount === undefined ? undefined : (amount * part) / all;
}
