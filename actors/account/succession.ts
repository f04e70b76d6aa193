/**
 * Succession: an order that takes the place of one that is canceled (`cancel-and-place`).
 *
 * The cancel is asked first; the successor is placed when the book has answered, or at once if
 * there is nothing to cancel and it is wanted all the same.
 */
import { CancelFailure, RejectReason } from "../../protocols/index.ts";
import type { CancelAndPlace } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { ChangeRequests } from "./change-requests.ts";
import type { AccountState } from "./account-state.ts";
import { refuse, replyWithoutOrder } from "./order-answers.ts";
import { isFollowed } from "./order-change.ts";
import type { Waiter } from "./order-change.ts";
import type { OrderEntry } from "./order-entry.ts";
import { withDefaults } from "./placing.ts";

export class Succession {
  readonly #state: AccountState;
  readonly #entry: OrderEntry;
  readonly #changes: ChangeRequests;

  constructor(state: AccountState, entry: OrderEntry, changes: ChangeRequests) {
    this.#state = state;
    this.#entry = entry;
    this.#changes = changes;
  }

  /** Cancels an order; what follows happens when the book has answered. */
  cancelAndPlace(command: CancelAndPlace, context: ActorContext): void {
    const { origin } = context;
    const known = this.#state.orders.find(0, command.order.clientOrderId);
    if (known !== undefined) {
      const placing = withDefaults(command.order, context.venue);
      this.#entry.placeAgain(known, placing, { origin, context });
      return;
    }
    const order = this.#state.ordered(command);
    const { ifCancelFails } = command;
    if (order?.isWorking === true) {
      const then = { order: command.order, ifCancelFails };
      this.#changes.requestCancel(order, { origin, then }, context);
      return;
    }
    if (ifCancelFails === CancelFailure.place) this.#entry.place(command.order, origin, context);
    else if (order === undefined) replyWithoutOrder(RejectReason["order-unknown"], context);
    else refuse(order, RejectReason["order-closed"], context);
  }

  /** Places what some want in the place of an order that is canceled, or could not be. */
  placeFor(waiters: readonly Waiter[], isCanceled: boolean, context: ActorContext): void {
    for (const { origin, then } of waiters) {
      if (then === undefined || !isFollowed(then, isCanceled)) continue;
      this.#entry.place(then.order, origin, context);
    }
  }
}
