/** Whoever does not want to know what happens in a book. */
import type { OrderBookListener } from "../../../actors/order-book/book-terms.ts";

export const silentListener: OrderBookListener = {
  traded() {},
  prevented() {},
  removed() {},
  levelChanged() {},
  entryAdded() {},
  entryExecuted() {},
  entryCanceled() {},
};
