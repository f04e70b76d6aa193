/**
 * Time that passes only while somebody waits: each delay moves the clock and resolves at once.
 */
import type { WireClock } from "../wire.ts";

export class ManualClock implements WireClock {
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  async delay(ms: number): Promise<void> {
    this.advance(ms);
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}
