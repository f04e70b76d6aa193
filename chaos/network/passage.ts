/**
 * One direction of a connection: takes what its source sends, and gives it to its sink at once, or
 * later, or never. The order stays, and an end stays behind what was sent before it.
 */
import type { Socket } from "node:net";
import type { Condition, Conduct } from "./condition.ts";

/** `broken`: the source was reset. */
type Item = Buffer | "end" | "broken";

/** Held bytes beyond this wait at the source, whose own buffers fill up then. */
const waitingBytesMax = 1024 * 1024;

export class Passage {
  readonly #source: Socket;
  readonly #onBroken: () => void;
  readonly #waiting: { readonly item: Item; readonly arrivedAtMs: number }[] = [];
  #waitingBytes = 0;
  #sink: Socket | undefined;
  #conduct: Conduct = "pass";
  #shape: Pick<Condition, "delayMs" | "bytesPerSecond"> = { delayMs: 0, bytesPerSecond: Infinity };
  #hasLost = false;
  /** When a slow way is free for the next bytes. */
  #freeAtMs = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param onBroken is called when both ends have to be reset. */
  constructor(source: Socket, onBroken: () => void) {
    this.#source = source;
    this.#onBroken = onBroken;
    source.on("data", (bytes: Buffer) => this.#take(bytes));
    source.once("end", () => this.#take("end"));
    source.once("error", () => this.#take("broken"));
  }

  /** From now on there is somewhere to give it. */
  lead(sink: Socket): void {
    this.#sink = sink;
    sink.on("drain", () => this.#pump());
    sink.once("connect", () => this.#pump());
    sink.once("close", () => clearTimeout(this.#timer));
    this.#pump();
  }

  become(conduct: Conduct, shape: Pick<Condition, "delayMs" | "bytesPerSecond">): void {
    this.#conduct = conduct;
    this.#shape = shape;
    if (conduct === "pass" && this.#hasLost) {
      this.#onBroken();
      return;
    }
    this.#pump();
  }

  #take(item: Item): void {
    this.#waiting.push({ item, arrivedAtMs: performance.now() });
    this.#waitingBytes += bytesOf(item);
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#conduct === "swallow") this.#lose();
    while (this.#conduct === "pass" && this.#sink !== undefined && !this.#sink.connecting) {
      const next = this.#waiting[0];
      if (next === undefined || this.#sink.writableNeedDrain) break;
      const dueMs = Math.max(next.arrivedAtMs + this.#shape.delayMs, this.#freeAtMs);
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#pump(), Math.ceil(waitMs));
        break;
      }
      this.#waiting.shift();
      this.#waitingBytes -= bytesOf(next.item);
      this.#give(this.#sink, next.item);
    }
    if (this.#waitingBytes > waitingBytesMax) this.#source.pause();
    else if (this.#source.isPaused()) this.#source.resume();
  }

  #give(sink: Socket, item: Item): void {
    if (item === "end") sink.end();
    else if (item === "broken") this.#onBroken();
    else {
      const { bytesPerSecond } = this.#shape;
      this.#freeAtMs = performance.now() + (1000 * item.length) / bytesPerSecond;
      sink.write(item);
    }
  }

  #lose(): void {
    if (this.#waiting.length > 0) this.#hasLost = true;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
  }
}

function bytesOf(item: Item): number {
  return typeof item === "string" ? 0 : item.length;
}
