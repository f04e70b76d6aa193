/**
 * The order lifecycle as the account uses it: numbered states from the compiled table, and the FIX
 * status of each.
 */
import { assert, OrderStatus } from "../../protocols/index.ts";
import { compileMachine } from "../transition-table.ts";
import { orderLifecycleEvents, orderLifecycleMachine } from "./order-lifecycle.machine.ts";
import type { OrderLifecycleEvent } from "./order-lifecycle.machine.ts";

export const orderLifecycle = compileMachine(orderLifecycleMachine, orderLifecycleEvents);

/** The column of each event in the table. */
export const LifecycleEvent = Object.fromEntries(
  orderLifecycleEvents.map((event) => [event, orderLifecycle.column(event)]),
) as Readonly<Record<OrderLifecycleEvent, number>>;

const statuses = Array.from({ length: orderLifecycle.stateCount }, (_, state) =>
  statusOfValue(JSON.parse(orderLifecycle.nameOf(state)) as LifecycleValue),
);

/** The FIX status that a lifecycle state shows. */
export function statusOf(state: number): OrderStatus {
  const status = statuses[state];
  assert(status !== undefined, "no such state");
  return status;
}

/** Whether an order in this state may still trade. */
export function isWorking(state: number): boolean {
  return workingStates[state] === true;
}

/** Whether an order in this state waits for its trigger price. */
export function isWaiting(state: number): boolean {
  return waitingStates[state] === true;
}

/** Whether an order in this state was not taken. */
export function isRefused(state: number): boolean {
  return state === refusedState;
}

const refusedState = orderLifecycle.stateNamed(JSON.stringify("rejected"));

type LifecycleValue =
  | "filled"
  | "canceled"
  | "expired"
  | "rejected"
  | {
      readonly working: {
        readonly execution: "pendingNew" | "waiting" | "new" | "partiallyFilled";
        readonly request: "none" | "replacing" | "canceling";
      };
    };

function statusOfValue(value: LifecycleValue): OrderStatus {
  if (typeof value === "string") return OrderStatus[value];
  if (value.working.request === "canceling") return OrderStatus.pendingCancel;
  if (value.working.request === "replacing") return OrderStatus.pendingReplace;
  const { execution } = value.working;
  return execution === "waiting" ? OrderStatus.new : OrderStatus[execution];
}

const workingStates = Array.from({ length: orderLifecycle.stateCount }, (_, state) =>
  orderLifecycle.nameOf(state).startsWith('{"working"'),
);

const waitingStates = Array.from({ length: orderLifecycle.stateCount }, (_, state) =>
  orderLifecycle.nameOf(state).includes('"waiting"'),
);
