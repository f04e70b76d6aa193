/**
 * Events and messages as a trader would say them: for scenarios, and for tests that compare a story
 * rather than rows of fields.
 */
import {
  CandleInterval,
  ChannelMark,
  CloseReason,
  DepositStatus,
  ExecutionType,
  Intervention,
  Liquidity,
  minuteUs,
  nameIn,
  OrderStatus,
  PositionCause,
  RejectReason,
  rejectReasonName,
  Side,
  TradingPhase,
  unreachable,
  whereaboutsIn,
  WithdrawalStatus,
} from "../../protocols/index.ts";
import type {
  ActorMessage,
  AnnounceContract,
  CandleView,
  DeficitCovered,
  ExecutionReport,
  FundingPaid,
  OrderReplied,
  PositionChanged,
  ShardEvent,
  StatisticsView,
} from "../../protocols/index.ts";
import { isolatedText, liquidationMessageText, liquidationText } from "./liquidation-words.ts";

/** What an event says. Ids of trades and updates, which nobody reads, are left out. */
export function eventText(event: ShardEvent): string {
  switch (event.kind) {
    case "order-replied":
      return `reply: ${replyText(event)}`;
    case "command-replied": {
      if (event.rejectReason === RejectReason["actor-elsewhere"]) {
        const { shard } = whereaboutsIn(event.detail);
        return `reply: ${outcomeText(event.rejectReason)}, shard ${String(shard)}`;
      }
      const count = event.detail === 0 ? "" : `, ${String(event.detail)} of them`;
      return `reply: ${outcomeText(event.rejectReason)}${count}`;
    }
    case "execution-report":
      return `${event.account} ${event.clientOrderId}: ${reportText(event)}`;
    case "level-changed":
      return `${event.symbol} ${event.side === Side.buy ? "bid" : "ask"} ${levelText(event)}`;
    case "traded": {
      const taker = event.takerSide === Side.buy ? "bought" : "sold";
      return `${event.symbol} ${taker} ${String(event.quantity)} @ ${String(event.price)}`;
    }
    case "best-changed": {
      const bid = levelText({ price: event.bidPrice, quantity: event.bidQuantity });
      const ask = levelText({ price: event.askPrice, quantity: event.askQuantity });
      return `${event.symbol} best ${bid} | ${ask}`;
    }
    case "entry-added": {
      const side = event.side === Side.buy ? "bid" : "ask";
      return `${event.symbol} ${side} #${String(event.entryId)} ${levelText(event)}`;
    }
    case "entry-executed":
      return `${event.symbol} #${String(event.entryId)} trades, ${String(event.quantity)} left`;
    case "entry-canceled":
      return `${event.symbol} #${String(event.entryId)} canceled, ${String(event.quantity)} left`;
    case "candle-closed": {
      const interval = nameIn(CandleInterval, event.interval);
      return `${event.symbol} candle of ${interval}: ${candleText(event)}`;
    }
    case "statistics-changed":
      return `${event.symbol} day: ${statisticsText(event)}`;
    case "depth-checksummed":
      return `${event.symbol} checksum ${event.checksum.toString(16).padStart(8, "0")}`;
    case "balance-changed":
      return `${event.account}: ${String(event.available)} ${event.asset} available`;
    case "withdrawal-changed": {
      const { account, number, amount, asset, status } = event;
      const what = `withdrawal ${String(number)} of ${String(amount)} ${asset}`;
      return `${account}: ${what} is ${nameIn(WithdrawalStatus, status)}`;
    }
    case "deposit-changed": {
      const { account, amount, asset, status } = event;
      return `${account}: deposit of ${String(amount)} ${asset} is ${nameIn(DepositStatus, status)}`;
    }
    case "settlement-final": {
      const assets = event.assets.map(({ asset, traded, netted }) => {
        return `${String(netted)} of ${String(traded)} ${asset}`;
      });
      const round = `round ${String(event.round)} of ${String(event.date)}`;
      return `${round} is final: ${assets.join(", ") || "nothing"}`;
    }
    case "account-settled": {
      const legs = event.legs.map(({ asset, deliver, receive }) => {
        return `${String(deliver)} ${asset} out, ${String(receive)} in`;
      });
      return `${event.account} settled for ${String(event.date)}: ${legs.join("; ") || "nothing"}`;
    }
    case "contract-funded": {
      const { symbol, round, ratePpm, markPrice, perLot } = event;
      const funding = `funding ${String(round)} at ${String(ratePpm)} ppm of ${String(markPrice)}`;
      return `${symbol} ${funding}: ${String(perLot)} a lot`;
    }
    case "contract-expired":
      return `${event.symbol} has expired at ${String(event.finalPrice)}`;
    case "position-changed":
    case "funding-paid":
    case "deficit-covered":
      return marginText(event);
    case "margin-mode-changed":
    case "margin-moved":
      return isolatedText(event);
    case "deficit-made-good": {
      const { account, amount, asset, lacking } = event;
      return `${account} makes good ${String(amount)} ${asset}, lacking ${String(lacking)}`;
    }
    case "liquidation-moved":
    case "liquidation-fee-paid":
    case "position-handed-over":
      return liquidationText(event);
    case "delivery-failed": {
      const { delivery, seller, buyer, goods, money, nextDate, daysFailed } = event;
      const what = `delivery ${String(delivery)} of ${seller} to ${buyer}`;
      const left = `${String(goods)} for ${String(money)} due ${String(nextDate)}`;
      return `${what} fails, day ${String(daysFailed)}: ${left}`;
    }
    case "buy-in-flagged": {
      const { account, units, asset, counterparty, since } = event;
      const what = `${String(units)} ${asset} that ${account} owes since ${String(since)}`;
      return `${counterparty} is to be bought in: ${what}`;
    }
    case "penalty-charged": {
      const { account, penalty, asset, outstanding } = event;
      return `${account}: penalty of ${String(penalty)} ${asset}, ${String(outstanding)} unpaid`;
    }
    case "instrument-listed":
      return `${event.terms.symbol} is listed`;
    case "phase-changed":
      return `${event.symbol} is ${words(nameIn(TradingPhase, event.phase))}`;
    case "auction-indicated": {
      const { symbol, price, volume, surplusSide, surplus } = event;
      const more = `${String(surplus)} more to ${nameIn(Side, surplusSide)}`;
      return `${symbol} auction ${levelText({ price, quantity: volume })}, ${more}`;
    }
    case "bands-changed": {
      const { symbol, lower, upper, referencePrice, isLimitState } = event;
      const bands = `${String(lower)} to ${String(upper)} around ${String(referencePrice)}`;
      return `${symbol} bands ${bands}${isLimitState ? ", limit state" : ""}`;
    }
    case "intervention-recorded": {
      const { command, target, author, reason } = event;
      return `${words(command)} ${target === "" ? "venue" : target} by ${author}: ${reason}`;
    }
    case "emitter-changed":
      return `${event.node} emits, epoch ${String(event.emitterEpoch)}`;
    case "logic-activated":
      return `logic ${String(event.version)} from here on`;
    case "state-hashed":
      return `state is hashed: ${event.label}`;
    default:
      return unreachable(event);
  }
}

