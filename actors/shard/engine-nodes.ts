/**
 * The engine nodes that a shard counts, and which of them emits.
 *
 * Both are state, decided by entries of the log, so that all nodes are of one mind: about who may
 * emit, who is next in line, and how many are a majority. Each decision names the one that it was
 * made after, so that one made on old knowledge is void.
 */
import { assert, nodesMax, RejectReason } from "../../protocols/index.ts";
import type { NodeId } from "../../protocols/index.ts";

/** Who emits, and since when: counted, so that a claim made on old knowledge is void. */
export interface Emitter {
  /** "" until somebody claimed. */
  readonly node: NodeId;
  readonly epoch: number;
}

export type SavedNodes = readonly [epoch: number, ...names: NodeId[]];

export class EngineNodes {
  #emitter: Emitter = { node: "", epoch: 0 };
  /** None until they are first said: then all count, and each knows the others by its settings. */
  #names: readonly NodeId[] = [];
  #epoch = 0;

  get emitter(): Emitter {
    return this.#emitter;
  }

  /** In the order in which they are preferred as emitters. */
  get names(): readonly NodeId[] {
    return this.#names;
  }

  /** How often they were said. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Returns whether that node emits from now on. */
  claim(node: NodeId, emitterEpoch: number): boolean {
    const isMember = this.#names.length === 0 || this.#names.includes(node);
    if (emitterEpoch !== this.#emitter.epoch || !isMember) return false;
    this.#emitter = { node, epoch: emitterEpoch + 1 };
    return true;
  }

  /** Who is no member any more emits no more: the first of those that are does. */
  set(names: readonly NodeId[], epoch: number): RejectReason {
    if (epoch !== this.#epoch) return RejectReason["nodes-out-of-turn"];
    const isList = names.length >= 1 && names.length <= nodesMax;
    if (!isList || new Set(names).size !== names.length) return RejectReason["nodes-invalid"];
    this.#names = [...names];
    this.#epoch += 1;
    const { node, epoch: emitterEpoch } = this.#emitter;
    const [first] = names;
    assert(first !== undefined);
    if (node !== "" && !names.includes(node)) this.claim(first, emitterEpoch);
    return RejectReason.none;
  }

  /** Nothing where nodes were never said, as in snapshots from before they could be. */
  snapshot(): SavedNodes | undefined {
    return this.#epoch === 0 ? undefined : [this.#epoch, ...this.#names];
  }

  restore(emitter: Emitter, [epoch, ...names]: SavedNodes | readonly [0] = [0]): void {
    this.#emitter = emitter;
    this.#epoch = epoch;
    this.#names = names;
  }
}
