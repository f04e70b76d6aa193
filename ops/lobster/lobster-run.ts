/**
 * A run: plays a LOBSTER file through an exchange and compares the book that the public sees with
 * the file after every message.
 *
 * The run trades an instrument that it lists for itself, from accounts that it opens for itself:
 * its book is empty at first and nobody else moves it, whatever else goes on at the exchange and
 * whatever an earlier run left behind.
 *
 * A row can be seen only while its state lasts. Where the public feed had a hole, or where it is
 * not known whether a batch was carried out, the rows since the last that were all seen are played
 * again in a new instrument, whose book is seeded with what rested before them. So every row is
 * either seen as the exchange published it, or it does not count as matched.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { assert } from "../../protocols/index.ts";
import { LobsterFault } from "./lobster-fault.ts";
import { readLobsterRows } from "./lobster-files.ts";
import type { LobsterPaths, LobsterRow } from "./lobster-files.ts";
import { PlayedBook } from "./played-book.ts";
import type { Participant } from "./played-book.ts";
import { Purse } from "./purse.ts";
import { auditResting } from "./resting-audit.ts";
import type { RestingAudit } from "./resting-audit.ts";
import type { RowDifference } from "./row-observer.ts";
import { RowPlanner } from "./row-planner.ts";
import type { PlanCounts } from "./row-planner.ts";
import { runSymbol, termsFor } from "./run-instrument.ts";
import type { UnnamedTerms } from "./run-instrument.ts";
import { Unanswered } from "./venue.ts";
import type { Venue } from "./venue.ts";

export interface LobsterRunOptions {
  readonly venue: Venue;
  readonly paths: LobsterPaths;
  /** What the file is about. */
  readonly symbol: string;
  /** How many levels of each side are compared, as far as the file has them. */
  readonly levels: number;
  /**
   * Two unless told otherwise: one owns what rests, the other trades with it, and each waits for
   * the other's batches to be answered. One account does both, and whole batches travel at once.
   */
  readonly accounts?: 1 | 2;
  /** Rows between two times when all that was sent must have been seen. */
  readonly rowsAtOnce?: number;
  /** Slows the run down, for whoever wants to watch or to break something meanwhile. */
  readonly rowsPerSecond?: number;
  /** Ends the run early when it is aborted, for the reason given: a {@link LobsterFault}. */
  readonly stop?: AbortSignal;
  readonly onEvent?: (event: LobsterEvent) => void;
  /** Tells this run's instruments and accounts from those of others. */
  readonly runId?: string;
}

export type LobsterEvent =
  | { readonly kind: "listed"; readonly symbol: string }
  /** A batch was answered, so long after the one before: the row is the last it was for. */
  | { readonly kind: "acknowledged"; readonly row: number; readonly gapMs: number }
  /** Rows up to this one have been compared. */
  | { readonly kind: "compared"; readonly row: number; readonly matched: number }
  | { readonly kind: "different"; readonly difference: RowDifference }
  /** Rows are about to be played again. */
  | {
      readonly kind: "disturbed";
      readonly fromRow: number;
      readonly toRow: number;
      readonly why: string;
    }
  /** At the end what rests could not be canceled. */
  | { readonly kind: "left"; readonly account: string; readonly why: string };

export interface LobsterResult {
  /** Rows after the first, from which the book was seeded. */
  readonly rows: number;
  readonly matched: number;
  readonly firstDifference: RowDifference | null;
  /** What ended the run early; rows after that count as not matched. */
  readonly fault: { readonly code: string; readonly message: string } | null;
  /** Null when the run ended early. */
  readonly resting: RestingAudit | null;
  /** More than one when rows had to be played again. */
  readonly symbols: readonly string[];
  readonly rowsPlayedAgain: number;
  readonly counts: PlanCounts;
  readonly gapMsMax: number;
  readonly seconds: number;
}

const rowsAtOnceByDefault = 256;
/** Rows are played again so often before the run gives up. */
const attemptsMax = 10;

export class LobsterRun {
  readonly #options: LobsterRunOptions;
  readonly #runId: string;
  readonly #symbols: string[] = [];
  /** Plans ahead of what has been seen. */
  #planner = new RowPlanner();
  /** Has planned the rows that have all been seen, and is where rows are played again from. */
  readonly #settled = new RowPlanner();
  #company: Company | undefined;
  #stage: Stage | undefined;
  #rows = 0;
  #matched = 0;
  #firstDifference: RowDifference | null = null;
  #rowsPlayedAgain = 0;
  #answeredAtMs = 0;
  #gapMsMax = 0;

