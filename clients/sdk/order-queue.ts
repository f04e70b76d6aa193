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
  /** What all items of a batch have in common; nothing unless told. */
  readonly kindOf?: (item: Item) => unknown;
}

/** Something that is done alone, after all before it and before all behind it. */
class Alone {
  readonly run: () => Promise<void>;

  constructor(run: () => Promise<void>) {
    this.run = run;
  }
}

export class OrderQueue<Item extends NonNullable<unknown>> {
  readonly #send: SendBatch<Item>;
  readonly #options: OrderQueueOptions<Item>;
  /** Items stand here as they are: thousands wait at a time, and each more object costs. */
  readonly #waiting: (Item | Alone)[] = [];
  #underWay = 0;
  #isAlone = false;
  #isPumpDue = false;

  constructor(send: SendBatch<Item>, options: OrderQueueOptions<Item>) {
    this.#send = send;
    this.#options = options;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  add(item: Item): void {
    this.#push(item);
  }

  /** Runs when everything added before is settled; what is added later waits for it. */
  addAlone<Result>(run: () => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#push(new Alone(() => run().then(resolve, reject)));
    return promise;
  }

  #push(entry: Item | Alone): void {
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
      const [next] = this.#waiting;
      if (next === undefined) break;
      if (next instanceof Alone) {
        if (this.#underWay > 0) break;
        this.#waiting.shift();
        this.#isAlone = true;
        void this.#underWayUntil(next.run());
      } else {
        void this.#underWayUntil(this.#send(this.#takeItems()));
      }
    }
  }

  async #underWayUntil(done: Promise<void>): Promise<void> {
    this.#underWay += 1;
    await done;
    this.#underWay -= 1;
    this.#isAlone = false;
    this.#pump();
  }

  /** The items at the head, up to a full batch, another kind or what is to run alone. */
  #takeItems(): readonly Item[] {
    const { itemsPerBatchMax, sizePerBatchMax, sizeOf, kindOf } = this.#options;
    const first = this.#waiting[0] as Item;
    const kind = kindOf?.(first);
    let count = 0;
    let size = 0;
    for (const entry of this.#waiting) {
      if (entry instanceof Alone || count === itemsPerBatchMax) break;
      if (kindOf?.(entry) !== kind) break;
      size += sizeOf(entry);
      if (size > sizePerBatchMax && count > 0) break;
      count += 1;
    }
    // What was taken is not kept here a moment longer: it would hold on to its result, too.
    return this.#waiting.splice(0, count) as Item[];
  }
}
