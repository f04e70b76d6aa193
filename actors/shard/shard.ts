/**
 * Shard: the actors that one log orders, and the step that applies one entry of it to them.
 *
 * `apply` is the whole of the deterministic core: the same entries give the same state and the same
 * bytes on every replica, at every replay. It decides what is a duplicate, who may say what and who
 * emits; it performs nothing.
 *
 * Invariant: entries are applied in sequence, each once; log time never goes back.
 */
import {
  assert,
  feeAccountOf,
  governorShard,
  isNodeProducer,
  isShardProducer,
  MalformedRecords,
  messagesIn,
  neverExpires,
  producerOfShard,
  RejectReason,
  shardOfInstrument,
  shardOfMessage,
  ticksMax,
  tradingTermsOf,
  unsealFrame,
} from "../../protocols/index.ts";
import type {
  AccountId,
  AccountMessage,
  ActorMessage,
  Answer,
  Ask,
  ClaimEmitter,
  FormShard,
  FrameHeader,
  FrameVerdict,
  InstrumentSymbol,
  InstrumentTerms,
  MemoryFor,
  Message,
  NodeId,
  OrderCommand,
  ProducerId,
  PublishMarkPrice,
  QuestionKind,
  SealedFrame,
  ShardId,
  TimeUs,
  TradingTerms,
} from "../../protocols/index.ts";
import { Account } from "../account/account.ts";
import { KnownOrders } from "../account/known-orders.ts";
import { replyWithoutOrder } from "../account/order-answers.ts";
import { OrderRows } from "../account/order-rows.ts";
import { Book } from "../book/book.ts";
import { Directory } from "../directory/directory.ts";
import { Governor } from "../governor/governor.ts";
import { Market } from "../market/market.ts";
import { RecentMap } from "../recent-map.ts";
import { Producers } from "./producers.ts";
import type { Step, ShardEntry } from "./step.ts";
import { answerQuestion } from "./shard-questions.ts";
import type { ShardActors } from "./shard-questions.ts";
import { nobody, StepContext } from "./step-context.ts";
import type { StepContextState } from "./step-context.ts";

/** Who emits, and since when: counted, so that a claim made on old knowledge is void. */
export interface Emitter {
  /** "" until somebody claimed. */
  readonly node: NodeId;
  readonly epoch: number;
}

/**
 * What a producer is, by its name. A shard's name that is none of this cluster's other shards is a
 * stranger's, who may say nothing.
 */
type Speaker = "gateway" | "node" | "shard" | "stranger";

export class Shard implements ShardActors {
  readonly shard: ShardId;
  readonly shards: number;
  /** The cluster that the log was formed for; "" until its first entry is applied. */
  #cluster = "";
  #sequence = 0;
  #timeUs: TimeUs = 0;
  #commandCount = 0;
  #emitter: Emitter = { node: "", epoch: 0 };
  #isCheckpoint = false;
  readonly directory: Directory;
  readonly governor: Governor;
  readonly fees: Account;
  /** The memory of all its accounts' orders. */
  readonly #orderRows = new OrderRows();
  readonly #accounts = new RecentMap<AccountId, Account>();
  readonly #books = new RecentMap<InstrumentSymbol, Book>();
  readonly #markets = new RecentMap<InstrumentSymbol, Market>();
  readonly #producers: Producers;
  /** The producers that speak as actors: the cluster's other shards. */
  readonly #otherShards: ReadonlySet<ProducerId>;
  readonly #context: StepContext;

