/**
 * Log time as a producer knows it: what the log's clock said last, counted on with our own.
 *
 * Only how long something took is measured here; what our clock or anybody else's calls the time
 * does not count. What is told takes a while to arrive, so what is known is never ahead of the log
 * as long as the log's clock runs on.
 */
import { assert } from "../protocols/index.ts";
import type { TimeUs } from "../protocols/index.ts";

export class LogTime {
  /** The last step that told the time. */
  #sequence = 0;
  #timeUs: TimeUs = 0;
  #heardAtMs = 0;

  /**
   * Having applied that sequence, the shard's time was that. An earlier one that comes late, or
   * comes again, tells nothing: nobody knows how long ago it was.
   */
  heard(sequence: number, timeUs: TimeUs, nowMs: number): void {
    if (sequence <= this.#sequence) return;
    this.#sequence = sequence;
    this.#timeUs = timeUs;
    this.#heardAtMs = nowMs;
  }

  /** The log's time when our clock showed `ms`, be it before or after the log's was told. */
  atUs(ms: number): TimeUs {
    assert(this.#sequence > 0, "nobody has told the log's time");
    return this.#timeUs + Math.floor((ms - this.#heardAtMs) * 1000);
  }
}
