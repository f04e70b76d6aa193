/**
 * Used approvals: what has had a command done, until its time is over. Then it is too late for it
 * anyway.
 */
import { assert } from "../../protocols/index.ts";
import type { Approval, TimeUs } from "../../protocols/index.ts";

export class UsedApprovals {
  /** By signature, in the order of use. */
  readonly #used = new Map<string, Approval["untilUs"]>();

  has({ signature }: Approval): boolean {
    return this.#used.has(keyOf(signature));
  }

  add(approvals: readonly Approval[], nowUs: TimeUs): void {
    for (const [key, untilUs] of this.#used) {
      if (untilUs < nowUs) this.#used.delete(key);
    }
    for (const { signature, untilUs } of approvals) this.#used.set(keyOf(signature), untilUs);
  }

  /** Undefined while none was ever used. */
  snapshot(): SavedUsedApprovals | undefined {
    return this.#used.size === 0 ? undefined : [...this.#used];
  }

  restore(saved: SavedUsedApprovals): void {
    assert(this.#used.size === 0);
    for (const [key, untilUs] of saved) this.#used.set(key, untilUs);
  }
}

/** In hexadecimal, as text that may stand anywhere. */
function keyOf(signature: Uint8Array): string {
  return Array.from(signature, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export type SavedUsedApprovals = readonly (readonly [signature: string, untilUs: TimeUs])[];