  constructor(shard: ShardId, shards: number, saved?: SavedShard) {
    assert(shard >= 0 && shard < shards);
    this.shard = shard;
    this.shards = shards;
    this.directory = saved ? Directory.restore(saved.directory) : new Directory();
    this.governor = saved ? Governor.restore(saved.governor) : new Governor();
    this.fees = saved
      ? Account.restore(saved.fees, this.directory, this.#orderRows)
      : this.#newAccount(feeAccountOf(shard));
    const others = Array.from({ length: shards }, (_, other) => producerOfShard(other));
    this.#otherShards = new Set(others.filter((_, other) => other !== shard));
    this.#producers = saved ? Producers.restore(saved.producers) : new Producers();
    const parts = {
      shard,
      shards,
      venue: this.directory,
      markets: this.#markets,
      fees: this.fees,
    };
    this.#context = new StepContext(parts, saved?.counters);
    if (saved) this.#restore(saved);
  }

  get cluster(): string {
    return this.#cluster;
  }

  /** The last sequence applied. */
  get sequence(): number {
    return this.#sequence;
  }

  get timeUs(): TimeUs {
    return this.#timeUs;
  }

  get emitter(): Emitter {
    return this.#emitter;
  }

  /** Messages applied so far, duplicates not counted. */
  get commandCount(): number {
    return this.#commandCount;
  }

  /** The last frame of another shard that was applied here. */
  appliedFramesOf(source: ShardId): number {
    return this.#producers.lastFrameOf(producerOfShard(source));
  }

  /** Has events and replies of the steps to come written into memory of the caller's. */
  useMemory(memoryFor: MemoryFor): void {
    this.#context.memoryFor = memoryFor;
  }

  /** Applies the next entry of the log. */
  apply(entry: ShardEntry): Step {
    assert(entry.sequence === this.#sequence + 1, "an entry was skipped or came twice");
    this.#sequence = entry.sequence;
    this.#timeUs = Math.max(this.#timeUs, entry.timeUs);
    this.#context.timeUs = this.#timeUs;
    this.#context.entropy = entry.entropy;
    this.#isCheckpoint = false;
    const commandCountBefore = this.#commandCount;
    this.#wake();
    const sealed = sealedFrameIn(entry);
    const verdict = sealed === undefined ? "malformed" : this.#applyFrame(sealed);
    return {
      sequence: this.#sequence,
      timeUs: this.#timeUs,
      verdict,
      header: sealed === undefined ? undefined : headerOf(sealed),
      expectedFrame: sealed === undefined ? 0 : this.#producers.expected(sealed),
      ...this.#context.takeOutputs(),
      commandCount: this.#commandCount - commandCountBefore,
      isCheckpoint: this.#isCheckpoint,
    };
  }

  /** The next moment at which something is due in this shard; undefined when nothing is. */
  get nextDueUs(): TimeUs | undefined {
    return this.#context.wakes.firstUs;
  }

  /** Calls those whose moment has come, before anything else happens, by symbol. */
  #wake(): void {
    const context = this.#context;
    const { wakes } = context;
    for (let due = wakes.takeDue(this.#timeUs); due.length > 0; due = wakes.takeDue(this.#timeUs)) {
      for (const symbol of due) {
        context.origin = nobody;
        this.#follow(symbol);
        this.#deliver();
      }
    }
  }

  /** Has a market and its book do what is due. */
  #follow(symbol: InstrumentSymbol): void {
    this.#books.get(symbol)?.follow(this.#context);
  }

  /** Hands out what actors of this shard say to each other until all is said. */
  #deliver(): void {
    const context = this.#context;
    for (let next = context.nextMessage(); next !== undefined; next = context.nextMessage()) {
      this.#receive(next);
    }
  }

