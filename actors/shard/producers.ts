/**
 * The frames each producer has had applied: what makes every frame count once and in turn.
 *
 * A frame that was applied before is a duplicate and is dropped; one that skips a number is
 * refused, so that the producer goes back and resends; one of an older epoch comes from a process
 * that has been replaced. All replicas decide the same from the log alone.
 */
import { assert } from "../../protocols/index.ts";
import type { FrameHeader, FrameVerdict, ProducerId } from "../../protocols/index.ts";

type Verdict = Exclude<FrameVerdict, "malformed">;

interface Turn {
  epoch: number;
  frame: number;
}

export class Producers {
  readonly #turns = new Map<ProducerId, Turn>();

  /** Judges a frame and, if it is the producer's next, counts it: its number has been used. */
  admit(header: FrameHeader): Verdict {
    const verdict = this.judge(header);
    if (verdict !== "applied") return verdict;
    const { producer, epoch, frame } = header;
    const turn = this.#turns.get(producer);
    if (turn?.epoch === epoch) turn.frame = frame;
    else this.#turns.set(producer, { epoch, frame });
    return verdict;
  }

  /** What becomes of a frame that comes now. */
  judge({ producer, epoch, frame }: FrameHeader): Verdict {
    assert(epoch >= 1);
    assert(frame >= 1);
    const turn = this.#turns.get(producer);
    if (turn === undefined || epoch > turn.epoch) return frame === 1 ? "applied" : "gap";
    if (epoch < turn.epoch) return "stale-epoch";
    if (frame <= turn.frame) return "duplicate";
    if (frame > turn.frame + 1) return "gap";
    return "applied";
  }

  /** The frame number a producer must send next within an epoch that has not been replaced. */
  expected({ producer, epoch }: FrameHeader): number {
    const turn = this.#turns.get(producer);
    return turn?.epoch === epoch ? turn.frame + 1 : 1;
  }

  /** The last frame that was applied of a producer, in its current epoch; 0 for none. */
  lastFrameOf(producer: ProducerId): number {
    return this.#turns.get(producer)?.frame ?? 0;
  }

  snapshot(): unknown {
    return [...this.#turns]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([producer, { epoch, frame }]) => [producer, epoch, frame]);
  }

  static restore(data: unknown): Producers {
    const producers = new Producers();
    for (const [producer, epoch, frame] of data as [string, number, number][]) {
      producers.#turns.set(producer, { epoch, frame });
    }
    return producers;
  }
}
