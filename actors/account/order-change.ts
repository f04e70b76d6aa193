/**
 * What was asked of an order after it was placed, and who waits for an answer.
 */
import { CancelFailure } from "../../protocols/index.ts";
import type {
  CancelFailure as CancelFailures,
  Lots,
  Origin,
  PlaceOrder,
  RejectReason,
  RevisedInstructions,
  Ticks,
} from "../../protocols/index.ts";

/** Somebody who is owed an answer. */
export interface Waiter {
  readonly origin: Origin;
  /** Whether the same had been asked before. */
  readonly isDuplicate: boolean;
  /** What he wants placed once a cancel is answered, instead of an answer to that. */
  readonly then?: Successor;
}

/** Terms that a replace asked for. */
export interface Revision {
  /** Which revision of the order it makes, from 1; 0 for a cancel. */
  readonly revision: number;
  readonly price: Ticks;
  readonly quantity: Lots;
}

/** A cancel or replace that the book has not answered yet, oldest first in its order's list. */
export interface PendingChange extends Revision {
  readonly kind: "cancel" | "replace";
  /** None for a cancel that was part of cancel-all. */
  waiters: readonly Waiter[];
  /** What a replace changes of the instructions. */
  readonly revised: RevisedInstructions;
}

/** An order that is to take the place of a canceled one. */
export interface Successor {
  readonly order: PlaceOrder;
  readonly ifCancelFails: CancelFailures;
}

/** Whether a successor is placed, after a cancel that was done or could not be. */
export function isFollowed({ ifCancelFails }: Successor, isCanceled: boolean): boolean {
  return isCanceled || ifCancelFails === CancelFailure.place;
}

/** Those who are answered by what became of a cancel itself. */
export function answeredBy(waiters: readonly Waiter[], isCanceled: boolean): readonly Waiter[] {
  const isAnswered = ({ then }: Waiter): boolean =>
    then === undefined || !isFollowed(then, isCanceled);
  return waiters.every(isAnswered) ? waiters : waiters.filter(isAnswered);
}

/** What became of a replace: 0 when its terms came into force. */
export interface SettledReplace extends Revision {
  readonly rejectReason: RejectReason;
}

/** How many of an order's latest replaces can be told apart when they come again. */
export const settledReplacesMax = 8;

/** Lets another be answered when the book has answered a change that is under way. */
export function join(change: PendingChange, origin: Origin, then?: Successor): void {
  const { waiters } = change;
  const isDuplicate = waiters.length > 0;
  const waiter = then === undefined ? { origin, isDuplicate } : { origin, isDuplicate, then };
  change.waiters = isDuplicate ? [...waiters, waiter] : [waiter];
}
