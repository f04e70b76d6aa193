/**
 * What clients did and were told, as they saw it themselves: the history that is held against the
 * log. Plain data; times are milliseconds of one clock that never goes back.
 */
import type { OrderState } from "../../protocols/api/replies.ts";
import type { AccountId, ClientOrderId, OrderId, TradeId } from "../../protocols/index.ts";

export type OperationKind = "place" | "cancel" | "replace";

/** What a client asked for. The order is named by the client's own id. */
export interface Asked {
  readonly kind: OperationKind;
  readonly account: AccountId;
  readonly clientOrderId: ClientOrderId;
  /** Of a replace: which revision it makes; else 0. */
  readonly revision: number;
}

export type Outcome =
  | { readonly kind: "done"; readonly isDuplicate: boolean; readonly order: OrderState }
  | { readonly kind: "refused"; readonly reason: string; readonly isOfLog: boolean }
  /** The client was told that it surely did not happen. */
  | { readonly kind: "not-done" }
  /** The client was told that nobody knows. */
  | { readonly kind: "unknown" };

export interface Operation extends Asked {
  /** The shards it needs: the account's, and the book's where that is another. */
  readonly shards: readonly number[];
  readonly invokedAtMs: number;
  readonly completedAtMs: number;
  readonly outcome: Outcome;
}

/** A fill that a client was told of by an execution report. */
export interface HeardFill {
  readonly account: AccountId;
  readonly orderId: OrderId;
  readonly tradeId: TradeId;
  readonly price: number;
  readonly quantity: number;
}

/** How things stand for an account at the end, as the exchange answers it. */
export interface Standing {
  readonly account: AccountId;
  /** By order id. */
  readonly openOrders: readonly OrderId[];
  /** By asset: what is available and what is reserved. */
  readonly balances: readonly (readonly [asset: string, available: string, reserved: string])[];
}

export interface History {
  readonly operations: readonly Operation[];
  readonly heardFills: readonly HeardFill[];
  /** What was heard before this history began. */
  readonly heardEarlier: readonly HeardFill[];
  readonly standings: readonly Standing[];
}

/** Whether the log gave an answer: "no" is one. */
export function isAcknowledged({ outcome }: Pick<Operation, "outcome">): boolean {
  return outcome.kind === "done" || (outcome.kind === "refused" && outcome.isOfLog);
}

/** For people: "cancel of alice's order a-17". */
export function describeAsked({ kind, account, clientOrderId, revision }: Asked): string {
  const which = kind === "replace" ? `replace ${revision}` : kind;
  return `${which} of ${account}'s order ${clientOrderId}`;
}
