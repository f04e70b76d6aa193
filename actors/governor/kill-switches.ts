/**
 * Kill switches: those that are armed and wait for a second word, and those that were thrown.
 *
 * Invariant: nothing is stopped by arming alone, and nothing is let go but by a release.
 */
import { assert } from "../../protocols/index.ts";
import type { KillScope, TimeUs } from "../../protocols/index.ts";

/** How long an armed switch may be confirmed, in log time. */
export const armedForUs: TimeUs = 60_000_000;

export interface KillTarget {
  readonly scope: KillScope;
  readonly target: string;
}

interface Arming extends KillTarget {
  /** Who did; switches of before logic 3 do not say. */
  readonly armer?: string;
}

interface Armed extends Arming {
  readonly untilUs: TimeUs;
}

export class KillSwitches {
  readonly #armed = new Map<number, Armed>();
  #armedCount = 0;
  /** In the order of throwing. */
  readonly #thrown = new Map<string, KillTarget>();

  /** Prepares a switch. Returns its number, under which it is confirmed. */
  arm(arming: Arming, nowUs: TimeUs): number {
    for (const [number, { untilUs }] of this.#armed) {
      if (untilUs < nowUs) this.#armed.delete(number);
    }
    this.#armedCount += 1;
    this.#armed.set(this.#armedCount, { ...arming, untilUs: nowUs + armedForUs });
    return this.#armedCount;
  }

  /** Whether there is one of that number that may be confirmed still. */
  isArmed(number: number, nowUs: TimeUs): boolean {
    const armed = this.#armed.get(number);
    return armed !== undefined && armed.untilUs >= nowUs;
  }

  armerOf(number: number): string | undefined {
    return this.#armed.get(number)?.armer;
  }

  /** Throws an armed switch. */
  confirm(number: number): KillTarget {
    const armed = this.#armed.get(number);
    assert(armed !== undefined, "a switch is thrown that nobody armed");
    this.#armed.delete(number);
    const { scope, target } = armed;
    this.#thrown.set(keyOf(scope, target), { scope, target });
    return { scope, target };
  }

  /** False when it was not thrown. */
  release(scope: KillScope, target: string): boolean {
    return this.#thrown.delete(keyOf(scope, target));
  }

  isThrown(scope: KillScope, target: string): boolean {
    return this.#thrown.size > 0 && this.#thrown.has(keyOf(scope, target));
  }

  snapshot(): SavedKillSwitches {
    const armed = [...this.#armed].map(([number, { scope, target, untilUs, armer }]) => {
      const saved = [number, scope, target, untilUs] as const;
      return armer === undefined ? saved : ([...saved, armer] as const);
    });
    const thrown = [...this.#thrown.values()].map(({ scope, target }) => [scope, target] as const);
    return [this.#armedCount, armed, thrown];
  }

  restore([armedCount, armed, thrown]: SavedKillSwitches): void {
    assert(this.#armedCount === 0);
    this.#armedCount = armedCount;
    for (const [number, scope, target, untilUs, armer] of armed) {
      const arming = armer === undefined ? { scope, target } : { scope, target, armer };
      this.#armed.set(number, { ...arming, untilUs });
    }
    for (const [scope, target] of thrown) this.#thrown.set(keyOf(scope, target), { scope, target });
  }
}

function keyOf(scope: KillScope, target: string): string {
  return `${String(scope)}/${target}`;
}

type SavedArmed = readonly [
  number: number,
  KillScope,
  target: string,
  untilUs: TimeUs,
  armer?: string,
];

export type SavedKillSwitches = readonly [
  armedCount: number,
  armed: readonly SavedArmed[],
  thrown: readonly (readonly [KillScope, target: string])[],
];