  /** A frame counts whole or not at all: nothing is done before all of it has been read. */
  #applyFrame(sealed: SealedFrame): FrameVerdict {
    const verdict = this.#producers.admit(sealed);
    if (verdict !== "applied") return verdict;
    if (isExpiredAt(this.#timeUs, sealed)) return "expired";
    const messages = readableMessagesIn(sealed);
    if (messages === undefined) return "malformed";
    const { producer, epoch, frame } = sealed;
    const speaker = this.#speakerOf(producer);
    const context = this.#context;
    for (let index = 0; index < messages.length; index++) {
      const message = messages[index]!;
      context.origin = { producer, epoch, frame, index };
      this.#commandCount += 1;
      if (this.#mayHear(message, speaker)) this.#receive(message);
      else this.#refuse(message, RejectReason["command-not-permitted"]);
      this.#deliver();
    }
    return verdict;
  }

  #speakerOf(producer: ProducerId): Speaker {
    if (this.#otherShards.has(producer)) return "shard";
    if (isShardProducer(producer)) return "stranger";
    return isNodeProducer(producer) ? "node" : "gateway";
  }

  /**
   * Who may say what: only shards speak as actors, only nodes about the shard itself. Shards are
   * heard even before this log was formed: their frames come once.
   */
  #mayHear(message: Message, speaker: Speaker): boolean {
    switch (message.kind) {
      case "form-shard":
        return speaker === "node";
      case "claim-emitter":
      case "tick":
        return speaker === "node" && this.#isFormed();
      case "checkpoint":
        return (speaker === "node" || speaker === "gateway") && this.#isFormed();
      case "place-order":
      case "cancel-order":
      case "replace-order":
      case "place-order-list":
      case "cancel-and-place":
      case "cancel-all-orders":
      case "mass-quote":
      case "add-asset":
      case "list-instrument":
      case "open-account":
      case "deposit":
      case "halt-trading":
      case "resume-trading":
      case "publish-mark-price":
      case "arm-kill-switch":
      case "confirm-kill-switch":
      case "release-kill-switch":
      case "set-market-breaker":
        return speaker === "gateway" && this.#isFormed() && this.#isHere(message);
      default:
        return speaker === "shard" && this.#isHere(message);
    }
  }

  #isFormed(): boolean {
    return this.#cluster !== "";
  }

