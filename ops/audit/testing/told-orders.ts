/**
 * What the logs of a day tell of orders, found by applying them and with nothing of what makes
 * traces: every order with all that was told of it, and every order command that was refused
 * before there was an order.
 */
import { Shard } from "../../../actors/index.ts";
import { eventsOf } from "../../../actors/testing/test-venue.ts";
import { HashedShard } from "../../../cluster/hashed-shard.ts";
import type { LogEntry } from "../../../cluster/replicated-log.ts";
import {
  executionTypeWords,
  orderTypeWords,
  timeInForceWords,
  tradingPhaseWords,
  wordOf,
} from "../../../protocols/api/words.ts";
import { decodeFrame, MalformedRecords } from "../../../protocols/index.ts";
import type { OrderId, ShardEvent, ShardId } from "../../../protocols/index.ts";

/** Something told of an order, in which entry: "1/204 report.trade 77". */
export type Telling = string;

/** By which frame of which producer, and as which message of it, a command came to a shard. */
export type CommandName = string;

export interface ToldOrders {
  readonly orders: ReadonlyMap<OrderId, readonly Telling[]>;
  readonly refusals: ReadonlyMap<CommandName, readonly Telling[]>;
  /** Words of what happened and what was said, to see how rich the day is. */
  readonly words: ReadonlySet<string>;
}

export function toldOrdersOf(logs: readonly (readonly LogEntry[])[]): ToldOrders {
  const orders = new Map<OrderId, Telling[]>();
  const refusals = new Map<CommandName, Telling[]>();
  const words = new Set<string>();
  for (const [shard, log] of logs.entries()) {
    const hashed = new HashedShard(new Shard(shard, logs.length));
    for (const entry of log) {
      for (const word of wordsIn(entry)) words.add(word);
      for (const event of eventsOf(hashed.apply(entry).step)) {
        for (const word of wordsOf(event)) words.add(word);
        const at = `${shard}/${entry.sequence}`;
        if (event.kind === "execution-report") {
          const word = wordOf(executionTypeWords, event.executionType);
          note(orders, event.orderId, tellingOf(at, `report.${word}`, event.tradeId));
        }
        if (event.kind !== "order-replied") continue;
        const telling = tellingOf(at, "reply", 0);
        if (event.orderId !== 0) note(orders, event.orderId, telling);
        else note(refusals, nameOf(shard, event.origin), telling);
      }
    }
  }
  return { orders, refusals, words };
}

export function tellingOf(at: string, what: string, tradeId: number): Telling {
  return `${at} ${what}${tradeId === 0 ? "" : ` ${tradeId}`}`;
}

interface CommandPlace {
  /** Where it came, if that is not where it is answered. */
  readonly shard?: ShardId;
  readonly producer: string;
  readonly epoch: number;
  readonly frame: number;
  readonly index: number;
}

export function nameOf(answeredAt: ShardId, place: CommandPlace): CommandName {
  const { shard = answeredAt, producer, epoch, frame, index } = place;
  return [shard, producer, epoch, frame, index].join("/");
}

function wordsOf(event: ShardEvent): readonly string[] {
  if (event.kind === "phase-changed") return [wordOf(tradingPhaseWords, event.phase)];
  if (event.kind !== "execution-report") return [event.kind];
  const { executionType, orderType, timeInForce } = event;
  return [
    wordOf(executionTypeWords, executionType),
    wordOf(orderTypeWords, orderType),
    wordOf(timeInForceWords, timeInForce),
  ];
}

/** Of its messages, unless it is no frame. */
function wordsIn({ payload }: LogEntry): readonly string[] {
  try {
    const { messages, notes } = decodeFrame(payload);
    return [...messages.map(({ kind }) => kind), ...(notes === undefined ? [] : ["notes"])];
  } catch (error) {
    if (error instanceof MalformedRecords) return [];
    throw error;
  }
}

function note<Key>(map: Map<Key, Telling[]>, key: Key, telling: Telling): void {
  const tellings = map.get(key);
  if (tellings === undefined) map.set(key, [telling]);
  else tellings.push(telling);
}
