/**
 * Arrival: the parts of an actor's state that have come from the shard where it lived.
 */
import { assert } from "../../protocols/index.ts";
import type { ActorAddress, HandOver, ShardId, TimeUs } from "../../protocols/index.ts";

export class Arrival {
  readonly actor: ActorAddress;
  readonly from: ShardId;
  /** When it left there. */
  readonly timeUs: TimeUs;
  readonly #state: Uint8Array;
  #received = 0;

  constructor({ actor, from, timeUs, size }: Omit<HandOver, "kind" | "part" | "shard">) {
    this.actor = actor;
    this.from = from;
    this.timeUs = timeUs;
    this.#state = new Uint8Array(size);
  }

  add({ actor, from, part }: HandOver): void {
    assert(actor === this.actor && from === this.from, "a part of another actor");
    assert(this.#received + part.length <= this.#state.length, "more parts than there are");
    this.#state.set(part, this.#received);
    this.#received += part.length;
  }

  /** The whole of it, once it is here. */
  get state(): Uint8Array {
    assert(this.#received === this.#state.length, "an actor came without all of its state");
    return this.#state;
  }

  snapshot(): SavedArrival {
    const received = this.#state.subarray(0, this.#received);
    return [this.actor, this.from, this.timeUs, this.#state.length, received];
  }

  static restore([actor, from, timeUs, size, received]: SavedArrival): Arrival {
    const arrival = new Arrival({ actor, from, timeUs, size });
    arrival.#state.set(received);
    arrival.#received = received.length;
    return arrival;
  }
}

export type SavedArrival = readonly [
  actor: ActorAddress,
  from: ShardId,
  timeUs: TimeUs,
  size: number,
  received: Uint8Array,
];