  constructor(options: LobsterRunOptions) {
    this.#options = options;
    this.#runId = options.runId ?? Date.now().toString(36);
  }

  /**
   * Throws a {@link LobsterFault} when the files are at fault; the exchange's are in the result.
   * However it ends, nothing of it rests afterwards, unless the exchange does not answer any more.
   */
  async run(): Promise<LobsterResult> {
    const startedAtMs = performance.now();
    const rows = readLobsterRows(this.#options.paths);
    let fault: LobsterFault | undefined;
    let resting: RestingAudit | null = null;
    try {
      await this.#playAll(rows);
      resting = await this.#audit();
    } catch (error) {
      fault = faultOf(error);
    } finally {
      this.#stage?.book.close();
      const left = await this.#leave();
      fault ??= left;
    }
    const seconds = (performance.now() - startedAtMs) / 1000;
    // What was not played counts, as not matched.
    for await (const _ of rows) this.#rows += 1;
    return {
      rows: this.#rows,
      matched: this.#matched,
      firstDifference: this.#firstDifference,
      fault: fault === undefined ? null : { code: fault.code, message: fault.message },
      resting,
      symbols: this.#symbols,
      rowsPlayedAgain: this.#rowsPlayedAgain,
      counts: this.#settled.counts,
      gapMsMax: Math.round(this.#gapMsMax),
      seconds,
    };
  }

  async #playAll(rows: AsyncGenerator<LobsterRow, void>): Promise<void> {
    const { paths, rowsAtOnce = rowsAtOnceByDefault, rowsPerSecond, stop } = this.#options;
    const first = await rows.next();
    if (first.done === true) {
      throw new LobsterFault("file-malformed", `${paths.messages} holds no rows`);
    }
    this.#planner.seed(first.value);
    this.#settled.seed(first.value);
    await this.#openStage();
    const startedAtMs = performance.now();
    for (;;) {
      const some = await take(rows, rowsAtOnce);
      if (some.length === 0) return;
      this.#rows += some.length;
      await this.#playUntilSeen(some);
      if (rowsPerSecond === undefined) continue;
      const dueMs = startedAtMs + (this.#rows / rowsPerSecond) * 1000;
      await pause(dueMs - performance.now(), stop);
      this.#answeredAtMs = performance.now();
    }
  }

  /** Plays rows, again if need be, until each has been seen. */
  async #playUntilSeen(rows: readonly LobsterRow[]): Promise<void> {
    const different = new Map<number, RowDifference>();
    for (let attempt = 1; ; attempt++) {
      const why = await this.#playOnce(rows, different);
      if (why === undefined) break;
      if (attempt === attemptsMax) {
        throw new LobsterFault("unanswered", `played ${attempt} times in vain: ${why}`);
      }
      await this.#startAnew(rows, why);
    }
    for (const row of rows) this.#settled.plan(row);
    this.#matched += rows.length - different.size;
    const last = rows.at(-1);
    assert(last !== undefined);
    this.#tell({ kind: "compared", row: last.row, matched: this.#matched });
  }

  /** Undefined when every row was seen; else why some were not. */
  async #playOnce(
    rows: readonly LobsterRow[],
    different: Map<number, RowDifference>,
  ): Promise<string | undefined> {
    assert(this.#stage !== undefined);
    const planned = rows.map((row) => ({
      row: row.row,
      book: row.book,
      actions: this.#planner.plan(row),
    }));
    const played = await this.#stage.book.play(planned);
    for (const difference of played.different) {
      // Seen once to be different is different, whatever is seen the next time.
      different.set(difference.row, difference);
      if (this.#firstDifference !== null) continue;
      this.#firstDifference = difference;
      this.#tell({ kind: "different", difference });
    }
    if (played.interruption !== undefined) return played.interruption;
    return played.unseen.length === 0 ? undefined : "the feed had a hole";
  }

  /** Leaves the book for a new one that holds what rested before the rows. */
  async #startAnew(rows: readonly LobsterRow[], why: string): Promise<void> {
    const [first, last] = [rows[0], rows.at(-1)];
    assert(first !== undefined && last !== undefined);
    this.#tell({ kind: "disturbed", fromRow: first.row, toRow: last.row, why });
    this.#rowsPlayedAgain += rows.length;
    const left = this.#stage;
    assert(left !== undefined);
    left.book.close();
    this.#planner = this.#settled.placedAnew(`${this.#symbols.length + 1}:`);
    await this.#openStage();
    await left.maker.trader.cancelAll(left.book.symbol);
  }

  /** Opens the accounts once, and an instrument each time. */
  async #openStage(): Promise<void> {
    const { venue, symbol, levels, stop } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const name = runSymbol(symbol, this.#runId, this.#symbols.length + 1);
      this.#symbols.push(name);
      try {
        this.#company ??= await this.#openCompany();
        const { maker, taker, terms } = this.#company;
        const onAcknowledged = (row: number): void => this.#acknowledged(row);
        const book = await PlayedBook.open(
          { venue, terms: { ...terms, symbol: name }, maker, taker, levels, onAcknowledged, stop },
          this.#planner.seeding(),
        );
        this.#stage = { ...this.#company, book };
        this.#tell({ kind: "listed", symbol: name });
        return;
      } catch (error) {
        if (!(error instanceof Unanswered) || attempt === attemptsMax) throw error;
        this.#planner = this.#planner.placedAnew(`${this.#symbols.length + 1}:`);
      }
    }
  }

