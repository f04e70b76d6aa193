/**
 * Compares the public's view of the book with the file's rows, each at the moment when the row's
 * last change has been published and nothing later has.
 *
 * The view is the SDK's local book and nothing else. Where that missed updates and joined anew, the
 * rows in between were not seen, and that is what is said of them.
 */
import { assert, Side } from "../../protocols/index.ts";
import type { LocalBook } from "../../clients/sdk/local-book.ts";
import type { BookRow } from "./book-row.ts";

/** A row, and how many changes the book has made when it should show the row. */
export interface AwaitedRow {
  readonly row: number;
  readonly book: BookRow;
  readonly updateId: number;
}

export interface RowDifference {
  readonly row: number;
  readonly side: "ask" | "bid";
  /** Counted from 1, the best. */
  readonly level: number;
  /** Price and size; null where there is no such level. */
  readonly expected: readonly [price: number, size: number] | null;
  readonly got: readonly [price: number, size: number] | null;
}

export interface Observations {
  readonly matched: readonly number[];
  readonly different: readonly RowDifference[];
  /** Rows that the feed did not show. */
  readonly unseen: readonly number[];
}

export class RowObserver {
  readonly #levels: number;
  readonly #book: LocalBook;
  readonly #stopObserving: () => void;
  #awaited: readonly AwaitedRow[] = [];
  #next = 0;
  #matched: number[] = [];
  #different: RowDifference[] = [];
  #unseen: number[] = [];
  #done = Promise.withResolvers<void>();

  /** @param book follows already. */
  constructor(book: LocalBook, levels: number) {
    assert(book.phase === "following");
    this.#book = book;
    this.#levels = levels;
    this.#stopObserving = book.observe({
      joined: () => this.#look(),
      updated: () => this.#look(),
    });
  }

  /** Compares these rows, in order of their update ids, from where the book is now. */
  await(rows: readonly AwaitedRow[]): void {
    assert(this.#next === this.#awaited.length, "rows are still awaited");
    this.#awaited = rows;
    this.#next = 0;
    this.#matched = [];
    this.#different = [];
    this.#unseen = [];
    this.#done = Promise.withResolvers();
    this.#look();
  }

  /** Resolves when each row awaited has been seen or passed. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** Ends the waiting: rows still awaited count as unseen. */
  observations(): Observations {
    for (; this.#next < this.#awaited.length; this.#next++) {
      this.#unseen.push(this.#awaited[this.#next]!.row);
    }
    return { matched: this.#matched, different: this.#different, unseen: this.#unseen };
  }

  close(): void {
    this.#stopObserving();
  }

  #look(): void {
    const { updateId } = this.#book;
    for (; this.#next < this.#awaited.length; this.#next++) {
      const awaited = this.#awaited[this.#next]!;
      if (awaited.updateId > updateId) return;
      if (awaited.updateId < updateId) this.#unseen.push(awaited.row);
      else this.#compare(awaited);
    }
    this.#done.resolve();
  }

  #compare({ row, book }: AwaitedRow): void {
    const difference =
      this.#differenceOn(Side.sell, row, book) ?? this.#differenceOn(Side.buy, row, book);
    if (difference === undefined) this.#matched.push(row);
    else this.#different.push(difference);
  }

  #differenceOn(side: Side, row: number, book: BookRow): RowDifference | undefined {
    const levels = Math.min(this.#levels, book.depth);
    const got = side === Side.sell ? this.#book.asks(levels) : this.#book.bids(levels);
    const shown = book.count(side);
    for (let level = 0; level < levels; level++) {
      const found = got[level];
      const isShown = level < shown;
      const isEqual = isShown
        ? found?.[0] === book.price(side, level) && found[1] === book.size(side, level)
        : found === undefined;
      if (isEqual) continue;
      return {
        row,
        side: side === Side.sell ? "ask" : "bid",
        level: level + 1,
        expected: isShown ? [book.price(side, level), book.size(side, level)] : null,
        got: found ?? null,
      };
    }
    return undefined;
  }
}
