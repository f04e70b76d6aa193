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

interface Armed extends KillTarget {
  readonly untilUs: TimeUs;
}

export class KillSwitches {
  readonly #armed = new Map<number, Armed>();
  #armedCount = 0;
  /** In the order of throwing. */
  readonly #thrown = new Map<string, KillTarget>();

  /** Prepares a switch. Returns its number, under which it is confirmed. */
  arm(scope: KillScope, target: string, nowUs: TimeUs): number {
    for (const [number, { untilUs }] of this.#armed) {
      if (untilUs < nowUs) this.#armed.delete(number);
    }
    this.#armedCount += 1;
    this.#armed.set(this.#armedCount, { scope, target, untilUs: nowUs + armedForUs });
    return this.#armedCount;
  }

  /** Throws an armed switch; undefined when there is none of that number, or not any more. */
  confirm(number: number, nowUs: TimeUs): KillTarget | undefined {
    const armed = this.#armed.get(number);
    if (armed === undefined || armed.untilUs < nowUs) return undefined;
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
    const armed = [...this.#armed].map(
      ([number, { scope, target, untilUs }]) => [number, scope, target, untilUs] as const,
    );
    const thrown = [...this.#thrown.values()].map(({ scope, target }) => [scope, target] as const);
    return [this.#armedCount, armed, thrown];
  }

  restore([armedCount, armed, thrown]: SavedKillSwitches): void {
    assert(this.#armedCount === 0);
    this.#armedCount = armedCount;
    for (const [number, scope, target, untilUs] of armed) {
      this.#armed.set(number, { scope, target, untilUs });
    }
    for (const [scope, target] of thrown) this.#thrown.set(keyOf(scope, target), { scope, target });
  }
}

function keyOf(scope: KillScope, target: string): string {
  return `${String(scope)}/${target}`;
}

export type SavedKillSwitches = readonly [
  armedCount: number,
  armed: readonly (readonly [number: number, KillScope, target: string, untilUs: TimeUs])[],
  thrown: readonly (readonly [KillScope, target: string])[],
];
