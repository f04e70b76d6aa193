/**
 * The context of one shard's actors: gathers what they send and emit while an entry is applied.
 *
 * Messages for this shard wait in line, first in first out; messages for other shards are put into
 * one frame for each; events are written down as bytes at once, replies apart for each producer.
 * Counters for ids live here because they are the shard's, not any actor's.
 */
import {
  assert,
  FrameBuilder,
  hold,
  idOnShard,
  invariant,
  neverExpires,
  newMemory,
  producerOfShard,
  RecordWriter,
  shardOfMessage,
  writeEvent,
} from "../../protocols/index.ts";
import type {
  ActorMessage,
  AssetId,
  CommandReplied,
  InstrumentSymbol,
  MemoryFor,
  OrderId,
  OrderReplied,
  Origin,
  Placement,
  ProducerId,
  ShardId,
  TimeUs,
  ToldEvent,
  TradeId,
} from "../../protocols/index.ts";
import type { ActorContext, ContractRules, TradingRules, Venue } from "../actor.ts";
import type { AssetLedger, ShardLedger } from "../ledger/asset-ledger.ts";
import { logicOf } from "../logic-versions.ts";
import type { Logic } from "../logic-versions.ts";
import { Wakes } from "../wakes.ts";
import type { SavedWakes } from "../wakes.ts";
import type { ContractKeepers } from "./contract-keepers.ts";
import type { Moves } from "./moves.ts";
import type { OutboundFrame, Step, StepReplies } from "./step.ts";
import type { StepWitness } from "./witness.ts";

const messagesDelivered = invariant("messages-delivered");

export const nobody: Origin = { producer: "nobody", epoch: 0, frame: 0, index: 0 };

/** A reply takes about 100 bytes; a server lets a mebibyte through. */
const repliesPerMessageMax = 4000;

/** A line that was longer is not kept: it held on to every message that stood in it. */
const inboxLengthMax = 1000;

/** The replies for one producer, while they are being written. */
interface OpenReplies {
  producer: ProducerId;
  count: number;
  readonly writer: RecordWriter;
}

/** A shard is one producer for ever: its frame numbers are part of its state. */
const shardEpoch = 1;

export interface StepContextState {
  readonly orderCount: number;
  readonly tradeCount: number;
  /** The number of the last frame sent to each shard. */
  readonly framesSent: readonly number[];
  /** Also of those who will be called in vain, so that all replicas call alike. */
  readonly wakes: SavedWakes;
}

export interface StepContextParts {
  readonly shard: ShardId;
  readonly shards: number;
  readonly moves: Moves;
  readonly venue: Venue;
  readonly markets: ReadonlyMap<InstrumentSymbol, TradingRules>;
  readonly contracts: ContractKeepers;
  readonly ledger: ShardLedger;
}

export class StepContext implements ActorContext {
  readonly shard: ShardId;
  #shards: number;
  readonly venue: Venue;
  timeUs: TimeUs = 0;
  logic: Logic = logicOf(1);
  entropy = 0;
  origin: Origin = nobody;
  /** Where events and replies are written to. */
  memoryFor: MemoryFor = newMemory;
  #witness: StepWitness | undefined;

  readonly wakes = new Wakes();

  readonly #moves: Moves;
  readonly #markets: ReadonlyMap<InstrumentSymbol, TradingRules>;
  readonly #contracts: ContractKeepers;
  readonly #ledger: ShardLedger;
  /** Messages wait between the two; what lies outside is free to be written over. */
  #inbox: ActorMessage[] = [];
  #inboxAt = 0;
  #inboxEnd = 0;
  readonly #events = new RecordWriter();
  #eventCount = 0;
  /** In the order of their first reply. The last is the one that is written to most. */
  readonly #replies: OpenReplies[] = [];
  readonly #spareReplies: OpenReplies[] = [];
  readonly #outboxes: FrameBuilder[];
  readonly #framesSent: number[];
  #closedFrames: OutboundFrame[] = [];
  #orderCount: number;
  #tradeCount: number;

