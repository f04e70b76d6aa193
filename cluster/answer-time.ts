/**
 * Answer time: what answers took of late, and how long to wait for the next one before it is taken
 * for lost. Learned as TCP learns when to send again (RFC 6298): the smoothed time, and four times
 * its variation.
 */
const timeWeight = 1 / 8;
const variationWeight = 1 / 4;
const variations = 4;

export class AnswerTime {
  /** Smoothed; undefined before the first answer. */
  #tookMs: number | undefined;
  #variationMs = 0;

  /** An answer came after so long. */
  took(ms: number): void {
    if (this.#tookMs === undefined) {
      this.#tookMs = ms;
      this.#variationMs = ms / 2;
      return;
    }
    this.#variationMs += variationWeight * (Math.abs(this.#tookMs - ms) - this.#variationMs);
    this.#tookMs += timeWeight * (ms - this.#tookMs);
  }

  /** 0 before the first answer. */
  get patienceMs(): number {
    return (this.#tookMs ?? 0) + variations * this.#variationMs;
  }
}
