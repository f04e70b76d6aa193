/**
 * Failure detector: notices at once that an engine node's process has ended.
 *
 * Nodes whose emission others wait for are called every few milliseconds. A server to which nobody
 * is connected who listens says so; whoever answered before and is not listened for any more has
 * ended, or its line has, which is the same for those who wait. A process that stands still is not
 * noticed here, because its line is up: that its feed is silent tells (`emitter-watch.ts`).
 *
 * A node calls itself, too. While that does not come back, its own line leads nowhere, and that it
 * hears nothing of others says nothing about them.
 */
import { clusterSubjects } from "../protocols/index.ts";
import type { NodeId } from "../protocols/index.ts";
import type { Bus, BusSubscription } from "./bus.ts";
import type { Clock, Timer } from "./clock.ts";
import { ClusterFault, NoResponders } from "./faults.ts";

export interface FailureDetectorOptions {
  readonly node: NodeId;
  readonly bus: Bus;
  readonly clock: Clock;
  /** Other nodes whose end matters now. */
  readonly watched: () => ReadonlySet<NodeId>;
  /** Called once for each time that a node is gone, with all that are by then. */
  readonly onGone: (gone: ReadonlySet<NodeId>) => void;
}

/** How often each node is called. */
export const callEveryMs = 20;
/** After this a call has told nothing. */
const callTimeoutMs = 500;
/**
 * A node calls itself every other time, and is deaf when none of so long came back: and of so many
 * times as long as the last one took, for on a busy machine all of them are late.
 */
const callsBetween = 2;
const deafAfterMs = 100;
const deafAfterTimes = 3;
const nothing = new Uint8Array();

export class FailureDetector {
  readonly #options: FailureDetectorOptions;
  /** Who has answered: nodes of releases from before never do, and are not missed. */
  readonly #answered = new Set<NodeId>();
  /** Who had answered and is not heard any more, of those whose end matters. */
  readonly #gone = new Set<NodeId>();
  #subscription: BusSubscription | undefined;
  #timer: Timer | undefined;
  #calls = 0;
  /** When the last own call that came back was made; undefined before the first one. */
  #heardAtMs: number | undefined;
  /** How long that one took. */
  #tookMs = 0;

  constructor(options: FailureDetectorOptions) {
    this.#options = options;
  }

  /** Answers others' calls, and calls them. */
  open(): void {
    const { node, bus } = this.#options;
    this.#subscription = bus.subscribe(clusterSubjects.alive(node), ({ respond }) => {
      respond?.(nothing);
    });
    this.#callLater();
  }

  /** Whether what is said comes over this node's line; so it is taken to be until one call did. */
  get hears(): boolean {
    const { clock } = this.#options;
    const allowedMs = Math.max(deafAfterMs, deafAfterTimes * this.#tookMs);
    return this.#heardAtMs === undefined || clock.nowMs() - this.#heardAtMs < allowedMs;
  }

  close(): void {
    this.#subscription?.unsubscribe();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #callLater(): void {
    this.#timer = this.#options.clock.after(callEveryMs, () => {
      const watched = this.#options.watched();
      for (const node of this.#gone) if (!watched.has(node)) this.#gone.delete(node);
      for (const node of watched) void this.#call(node);
      if (this.#calls++ % callsBetween === 0) void this.#callSelf();
      this.#callLater();
    });
  }

  async #callSelf(): Promise<void> {
    const { node, bus, clock } = this.#options;
    const calledAtMs = clock.nowMs();
    try {
      await bus.request(clusterSubjects.alive(node), nothing, { timeoutMs: callTimeoutMs });
      this.#heard(calledAtMs);
    } catch (error) {
      if (!(error instanceof ClusterFault)) throw error;
      // The server was heard at least.
      if (error instanceof NoResponders) this.#heard(calledAtMs);
    }
  }

  #heard(calledAtMs: number): void {
    this.#heardAtMs = calledAtMs;
    this.#tookMs = this.#options.clock.nowMs() - calledAtMs;
  }

  async #call(node: NodeId): Promise<void> {
    const { bus, onGone } = this.#options;
    try {
      await bus.request(clusterSubjects.alive(node), nothing, { timeoutMs: callTimeoutMs });
      this.#answered.add(node);
      this.#gone.delete(node);
    } catch (error) {
      if (!(error instanceof ClusterFault)) throw error;
      const isGone = error instanceof NoResponders && this.#answered.delete(node);
      if (!isGone || this.#timer === undefined) return;
      this.#gone.add(node);
      onGone(this.#gone);
    }
  }
}
