/**
 * Writes down what a shard does as acts, and to whose orders' lives each of them belongs.
 *
 * Most messages name their order. A command that is about to make one names none: it belongs to all
 * orders that are spoken of on account of it. Where one order's act makes another one's, as a taker's
 * match fills a maker, the maker's act belongs to the maker alone and names the taker's as its cause.
 */
import type { FramePlace, Shard, StepWitness } from "../../actors/index.ts";
import { assert, isShardProducer, shardOfProducer } from "../../protocols/index.ts";
import type {
  ActorMessage,
  InstrumentSymbol,
  Message,
  OrderId,
  Origin,
  ShardEvent,
  ToldEvent,
  TradeId,
} from "../../protocols/index.ts";
import { commandIn, hopOf } from "./act.ts";
import type {
  Act,
  ActHead,
  Deed,
  Departure,
  HopName,
  OrderKey,
  Receipt,
  RecordedStep,
} from "./act.ts";
import { newsIn, notedFrameIn, receiptsIn } from "./frame-news.ts";

interface OpenAct {
  readonly index: number;
  deed: Deed;
  readonly cause: OpenAct | undefined;
  /** The order that it is about by itself. */
  readonly order: OrderKey | undefined;
  readonly orders: Set<OrderKey>;
}

interface OpenDeparture {
  readonly hop: HopName;
  readonly from: OpenAct;
  readonly message: ActorMessage;
}

interface RecordedTrade {
  /** Of both sides. */
  readonly orders: OrderId[];
  /** Those whose fill was told of already: the same fill may wait and be heard, or be sent on. */
  readonly told: OrderId[];
}

export class ActRecorder implements StepWitness {
  readonly #shard: Shard;
  #acts: OpenAct[] = [];
  #departures: OpenDeparture[] = [];
  /** Those that were made in this entry. */
  #trades = new Map<TradeId, RecordedTrade>();
  /** What was said here and is not heard yet: who said it. */
  #line: OpenAct[] = [];
  /** What is heard just now, and what came or was due last. */
  #present: OpenAct | undefined;
  #latest: OpenAct | undefined;
  #index = 0;

  /** Watches a shard from its next entry on. */
  constructor(shard: Shard) {
    this.#shard = shard;
    shard.watch(this);
  }

