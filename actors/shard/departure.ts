/**
 * Departure: an actor's state on its way to another shard.
 *
 * It goes in parts, a few at a time: each entry gives no more than so many bytes, and what else the
 * two shards have to say to each other goes between them.
 */
import { assert } from "../../protocols/index.ts";
import type { ActorAddress, HandOver, ShardId, TimeUs } from "../../protocols/index.ts";

/** Fits into a frame. */
const partBytesMax = 56 * 1024;
/** What may be on its way at a time: a dozen frames. */
const windowBytes = 12 * partBytesMax;

export interface DepartureTerms {
  readonly actor: ActorAddress;
  readonly from: ShardId;
  readonly to: ShardId;
  /** When it left. */
  readonly timeUs: TimeUs;
  /** The whole state. */
  readonly state: Uint8Array;
}

export class Departure {
  readonly terms: DepartureTerms;
  #sent = 0;
  #taken = 0;

  constructor(terms: DepartureTerms) {
    assert(terms.state.length > 0);
    this.terms = terms;
  }

  /** Whether all of it has been sent. */
  get isSent(): boolean {
    return this.#sent === this.terms.state.length;
  }

  /** The next part; undefined while enough is on its way, or when nothing is left. */
  next(): HandOver | undefined {
    if (this.isSent || this.#sent - this.#taken >= windowBytes) return undefined;
    const { actor, from, to, timeUs, state } = this.terms;
    const part = state.subarray(this.#sent, this.#sent + partBytesMax);
    this.#sent += part.length;
    return { kind: "hand-over", shard: to, from, actor, timeUs, size: state.length, part };
  }

  /** So many more bytes have arrived. */
  taken(bytes: number): void {
    this.#taken += bytes;
    assert(this.#taken <= this.#sent, "more has arrived than was sent");
  }

  snapshot(): SavedDeparture {
    const { actor, from, to, timeUs, state } = this.terms;
    return [actor, from, to, timeUs, state, this.#sent, this.#taken];
  }

  static restore([actor, from, to, timeUs, state, sent, taken]: SavedDeparture): Departure {
    // A copy: a view would keep the bytes of the whole snapshot in memory.
    const departure = new Departure({ actor, from, to, timeUs, state: new Uint8Array(state) });
    departure.#sent = sent;
    departure.#taken = taken;
    return departure;
  }
}

export type SavedDeparture = readonly [
  actor: ActorAddress,
  from: ShardId,
  to: ShardId,
  timeUs: TimeUs,
  state: Uint8Array,
  sent: number,
  taken: number,
];
