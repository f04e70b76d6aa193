/**
 * A running SHA-256 over numbered pieces: equal hashes mean equal histories.
 *
 * Each link hashes the one before it, the piece's number and its bytes, so nothing can be altered,
 * left out or inserted without every later hash telling.
 */
import { createHash } from "node:crypto";

export const hashBytes = 32;

export class HashChain {
  #hash: Uint8Array;
  readonly #number = Buffer.alloc(8);

  constructor(hash: Uint8Array = new Uint8Array(hashBytes)) {
    this.#hash = hash;
  }

  /** The hash after the last piece. A new array each time: it may be kept. */
  get hash(): Uint8Array {
    return this.#hash;
  }

  get hex(): string {
    return hexOf(this.#hash);
  }

  /** Adds a piece that may come in parts. */
  fold(number: number, ...parts: readonly Uint8Array[]): void {
    const hasher = createHash("sha256").update(this.#hash);
    this.#number.writeDoubleLE(number);
    hasher.update(this.#number);
    for (const part of parts) hasher.update(part);
    this.#hash = hasher.digest();
  }
}

export function hashOf(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
