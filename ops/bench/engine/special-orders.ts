/**
 * The commands of the benchmark's flow that are not plain: every type of order, every instruction,
 * lists of orders, mass quotes. Their terms go together, so that the work is done and not refused.
 */
import {
  CancelFailure,
  ListType,
  OrderType,
  oppositeOf,
  PegReference,
  plainInstructions,
  PostOnly,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TriggerSource,
} from "../../../protocols/index.ts";
import type { OrderCommand, OrderInstructions, PlaceOrder } from "../../../protocols/index.ts";
import { openingUs } from "./bench-venue.ts";
import { plainOrder } from "./order-draft.ts";
import type { OrderDraft } from "./order-draft.ts";

type Special = (draft: OrderDraft) => OrderCommand;

const limitOf =
  (instructions: Partial<OrderInstructions>, terms: Partial<PlaceOrder> = {}): Special =>
  (draft) =>
    plainOrder(draft, { ...terms, instructions: { ...plainInstructions, ...instructions } });

/** Each as often as the others. */
const specials: readonly Special[] = [
  limitOf({}, { timeInForce: TimeInForce.FOK }),
  limitOf({}, { timeInForce: TimeInForce.DAY }),
  limitOf({ expiresAtUs: openingUs + 3_600_000_000 }, { timeInForce: TimeInForce.GTD }),
  limitOf({ postOnly: PostOnly.reject }),
  limitOf({ postOnly: PostOnly.slide }),
  iceberg,
  limitOf({ isHidden: true }),
  limitOf({ isHidden: true, minimumQuantity: 1 }),
  limitOf({ selfTradePrevention: SelfTradePrevention.cancelNewest }),
  limitOf({ selfTradePrevention: SelfTradePrevention.cancelOldest }),
  limitOf({ selfTradePrevention: SelfTradePrevention.decrement }),
  marketByBudget,
  (draft) => stopOrder(draft, OrderType.stop),
  (draft) => stopOrder(draft, OrderType.stopLimit),
  (draft) => takeProfitOrder(draft, OrderType.takeProfit),
  (draft) => takeProfitOrder(draft, OrderType.takeProfitLimit),
  (draft) => stopOrder(draft, OrderType.trailingStop),
  pegged,
  oneCancelsOther,
  oneTriggersTwo,
  cancelAndPlace,
  massQuote,
  cancelSome,
];

export function specialCommand(draft: OrderDraft): OrderCommand {
  return specials[draft.random.below(specials.length)]!(draft);
}

function iceberg(draft: OrderDraft): PlaceOrder {
  const displayQuantity = draft.random.between(1, draft.quantity);
  return plainOrder(draft, { instructions: { ...plainInstructions, displayQuantity } });
}

function marketByBudget(draft: OrderDraft): PlaceOrder {
  const quoteBudget = draft.quantity * draft.middle;
  return plainOrder(draft, {
    orderType: OrderType.market,
    timeInForce: TimeInForce.IOC,
    price: 0,
    quantity: 0,
    instructions: { ...plainInstructions, quoteBudget },
  });
}

/** Set off when the price goes the wrong way. */
function stopOrder(draft: OrderDraft, orderType: OrderType): PlaceOrder {
  return triggered(draft, orderType, draft.side === Side.buy ? 1 : -1);
}

/** Set off when the price goes the right way. */
function takeProfitOrder(draft: OrderDraft, orderType: OrderType): PlaceOrder {
  return triggered(draft, orderType, draft.side === Side.buy ? -1 : 1);
}

function triggered(draft: OrderDraft, orderType: OrderType, direction: 1 | -1): PlaceOrder {
  const { random, middle } = draft;
  const triggerPrice = middle + direction * random.between(5, 60);
  const isLimited = orderType === OrderType.stopLimit || orderType === OrderType.takeProfitLimit;
  const trailTicks = orderType === OrderType.trailingStop ? random.between(5, 60) : 0;
  const triggerSource = random.oneIn(4) ? TriggerSource.best : TriggerSource.last;
  const instructions = { ...plainInstructions, triggerPrice, triggerSource, trailTicks };
  return plainOrder(draft, { orderType, price: isLimited ? draft.price : 0, instructions });
}

/** Its limit is far enough for the market to wander. */
function pegged(draft: OrderDraft): PlaceOrder {
  const { random, side, middle } = draft;
  const references = [PegReference.primary, PegReference.market, PegReference.midpoint];
  const pegReference = references[random.below(references.length)]!;
  const instructions = { ...plainInstructions, pegReference, pegOffset: random.between(1, 20) };
  const price = side === Side.buy ? middle + 1000 : middle - 1000;
  return plainOrder(draft, { orderType: OrderType.pegged, price, instructions });
}

/** A profit taken or a loss stopped. */
function oneCancelsOther(draft: OrderDraft): OrderCommand {
  const orders = [plainOrder(draft), stopOrder(draft, OrderType.stop)];
  return { kind: "place-order-list", account: draft.account, listType: ListType.OCO, orders };
}

function oneTriggersTwo(draft: OrderDraft): OrderCommand {
  const way = draft.side === Side.buy ? 1 : -1;
  const exit = { ...draft, side: oppositeOf(draft.side), price: draft.price + way * 30 };
  const orders = [plainOrder(draft), plainOrder(exit), stopOrder(exit, OrderType.stop)];
  return { kind: "place-order-list", account: draft.account, listType: ListType.OTOCO, orders };
}

/** Of an order that is not there, so that the second half is what costs. */
function cancelAndPlace(draft: OrderDraft): OrderCommand {
  return {
    kind: "cancel-and-place",
    account: draft.account,
    orderId: 0,
    clientOrderId: draft.newName(),
    ifCancelFails: CancelFailure.place,
    order: plainOrder(draft),
  };
}

function massQuote({
  account,
  symbol,
  middle,
  random,
  quantity,
  newName,
}: OrderDraft): OrderCommand {
  const distance = random.between(1, 10);
  const prices = { bidPrice: middle - distance, askPrice: middle + distance };
  const quote = { symbol, ...prices, bidQuantity: quantity, askQuantity: quantity };
  return { kind: "mass-quote", account, quoteId: newName(), quotes: [quote] };
}

/** Those of an account at a few prices. */
function cancelSome({ account, symbol, side, price }: OrderDraft): OrderCommand {
  const prices = { priceMin: price - 2, priceMax: price + 2 };
  return { kind: "cancel-all-orders", account, symbol, side, ...prices };
}
