/**
 * Emitter watch: what a follower hears of the emitter, and when it claims emission itself.
 *
 * Silence is counted in turns of this node's own event loop and not by the clock: a loop that stood
 * still heard nothing because of itself, and may find what it missed as soon as it goes on. An
 * emitter that sends step after step is never claimed from, however far behind it is: another one
 * would not be faster. And where it was slow of late, as on a busy machine, more is allowed.
 *
 * The first in the order takes emission back when it has followed for a while and is not behind: so
 * the work spreads over the nodes again after failures, and is done near the gateways it was put
 * near.
 */
import type { Emitter } from "../actors/index.ts";
import type { FeedMessage, NodeId } from "../protocols/index.ts";

export interface EmitterWatchTiming {
  /** Followers claim when outputs run ahead of the feed for longer than this at least. */
  readonly emitterSilenceMs: number;
  /** Followers claim when they hear nothing at all for longer than this. */
  readonly heartbeatSilenceMs: number;
  /** The first in the order claims from a sound emitter after having followed for so long. */
  readonly emitterReturnMs: number;
}

export interface EmitterWatchOptions {
  readonly node: NodeId;
  /** All nodes, in the order in which they claim a silent shard; no other one ever does. */
  readonly claimOrder: () => readonly NodeId[];
  readonly timing: EmitterWatchTiming;
}

/** How often `turn` is called. */
export const watchEveryMs = 10;
/** What a turn counts at most: the rest is our own standing still. */
const turnMsMax = 2 * watchEveryMs;
/** An emitter that others replaced waits twice as long before it claims again, up to this. */
const cautionMax = 64;
/** And up to this when the emitter's process has surely ended: then nobody is fought with. */
const cautionMaxOfLost = 8;
const calmMs = 60_000;
/** So many times the slowest step of late is allowed to the next, up to so many silences. */
const allowance = 2;
const silencesMax = 3;
/** The slowest step counts for half as much after this. */
const slowestHalvesMs = 10_000;
/** A claim that was not applied is repeated at growing distances. */
const reclaimFactorMax = 32;

export class EmitterWatch {
  readonly #options: EmitterWatchOptions;
  /** The last step that the feed told of. */
  #told = 0;
  /** Steps up to this one were applied late here: the feed told of them before we listened. */
  #begunAt = 0;
  /** Since anything was heard of the emitter. */
  #silentMs = 0;
  /** Since our outputs are ahead of a feed that does not move; undefined while they are not. */
  #aheadMs: number | undefined;
  /** The longest that the emitter made us wait of late and then went on, fading. */
  #slowestMs = 0;
  /** Whether it said farewell, or is gone without one. */
  #hasLeft = false;
  /** Whether it is gone, as far as a node knows whose own line may be the broken one. */
  #seemsLost = false;
  #caution = 1;
  /** Since others replaced us. */
  #calmMs = 0;
  /** Since this node began to follow the present emitter. */
  #followedMs = 0;
  /** The last claim of ours. */
  #claim = { emitterEpoch: -1, agoMs: 0, factor: 1 };

  constructor(options: EmitterWatchOptions) {
    this.#options = options;
  }

  /** The feed has told of every step up to this one. */
  get told(): number {
    return this.#told;
  }

  /** From this step on the feed should tell of what is applied here. */
  begin(sequence: number): void {
    this.#begunAt = sequence;
    this.#followedMs = 0;
  }

  /** This node itself has sent every step up to this one. */
  sent(sequence: number): void {
    this.#told = sequence;
  }

  /** What the feed told of that step and those after it was wrong: it does not count. */
  retract(sequence: number): void {
    this.#told = Math.min(this.#told, sequence - 1);
  }

  /** Somebody else emits from here on, and gets the full time to be heard. */
  renew(): void {
    this.#silentMs = 0;
    this.#followedMs = 0;
    this.#aheadMs = undefined;
    this.#hasLeft = false;
    this.#seemsLost = false;
  }

