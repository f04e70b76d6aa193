/** Where in the logs rows come from: the step that is under way in a shard, and its moment. */
import type { Shard } from "../../actors/index.ts";
import type { TimeUs } from "../../protocols/index.ts";
import { copyTime } from "./copy-text.ts";
import type { HistoryBatch } from "./history-batch.ts";

export class RowPlace {
  readonly shard: Shard;
  /** Where rows are written to. */
  batch: HistoryBatch;
  #timeUs: TimeUs = -1;
  #at = "";
  /** The batch that knows of the moment's month. */
  #marked: HistoryBatch | undefined;

  constructor(shard: Shard, batch: HistoryBatch) {
    this.shard = shard;
    this.batch = batch;
  }

  /** The step's moment, as rows have it. Rows of a month are going to be written. */
  get at(): string {
    const { timeUs } = this.shard;
    if (timeUs !== this.#timeUs) {
      this.#timeUs = timeUs;
      this.#at = copyTime(timeUs);
      this.#marked = undefined;
    }
    return this.#at;
  }

  /** How a row begins that is named by where it comes from, in a table with a partition a month. */
  named(index: number): string {
    const { at } = this;
    if (this.#marked !== this.batch) {
      this.batch.months.add(at.slice(0, 7));
      this.#marked = this.batch;
    }
    return `${at}\t${this.shard.shard}\t${this.shard.sequence}\t${index}`;
  }

  /** How it begins in a table without partitions. */
  namedPlainly(index: number): string {
    return `${this.shard.shard}\t${this.shard.sequence}\t${index}\t${this.at}`;
  }
}
