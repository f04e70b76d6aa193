/**
 * Rows on their way to a COPY, as bytes: lines that were kept as text until then would be most of
 * the garbage that a projector makes.
 */
import type { CopyLine } from "./copy-text.ts";

const pieceBytes = 256 * 1024;
/** Of UTF-8 for one unit of text. */
const bytesPerUnitMax = 3;

export class CopyRows {
  readonly #full: Uint8Array[] = [];
  #piece: Buffer = Buffer.alloc(0);
  #used = 0;
  #count = 0;

  static of(lines: Iterable<CopyLine>): CopyRows {
    const rows = new CopyRows();
    for (const line of lines) rows.push(line);
    return rows;
  }

  get count(): number {
    return this.#count;
  }

  push(line: CopyLine): void {
    const room = line.length * bytesPerUnitMax;
    if (this.#used + room > this.#piece.length) {
      this.#closePiece();
      this.#piece = Buffer.allocUnsafeSlow(Math.max(pieceBytes, room));
    }
    this.#used += this.#piece.write(line, this.#used);
    this.#count += 1;
  }

  /** In pieces, to be read only. */
  pieces(): readonly Uint8Array<ArrayBuffer>[] {
    const last = this.#piece.subarray(0, this.#used);
    return [...this.#full, last] as readonly Uint8Array<ArrayBuffer>[];
  }

  /** In one piece, which is whoever's asked for it. */
  bytes(): Uint8Array<ArrayBuffer> {
    const pieces = this.pieces();
    const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  #closePiece(): void {
    if (this.#used > 0) this.#full.push(this.#piece.subarray(0, this.#used));
    this.#used = 0;
  }
}