  /**
   * What the entry that was just applied came to; the next one begins with nothing.
   *
   * @param payload of the entry, where what its gateway noted is wanted, too.
   */
  take(payload?: Uint8Array): RecordedStep {
    const { shard, sequence, timeUs } = this.#shard;
    const noted = payload && notedFrameIn(payload);
    if (noted !== undefined) this.#noteReceipts(receiptsIn(noted));
    // Whatever follows from an act comes behind it.
    for (const { cause, orders } of this.#acts.toReversed()) {
      if (cause?.order === undefined) for (const order of orders) cause?.orders.add(order);
    }
    const headOf = ({ index, orders }: OpenAct): ActHead => {
      return { place: { shard, sequence, index }, timeUs, orders };
    };
    // Both sides of a message between shards are told of, or neither is: whoever has heard of one
    // waits for the other.
    const acts = this.#acts
      .filter(({ orders, deed }) => orders.size > 0 || hopOf(deed) !== undefined)
      .map((act): Act => {
        const { deed, cause } = act;
        const counterparty = "message" in deed ? this.#takeCounterparty(deed.message) : undefined;
        return { ...headOf(act), deed, cause: cause && headOf(cause), counterparty };
      });
    const departures = this.#departures.map(({ hop, from, message }): Departure => {
      const order = orderIn(message);
      const orders = order === undefined ? from.orders : new Set([order]);
      return { hop, cause: headOf(from), orders, counterparty: this.#takeCounterparty(message) };
    });
    this.#acts = [];
    this.#departures = [];
    this.#line = [];
    this.#trades.clear();
    this.#present = this.#latest = undefined;
    this.#index = 0;
    const news = noted === undefined ? [] : newsIn(shard, noted);
    return { acts, departures, entry: { shard, sequence, timeUs }, news };
  }

  #noteReceipts(receipts: readonly Receipt[]): void {
    for (const act of this.#acts) {
      const { deed } = act;
      const command = commandIn(deed);
      if (command === undefined) continue;
      const noted = { ...command, receipt: receipts[command.origin.index] };
      act.deed = deed.kind === "wait" ? { ...deed, command: noted } : noted;
    }
  }

  came(message: Message, origin: Origin): void {
    const copy = { ...message };
    const { producer } = origin;
    const deed: Deed = isShardProducer(producer)
      ? { kind: "arrival", message: copy, hop: this.#wayOf(message, origin) }
      : { kind: "command", message: copy, origin, receipt: undefined };
    this.#present = this.#latest = this.#add(deed, undefined, orderIn(message));
  }

  /** How a message of another shard came, if the lives of orders go on with it. */
  #wayOf(message: Message, { producer, frame, index }: Origin): HopName | undefined {
    if (!goesOn(message)) return undefined;
    return hopName(shardOfProducer(producer), { shard: this.#shard.shard, frame, index });
  }

  held(message: Message): void {
    const present = this.#hearing;
    const { deed } = present;
    const waiting = { message: { ...message }, hop: hopOf(deed), command: commandIn(deed) };
    present.deed = { kind: "wait", ...waiting };
  }

  resumed(message: Message): void {
    const deed: Deed = { kind: "resumption", message: { ...message } };
    this.#present = this.#add(deed, this.#latest, orderIn(message));
  }

  woke(symbol: InstrumentSymbol): void {
    this.#present = this.#latest = this.#add({ kind: "moment", symbol }, undefined, undefined);
  }

  said(message: ActorMessage): void {
    const present = this.#hearing;
    this.#mention(present, message);
    this.#line.push(present);
  }

  heard(message: ActorMessage): void {
    const deed: Deed = { kind: "message", message: { ...message } };
    this.#present = this.#add(deed, this.#line.shift(), orderIn(message));
  }

  sent(message: ActorMessage, to: FramePlace): void {
    const from = this.#hearing;
    this.#mention(from, message);
    if (!goesOn(message)) return;
    const hop = hopName(this.#shard.shard, to);
    this.#departures.push({ hop, from, message: { ...message } });
  }

  told(event: ToldEvent): void {
    const order = orderIn(event) ?? this.#refusedIn(event);
    if (order === undefined) this.#index += 1;
    else this.#add({ kind: "event", event: copyOf(event) }, this.#present, order);
  }

  transferred(): void {
    return undefined;
  }

  /** Whoever says something says it on account of that. */
  get #hearing(): OpenAct {
    assert(this.#present !== undefined, "somebody spoke who had heard nothing");
    return this.#present;
  }

  /** The command that was refused before there was an order. */
  #refusedIn(event: ToldEvent): OrderKey | undefined {
    if (event.kind !== "order-replied") return undefined;
    const { shard = this.#shard.shard, producer, epoch, frame, index } = event.origin;
    return `${shard}/${producer}/${epoch}/${frame}/${index}`;
  }

  #add(deed: Deed, cause: OpenAct | undefined, order: OrderKey | undefined): OpenAct {
    const orders = new Set<OrderKey>(order === undefined ? [] : [order]);
    const act = { index: this.#index++, deed, cause, order, orders };
    this.#acts.push(act);
    return act;
  }

  #mention(act: OpenAct, message: ActorMessage): void {
    const order = orderIn(message);
    if (act.order === undefined && order !== undefined) act.orders.add(order);
    if (message.kind !== "order-filled") return;
    const { tradeId, orderId } = message;
    const trade = this.#trades.get(tradeId);
    if (trade === undefined) this.#trades.set(tradeId, { orders: [orderId], told: [] });
    else trade.orders.push(orderId);
  }

  /** Of a fill that is told of for the first time. */
  #takeCounterparty(message: Message): OrderId | undefined {
    if (message.kind !== "order-filled") return undefined;
    const trade = this.#trades.get(message.tradeId);
    if (trade === undefined || trade.told.includes(message.orderId)) return undefined;
    trade.told.push(message.orderId);
    return trade.orders.find((orderId) => orderId !== message.orderId);
  }
}

function hopName(from: number, { shard, frame, index }: FramePlace): HopName {
  return `${from}>${shard}/${frame}/${index}`;
}

/** Whether the life of an order goes on with a message in the other shard. */
function goesOn(message: Message): boolean {
  return orderIn(message) !== undefined || message.kind === "forward-reply";
}

/** The order that a message or event is about; undefined where it names none. */
function orderIn(said: Message | ToldEvent): OrderId | undefined {
  return "orderId" in said && said.orderId !== 0 ? said.orderId : undefined;
}

/** The teller uses it again. */
function copyOf(event: ToldEvent): ShardEvent {
  if (event.kind !== "execution-report") return { ...event };
  const { clientOrderId: name } = event;
  const clientOrderId =
    typeof name === "string"
      ? name
      : Buffer.from(name.bytes.subarray(name.from, name.end)).toString("latin1");
  return { ...event, clientOrderId };
}
