/**
 * Which fields of a place request go together, as far as a schema cannot say it.
 *
 * What is refused here could not be understood as one order, whatever the market; what the market
 * allows is for the actors to say. The first fault found is told, and names its field.
 */
import { fieldFault } from "./errors.ts";
import type { RequestFault } from "./errors.ts";
import type { PlaceRequest } from "./order-requests.ts";

type OrderTypeWord = PlaceRequest["type"];
type TimeInForceWord = NonNullable<PlaceRequest["timeInForce"]>;
type Field = keyof PlaceRequest;

interface TypeRule {
  readonly price: "required" | "forbidden";
  readonly isWaiting: boolean;
}

const rules: Readonly<Record<OrderTypeWord, TypeRule>> = {
  limit: { price: "required", isWaiting: false },
  market: { price: "forbidden", isWaiting: false },
  stop: { price: "forbidden", isWaiting: true },
  stopLimit: { price: "required", isWaiting: true },
  takeProfit: { price: "forbidden", isWaiting: true },
  takeProfitLimit: { price: "required", isWaiting: true },
  trailingStop: { price: "forbidden", isWaiting: true },
  pegged: { price: "required", isWaiting: false },
};

/** As long as it waits or rests; a market order does neither. */
export function timeInForceOf({ type, timeInForce }: PlaceRequest): TimeInForceWord {
  if (timeInForce !== undefined) return timeInForce;
  return type === "market" ? "IOC" : "GTC";
}

/** Whether a request has any of the fields that most do not have. */
export function asksForMore(request: PlaceRequest): boolean {
  return (
    request.quoteBudget !== undefined ||
    request.collarBasisPoints !== undefined ||
    request.triggerPrice !== undefined ||
    request.triggerBy !== undefined ||
    request.trailTicks !== undefined ||
    request.trailBasisPoints !== undefined ||
    request.displayQuantity !== undefined ||
    request.hidden !== undefined ||
    request.uncovered !== undefined ||
    request.reduceOnly !== undefined ||
    request.minimumQuantity !== undefined ||
    request.postOnly !== undefined ||
    request.pegTo !== undefined ||
    request.pegOffset !== undefined ||
    request.expiresAtUs !== undefined ||
    request.selfTradePrevention !== undefined
  );
}

/** Of a request whose words are on their lists, and that does not {@link asksForMore}. */
export function faultOfPlainTerms(request: PlaceRequest): RequestFault | undefined {
  const { type, price, quantity, timeInForce } = request;
  // Most orders are such.
  if (type === "limit" && price !== undefined && quantity !== undefined && timeInForce !== "GTD") {
    return undefined;
  }
  return faultOfTerms(request);
}

/** Of a request whose words are on their lists. */
export function faultOfTerms(request: PlaceRequest): RequestFault | undefined {
  const { type, price, quantity, quoteBudget, expiresAtUs } = request;
  const rule = rules[type];
  const hasPrice = price !== undefined;
  if (rule.price === "required" && !hasPrice) return missing("price", type);
  if (rule.price === "forbidden" && hasPrice) return needless("price", type);
  if (quantity === undefined && quoteBudget === undefined) return noQuantity;
  const timeInForce = timeInForceOf(request);
  if (timeInForce === "GTD" && expiresAtUs === undefined) return noExpiry;
  if (timeInForce !== "GTD" && expiresAtUs !== undefined) return needlessExpiry;
  return (
    faultOfTime(type, timeInForce) ??
    faultOfAmount(request, rule) ??
    faultOfTrigger(request, rule) ??
    faultOfPeg(request) ??
    faultOfDisplay(request) ??
    faultOfReducing(request) ??
    faultOfMeeting(request)
  );
}

/** An order that waits does so as long as its time in force says, and then may have to be gone. */
function faultOfTime(type: OrderTypeWord, timeInForce: TimeInForceWord): RequestFault | undefined {
  const { price, isWaiting } = rules[type];
  if (type === "market") return restsAtOnce(timeInForce) ? marketCannotRest : undefined;
  if (type === "pegged") return restsAtOnce(timeInForce) ? undefined : peggedMustRest;
  if (!isWaiting) return undefined;
  if (isForAuctions(timeInForce)) return waitingForAuction;
  return price === "required" || restsAtOnce(timeInForce) ? undefined : mustWait;
}

function faultOfAmount(request: PlaceRequest, rule: TypeRule): RequestFault | undefined {
  const { type, quantity, quoteBudget, collarBasisPoints } = request;
  if (rule.price !== "forbidden" && collarBasisPoints !== undefined) {
    return needless("collarBasisPoints", type);
  }
  if (quoteBudget === undefined) return undefined;
  if (type !== "market") return needless("quoteBudget", type);
  if (timeInForceOf(request) !== "IOC") return budgetIsImmediate;
  return quantity === undefined ? undefined : twoQuantities;
}

function faultOfTrigger(request: PlaceRequest, { isWaiting }: TypeRule): RequestFault | undefined {
  const { type, triggerPrice, triggerBy, trailTicks, trailBasisPoints } = request;
  if (isWaiting && triggerPrice === undefined) return missing("triggerPrice", type);
  if (!isWaiting && triggerPrice !== undefined) return needless("triggerPrice", type);
  if (!isWaiting && triggerBy !== undefined) return needless("triggerBy", type);
  if (type !== "trailingStop") {
    if (trailTicks !== undefined) return needless("trailTicks", type);
    if (trailBasisPoints !== undefined) return needless("trailBasisPoints", type);
    return undefined;
  }
  if (trailTicks === undefined && trailBasisPoints === undefined) return noTrail;
  return trailTicks !== undefined && trailBasisPoints !== undefined ? twoTrails : undefined;
}

