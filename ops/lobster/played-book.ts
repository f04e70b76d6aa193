/**
 * One instrument at the exchange, listed for a run and traded by nobody else: carries out what rows
 * ask for, one batch at a time, and watches what the public is told of it.
 *
 * Every action changes one level once, so it is known before anything is sent after how many
 * changes the book must show which row. A book that ends up elsewhere lost or doubled something.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { assert } from "../../protocols/index.ts";
import type { InstrumentTerms } from "../../protocols/index.ts";
import type { LocalBook } from "../../clients/sdk/local-book.ts";
import type { BookRow } from "./book-row.ts";
import { LobsterFault } from "./lobster-fault.ts";
import type { Purse } from "./purse.ts";
import { RowObserver } from "./row-observer.ts";
import type { Observations } from "./row-observer.ts";
import type { Action } from "./row-planner.ts";
import { Unanswered } from "./venue.ts";
import type { ActionAnswer, Trader, Venue } from "./venue.ts";

export interface PlannedRow {
  readonly row: number;
  readonly book: BookRow;
  readonly actions: readonly Action[];
}

/** An account and what it pays with. */
export interface Participant {
  readonly trader: Trader;
  readonly purse: Purse;
}

export interface PlayedBookOptions {
  readonly venue: Venue;
  readonly terms: InstrumentTerms;
  /** Owns all that rests. */
  readonly maker: Participant;
  /** Trades with it. */
  readonly taker: Participant;
  readonly levels: number;
  /** Told of each batch that was answered, with the last row it was for. */
  readonly onAcknowledged: (row: number) => void;
  /** Once it is aborted no further batch is sent, and its reason is thrown. */
  readonly stop?: AbortSignal | undefined;
}

export interface Played extends Observations {
  /** Why it is not known whether all was carried out; undefined when it was. */
  readonly interruption: string | undefined;
}

interface Batch {
  readonly by: Participant;
  /** The last row it is for. */
  row: number;
  readonly actions: Action[];
  /** How often each order is reduced. */
  readonly reductions: Map<string, number>;
}

const actionsPerBatchMax = 500;
/** The exchange knows so many of an order's latest replaces again when a batch comes twice. */
const reductionsPerBatchMax = 8;
/** So long after the last answer the feed may still bring what belongs to it. */
const feedPatienceMs = 3000;
const snapshotPatienceMs = 500;
const snapshotsMax = 40;

export class PlayedBook {
  readonly #options: PlayedBookOptions;
  readonly #book: LocalBook;
  readonly #observer: RowObserver;
  /** The book's update id when everything sent so far has taken effect. */
  #updateId = 0;

  private constructor(options: PlayedBookOptions, book: LocalBook) {
    this.#options = options;
    this.#book = book;
    this.#observer = new RowObserver(book, options.levels);
  }

  /** Lists the instrument, which must be new, and fills its book. */
  static async open(options: PlayedBookOptions, seed: readonly Action[]): Promise<PlayedBook> {
    const { venue, terms } = options;
    await venue.listInstrument(terms);
    const opened = new PlayedBook(options, await venue.openBook(terms.symbol));
    try {
      await opened.#carryOut([{ row: 1, actions: seed }]);
      await opened.#arrive();
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  get symbol(): string {
    return this.#options.terms.symbol;
  }

  /**
   * Carries rows out and compares each. Throws when the exchange refuses or loses something. Once
   * it was interrupted nothing more can be played here: it is not known what rests.
   */
  async play(rows: readonly PlannedRow[]): Promise<Played> {
    let updateId = this.#updateId;
    this.#observer.await(
      rows.map(({ row, book, actions }) => {
        updateId += actions.length;
        return { row, book, updateId };
      }),
    );
    let interruption: string | undefined;
    try {
      await this.#carryOut(rows);
      assert(this.#updateId === updateId);
      await this.#arrive();
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      interruption = error.message;
    }
    return { ...this.#observer.observations(), interruption };
  }

  /** Rows that were being compared count as unseen. */
  close(): void {
    this.#observer.close();
    this.#book.close();
  }

  async #carryOut(rows: readonly Pick<PlannedRow, "row" | "actions">[]): Promise<void> {
    const { terms, onAcknowledged, stop } = this.#options;
    for (const { by, row, actions } of this.#batchesOf(rows)) {
      stop?.throwIfAborted();
      await by.purse.cover(terms, actions);
      const answers = await by.trader.send(terms.symbol, actions);
      for (const [index, action] of actions.entries()) {
        this.#updateId += 1;
        checkAnswer(action, answers[index]!, { row, updateId: this.#updateId });
      }
      onAcknowledged(row);
    }
  }

  /** Runs of actions of one account, in order. */
  #batchesOf(rows: readonly Pick<PlannedRow, "row" | "actions">[]): readonly Batch[] {
    const { maker, taker } = this.#options;
    const batches: Batch[] = [];
    for (const { row, actions } of rows) {
      for (const action of actions) {
        const by = action.kind === "trade" ? taker : maker;
        let batch = batches.at(-1);
        if (batch?.by !== by || isFull(batch, action)) {
          batch = { by, row, actions: [], reductions: new Map() };
          batches.push(batch);
        }
        batch.row = row;
        batch.actions.push(action);
        if (action.kind === "reduce") {
          batch.reductions.set(action.clientOrderId, reductionsOf(batch, action) + 1);
        }
      }
    }
    return batches;
  }

  /** Waits until the book shows all that was answered, by its updates or by a new snapshot. */
  async #arrive(): Promise<void> {
    const book = this.#book;
    const arrived = new Promise<void>((resolve) => {
      book.at(this.#updateId, () => resolve());
    });
    let isThere = await isWithin(feedPatienceMs, arrived);
    // A replica may answer before it knows of what another has answered.
    for (let asked = 0; !isThere && asked < snapshotsMax; asked++) {
      book.rejoin();
      isThere = await isWithin(snapshotPatienceMs, arrived);
    }
    if (book.updateId === this.#updateId) return;
    throw new LobsterFault(
      "book-differs",
      `${this.symbol} is at update ${book.updateId} where ${this.#updateId} changes were ` +
        "answered: orders were lost or doubled",
    );
  }
}

function isFull(batch: Batch, next: Action): boolean {
  return (
    batch.actions.length === actionsPerBatchMax ||
    (next.kind === "reduce" && reductionsOf(batch, next) === reductionsPerBatchMax)
  );
}

function reductionsOf(batch: Batch, { clientOrderId }: Action): number {
  return batch.reductions.get(clientOrderId) ?? 0;
}

async function isWithin(ms: number, happening: Promise<void>): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const isInTime = await Promise.race([happening.then(() => true), late]);
  timer.abort();
  return isInTime;
}

function checkAnswer(
  action: Action,
  answer: ActionAnswer,
  expected: { readonly row: number; readonly updateId: number },
): void {
  const what = `row ${expected.row}: ${action.kind} ${action.clientOrderId}`;
  if (answer.refusal !== undefined) {
    throw new LobsterFault("refused", `${what} was refused: ${answer.refusal}`);
  }
  if (action.kind === "trade" && answer.executed !== action.quantity) {
    const traded = `${answer.executed} of ${action.quantity}`;
    throw new LobsterFault("book-differs", `${what} traded ${traded}`);
  }
  const { updateId, isDuplicate } = answer;
  if (isDuplicate ? updateId >= expected.updateId : updateId === expected.updateId) return;
  throw new LobsterFault(
    "book-differs",
    `${what} made update ${updateId} of the book and not ${expected.updateId}: ` +
      "orders were lost or doubled",
  );
}
