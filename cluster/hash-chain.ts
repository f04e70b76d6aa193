/**
 * A running SHA-256 over numbered pieces: equal hashes mean equal histories.
 *
 * Each link hashes the one before it, the piece's number and its parts with their lengths, so
 * nothing can be altered, left out, moved or inserted without every later hash telling.
 */
import { createHash } from "node:crypto";
import { assert } from "../protocols/index.ts";

export const hashBytes = 32;

export class HashChain {
  #hash: Uint8Array;

  constructor(hash: Uint8Array = new Uint8Array(hashBytes)) {
    assert(hash.length === hashBytes);
    this.#hash = hash;
  }

  /** The hash after the last piece. It may be kept: it is never written to. */
  get hash(): Uint8Array {
    return this.#hash;
  }

  /** 32 bits of it, for what is to be drawn by chance. */
  get entropy(): number {
    return Buffer.from(this.#hash.buffer, this.#hash.byteOffset, 4).readUInt32LE(0);
  }

  get hex(): string {
    return hexOf(this.#hash);
  }

  /** Adds a piece that may come in parts; where one ends and the next begins counts too. */
  fold(number: number, ...parts: readonly Uint8Array[]): void {
    const heading = Buffer.allocUnsafe(8 * (1 + parts.length));
    heading.writeDoubleLE(number, 0);
    for (const [index, part] of parts.entries()) heading.writeDoubleLE(part.length, 8 + 8 * index);
    const hasher = createHash("sha256").update(this.#hash).update(heading);
    for (const part of parts) hasher.update(part);
    this.#hash = hasher.digest();
  }
}

export function hashOf(...parts: readonly Uint8Array[]): Uint8Array {
  const hasher = createHash("sha256");
  for (const part of parts) hasher.update(part);
  return hasher.digest();
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
