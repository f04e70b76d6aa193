/**
 * Publishes what a step tells participants on the clients' side of NATS, as JSON.
 */
import { FeedRenderer } from "../protocols/api/feed-rendering.ts";
import type { StepStamp, TickValueOf } from "../protocols/api/feed-rendering.ts";
import type { Bus } from "./bus.ts";
import type { PublicChannel } from "./emission.ts";
import { PayloadMemory } from "./payload-memory.ts";

export class BusPublicChannel implements PublicChannel {
  readonly #bus: Bus;
  readonly #renderer: FeedRenderer;

  constructor(bus: Bus) {
    this.#bus = bus;
    const memory = new PayloadMemory(bus);
    this.#renderer = new FeedRenderer((length) => memory.take(length));
  }

  publish(events: Uint8Array, stamp: StepStamp, tickValueOf: TickValueOf): void {
    for (const { subject, payload } of this.#renderer.render(events, stamp, tickValueOf)) {
      this.#bus.publish(subject, payload);
    }
  }

  onLoss(listener: () => void): void {
    this.#bus.onReconnect(listener);
  }
}
