/**
 * How long one shard's mirror has been behind, by one clock: from when an entry was known to be at
 * the first site until the mirror had it. While the first site is silent it may have gone on at any
 * moment, so the lag counts from when it was heard last.
 */

export class LagMeter {
  /** Heads that were heard of and are not mirrored yet, ascending. */
  #ahead: { readonly head: number; readonly heardAtMs: number }[] = [];
  #head = 0;
  #mirroredTo = 0;
  #heardAtMs: number | undefined;
  #lagMsMax = 0;

  get head(): number {
    return Math.max(this.#head, this.#mirroredTo);
  }

  get mirroredTo(): number {
    return this.#mirroredTo;
  }

  get lagEntries(): number {
    return this.head - this.#mirroredTo;
  }

  get lagMsMax(): number {
    return this.#lagMsMax;
  }

  /** The first site said how far it is. */
  heard(head: number, nowMs: number): void {
    this.#heardAtMs = nowMs;
    if (head <= this.#head) return;
    this.#head = head;
    if (head > this.#mirroredTo) this.#ahead.push({ head, heardAtMs: nowMs });
  }

  mirrored(sequence: number, nowMs: number): void {
    this.#note(nowMs);
    this.#mirroredTo = Math.max(this.#mirroredTo, sequence);
    this.#ahead = this.#ahead.filter(({ head }) => head > this.#mirroredTo);
  }

  /** @param isLineUp whether the first site answers. */
  lagMs(nowMs: number, isLineUp: boolean): number {
    const since = [this.#ahead[0]?.heardAtMs, isLineUp ? undefined : this.#heardAtMs];
    const sinceMs = Math.min(...since.filter((ms) => ms !== undefined), nowMs);
    this.#lagMsMax = Math.max(this.#lagMsMax, nowMs - sinceMs);
    return nowMs - sinceMs;
  }

  #note(nowMs: number): void {
    const [oldest] = this.#ahead;
    if (oldest !== undefined) this.#lagMsMax = Math.max(this.#lagMsMax, nowMs - oldest.heardAtMs);
  }
}
