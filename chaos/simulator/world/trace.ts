/**
 * The trace of a world: a hash over everything that happened, in order. Two runs with one trace are
 * the same run.
 *
 * Reference: FNV-1a, twice, from two beginnings; it proves nothing against an adversary.
 */
export class Trace {
  #a = 0x811c9dc5;
  #b = 0x9747b28c;
  #lines: string[] | undefined;
  #count = 0;

  /** Keeps what is told as text, too; it is much. */
  keepLines(): void {
    this.#lines ??= [];
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }

  get count(): number {
    return this.#count;
  }

  tell(atMs: number, what: string, bytes?: Uint8Array): void {
    this.#count += 1;
    this.#foldNumber(atMs);
    for (let at = 0; at < what.length; at++) this.#fold(what.charCodeAt(at));
    if (bytes !== undefined) this.#foldBytes(bytes);
    this.#lines?.push(`${atMs.toFixed(3)} ${what}`);
  }

  get hex(): string {
    return [this.#a, this.#b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }

  /** Four at a time. */
  #foldBytes(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    for (; at + 4 <= bytes.length; at += 4) this.#fold(view.getInt32(at));
    for (; at < bytes.length; at++) this.#fold(view.getUint8(at));
    this.#fold(bytes.length);
  }

  /** To a thousandth. */
  #foldNumber(value: number): void {
    const thousandths = Math.round(value * 1000);
    this.#fold(thousandths % 2 ** 32);
    this.#fold(Math.floor(thousandths / 2 ** 32));
  }

  #fold(value: number): void {
    this.#a = Math.imul(this.#a ^ value, 0x01000193);
    this.#b = Math.imul(this.#b ^ value, 0x01000193) + 0x2545f491;
  }
}
