/**
 * Patience: how long a client waits for an answer to its orders before it sends them again, which
 * does no harm: each is done once.
 *
 * Learned from the answers there were, as TCP learns when to send again (RFC 6298): their smoothed
 * time and four times its variation. So a gateway that died is left within some times of what an
 * answer usually takes, and one that is slow is not asked twice. Asking early is paid for out of a
 * credit that answers earn: when everything is late, all clients together do not ask for more than
 * a tenth above what they would anyway.
 */
const patienceMsMin = 50;
const timeWeight = 1 / 8;
const variationWeight = 1 / 4;
const variations = 4;
const creditMax = 10;
const creditPerAnswer = 0.1;

export class Patience {
  readonly #longestMs: number;
  /** Smoothed; undefined before the first answer. */
  #answerMs: number | undefined;
  #variationMs = 0;
  #credit = creditMax;

  /** @param longestMs without answers to learn from, and without credit */
  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  /** For a first attempt that begins now. */
  get ms(): number {
    if (this.#answerMs === undefined || this.#credit < 1) return this.#longestMs;
    const learnedMs = this.#answerMs + variations * this.#variationMs;
    return Math.min(Math.max(learnedMs, patienceMsMin), this.#longestMs);
  }

  /** An attempt was answered after so long. */
  answered(tookMs: number): void {
    const answerMs = this.#answerMs ?? tookMs;
    const differenceMs = Math.abs(answerMs - tookMs);
    this.#variationMs =
      this.#answerMs === undefined
        ? tookMs / 2
        : this.#variationMs + variationWeight * (differenceMs - this.#variationMs);
    this.#answerMs = answerMs + timeWeight * (tookMs - answerMs);
    this.#credit = Math.min(this.#credit + creditPerAnswer, creditMax);
  }

  /** An attempt was given up after so long. */
  givenUp(afterMs: number): void {
    if (afterMs < this.#longestMs) this.#credit = Math.max(this.#credit - 1, 0);
  }
}
