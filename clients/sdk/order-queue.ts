/**
 * Order queue: what one client wants done to its orders, sent in batches that form by themselves.
 *
 * A batch leaves as soon as there is room; what is asked for meanwhile gathers into the next one.
 * So one order alone waits for nothing, and thousands a second travel in batches of hundreds.
 *
 * With one batch under way at a time, commands take effect in the order they were asked for,
 * however often a batch must be sent again. Every command in it can be repeated without harm.
 */

/** Sends a batch and settles each of its items; never rejects. */
export type SendBatch<Item> = (items: readonly Item[]) => Promise<void>;

export interface OrderQueueOptions<Item> {
  /** 1 keeps the order of commands; more is faster where their order does not matter. */
  readonly batchesUnderWayMax: number;
  readonly itemsPerBatchMax: number;
  /** In what `sizeOf` counts; an item that alone is larger travels alone. */
  readonly sizePerBatchMax: number;
  readonly sizeOf: (item: Item) => number;
}

/** Something that is done alone, after all before it and before all behind it. */
type Entry<Item> =
  | { readonly kind: "item"; readonly item: Item }
  | { readonly kind: "alone"; readonly run: () => Promise<void> };

export class OrderQueue<Item> {
  readonly #send: SendBatch<Item>;
  readonly #options: OrderQueueOptions<Item>;
  #waiting: Entry<Item>[] = [];
  #waitingFrom = 0;
  #underWay = 0;
  #isAlone = false;
  #isPumpDue = false;

  constructor(send: SendBatch<Item>, options: OrderQueueOptions<Item>) {
    this.#send = send;
    this.#options = options;
  }

  get waitingCount(): number {
    return this.#waiting.length - this.#waitingFrom;
  }

  add(item: Item): void {
    this.#push({ kind: "item", item });
  }

  /** Runs when everything added before is settled; what is added later waits for it. */
  addAlone<Result>(run: () => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#push({ kind: "alone", run: () => run().then(resolve, reject) });
    return promise;
  }

  #push(entry: Entry<Item>): void {
    this.#waiting.push(entry);
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    // Not at once: what is asked for in one go travels in one batch.
    queueMicrotask(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#isAlone && this.#underWay < this.#options.batchesUnderWayMax) {
      const next = this.#waiting[this.#waitingFrom];
      if (next === undefined) break;
      if (next.kind === "item") {
        void this.#underWayUntil(this.#send(this.#takeItems()));
      } else {
        if (this.#underWay > 0) break;
        this.#waitingFrom += 1;
        this.#isAlone = true;
        void this.#underWayUntil(next.run());
      }
    }
    this.#compact();
  }

  async #underWayUntil(done: Promise<void>): Promise<void> {
    this.#underWay += 1;
    await done;
    this.#underWay -= 1;
    this.#isAlone = false;
    this.#pump();
  }

  /** The items at the head, up to a full batch or to what is to run alone. */
  #takeItems(): readonly Item[] {
    const { itemsPerBatchMax, sizePerBatchMax, sizeOf } = this.#options;
    const items: Item[] = [];
    let size = 0;
    while (items.length < itemsPerBatchMax) {
      const entry = this.#waiting[this.#waitingFrom];
      if (entry?.kind !== "item") break;
      size += sizeOf(entry.item);
      if (size > sizePerBatchMax && items.length > 0) break;
      items.push(entry.item);
      this.#waitingFrom += 1;
    }
    return items;
  }

  /** Drops what was taken, now and then, so that taking costs the same however many wait. */
  #compact(): void {
    if (this.#waitingFrom * 2 <= this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#waitingFrom);
    this.#waitingFrom = 0;
  }
}
