/**
 * Publishes what a step tells participants on the clients' side of NATS, as JSON.
 */
import { renderStep } from "../protocols/api/feed-rendering.ts";
import type { StepStamp } from "../protocols/api/feed-rendering.ts";
import { readEvent, RecordReader } from "../protocols/index.ts";
import type { ShardEvent } from "../protocols/index.ts";
import type { Bus } from "./bus.ts";
import type { PublicChannel } from "./emission.ts";

const encoder = new TextEncoder();

export class BusPublicChannel implements PublicChannel {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  publish(events: Uint8Array, stamp: StepStamp): void {
    for (const { subject, message } of renderStep(eventsIn(events), stamp)) {
      this.#bus.publish(subject, encoder.encode(JSON.stringify(message)));
    }
  }

  onLoss(listener: () => void): void {
    this.#bus.onReconnect(listener);
  }
}

function eventsIn(bytes: Uint8Array): readonly ShardEvent[] {
  const reader = RecordReader.of(bytes);
  const events: ShardEvent[] = [];
  while (reader.hasMore) events.push(readEvent(reader));
  return events;
}