  async #openCompany(): Promise<Company> {
    const { venue, symbol, accounts = 2 } = this.#options;
    const open = async (role: string): Promise<Participant> => {
      const trader = await venue.openTrader(`lobster-${this.#runId}-${role}`);
      return { trader, purse: new Purse(venue, trader) };
    };
    const terms = await termsFor(venue, symbol);
    const maker = await open("maker");
    return { terms, maker, taker: accounts === 1 ? maker : await open("taker") };
  }

  /** Looks at what rests, one by one. */
  async #audit(): Promise<RestingAudit> {
    assert(this.#stage !== undefined);
    const { maker, book } = this.#stage;
    return await auditResting(maker.trader, book.symbol, this.#planner.book);
  }

  /** Takes away what rests, in every instrument of the run. Gives why that could not be done. */
  async #leave(): Promise<LobsterFault | undefined> {
    if (this.#company === undefined) return undefined;
    const { trader } = this.#company.maker;
    try {
      await trader.cancelAll();
      return undefined;
    } catch (error) {
      // Thrown from here it would hide what ended the run.
      const why = error instanceof Error ? error.message : String(error);
      this.#tell({ kind: "left", account: trader.account, why });
      const message = `orders of ${trader.account} may still rest: ${why}`;
      return new LobsterFault("unanswered", message, { cause: error });
    }
  }

  #acknowledged(row: number): void {
    const nowMs = performance.now();
    const gapMs = this.#answeredAtMs === 0 ? 0 : nowMs - this.#answeredAtMs;
    this.#answeredAtMs = nowMs;
    this.#gapMsMax = Math.max(this.#gapMsMax, gapMs);
    this.#tell({ kind: "acknowledged", row, gapMs });
  }

  #tell(event: LobsterEvent): void {
    this.#options.onEvent?.(event);
  }
}

/** Who trades, and on what terms. */
interface Company {
  readonly terms: UnnamedTerms;
  readonly maker: Participant;
  readonly taker: Participant;
}

interface Stage extends Company {
  readonly book: PlayedBook;
}

/** What ends a run and is told in its result. The rest is thrown on. */
function faultOf(error: unknown): LobsterFault {
  if (error instanceof Unanswered) {
    return new LobsterFault("unanswered", error.message, { cause: error });
  }
  if (!(error instanceof LobsterFault) || error.code.startsWith("file-")) throw error;
  return error;
}

/** Waits no longer than until the run is stopped, and throws then. */
async function pause(ms: number, stop: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(Math.max(0, ms), undefined, stop === undefined ? {} : { signal: stop });
  } finally {
    stop?.throwIfAborted();
  }
}

async function take(rows: AsyncGenerator<LobsterRow, void>, count: number): Promise<LobsterRow[]> {
  const taken: LobsterRow[] = [];
  while (taken.length < count) {
    const next = await rows.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}