  #isHere(message: Message): boolean {
    return shardOfMessage(message, this.shards) === this.shard;
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case "form-shard":
        this.#form(message);
        return;
      case "claim-emitter":
        this.#claim(message);
        return;
      case "tick":
        return;
      case "checkpoint":
        this.#isCheckpoint = true;
        this.#context.emit({ kind: "state-hashed", label: message.label });
        return;
      case "add-asset":
      case "list-instrument":
      case "open-account":
      case "deposit":
      case "halt-trading":
      case "resume-trading":
      case "arm-kill-switch":
      case "confirm-kill-switch":
      case "release-kill-switch":
      case "set-market-breaker":
      case "breaker-moved":
      case "ticket-served":
        assert(this.shard === governorShard);
        this.governor.receive(message, this.#context);
        return;
      case "publish-mark-price":
        this.#publishMarkPrice(message);
        return;
      case "announce-asset":
        this.directory.receive(message, this.#context);
        return;
      case "announce-venue-halt":
        this.directory.receive(message, this.#context);
        // What waited for the halt's end is looked at now, not whenever somebody says something.
        for (const book of this.#books.values()) book.follow(this.#context);
        return;
      case "announce-instrument":
        this.directory.receive(message, this.#context);
        this.#open(message.terms);
        return;
      case "place-order":
      case "cancel-order":
      case "replace-order":
      case "place-order-list":
      case "cancel-and-place":
      case "cancel-all-orders":
      case "mass-quote":
        this.#receiveOrderCommand(message);
        return;
      default:
        this.#receiveActorMessage(message);
    }
  }

  #publishMarkPrice({ symbol, price }: PublishMarkPrice): void {
    const book = this.#books.get(symbol);
    const { origin } = this.#context;
    const rejectReason =
      book === undefined
        ? RejectReason["instrument-unknown"]
        : price < 1 || price > ticksMax
          ? RejectReason["price-not-positive"]
          : RejectReason.none;
    if (rejectReason === RejectReason.none) book?.setMarkPrice(price, this.#context);
    this.#context.emit({ kind: "command-replied", origin, rejectReason, detail: 0 });
  }

  #receiveOrderCommand(message: OrderCommand): void {
    const account = this.#accounts.get(message.account);
    if (account === undefined) this.#refuse(message, RejectReason["account-unknown"]);
    else account.receive(message, this.#context);
  }

  #receiveActorMessage(message: Exclude<ActorMessage, GovernanceMessage>): void {
    switch (message.kind) {
      case "submit-order":
      case "submit-cancel":
      case "submit-replace": {
        const book = this.#books.get(message.symbol);
        assert(book !== undefined, "an order came for a book that is not here");
        book.receive(message, this.#context);
        return;
      }
      case "set-phase":
      case "watch-index": {
        const market = this.#markets.get(message.symbol);
        assert(market !== undefined, "a phase was set for a market that is not here");
        market.receive(message, this.#context);
        this.#follow(message.symbol);
        if (message.kind === "set-phase" && message.isPurged) {
          this.#books.get(message.symbol)?.purge(this.#context);
        }
        return;
      }
      case "create-account":
        assert(!this.#accounts.has(message.account), "an account was opened twice");
        this.#accounts.set(message.account, this.#newAccount(message.account));
        this.#receiveAsAccount(message);
        return;
      default:
        this.#receiveAsAccount(message);
    }
  }

  #receiveAsAccount(message: AccountMessage): void {
    const account = this.#accounts.get(message.account);
    assert(account !== undefined, "a message came for an account that is not here");
    account.receive(message, this.#context);
  }

  #newAccount(id: AccountId): Account {
    return new Account(id, new KnownOrders(id, this.#orderRows));
  }

  /** Opens market and book of an instrument that is placed here. */
  #open(terms: InstrumentTerms): void {
    const { symbol } = terms;
    if (shardOfInstrument(symbol, this.shards) !== this.shard) return;
    const trading = tradingTermsOf(terms);
    const market = new Market(symbol, trading);
    this.#markets.set(symbol, market);
    this.#books.set(symbol, new Book(symbol, trading));
    market.open(this.#context);
    this.#follow(symbol);
  }

  /** Quote units that a tick of one lot of a listed instrument is worth. */
  tickValueOf(symbol: InstrumentSymbol): number {
    const instrument = this.directory.instrument(symbol);
    assert(instrument !== undefined, "an instrument that is not listed");
    return instrument.quoteUnitsPerTickLot;
  }

  /** The trading terms of the instrument whose market or book was saved. */
  #tradingTermsOf(saved: unknown): TradingTerms {
    const [symbol] = saved as [InstrumentSymbol];
    const instrument = this.directory.instrument(symbol);
    assert(instrument !== undefined, "a saved market's instrument is not known");
    return tradingTermsOf(instrument);
  }

  /** The first one counts; nodes that start together may all send it. */
  #form(command: FormShard): void {
    if (this.#cluster !== "") return;
    assert(command.shard === this.shard, "this log was formed for another shard");
    assert(command.shards === this.shards, "this log was formed for another number of shards");
    this.#cluster = command.cluster;
  }

  #claim({ node, emitterEpoch }: ClaimEmitter): void {
    if (emitterEpoch !== this.#emitter.epoch) return;
    this.#emitter = { node, epoch: emitterEpoch + 1 };
    this.#context.emit({ kind: "emitter-changed", node, emitterEpoch: emitterEpoch + 1 });
  }

  #refuse(message: Message, rejectReason: RejectReason): void {
    const { origin } = this.#context;
    switch (message.kind) {
      case "place-order":
      case "cancel-order":
      case "replace-order":
      case "place-order-list":
      case "cancel-and-place":
        replyWithoutOrder(rejectReason, this.#context);
        return;
      default:
        this.#context.emit({ kind: "command-replied", origin, rejectReason, detail: 0 });
    }
  }

  // ---- Questions ---------------------------------------------------------------------------

  account(id: AccountId): Account | undefined {
    return id === this.fees.id ? this.fees : this.#accounts.get(id);
  }

  book(symbol: InstrumentSymbol): Book | undefined {
    return this.#books.get(symbol);
  }

  market(symbol: InstrumentSymbol): Market | undefined {
    return this.#markets.get(symbol);
  }

  /** Every account that lives here, the fee account last. */
  *accounts(): Iterable<Account> {
    yield* this.#accounts.values();
    yield this.fees;
  }

  answer<Kind extends QuestionKind>(kind: Kind, ask: Ask<Kind>): Answer<Kind> {
    return answerQuestion(this, kind, ask);
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  /** All state as plain data in canonical order: replicas at the same sequence give equal data. */
  snapshot(): SavedShard {
    return {
      version: 1,
      shard: this.shard,
      shards: this.shards,
      cluster: this.#cluster,
      sequence: this.#sequence,
      timeUs: this.#timeUs,
      commandCount: this.#commandCount,
      emitter: [this.#emitter.node, this.#emitter.epoch],
      counters: this.#context.state(),
      producers: this.#producers.snapshot(),
      directory: this.directory.snapshot(),
      governor: this.governor.snapshot(),
      fees: this.fees.snapshot(),
      markets: [...this.#markets.values()].map((market) => market.snapshot()),
      books: [...this.#books.values()].map((book) => book.snapshot()),
      accounts: [...this.#accounts.values()].map((account) => account.snapshot()),
    };
  }

  static restore(saved: SavedShard): Shard {
    assert(saved.version === 1, "a snapshot of a version this code does not know");
    return new Shard(saved.shard, saved.shards, saved);
  }

  #restore(saved: SavedShard): void {
    this.#cluster = saved.cluster;
    this.#sequence = saved.sequence;
    this.#timeUs = saved.timeUs;
    this.#commandCount = saved.commandCount;
    this.#emitter = { node: saved.emitter[0], epoch: saved.emitter[1] };
    for (const data of saved.markets) {
      const market = Market.restore(data, this.#tradingTermsOf(data));
      this.#markets.set(market.symbol, market);
    }
    for (const data of saved.books) {
      const book = Book.restore(data, this.#tradingTermsOf(data));
      this.#books.set(book.symbol, book);
    }
    for (const data of saved.accounts) {
      const account = Account.restore(data, this.directory, this.#orderRows);
      this.#accounts.set(account.id, account);
    }
  }
}

type GovernanceMessage = Extract<
  ActorMessage,
  {
    kind: `announce-${string}` | "breaker-moved" | "ticket-served";
  }
>;

/** A shard's state as plain data; all order in it follows from the log alone. */
export interface SavedShard {
  readonly version: number;
  readonly shard: ShardId;
  readonly shards: number;
  readonly cluster: string;
  readonly sequence: number;
  readonly timeUs: TimeUs;
  readonly commandCount: number;
  readonly emitter: readonly [NodeId, number];
  readonly counters: StepContextState;
  readonly producers: unknown;
  readonly directory: unknown;
  readonly governor: unknown;
  readonly fees: unknown;
  readonly markets: readonly unknown[];
  readonly books: readonly unknown[];
  readonly accounts: readonly unknown[];
}

/** The frame in an entry; undefined when it holds none, or one in another producer's name. */
function sealedFrameIn(entry: ShardEntry): SealedFrame | undefined {
  const sealed = unlessMalformed(() => unsealFrame(entry.payload));
  return sealed?.producer === entry.producer ? sealed : undefined;
}

/** What comes late may have been done in another way, and that been forgotten: ADR-0009. */
function isExpiredAt(timeUs: TimeUs, { expiresAtUs }: SealedFrame): boolean {
  return expiresAtUs !== neverExpires && timeUs > expiresAtUs;
}

function readableMessagesIn(sealed: SealedFrame): readonly Message[] | undefined {
  return unlessMalformed(() => messagesIn(sealed));
}

function unlessMalformed<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedRecords) return undefined;
    throw error;
  }
}

function headerOf({ producer, epoch, frame }: FrameHeader): FrameHeader {
  return { producer, epoch, frame };
}
