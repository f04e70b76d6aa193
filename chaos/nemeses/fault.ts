/**
 * A fault as a drill makes it: chosen and prepared while nothing is wrong, injected, and healed
 * again. Each kind is a file of its own; what it acts on is a `Target`.
 */
import type { Target } from "./target.ts";

export interface Fault {
  /** For people, in the past tense: "killed e1, which emits shard 0". */
  readonly what: string;
  /** The shards that the drill's aim is about. */
  readonly shards: readonly number[];
  /** Shards that must hardly notice. */
  readonly untouched: readonly number[];
  /** Resolves when the harm is done. */
  inject(): Promise<void>;
  /** Resolves when the harm is undone, as far as that is for somebody outside to do. */
  heal(): Promise<void>;
  /**
   * What is still wrong that no status shows, each in words; asked until it is nothing. Where it is
   * missing, a cluster that says it is whole is whole.
   */
  inspect?(): Promise<readonly string[]>;
}

/** Chooses its victim; nothing is broken before `inject`. */
export type Nemesis = (target: Target) => Promise<Fault>;
