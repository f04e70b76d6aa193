/**
 * The context of one actor alone: keeps what it sends and emits, and lets a test say what time it
 * is, what the venue lists and whether it is halted.
 */
import {
  idOnShard,
  Placement,
  readEvent,
  RecordReader,
  RecordWriter,
  writeEvent,
} from "../../protocols/index.ts";
import type {
  ActorMessage,
  AssetId,
  InstrumentSymbol,
  InstrumentTerms,
  OrderId,
  Origin,
  ShardEvent,
  ShardId,
  TimeUs,
  ToldEvent,
  TradeId,
} from "../../protocols/index.ts";
import { bareVenue } from "./bare-venue.ts";
import { logicOf, newestLogic } from "../logic-versions.ts";
import { Market } from "../market/market.ts";
import type { ActorContext, ContractRules, TradingRules, Venue } from "../actor.ts";
import { ShardLedger } from "../ledger/asset-ledger.ts";
import type { AssetLedger } from "../ledger/asset-ledger.ts";
import { Wakes } from "../wakes.ts";

export class RecordingContext implements ActorContext {
  readonly shard: ShardId = 0;
  shards = 1;
  get placement(): Placement {
    return Placement.founding(this.shards);
  }

  timeUs: TimeUs = 1_000_000;
  entropy = 0;
  logic = logicOf(newestLogic);
  origin: Origin = { producer: "gw", epoch: 1, frame: 1, index: 0 };
  readonly venue: { -readonly [Part in keyof Venue]: Venue[Part] };
  /** The market of every instrument; undefined when there is none here. */
  market: TradingRules | undefined = new Market("APPLE-COIN");
  /** Of every instrument, where they are contracts. */
  contract: ContractRules | undefined;
  readonly wakes = new Wakes();
  readonly sent: ActorMessage[] = [];
  readonly emitted: ShardEvent[] = [];
  readonly ledger = new ShardLedger();
  #orderCount = 0;
  #tradeCount = 0;

  constructor(instruments: readonly InstrumentTerms[] = []) {
    const bySymbol = new Map(instruments.map((terms) => [terms.symbol, terms]));
    this.venue = { ...bareVenue(), instrument: (symbol) => bySymbol.get(symbol) };
  }

  send(message: ActorMessage): void {
    // A copy: what is sent is a message, not the sender's own variable.
    this.sent.push({ ...message });
  }

  emit(event: ToldEvent): void {
    // What is told is written down at once, and so it is read here as others will.
    const writer = new RecordWriter();
    writeEvent(writer, event);
    this.emitted.push(readEvent(RecordReader.of(writer.finish())));
  }

  nextOrderId(): OrderId {
    return idOnShard(this.shard, ++this.#orderCount);
  }

  nextTradeId(): TradeId {
    return idOnShard(this.shard, ++this.#tradeCount);
  }

  marketOf(_symbol: InstrumentSymbol): TradingRules | undefined {
    return this.market;
  }

  contractRulesOf(_symbol: InstrumentSymbol): ContractRules | undefined {
    return this.contract;
  }

  wakeAt(symbol: InstrumentSymbol, atUs: TimeUs): void {
    this.wakes.ask(symbol, atUs);
  }

  ledgerOf(asset: AssetId): AssetLedger {
    return this.ledger.of(asset);
  }

  /** What was sent since the last call. */
  takeSent(): ActorMessage[] {
    return this.sent.splice(0);
  }

  /** What was emitted since the last call. */
  takeEmitted(): ShardEvent[] {
    return this.emitted.splice(0);
  }

  /** Begins the next command, which has an origin of its own. */
  nextCommand(): Origin {
    this.origin = { ...this.origin, index: this.origin.index + 1 };
    return this.origin;
  }
}
