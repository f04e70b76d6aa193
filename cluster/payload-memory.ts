/**
 * Memory for what is published: used again once the bus has passed it on.
 *
 * A busy emitter publishes a hundred megabytes a second. Memory that is got anew for each message
 * is cleared, filled, and then makes the whole heap be looked through for what else has become
 * garbage: that costs more than the messages.
 */
import type { Bus } from "./bus.ts";
import { BusDisconnected } from "./faults.ts";

/** One piece of memory holds many messages. */
const pieceBytes = 1024 * 1024;
/** A message of more than that gets memory of its own. */
const sharedBytesMax = pieceBytes / 2;
/** So many pieces may lie idle. */
const idlePiecesMax = 16;

export class PayloadMemory {
  readonly #bus: Pick<Bus, "flush">;
  readonly #idle: Uint8Array[] = [];
  #piece: Uint8Array = new Uint8Array(0);
  #used = 0;

  constructor(bus: Pick<Bus, "flush">) {
    this.#bus = bus;
  }

  /** Memory for a message that is published before the turn is over. */
  take(length: number): Uint8Array {
    if (length > sharedBytesMax) return new Uint8Array(length);
    if (this.#used + length > this.#piece.length) this.#change();
    const start = this.#used;
    this.#used = start + length;
    return this.#piece.subarray(start, start + length);
  }

  #change(): void {
    const piece = this.#piece;
    this.#piece = this.#idle.pop() ?? new Uint8Array(pieceBytes);
    this.#used = 0;
    if (piece.length === 0) return;
    queueMicrotask(() => void this.#reuse(piece));
  }

  async #reuse(piece: Uint8Array): Promise<void> {
    try {
      await this.#bus.flush();
    } catch (error) {
      if (!(error instanceof BusDisconnected)) throw error;
      // Nobody knows who still holds the piece: it is left to them.
      return;
    }
    if (this.#idle.length < idlePiecesMax) this.#idle.push(piece);
  }
}
