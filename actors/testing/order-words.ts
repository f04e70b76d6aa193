/**
 * Orders in a trader's words, as scenarios say them:
 *
 *     buys 5 @ 100                sells 5 stop 90             sells 5 trailing 5 from 95
 *     buys 5 at market            sells 5 stop 90 @ 89        sells 5 trailing 100 bp from 95
 *     buys for 500 at market      sells 5 take profit 110     buys 5 pegged to primary less 1 @ 99
 *
 * then, if it is not GTC (or IOC at market), for how long: `IOC`, `FOK`, `DAY`, `GTD 60 s`, `ATO`,
 * `ATC`, `GFA`; then its terms, each after a comma: `shows 2`, `hidden`, `minimum 3`, `post only`,
 * `slides`, `by best`, `by mark`, `collar 100 bp`, `cancels newest`, `cancels oldest`, `cancels
 * both`, `decrements`, `transfers`; then ` as ` and its name.
 */
import {
  OrderType,
  PegReference,
  plainInstructions,
  PostOnly,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TriggerSource,
} from "../../protocols/index.ts";
import type { OrderInstructions, PlaceOrder, TimeUs } from "../../protocols/index.ts";

type Writable<Terms> = { -readonly [Field in keyof Terms]: Terms[Field] };

/** Who says it, of what, and when. */
export interface OrderSetting {
  readonly account: string;
  readonly symbol: string;
  readonly timeUs: TimeUs;
}

const pattern = new RegExp(
  "^(?<side>buys|sells) (?:for (?<budget>\\d+)|(?<quantity>\\d+)) (?<what>.+?)" +
    "(?: (?<tif>IOC|FOK|DAY|GTD (?<seconds>\\d+) s|ATO|ATC|GFA))?(?<terms>(?:, [a-z0-9 ]+)*)" +
    " as (?<name>\\S+)$",
);

/** Reads an order; undefined for words that are none. */
export function orderIn(words: string, setting: OrderSetting): PlaceOrder | undefined {
  const found = pattern.exec(words)?.groups;
  if (found === undefined) return undefined;
  const { side, budget, quantity, what = "", tif, seconds, terms = "", name = "" } = found;
  const instructions: Writable<OrderInstructions> = { ...plainInstructions };
  const { orderType, price } = typeIn(what, instructions);
  for (const term of terms.split(", ").filter((word) => word !== "")) read(term, instructions);
  if (budget !== undefined) instructions.quoteBudget = Number(budget);
  if (seconds !== undefined) instructions.expiresAtUs = setting.timeUs + Number(seconds) * 1e6;
  const isPlain = JSON.stringify(instructions) === JSON.stringify(plainInstructions);
  return {
    kind: "place-order",
    account: setting.account,
    clientOrderId: name,
    symbol: setting.symbol,
    side: side === "buys" ? Side.buy : Side.sell,
    orderType,
    timeInForce: timeInForceIn(tif, orderType),
    price,
    quantity: Number(quantity ?? 0),
    instructions: isPlain ? plainInstructions : instructions,
  };
}

function timeInForceIn(word: string | undefined, orderType: OrderType): TimeInForce {
  if (word === undefined) return orderType === OrderType.market ? TimeInForce.IOC : TimeInForce.GTC;
  const name = word.split(" ")[0] as keyof typeof TimeInForce;
  return TimeInForce[name];
}

interface TypeAndPrice {
  readonly orderType: OrderType;
  readonly price: number;
}

function typeIn(what: string, instructions: Writable<OrderInstructions>): TypeAndPrice {
  if (what === "at market") return { orderType: OrderType.market, price: 0 };
  const limit = /^@ (\d+)$/.exec(what);
  if (limit !== null) return { orderType: OrderType.limit, price: Number(limit[1]) };
  const waiting = /^(stop|take profit) (\d+)(?: @ (\d+))?$/.exec(what);
  if (waiting !== null) {
    const [, kind, trigger, price] = waiting;
    instructions.triggerPrice = Number(trigger);
    const { stop, stopLimit, takeProfit, takeProfitLimit } = OrderType;
    const types = kind === "stop" ? [stop, stopLimit] : [takeProfit, takeProfitLimit];
    return { orderType: types[price === undefined ? 0 : 1]!, price: Number(price ?? 0) };
  }
  const trailing = /^trailing (\d+)( bp)? from (\d+)$/.exec(what);
  if (trailing !== null) {
    const [, trail, points, trigger] = trailing;
    instructions.triggerPrice = Number(trigger);
    instructions[points === undefined ? "trailTicks" : "trailBasisPoints"] = Number(trail);
    return { orderType: OrderType.trailingStop, price: 0 };
  }
  const pegged = /^pegged to (primary|market|midpoint)(?: less (\d+))? @ (\d+)$/.exec(what);
  if (pegged === null) throw new Error(`no order says: ${what}`);
  const [, reference, offset, price] = pegged;
  instructions.pegReference = PegReference[reference as "primary" | "market" | "midpoint"];
  instructions.pegOffset = Number(offset ?? 0);
  return { orderType: OrderType.pegged, price: Number(price) };
}

function read(term: string, instructions: Writable<OrderInstructions>): void {
  const [word, number] = [term.replace(/ \d+.*/, ""), Number(/\d+/.exec(term)?.[0] ?? 0)];
  switch (word) {
    case "shows":
      instructions.displayQuantity = number;
      return;
    case "hidden":
      instructions.isHidden = true;
      return;
    case "uncovered":
      instructions.isUncovered = true;
      return;
    case "reduces only":
      instructions.isReduceOnly = true;
      return;
    case "minimum":
      instructions.minimumQuantity = number;
      return;
    case "collar":
      instructions.collarBasisPoints = number;
      return;
    case "post only":
      instructions.postOnly = PostOnly.reject;
      return;
    case "slides":
      instructions.postOnly = PostOnly.slide;
      return;
    case "by best":
      instructions.triggerSource = TriggerSource.best;
      return;
    case "by mark":
      instructions.triggerSource = TriggerSource.mark;
      return;
    default:
      instructions.selfTradePrevention = preventionIn(word);
  }
}

function preventionIn(word: string): SelfTradePrevention {
  const modes: Readonly<Record<string, SelfTradePrevention>> = {
    "cancels newest": SelfTradePrevention.cancelNewest,
    "cancels oldest": SelfTradePrevention.cancelOldest,
    "cancels both": SelfTradePrevention.cancelBoth,
    decrements: SelfTradePrevention.decrement,
    transfers: SelfTradePrevention.transfer,
  };
  const mode = modes[word];
  if (mode === undefined) throw new Error(`no order has the term: ${word}`);
  return mode;
}