function marginText(event: PositionChanged | FundingPaid | DeficitCovered): string {
  switch (event.kind) {
    case "position-changed": {
      const { account, symbol, lots, cost, realised } = event;
      const cause = nameIn(PositionCause, event.cause);
      const position =
        lots === 0 ? `no ${symbol}` : `${String(lots)} ${symbol} for ${String(cost)}`;
      return `${account} has ${position} by ${cause}, realises ${String(realised)}`;
    }
    case "funding-paid": {
      const { account, symbol, round, amount } = event;
      return `${account} pays ${String(amount)} for funding ${String(round)} of ${symbol}`;
    }
    default: {
      const { account, fund, asset, amount, lacking } = event;
      const left = lacking === 0 ? "" : `, lacking ${String(lacking)}`;
      return `${fund} covers ${String(amount)} ${asset} of ${account}${left}`;
    }
  }
}

/** When it begins in its day, in UTC, and what was traded in it. */
export function candleText(candle: CandleView): string {
  const minutes = Math.floor((candle.startUs % dayUs) / minuteUs);
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60];
  const time = [hour, minute].map((number) => String(number).padStart(2, "0")).join(":");
  return `${time} ${tradedText({ ...candle, last: candle.close })}`;
}

export function statisticsText(statistics: StatisticsView): string {
  return tradedText(statistics);
}

/** First, highest, lowest and last price; how much was traded for how much in how many trades. */
function tradedText(traded: StatisticsView): string {
  const { open, high, low, last, volume, notional, trades } = traded;
  const prices = [open, high, low, last].map(String).join(" ");
  return `${prices}, ${volume} for ${notional} in ${String(trades)}`;
}

