/**
 * How the open orders of one shard stand: what they were before something happened to them.
 *
 * Heard from the shard's own reports; of an account that comes from another shard, from what came
 * with it.
 */
import {
  ExecutionType,
  hasLimit,
  isWaitingType,
  OrderStatus,
  TimeInForce,
} from "../../protocols/index.ts";
import type {
  ExecutionReport,
  Lots,
  OrderId,
  OrderInstructions,
  OrderReplied,
  OrderView,
  Ticks,
  TimeUs,
} from "../../protocols/index.ts";

export interface OrderState {
  readonly status: OrderStatus;
  readonly price: Ticks;
  readonly quantity: Lots;
  readonly executed: Lots;
  readonly remaining: Lots;
}

/** An order of which more may be heard. */
export interface StandingOrder extends OrderState {
  readonly report: OrderTerms;
  readonly instructions: OrderInstructions | undefined;
  /** When it took its place in the book; undefined where it has none, or that is not known here. */
  readonly priorityUs: TimeUs | undefined;
}

/** What an order is, whatever happens to it. */
export type OrderTerms = Pick<
  ExecutionReport,
  "account" | "symbol" | "orderId" | "clientOrderId" | "side" | "orderType" | "timeInForce"
>;

/** When a report was heard, and how its order stands at the end of that entry, if it is known. */
interface Moment {
  readonly view: OrderView | undefined;
  readonly timeUs: TimeUs;
}

export class OrderStates {
  readonly #open = new Map<OrderId, StandingOrder>();

  /** undefined for one that is over, or not known here. */
  of(orderId: OrderId): StandingOrder | undefined {
    return this.#open.get(orderId);
  }

  /** Hears a report. Returns the order as it is then, even when that was its end. */
  hear(report: ExecutionReport, { view, timeUs }: Moment): StandingOrder {
    const before = this.#open.get(report.orderId);
    const instructions = view?.instructions ?? before?.instructions;
    const standing: StandingOrder = { ...stateIn(report), report, instructions, priorityUs: 0 };
    const priorityUs = priorityAfter(before, standing, { report, view, timeUs });
    const after = { ...standing, priorityUs };
    if (isOver(report.status)) this.#open.delete(report.orderId);
    else this.#open.set(report.orderId, after);
    return after;
  }

  /** An order whose account has come from another shard. */
  arrive(view: OrderView): void {
    const { status, price, quantity, executed, instructions } = view;
    // Nobody was told of it yet.
    if (status === OrderStatus.pendingNew) return;
    const remaining = quantity - executed;
    const state = { status, price, quantity, executed, remaining };
    this.#open.set(view.orderId, { ...state, report: view, instructions, priorityUs: undefined });
  }
}

function stateIn({ status, price, quantity, executed, remaining }: ExecutionReport): OrderState {
  return { status, price, quantity, executed, remaining };
}

/** What a reply says of the order that it is about. */
export function stateInReply({ status, price, quantity, executed }: OrderReplied): OrderState {
  const remaining = isOver(status) ? 0 : quantity - executed;
  return { status, price, quantity, executed, remaining };
}

function isOver(status: OrderStatus): boolean {
  switch (status) {
    case OrderStatus.filled:
    case OrderStatus.canceled:
    case OrderStatus.rejected:
    case OrderStatus.expired:
      return true;
    default:
      return false;
  }
}

/**
 * Since when it stands where it does in the queue of its price.
 *
 * An order takes its place when it comes to rest; it goes to the end of a queue when its price
 * changes, when more of it is open, or when what it shows, its minimum or its offset change.
 */
function priorityAfter(
  before: StandingOrder | undefined,
  after: StandingOrder,
  { report, view, timeUs }: Moment & { readonly report: ExecutionReport },
): TimeUs | undefined {
  if (!canRest(report)) return undefined;
  switch (report.executionType) {
    case ExecutionType.new:
      return isWaitingType(report.orderType) || view?.isWaiting ? undefined : timeUs;
    case ExecutionType.triggered:
      return timeUs;
    case ExecutionType.replaced:
    case ExecutionType.restated:
      if (view?.isWaiting) return undefined;
      return before && keepsPlace(before, after) ? before.priorityUs : timeUs;
    default:
      return before?.priorityUs;
  }
}

function canRest({ orderType, timeInForce }: ExecutionReport): boolean {
  const isImmediate = timeInForce === TimeInForce.IOC || timeInForce === TimeInForce.FOK;
  return hasLimit(orderType) && !isImmediate;
}

function keepsPlace(before: StandingOrder, after: StandingOrder): boolean {
  if (after.price !== before.price || after.remaining > before.remaining) return false;
  const [was, is] = [before.instructions, after.instructions];
  return (
    is?.displayQuantity === was?.displayQuantity &&
    is?.minimumQuantity === was?.minimumQuantity &&
    is?.pegOffset === was?.pegOffset
  );
}
