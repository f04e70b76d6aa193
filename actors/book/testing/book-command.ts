/**
 * What may be done to a book from outside, as plain data: a story is a list of these, and makes
 * sense whichever of them are left out of it. A stream cannot know which orders are there: it names
 * one by a number that picks one of them when the command is performed, and then it has its id.
 */
import type {
  AccountId,
  BreakerLevel,
  Intervention,
  OrderId,
  OrderInstructions,
  OrderType,
  Side,
  TimeInForce,
  TimeUs,
} from "../../../protocols/index.ts";

/** An order as its account has checked it. */
export interface OrderTerms {
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly price: number;
  readonly quantity: number;
  readonly budget: number;
  readonly instructions: OrderInstructions;
  /** When a good-till-date order ends, counted from when it is submitted; may be past already. */
  readonly expiresInUs: TimeUs;
}

/** What a replace asks for; what the order does not have stays as it is. */
export interface NewTerms {
  /** None where the price stays. */
  readonly price: number | undefined;
  /** What is to remain: so much more than now, or less. */
  readonly more: number;
  /** undefined for what stays as it is. */
  readonly triggerPrice: number | undefined;
  readonly trail: number | undefined;
  readonly displayQuantity: number | undefined;
  readonly minimumQuantity: number | undefined;
  readonly pegOffset: number | undefined;
  readonly mustKeepPriority: boolean;
}

export type OneOrder = { readonly pick: number } | { readonly orderId: OrderId };

export type BookCommand =
  /** A log entry begins: time passes, and whoever is due is called. All else belongs to it. */
  | { readonly kind: "pass"; readonly us: TimeUs; readonly entropy: number }
  /** The same, at the next moment at which the market or the book has something to do. */
  | { readonly kind: "skip"; readonly of: "market" | "book"; readonly entropy: number }
  | { readonly kind: "submit"; readonly order: OrderTerms }
  /** Two linked orders, of which the second is under way until it arrives. */
  | { readonly kind: "submit-first"; readonly first: OrderTerms; readonly second: OrderTerms }
  | { readonly kind: "submit-second"; readonly of: OneOrder }
  | { readonly kind: "cancel"; readonly of: OneOrder; readonly isByAnother: boolean }
  | { readonly kind: "replace"; readonly of: OneOrder; readonly terms: NewTerms }
  | { readonly kind: "mark"; readonly price: number }
  | { readonly kind: "halt-venue"; readonly isHalted: boolean }
  | {
      readonly kind: "intervene";
      readonly intervention: Intervention;
      readonly isPurged: boolean;
    }
  /** The market is the index of the market-wide breaker from now on; with no levels, no more. */
  | { readonly kind: "watch"; readonly levels: readonly BreakerLevel[] }
  /** The actor goes on as one that was restored from its snapshot. */
  | { readonly kind: "restore" };
