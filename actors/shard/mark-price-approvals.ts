/**
 * Mark-price approvals: whether enough administrators stand behind a mark price, or an index. They
 * do not go to the governor as other commands do, so what was used up is remembered with the
 * book, and goes along where that moves.
 */
import type {
  InstrumentSymbol,
  PublishIndexPrice,
  PublishMarkPrice,
  RejectReason,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { whyNotAuthorized } from "../approvals/authorization.ts";
import { UsedApprovals } from "../approvals/used-approvals.ts";
import type { SavedUsedApprovals } from "../approvals/used-approvals.ts";

type PublishPrice = PublishIndexPrice | PublishMarkPrice;

export class MarkPriceApprovals {
  /** Of books that live here, those that ever had a price that was approved of. */
  readonly #used = new Map<InstrumentSymbol, UsedApprovals>();

  whyNot(command: PublishPrice, context: ActorContext): RejectReason {
    const needed = context.venue.approvalPolicy.neededFor(command.kind);
    const used = this.#used.get(command.symbol) ?? new UsedApprovals();
    return whyNotAuthorized(command, { needed, used }, context);
  }

  /** The price was published. */
  use({ symbol, approvals = [] }: PublishPrice, context: ActorContext): void {
    if (approvals.length === 0) return;
    const used = this.#used.get(symbol) ?? new UsedApprovals();
    used.add(approvals, context.timeUs);
    this.#used.set(symbol, used);
  }

  /** The book leaves. Undefined where there is nothing to remember. */
  takeOut(symbol: InstrumentSymbol): SavedUsedApprovals | undefined {
    const saved = this.#used.get(symbol)?.snapshot();
    this.#used.delete(symbol);
    return saved;
  }

  bringIn(symbol: InstrumentSymbol, saved: SavedUsedApprovals): void {
    const used = new UsedApprovals();
    used.restore(saved);
    this.#used.set(symbol, used);
  }

  /** By instrument; undefined while there is nothing to remember. */
  snapshot(): SavedMarkPriceApprovals | undefined {
    const saved = [...this.#used].flatMap(([symbol, used]) => {
      const approvals = used.snapshot();
      return approvals === undefined ? [] : [[symbol, approvals] as const];
    });
    return saved.length === 0 ? undefined : saved.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  restore(saved: SavedMarkPriceApprovals): void {
    for (const [symbol, approvals] of saved) this.bringIn(symbol, approvals);
  }
}

export type SavedMarkPriceApprovals = readonly (readonly [InstrumentSymbol, SavedUsedApprovals])[];