function faultOfPeg({ type, pegTo, pegOffset }: PlaceRequest): RequestFault | undefined {
  if (type === "pegged") return pegTo === undefined ? missing("pegTo", type) : undefined;
  if (pegTo !== undefined) return needless("pegTo", type);
  return pegOffset === undefined ? undefined : needless("pegOffset", type);
}

function faultOfDisplay(request: PlaceRequest): RequestFault | undefined {
  const { type, displayQuantity, hidden } = request;
  const isHidden = hidden === true;
  const timeInForce = timeInForceOf(request);
  const mayRest = restsAtOnce(timeInForce) || isForAuctions(timeInForce);
  if (displayQuantity !== undefined) {
    if (isHidden) return hiddenShowsNothing;
    const isSliced = rules[type].price === "required" && type !== "pegged";
    if (!isSliced) return needless("displayQuantity", type);
    if (!mayRest) return displayMustRest;
  }
  if (!isHidden) return undefined;
  if (type !== "limit") return needless("hidden", type);
  return mayRest ? undefined : hiddenMustRest;
}

/** What only reduces is made less by the exchange: its quantity stands for itself. */
function faultOfReducing(request: PlaceRequest): RequestFault | undefined {
  if (request.reduceOnly !== true) return undefined;
  const field = standingForMore.find((name) => request[name] !== undefined);
  return field === undefined ? undefined : fieldFault(field, "What only reduces has none.");
}

const standingForMore = ["displayQuantity", "minimumQuantity", "quoteBudget"] as const;

/** What an order asks of its meeting with others. */
function faultOfMeeting(request: PlaceRequest): RequestFault | undefined {
  const { type, minimumQuantity, hidden, postOnly, selfTradePrevention } = request;
  const timeInForce = timeInForceOf(request);
  const mayHaveMinimum = timeInForce === "IOC" || type === "pegged" || hidden === true;
  if (minimumQuantity !== undefined && !mayHaveMinimum) return minimumIsSeen;
  if (request.uncovered === true && type !== "limit") return needless("uncovered", type);
  if (selfTradePrevention === "transfer" && type !== "limit") return transferNeedsPrice;
  if (postOnly === undefined) return undefined;
  if (type !== "limit") return needless("postOnly", type);
  return restsAtOnce(timeInForce) ? undefined : postOnlyMustRest;
}

/** In continuous trading. */
function restsAtOnce(timeInForce: TimeInForceWord): boolean {
  return timeInForce === "GTC" || timeInForce === "DAY" || timeInForce === "GTD";
}

function isForAuctions(timeInForce: TimeInForceWord): boolean {
  return timeInForce === "ATO" || timeInForce === "ATC" || timeInForce === "GFA";
}

const orderNames: Readonly<Record<OrderTypeWord, string>> = {
  limit: "a limit order",
  market: "a market order",
  stop: "a stop order",
  stopLimit: "a stop-limit order",
  takeProfit: "a take-profit order",
  takeProfitLimit: "a take-profit-limit order",
  trailingStop: "a trailing stop",
  pegged: "a pegged order",
};

function missing(field: Field, type: OrderTypeWord): RequestFault {
  return fieldFault(field, `It is required for ${orderNames[type]}.`);
}

function needless(field: Field, type: OrderTypeWord): RequestFault {
  const name = orderNames[type];
  return fieldFault(field, `${name.charAt(0).toUpperCase()}${name.slice(1)} has none.`);
}

const noQuantity = fieldFault("quantity", "Either it or quoteBudget is required.");
const twoQuantities = fieldFault("quoteBudget", "It or quantity says how much, not both.");
const marketCannotRest = fieldFault("timeInForce", "A market order cannot rest.");
const budgetIsImmediate = fieldFault("timeInForce", "With a budget it is IOC.");
const peggedMustRest = fieldFault("timeInForce", "A pegged order rests: GTC, DAY or GTD.");
const waitingForAuction = fieldFault("timeInForce", "An order for an auction cannot wait.");
const mustWait = fieldFault("timeInForce", "It says how long the order waits: GTC, DAY or GTD.");
const noExpiry = fieldFault("expiresAtUs", "It is required for GTD.");
const needlessExpiry = fieldFault("expiresAtUs", "Only GTD ends at a time.");
const noTrail = fieldFault("trailTicks", "Either it or trailBasisPoints is required.");
const twoTrails = fieldFault("trailBasisPoints", "It or trailTicks is the distance, not both.");
const hiddenShowsNothing = fieldFault("displayQuantity", "A hidden order shows nothing.");
const displayMustRest = fieldFault("displayQuantity", "Only an order that may rest can have it.");
const hiddenMustRest = fieldFault("hidden", "Only an order that may rest can be it.");
const minimumIsSeen = fieldFault(
  "minimumQuantity",
  "Only an IOC, a hidden or a pegged order can have it.",
);
const transferNeedsPrice = fieldFault("selfTradePrevention", "Only a limit order can transfer.");
const postOnlyMustRest = fieldFault("postOnly", "Only an order that may rest can have it.");
