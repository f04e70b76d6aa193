/**
 * How much a book takes upon itself, so that no command costs without bound. All replicas must hold
 * to the same: only tests give a book other limits than {@link bookLimits}.
 */
export interface BookLimits {
  /** Orders that are more than plain, wherever they stand. */
  readonly specialOrders: number;
  /** Orders that follow a price. */
  readonly peggedOrders: number;
  /** Waiting orders that one command may set off; the next ones follow at the next moment. */
  readonly ordersSetOff: number;
}

export const bookLimits: BookLimits = {
  specialOrders: 100_000,
  peggedOrders: 1000,
  ordersSetOff: 10_000,
};
