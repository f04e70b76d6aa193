/**
 * Memory for what steps tell: that of a step is used again when the history has done with it.
 *
 * A busy shard tells thirty megabytes a second. Memory that is got anew for each step is cleared,
 * filled, and then makes the whole heap be looked through for what else has become garbage.
 */
import type { Step } from "../actors/index.ts";

/** Less than that is not worth the trouble. */
const pooledBytesMin = 8 * 1024;
/** How much may lie idle. */
const idleBytesMax = 32 * 1024 * 1024;

export class StepMemory {
  /** By size, which is a power of two. */
  readonly #idle = new Map<number, ArrayBuffer[]>();
  #idleBytes = 0;
  readonly #lent = new WeakSet<ArrayBuffer>();

  /** So many bytes; what is in them is anything. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (length < pooledBytesMin) return new Uint8Array(length);
    const size = 2 ** (32 - Math.clz32(length - 1));
    const buffer = this.#takeIdle(size) ?? new ArrayBuffer(size);
    this.#lent.add(buffer);
    return new Uint8Array(buffer, 0, length);
  }

  /** Takes back all that a step told; nobody may look at it any more. */
  reuse({ events, replies }: Step): void {
    this.#takeBack(events);
    for (const { records } of replies) this.#takeBack(records);
  }

  #takeIdle(size: number): ArrayBuffer | undefined {
    const buffer = this.#idle.get(size)?.pop();
    if (buffer !== undefined) this.#idleBytes -= size;
    return buffer;
  }

  #takeBack({ buffer }: Uint8Array<ArrayBufferLike>): void {
    if (!(buffer instanceof ArrayBuffer) || !this.#lent.delete(buffer)) return;
    const size = buffer.byteLength;
    if (this.#idleBytes + size > idleBytesMax) return;
    const idle = this.#idle.get(size);
    if (idle === undefined) this.#idle.set(size, [buffer]);
    else idle.push(buffer);
    this.#idleBytes += size;
  }
}
