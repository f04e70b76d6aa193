/**
 * The audit of one account: goes through all its orders that work, between two steps.
 *
 * Changes nothing. An account is audited when its turn comes, at a cost of a step per order.
 *
 * Invariant: working-orders-can-work, blocked-accounts-have-no-orders, reserved-is-sum-of-orders,
 * variation-is-cost-of-positions, margin-is-sum-of-posted, maintenance-kept-or-liquidated.
 */
import { hold, invariant } from "../../protocols/index.ts";
import type { Venue } from "../actor.ts";
import { isBelowMaintenance } from "../margin/liquidation-terms.ts";
import type { AccountState } from "./account-state.ts";
import type { LiquidationScope } from "./liquidation-book.ts";
import type { Order } from "./order.ts";

const workingCanWork = invariant("working-orders-can-work");
const maintenanceKept = invariant("maintenance-kept-or-liquidated");
const blockedHaveNone = invariant("blocked-accounts-have-no-orders");

export function auditOrders({ orders, holdings, isBlocked, margin }: AccountState): void {
  for (let place = 0; place < orders.workingCount; place++) {
    const order = orders.workingAt(place);
    holdings.countReservation(order);
    auditOrder(order, isBlocked);
  }
  holdings.auditReservations();
  margin?.positions.audit();
  margin?.isolated.audit((symbol) => margin.positions.has(symbol));
}

/** Whoever has too little for its positions is being liquidated. */
export function auditMargin({ margin }: AccountState, venue: Venue): void {
  if (margin === undefined || venue.isHalted) return;
  const scopes = new Map<string, LiquidationScope>();
  for (const { instrument } of margin.positions.all()) {
    const scope = margin.scopeOf(instrument);
    scopes.set(`${scope.asset} ${scope.contract}`, scope);
  }
  for (const scope of scopes.values()) {
    if (margin.liquidations.find(scope) !== undefined) continue;
    hold(maintenanceKept, !isBelowMaintenance(margin.standingOf(scope, venue)));
  }
}

function auditOrder(order: Order, isBlocked: boolean): void {
  hold(workingCanWork, order.isWorking && order.remaining > 0 && order.executed >= 0);
  // A book that is elsewhere has yet to answer the cancel.
  if (isBlocked)
    hold(
      blockedHaveNone,
      order.pending.some(({ kind }) => kind === "cancel"),
    );
}