const dayUs = 1440 * minuteUs;

function outcomeText(rejectReason: number): string {
  return rejectReason === 0 ? "done" : `rejected, ${rejectReasonName(rejectReason)}`;
}

function replyText(event: OrderReplied): string {
  const { orderId, status, executed, quantity, revision } = event;
  const again = event.isDuplicate ? "again, " : "";
  const outcome = event.rejectReason === 0 ? "" : `${outcomeText(event.rejectReason)}; `;
  if (orderId === 0) return `${again}${outcomeText(event.rejectReason)}${figuresText(event)}`;
  const terms = `${words(nameIn(OrderStatus, status))} ${String(executed)} of ${String(quantity)}`;
  const revised = revision === 0 ? "" : `, revision ${String(revision)}`;
  return `${again}${outcome}${terms} @ ${String(event.price)}${revised}${figuresText(event)}`;
}

function figuresText({ figures }: OrderReplied): string {
  if (figures === undefined) return "";
  const { limit, used, asked } = figures;
  return ` (limit ${String(limit)}, used ${String(used)}, asked ${String(asked)})`;
}

function reportText(event: ExecutionReport): string {
  const left = `${String(event.remaining)} of ${String(event.quantity)} left`;
  switch (event.executionType) {
    case ExecutionType.trade: {
      const role = nameIn(Liquidity, event.liquidity);
      const fee = event.fee === 0 ? "" : ` for a fee of ${String(event.fee)}`;
      const done = event.side === Side.buy ? "buys" : "sells";
      const what = `${done} ${String(event.lastQuantity)} @ ${String(event.lastPrice)}`;
      return `${what} as ${role}${fee}, ${left}`;
    }
    case ExecutionType.canceled:
      return `canceled, ${words(nameIn(CloseReason, event.closeReason))}`;
    case ExecutionType.rejected:
      return `rejected, ${rejectReasonName(event.rejectReason)}`;
    default: {
      const what = nameIn(ExecutionType, event.executionType);
      return `${what}, ${left} @ ${String(event.price)}`;
    }
  }
}

function levelText({ price, quantity }: { price: number; quantity: number }): string {
  return quantity === 0 && price === 0 ? "-" : `${String(quantity)} @ ${String(price)}`;
}