  constructor(parts: StepContextParts, state?: StepContextState) {
    this.shard = parts.shard;
    this.#shards = parts.shards;
    this.venue = parts.venue;
    this.#moves = parts.moves;
    this.#markets = parts.markets;
    this.#contracts = parts.contracts;
    this.#ledger = parts.ledger;
    this.#outboxes = Array.from({ length: parts.shards }, () => new FrameBuilder());
    this.#framesSent = [...(state?.framesSent ?? this.#outboxes.map(() => 0))];
    this.wakes.restore(state?.wakes ?? []);
    this.#orderCount = state?.orderCount ?? 0;
    this.#tradeCount = state?.tradeCount ?? 0;
    assert(this.#framesSent.length === parts.shards);
  }

  get shards(): number {
    return this.#shards;
  }

  /** From now on there are so many shards to speak to. */
  resize(shards: number): void {
    this.#shards = shards;
    while (this.#outboxes.length < shards) {
      this.#outboxes.push(new FrameBuilder());
      this.#framesSent.push(0);
    }
    this.#outboxes.length = shards;
    const beyond = this.#framesSent.splice(shards);
    assert(
      beyond.every((frames) => frames === 0),
      "shards were spoken to that there are not",
    );
  }

  send(message: ActorMessage): void {
    const shard = this.#shards === 1 ? this.shard : shardOfMessage(message, this.#moves);
    assert(shard !== undefined, "a message to an actor names no actor");
    if (shard === this.shard) {
      this.witness?.said(message);
      this.#inbox[this.#inboxEnd++] = message;
      return;
    }
    const outbox = this.#outboxes[shard];
    assert(outbox !== undefined, "a message for a shard that does not exist");
    // What moves comes in large parts, which have frames of their own.
    if (message.kind === "hand-over" && outbox.count > 0) this.#closeFrame(shard, outbox);
    const index = outbox.add(message);
    this.witness?.sent(message, { shard, frame: (this.#framesSent[shard] ?? 0) + 1, index });
    if (outbox.isFull) this.#closeFrame(shard, outbox);
  }

  emit(event: ToldEvent): void {
    if (event.kind === "order-replied" || event.kind === "command-replied") {
      if (isOfOtherShard(event.origin, this.shard)) {
        this.#forward(event, event.origin.shard);
        return;
      }
      this.witness?.told(event);
      const replies = this.#repliesTo(event.origin.producer);
      replies.count += 1;
      writeEvent(replies.writer, event);
      return;
    }
    this.witness?.told(event);
    writeEvent(this.#events, event);
    this.#eventCount += 1;
  }

  /** Who asked waits for what is said by the shard that it asked. */
  #forward(reply: OrderReplied | CommandReplied, shard: ShardId): void {
    const writer = new RecordWriter();
    writeEvent(writer, reply);
    this.send({ kind: "forward-reply", shard, records: writer.finish() });
  }

  #repliesTo(producer: ProducerId): OpenReplies {
    for (let at = this.#replies.length - 1; at >= 0; at--) {
      const replies = this.#replies[at]!;
      if (replies.producer === producer && replies.count < repliesPerMessageMax) return replies;
    }
    const replies = this.#spareReplies.pop() ?? { producer, count: 0, writer: new RecordWriter() };
    replies.producer = producer;
    this.#replies.push(replies);
    return replies;
  }

  /** Who sees what is said and transferred, if anybody. */
  get witness(): StepWitness | undefined {
    return this.#witness;
  }

  set witness(witness: StepWitness | undefined) {
    this.#witness = witness;
    this.#ledger.journal = witness;
  }

  get placement(): Placement {
    return this.#moves.placement;
  }

  nextOrderId(): OrderId {
    this.#orderCount += 1;
    return idOnShard(this.shard, this.#orderCount);
  }

  nextTradeId(): TradeId {
    this.#tradeCount += 1;
    return idOnShard(this.shard, this.#tradeCount);
  }

  marketOf(symbol: InstrumentSymbol): TradingRules | undefined {
    return this.#markets.get(symbol);
  }

  contractRulesOf(symbol: InstrumentSymbol): ContractRules | undefined {
    return this.#contracts.rulesOf(symbol);
  }

  wakeAt(symbol: InstrumentSymbol, atUs: TimeUs): void {
    this.wakes.ask(symbol, atUs);
  }

  ledgerOf(asset: AssetId): AssetLedger {
    return this.#ledger.of(asset);
  }

  /** The next message for an actor of this shard; undefined when the line is empty. */
  nextMessage(): ActorMessage | undefined {
    if (this.#inboxAt < this.#inboxEnd) return this.#inbox[this.#inboxAt++];
    this.#inboxAt = this.#inboxEnd = 0;
    if (this.#inbox.length > inboxLengthMax) this.#inbox = [];
    return undefined;
  }

  /** Hands over what the step gave, and forgets it. */
  takeOutputs(): Pick<Step, "events" | "eventCount" | "replies" | "outbound"> {
    hold(messagesDelivered, this.#inboxEnd === 0);
    for (const [shard, outbox] of this.#outboxes.entries()) {
      if (outbox.count > 0) this.#closeFrame(shard, outbox);
    }
    const events = this.#events.finish(this.memoryFor);
    const eventCount = this.#eventCount;
    const replies = this.#replies.map((open) => this.#finish(open));
    const outbound = this.#closedFrames;
    this.#events.reset();
    this.#eventCount = 0;
    this.#replies.length = 0;
    this.#closedFrames = [];
    return { events, eventCount, replies, outbound };
  }

  #finish(open: OpenReplies): StepReplies {
    const { producer, writer } = open;
    const records = writer.finish(this.memoryFor);
    writer.reset();
    open.count = 0;
    this.#spareReplies.push(open);
    return { producer, records };
  }

  state(): StepContextState {
    return {
      orderCount: this.#orderCount,
      tradeCount: this.#tradeCount,
      framesSent: [...this.#framesSent],
      wakes: this.wakes.snapshot(),
    };
  }

  #closeFrame(shard: ShardId, outbox: FrameBuilder): void {
    const frame = (this.#framesSent[shard] ?? 0) + 1;
    this.#framesSent[shard] = frame;
    const bytes = outbox.finish({
      producer: producerOfShard(this.shard),
      epoch: shardEpoch,
      frame,
      // Nobody asks again for what actors say to each other: it must come through, however late.
      expiresAtUs: neverExpires,
    });
    this.#closedFrames.push({ shard, frame, bytes });
  }
}

function isOfOtherShard(origin: Origin, here: ShardId): origin is Required<Origin> {
  return origin.shard !== undefined && origin.shard !== here;
}
