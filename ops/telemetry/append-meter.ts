/** How long appends take until a log has them, and how large frames become. */
import type { FrameObserver } from "../../cluster/observers.ts";
import { bytesBounds, countBounds, Distribution, roundTripBounds } from "./distribution.ts";
import type { Scrape } from "./scrape.ts";

export class AppendMeter implements FrameObserver {
  readonly #seconds = new Distribution(roundTripBounds);
  readonly #commands = new Distribution(countBounds);
  readonly #bytes = new Distribution(bytesBounds);
  #failures = 0;

  closed(commands: number, bytes: number): void {
    this.#commands.observe(commands);
    this.#bytes.observe(bytes);
  }

  stored(tookMs: number): void {
    this.#seconds.observe(tookMs / 1000);
  }

  failed(): void {
    this.#failures += 1;
  }

  measure(scrape: Scrape): void {
    scrape.histogram("outcry_append_seconds", {}, this.#seconds);
    scrape.value("outcry_append_failures_total", {}, this.#failures);
  }

  /** Of whoever makes frames of commands. */
  measureFrames(scrape: Scrape): void {
    scrape.histogram("outcry_frame_commands", {}, this.#commands);
    scrape.histogram("outcry_frame_bytes", {}, this.#bytes);
  }
}
