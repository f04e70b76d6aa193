/**
 * Execution reports and news of contracts, each told once.
 *
 * After a failover the feed repeats what the new emitter cannot know to have been sent, and two
 * emitters may speak at once. (shard, sequence, index) names a report for ever, so what was told
 * before is known. Reports that were lost on the way are not asked for here: `openOrders` and
 * `order` tell how things stand.
 */
import type { ContractNews } from "../../protocols/api/contract-news.ts";
import type { Report, ReportsMessage } from "../../protocols/api/market-data.ts";

/** A report and where it comes from. */
export interface ExecutionReport extends Report {
  readonly account: string;
  readonly shard: number;
  readonly sequence: number;
  readonly timeUs: number;
}

/** News of the account's contracts, likewise. */
export interface AccountNews extends ContractNews {
  readonly account: string;
  readonly shard: number;
  readonly sequence: number;
  readonly timeUs: number;
}

/** How many steps of a shard are remembered; repetitions reach back far less. */
const stepsRememberedMax = 20_000;

export class ReportFilter {
  readonly #seen = new Map<number, StepMemory>();

  /** The reports of a message that were not told before, in order. */
  fresh(message: ReportsMessage): readonly ExecutionReport[] {
    const { account, shard, sequence, timeUs } = message;
    const reports: ExecutionReport[] = [];
    for (const report of message.reports) {
      if (!this.#memoryOf(shard).isNew(sequence, report.index)) continue;
      reports.push({ account, shard, sequence, timeUs, ...report });
    }
    return reports;
  }

  /** The news of a message that were not told before, in order. */
  freshNews(message: ReportsMessage): readonly AccountNews[] {
    const { account, shard, sequence, timeUs, news = [] } = message;
    return news
      .filter(({ index }) => this.#memoryOf(shard).isNew(sequence, index))
      .map((one) => ({ account, shard, sequence, timeUs, ...one }));
  }

  #memoryOf(shard: number): StepMemory {
    let memory = this.#seen.get(shard);
    if (memory === undefined) {
      memory = new StepMemory();
      this.#seen.set(shard, memory);
    }
    return memory;
  }
}

/** The reports of one shard's latest steps. */
export class StepMemory {
  /** The indexes seen of each step, in the order in which steps were first heard of. */
  readonly #indexesOf = new Map<number, Set<number>>();
  /** Steps up to here were forgotten; whatever they held counts as seen. */
  #forgottenUpTo = 0;

  /** Remembers it, and says whether it had not been seen. */
  isNew(sequence: number, index: number): boolean {
    if (sequence <= this.#forgottenUpTo) return false;
    let indexes = this.#indexesOf.get(sequence);
    if (indexes === undefined) {
      indexes = new Set();
      this.#indexesOf.set(sequence, indexes);
      if (this.#indexesOf.size > stepsRememberedMax) this.#forgetOldest();
    }
    if (indexes.has(index)) return false;
    indexes.add(index);
    return true;
  }

  #forgetOldest(): void {
    for (const sequence of this.#indexesOf.keys()) {
      this.#indexesOf.delete(sequence);
      this.#forgottenUpTo = Math.max(this.#forgottenUpTo, sequence);
      return;
    }
  }
}