/** `partiallyFilled` and `immediate-remainder` as words. */
function words(name: string): string {
  return name.replaceAll("-", " ").replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** What one actor says to another, without the names of things that only one of them knows. */
export function messageText(message: ActorMessage): string {
  switch (message.kind) {
    case "submit-order": {
      const what = `${nameIn(Side, message.side)} ${String(message.quantity)}`;
      const limit = message.orderType === 0 ? ` @ ${String(message.price)}` : " at market";
      return `submit #${String(message.orderId)}: ${what}${limit}`;
    }
    case "submit-cancel":
      return `cancel #${String(message.orderId)}`;
    case "submit-replace": {
      const terms = `${String(message.quantity)} @ ${String(message.price)}`;
      return `replace #${String(message.orderId)}: ${terms}`;
    }
    case "order-rested":
      return `${message.account} #${String(message.orderId)} rests`;
    case "order-filled": {
      const role = nameIn(Liquidity, message.liquidity);
      const fill = `${String(message.quantity)} @ ${String(message.price)} as ${role}`;
      const order = `${message.account} #${String(message.orderId)}`;
      return `${order} filled ${fill}, ${String(message.remaining)} left`;
    }
    case "order-triggered":
      return `${message.account} #${String(message.orderId)} triggered`;
    case "order-repriced":
      return `${message.account} #${String(message.orderId)} repriced: @ ${String(message.price)}`;
    case "order-prevented": {
      const what = `decremented ${String(message.quantity)} @ ${String(message.price)}`;
      const order = `${message.account} #${String(message.orderId)}`;
      return `${order} ${what}, ${String(message.remaining)} left`;
    }
    case "order-removed": {
      const reason = words(nameIn(CloseReason, message.reason));
      const order = `${message.account} #${String(message.orderId)}`;
      return `${order} removed, ${String(message.canceled)} left, ${reason}`;
    }
    case "order-refused":
      return `${message.account} #${String(message.orderId)} refused, ${rejectReasonName(message.reason)}`;
    case "order-replaced": {
      const terms = `${String(message.quantity)} @ ${String(message.price)}`;
      return `${message.account} #${String(message.orderId)} replaced: ${terms}`;
    }
    case "change-refused": {
      const order = `${message.account} #${String(message.orderId)}`;
      return `${order} not changed, ${rejectReasonName(message.reason)}`;
    }
    case "announce-asset":
      return `shard ${String(message.shard)}: asset ${message.asset}`;
    case "announce-instrument":
      return `shard ${String(message.shard)}: instrument ${message.terms.symbol}`;
    case "announce-venue-halt":
      return `shard ${String(message.shard)}: ${message.isHalted ? "halt" : "resume"}`;
    case "announce-approval-policy": {
      const policy = message.policy.map(([command, needed]) => `${command} ${String(needed)}`);
      return `shard ${String(message.shard)}: approvals of ${policy.join(", ")}`;
    }
    case "set-phase":
      return `${message.symbol}: ${nameIn(Intervention, message.intervention)}`;
    case "watch-index":
      return `${message.symbol}: watch ${String(message.levels.length)} levels`;
    case "breaker-moved":
      return `${message.symbol}: breaker ${message.isTripped ? "tripped" : "released"}`;
    case "block-account":
      return `${message.isBlocked ? "block" : "unblock"} ${message.account}`;
    case "announce-fee-schedule":
      return `shard ${String(message.shard)}: fees by ${message.schedule}`;
    case "announce-settlement-cycle":
      return `shard ${String(message.shard)}: settled by ${message.cycle}`;
    case "clear-trade": {
      const { seller, buyer, goods, base, date } = message;
      return `clear ${seller} to ${buyer} ${String(goods)} ${base}, due ${String(date)}`;
    }
    case "instruct-settlement":
      return `${message.account}: settle round ${String(message.round)}`;
    case "settlement-confirmed":
      return `${message.account}: can settle round ${String(message.round)}`;
    case "post-settlement":
      return `${message.account}: round ${String(message.round)} is final`;
    case "apply-margin-account":
      return `margin account of ${message.account}`;
    case "cover-deficit":
      return `${message.account}: ${String(message.amount)} for ${message.debtor}`;
    case "pay-liquidation-fee":
    case "offer-position":
    case "answer-offer":
    case "deleverage":
    case "deleverage-dealt":
    case "deleverage-wanted":
    case "positions-ranked":
    case "deleveraged":
      return liquidationMessageText(message);
    case "rank-positions":
      return `rank ${message.symbol}`;
    case "apply-fail-permission":
      return `${message.account} may owe ${String(message.limit)} ${message.asset}`;
    case "apply-account-fees":
      return `fees of ${message.account}`;
    case "create-account":
      return `open ${message.account}`;
    case "credit-deposit":
      return `credit ${message.account} ${String(message.amount)} ${message.asset}`;
    case "announce-risk-limits":
      return `shard ${String(message.shard)}: limits of risk`;
    case "announce-price":
      return `shard ${String(message.shard)}: ${message.symbol} at ${String(message.price)}`;
    case "announce-risk-group":
      return `shard ${String(message.shard)}: ${message.account} in ${message.group || "no group"}`;
    case "announce-custody-policy":
      return `shard ${String(message.shard)}: custody of ${message.policy.asset}`;
    case "announce-contract":
      return `shard ${String(message.shard)}: ${message.symbol} ${contractText(message)}`;
    case "withdrawal-settled":
      return `${String(message.amount)} ${message.asset} left`;
    case "ticket-served":
      return `ticket ${String(message.ticket)} served`;
    case "announce-placement":
      return `shard ${String(message.shard)}: ${message.actor} lives in ${String(message.home)}`;
    case "announce-shard":
      return `shard ${String(message.shard)}: there are ${String(message.shards)} shards`;
    case "announce-pins":
      return `shard ${String(message.shard)}: ${String(message.pins.length)} live elsewhere`;
    case "mark-channel":
      return `shard ${String(message.shard)}: ${nameIn(ChannelMark, message.mark)}`;
    case "hand-over":
      return `shard ${String(message.shard)}: ${message.actor} comes`;
    case "take-over":
      return `shard ${String(message.shard)}: ${String(message.bytes)} bytes came`;
    case "forward-reply":
      return `shard ${String(message.shard)}: a reply`;
    default:
      return unreachable(message);
  }
}

function contractText({ markPrice, indexPrice, finalPrice }: AnnounceContract): string {
  if (finalPrice !== 0) return `has expired at ${String(finalPrice)}`;
  return `is marked ${String(markPrice)}, index ${String(indexPrice)}`;
}