  /**
   * Another one took emission from this node while it was alive: perhaps nobody hears it. That the
   * first in the order takes it back is no sign of that.
   */
  replaced(by: NodeId): void {
    this.renew();
    if (by === this.#options.claimOrder()[0]) return;
    this.#caution = Math.min(this.#caution * 2, cautionMax);
    this.#calmMs = 0;
  }

  /** Whether others have replaced this node while it was alive, not long ago. */
  get isCautious(): boolean {
    return this.#caution > 1;
  }

  /**
   * The emitter's process has ended, or its line has: who is next does not wait for its silence.
   * Unless others have replaced this node while it was alive: then the line may be its own, and one
   * of them is to claim first, if there is one left.
   */
  lost({ isAlone }: { readonly isAlone: boolean }): void {
    this.#seemsLost = true;
    if (this.isCautious && !isAlone) return;
    if (!this.#hasLeft) this.#silentMs = 0;
    this.#hasLeft = true;
  }

  hear(message: FeedMessage, emitter: Emitter): void {
    this.#told = Math.max(this.#told, message.sequence);
    // An emitter that was replaced and does not know it yet is no sign of life of the present one.
    if (message.emitterEpoch < emitter.epoch) return;
    this.#silentMs = 0;
    this.#seemsLost = false;
    this.#hasLeft = message.kind === "farewell";
    if (message.kind === "step") this.#goesOn();
  }

  /** Counts the time since the last turn. Returns whether this node should claim now. */
  turn(elapsedMs: number, sequence: number, emitter: Emitter): boolean {
    const countedMs = Math.min(elapsedMs, turnMsMax);
    this.#silentMs += countedMs;
    this.#calmMs += countedMs;
    this.#followedMs += countedMs;
    this.#claim.agoMs += countedMs;
    if (this.#calmMs > calmMs) this.#caution = 1;
    this.#slowestMs *= 2 ** (-countedMs / slowestHalvesMs);
    if (sequence <= Math.max(this.#told, this.#begunAt)) this.#goesOn();
    else this.#aheadMs = this.#aheadMs === undefined ? 0 : this.#aheadMs + countedMs;
    const isOurs = this.#isSilent(emitter) || this.#returns(emitter);
    return isOurs && this.#mayClaim(emitter.epoch);
  }

  #goesOn(): void {
    this.#slowestMs = Math.max(this.#slowestMs, this.#aheadMs ?? 0);
    this.#aheadMs = undefined;
  }

  /** What the emitter may keep us waiting for. */
  get #allowedMs(): number {
    const { emitterSilenceMs } = this.#options.timing;
    const learnedMs = Math.min(allowance * this.#slowestMs, silencesMax * emitterSilenceMs);
    return Math.max(emitterSilenceMs, learnedMs);
  }

  #returns(emitter: Emitter): boolean {
    const { node, claimOrder, timing } = this.#options;
    const isFirst = claimOrder()[0] === node && emitter.node !== node;
    const isInStep = this.#aheadMs === undefined && this.#silentMs < timing.emitterSilenceMs;
    return isFirst && isInStep && this.#followedMs >= timing.emitterReturnMs * this.#caution;
  }

  /** Those further back in the order wait longer, so that as a rule one claims and not several. */
  #isSilent(emitter: Emitter): boolean {
    const { node, claimOrder, timing } = this.#options;
    const { emitterSilenceMs, heartbeatSilenceMs } = timing;
    const rank = claimOrder()
      .filter((name) => name !== emitter.node)
      .indexOf(node);
    if (rank === -1) return false;
    const patienceMs = rank * emitterSilenceMs;
    if (this.#hasLeft) return this.#silentMs >= patienceMs;
    // At the first start whose turn it is may come up last; shards are to be spread over the nodes.
    if (emitter.node === "" && rank === 0) return true;
    const aheadMs = this.#aheadMs ?? 0;
    const caution = this.#seemsLost ? Math.min(this.#caution, cautionMaxOfLost) : this.#caution;
    return (
      aheadMs >= (this.#allowedMs + patienceMs / 2) * caution ||
      this.#silentMs >= (heartbeatSilenceMs + patienceMs) * caution
    );
  }

  /** One claim is enough until it is applied or surely lost. */
  #mayClaim(emitterEpoch: number): boolean {
    const isRepeated = this.#claim.emitterEpoch === emitterEpoch;
    const { factor, agoMs } = this.#claim;
    if (isRepeated && agoMs < this.#options.timing.heartbeatSilenceMs * factor) return false;
    const next = isRepeated ? Math.min(factor * 2, reclaimFactorMax) : 1;
    this.#claim = { emitterEpoch, agoMs: 0, factor: next };
    return true;
  }
}
