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
  accountAt,
  addressOfMessage,
  assert,
  detailOfWhereabouts,
  feeAccountOf,
  governorShard,
  hold,
  invariant,
  isNodeProducer,
  isShardProducer,
  MalformedRecords,
  messagesIn,
  neverExpires,
  pack,
  producerOfShard,
  RejectReason,
  shardOfMessage,
  symbolAt,
  ticksMax,
  tradingTermsOf,
  unpack,
  unreachable,
  unsealFrame,
} from "../../protocols/index.ts";
import type {
  AccountId,
  AccountMessage,
  ActivateLogic,
  ActorAddress,
  ActorMessage,
  AnnounceShard,
  Answer,
  Ask,
  ClaimEmitter,
  ContractFigures,
  CustodyRequest,
  MarginRequest,
  DirectoryMessage,
  FormShard,
  FrameHeader,
  FrameVerdict,
  InstrumentSymbol,
  InstrumentTerms,
  LogicVersion,
  MakeGoodDeficit,
  MemoryFor,
  Message,
  MoveMessage,
  NodeId,
  OrderCommand,
  Placement,
  ProducerId,
  PublishIndexPrice,
  PublishMarkPrice,
  QuestionKind,
  RankPositions,
  SealedFrame,
  SetNodes,
  ShardCommand,
  ShardId,
  ShardsMessage,
  TimeUs,
  TradingTerms,
  Whereabouts,
  WithdrawalCommand,
} from "../../protocols/index.ts";
import { Account } from "../account/account.ts";
import { KnownOrders } from "../account/known-orders.ts";
import { replyWithoutOrder } from "../account/order-answers.ts";
import { OrderRows } from "../account/order-rows.ts";
import { Book } from "../book/book.ts";
import { clearingWake } from "../clearing/clearing-house.ts";
import { Directory } from "../directory/directory.ts";
import { Governor } from "../governor/governor.ts";
import { ShardLedger } from "../ledger/asset-ledger.ts";
import type { SavedLedger } from "../ledger/asset-ledger.ts";
import type { SavedUsedApprovals } from "../approvals/used-approvals.ts";
import { logicOf } from "../logic-versions.ts";
import { firstRanked } from "../contract/deleveraging.ts";
import { PositionHolders } from "../margin/position-holders.ts";
import { Market } from "../market/market.ts";
import { RecentMap } from "../recent-map.ts";
import type { SavedContract } from "../contract/contract-keeper.ts";
import type { Arrival } from "./arrival.ts";
import { usualBooks } from "./book-maker.ts";
import type { BookMaker } from "./book-maker.ts";
import { ContractKeepers } from "./contract-keepers.ts";
import { EngineNodes } from "./engine-nodes.ts";
import type { Emitter, SavedNodes } from "./engine-nodes.ts";
import { firstLogic, isNextLogic, logicAfterMessages } from "./logic-turns.ts";
import type { HeldMessage } from "./held-messages.ts";
import { MarkPriceApprovals } from "./mark-price-approvals.ts";
import type { SavedMarkPriceApprovals } from "./mark-price-approvals.ts";
import { Moves } from "./moves.ts";
import type { ActorKeeper, SavedMoves } from "./moves.ts";
import { PriceTeller } from "./price-teller.ts";
import type { SavedToldPrices } from "./price-teller.ts";
import { Producers } from "./producers.ts";
import { ShardAudit } from "./shard-audit.ts";
import type { Step, ShardEntry } from "./step.ts";
import { answerQuestion } from "./shard-questions.ts";
import type { ShardActors } from "./shard-questions.ts";
import { nobody, StepContext } from "./step-context.ts";
import type { StepContextState } from "./step-context.ts";
import type { StepWitness } from "./witness.ts";

const entriesInSequence = invariant("entries-in-sequence");
const timeNeverBack = invariant("log-time-never-back");

/**
 * What a producer is, by its name. A shard's name that is none of this cluster's other shards is a
 * stranger's, who may say nothing.
 */
type Speaker = "gateway" | "node" | "shard" | "stranger";

export class Shard implements ShardActors, ActorKeeper {
  readonly shard: ShardId;
  /** The cluster that the log was formed for; "" until its first entry is applied. */
  #cluster = "";
  #sequence = 0;
  #timeUs: TimeUs = 0;
  #commandCount = 0;
  readonly #nodes = new EngineNodes();
  #isCheckpoint = false;
  /** From the next entry on. */
  #logic: LogicVersion = firstLogic;
  readonly directory: Directory;
  readonly governor: Governor;
  readonly fees: Account;
  /** The memory of all its accounts' orders. */
  readonly #orderRows = new OrderRows();
  /** What its accounts have, and where it came from. */
  readonly ledger: ShardLedger;
  /** Which of its accounts have positions. */
  readonly holders = new PositionHolders();
  readonly #accounts = new RecentMap<AccountId, Account>();
  readonly #books = new RecentMap<InstrumentSymbol, Book>();
  readonly #contracts = new ContractKeepers(this.#books);
  readonly #prices = new PriceTeller();
  readonly #markets = new RecentMap<InstrumentSymbol, Market>();
  readonly #markPriceApprovals = new MarkPriceApprovals();
  readonly #moves: Moves;
  readonly #producers: Producers;
  /** The producers that speak as actors: the cluster's other shards. */
  #otherShards: ReadonlySet<ProducerId> = new Set();
  readonly #context: StepContext;
  readonly #audit: ShardAudit;
  #bookMaker = usualBooks;

  /** @param shards how many shards there may be, at most, when the log says how many there are. */
  constructor(shard: ShardId, shards: number, saved?: SavedShard) {
    assert(shard >= 0 && shard < shards);
    this.shard = shard;
    this.ledger = new ShardLedger(({ asset }) => this.fees.fundsIn(asset));
    this.directory = saved ? Directory.restore(saved.directory) : new Directory();
    this.governor = saved ? Governor.restore(saved.governor) : new Governor();
    this.fees = saved ? this.#restoredAccount(saved.fees) : this.#newAccount(feeAccountOf(shard));
    this.#producers = saved ? Producers.restore(saved.producers) : new Producers();
    this.#moves = new Moves(shard, { shards, founded: saved?.founded ?? shards }, this);
    this.#meetOthers();
    const parts = {
      shard,
      shards,
      moves: this.#moves,
      venue: this.directory,
      markets: this.#markets,
      contracts: this.#contracts,
      ledger: this.ledger,
    };
    this.#context = new StepContext(parts, saved?.counters);
    const audited = {
      ...{ homes: this.#moves, governor: this.governor, fees: this.fees, ledger: this.ledger },
      ...{ books: this.#books, accounts: this.#accounts, directory: this.directory },
    };
    this.#audit = new ShardAudit(audited, this.#context.state().framesSent);
    if (saved) this.#restore(saved);
  }

  /** How many shards there are. */
  get shards(): number {
    return this.#moves.placement.shards;
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
    return this.#nodes.emitter;
  }

  /** The engine nodes that there are, as far as the log says; none while it does not. */
  get nodes(): Pick<EngineNodes, "names" | "epoch"> {
    return this.#nodes;
  }

  /** The version of logic by which the next entry is applied. */
  get logic(): LogicVersion {
    return this.#logic;
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

  /**
   * The version of logic that the shard will go by after its next entry. For whoever applies it to
   * know before: what this code does not carry it may not apply.
   */
  logicAfter(entry: ShardEntry): LogicVersion {
    if (!isNodeProducer(entry.producer)) return this.#logic;
    const sealed = sealedFrameIn(entry);
    const counts =
      sealed !== undefined &&
      this.#producers.judge(sealed) === "applied" &&
      !isExpiredAt(Math.max(this.#timeUs, entry.timeUs), sealed);
    const messages = (counts ? readableMessagesIn(sealed) : undefined) ?? [];
    return logicAfterMessages(messages, { logic: this.#logic, isFormed: this.#isFormed() });
  }

  /** Has markets and books made by somebody else: for a shard that begins with its log. */
  useBooks(bookMaker: BookMaker): void {
    assert(this.#sequence === 0, "the books of this shard may have been made");
    this.#bookMaker = bookMaker;
  }

  /** Has somebody see all that is heard and said in the steps to come. */
  watch(witness: StepWitness): void {
    this.#context.witness = witness;
  }

  /** Applies the next entry of the log. */
  apply(entry: ShardEntry): Step {
    hold(entriesInSequence, entry.sequence === this.#sequence + 1);
    this.#sequence = entry.sequence;
    const timeUsBefore = this.#timeUs;
    this.#timeUs = Math.max(this.#timeUs, entry.timeUs);
    hold(timeNeverBack, this.#timeUs >= timeUsBefore);
    this.#context.timeUs = this.#timeUs;
    this.#context.logic = logicOf(this.#logic);
    this.#context.entropy = entry.entropy;
    this.#isCheckpoint = false;
    const commandCountBefore = this.#commandCount;
    this.#wake();
    const sealed = sealedFrameIn(entry);
    const verdict = sealed === undefined ? "malformed" : this.#applyFrame(sealed);
    const step: Step = {
      sequence: this.#sequence,
      timeUs: this.#timeUs,
      verdict,
      header: sealed === undefined ? undefined : headerOf(sealed),
      expectedFrame: sealed === undefined ? 0 : this.#producers.expected(sealed),
      ...this.#context.takeOutputs(),
      commandCount: this.#commandCount - commandCountBefore,
      isCheckpoint: this.#isCheckpoint,
    };
    this.#audit.stepped(step);
    return step;
  }

  /** Looks at the whole state: costs about as much as a snapshot, and comes with each. */
  audit(): void {
    this.#audit.whole();
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
        context.witness?.woke(symbol);
        this.#follow(symbol);
        this.#deliver();
      }
    }
  }

  /** Has a market and its book do what is due, or the clearing house. */
  #follow(symbol: InstrumentSymbol): void {
    if (symbol === clearingWake) this.governor.clearing.follow(this.#context);
    this.#books.get(symbol)?.follow(this.#context);
    this.#pricesMoved(symbol);
  }

  /** A book was called or has traded. */
  #pricesMoved(symbol: InstrumentSymbol): void {
    this.#contracts.follow(symbol, this.#context);
    this.#tellPrice(symbol);
  }

  /** All shards are to know at what the book trades, if limits ask for that or contracts do. */
  #tellPrice(symbol: InstrumentSymbol): void {
    const isAskedFor = this.directory.risk?.asksForPrices === true;
    if (!isAskedFor && !this.directory.isIndex(symbol)) return;
    const market = this.#markets.get(symbol);
    if (market !== undefined) this.#prices.tell(symbol, market, this.#context);
  }

  /** Hands out what actors of this shard say to each other until all is said. */
  #deliver(): void {
    const context = this.#context;
    for (let next = context.nextMessage(); next !== undefined; next = context.nextMessage()) {
      context.witness?.heard(next);
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
      const isPermitted = this.#mayHear(message, speaker);
      context.witness?.came(message, context.origin, isPermitted);
      if (!isPermitted) {
        this.#refuse(message, RejectReason["command-not-permitted"]);
      } else if (this.#isElsewhere(message)) {
        this.#divert(message, speaker);
      } else {
        this.#receive(message);
      }
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
      case "activate-logic":
        return speaker === "node" && this.#isFormed();
      case "set-nodes":
        return speaker === "node" && this.#isFormed() && this.#context.logic.countsNodes;
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
      case "place-actor":
      case "add-shard":
      case "set-approval-policy":
      case "set-fee-schedule":
      case "set-account-fees":
      case "set-custody-policy":
      case "set-risk-limits":
      case "set-risk-group":
      case "assign-deposit-address":
      case "report-deposit":
      case "propose-sweep":
      case "release-sweep":
      case "advance-sweep":
      case "request-withdrawal":
      case "cancel-withdrawal":
      case "allow-address":
      case "forget-address":
      case "set-margin-mode":
      case "add-margin":
      case "remove-margin":
      case "release-withdrawal":
      case "refuse-withdrawal":
      case "advance-withdrawal":
      case "make-good-deficit":
      case "set-settlement-cycle":
      case "set-margin-account":
      case "publish-index-price":
      case "set-fail-permission":
        return speaker === "gateway" && this.#isFormed();
      default:
        return speaker === "shard";
    }
  }

  #isFormed(): boolean {
    return this.#cluster !== "";
  }

  /** Whether a message is for an actor of another shard. */
  #isElsewhere(message: Message): boolean {
    const shard = shardOfMessage(message, this.#moves);
    return shard !== undefined && shard !== this.shard;
  }

  /**
   * A message for an actor of another shard. A shard that sends one has heard of a move before this
   * one; a gateway has not heard of it yet, and is told where to go.
   */
  #divert(message: Message, speaker: Speaker): void {
    const actor = addressOfMessage(message);
    if (actor === undefined || !this.#context.logic.movesActors) {
      this.#refuse(message, RejectReason["command-not-permitted"]);
    } else if (speaker === "shard") {
      this.#hold(message);
    } else {
      const detail = detailOfWhereabouts(this.#moves.whereabouts(actor));
      const [{ origin }, rejectReason] = [this.#context, RejectReason["actor-elsewhere"]];
      this.#context.emit({ kind: "command-replied", origin, rejectReason, detail });
    }
  }

  #receive(message: Message): void {
    if (this.#moves.mustWait(message)) this.#hold(message);
    else this.#hear(message);
  }

  /** A message waits for an actor that moves. */
  #hold(message: Message): void {
    this.#context.witness?.held(message);
    this.#moves.hold(message, this.#context.origin);
  }

  /** Has the one hear a message whom it is for, and who is here. */
  #hear(message: Message): void {
    switch (message.kind) {
      case "form-shard":
      case "claim-emitter":
      case "activate-logic":
      case "set-nodes":
      case "tick":
      case "checkpoint":
        this.#hearAsShard(message);
        return;
      case "announce-shard":
        this.#grow(message);
        return;
      case "announce-pins":
      case "announce-placement":
      case "mark-channel":
      case "hand-over":
      case "take-over":
      case "forward-reply":
        this.#moves.receive(message, this.#context);
        return;
      case "rank-positions":
        this.#rankPositions(message);
        return;
      case "announce-asset":
      case "announce-approval-policy":
      case "announce-fee-schedule":
      case "announce-custody-policy":
      case "announce-risk-limits":
      case "announce-risk-group":
      case "announce-price":
      case "announce-settlement-cycle":
      case "announce-contract":
      case "announce-venue-halt":
      case "announce-instrument":
        this.#hearOfVenue(message);
        return;
      default:
        this.#hearByActor(message);
    }
  }

  /** The directory hears what the shard's actors look up. */
  #hearOfVenue(message: DirectoryMessage): void {
    this.directory.receive(message, this.#context);
    if (message.kind === "announce-instrument") this.#open(message.terms);
    if (message.kind === "announce-price") {
      this.#contracts.followIndex(message.symbol, this.#context);
    }
    if (message.kind === "announce-risk-limits") {
      for (const symbol of this.#markets.keys()) this.#tellPrice(symbol);
    }
    if (message.kind === "announce-contract") this.#settleContract(message.symbol);
    if (message.kind === "announce-custody-policy") {
      for (const account of this.#accounts.values()) account.custodyChanged(this.#context);
    }
    if (message.kind !== "announce-venue-halt") return;
    // What waited for the halt's end is looked at now, not whenever somebody says something.
    for (const symbol of this.holders.symbols()) this.#settleContract(symbol);
    for (const book of this.#books.values()) {
      book.follow(this.#context);
      this.#contracts.follow(book.symbol, this.#context);
    }
  }

  /** Whoever has a position there pays what is due, by account id. */
  #settleContract(symbol: InstrumentSymbol): void {
    for (const account of this.#holdersOf(symbol)) {
      account.contractAnnounced(symbol, this.#context);
    }
  }

  /** By account id. */
  #holdersOf(symbol: InstrumentSymbol): readonly Account[] {
    return this.holders.of(symbol).map((id) => {
      const account = this.#accounts.get(id);
      assert(account !== undefined, "somebody has a position who is not here");
      return account;
    });
  }

  /** Tells who has most to give, of as many lots as are asked for. */
  #rankPositions(asked: RankPositions): void {
    const { symbol, lots } = asked;
    const ranked = this.#holdersOf(symbol).flatMap((account) => {
      return account.rankIn(asked, this.directory) ?? [];
    });
    const positions = firstRanked(ranked, lots);
    this.#context.send({ kind: "positions-ranked", symbol, positions });
  }

  /** The governor hears, an account or a book. */
  #hearByActor(message: ActorsMessage): void {
    switch (message.kind) {
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
      case "place-actor":
      case "add-shard":
      case "set-approval-policy":
      case "set-fee-schedule":
      case "set-account-fees":
      case "set-custody-policy":
      case "set-risk-limits":
      case "set-risk-group":
      case "assign-deposit-address":
      case "report-deposit":
      case "propose-sweep":
      case "release-sweep":
      case "advance-sweep":
      case "withdrawal-settled":
      case "set-settlement-cycle":
      case "set-margin-account":
      case "set-fail-permission":
      case "clear-trade":
      case "settlement-confirmed":
        assert(this.shard === governorShard);
        this.governor.receive(message, this.#context);
        return;
      case "publish-mark-price":
        this.#publishMarkPrice(message);
        return;
      case "publish-index-price":
        this.#publishIndexPrice(message);
        return;
      case "place-order":
      case "cancel-order":
      case "replace-order":
      case "place-order-list":
      case "cancel-and-place":
      case "cancel-all-orders":
      case "mass-quote":
      case "request-withdrawal":
      case "cancel-withdrawal":
      case "allow-address":
      case "forget-address":
      case "set-margin-mode":
      case "add-margin":
      case "remove-margin":
      case "release-withdrawal":
      case "refuse-withdrawal":
      case "advance-withdrawal":
      case "make-good-deficit":
        this.#receiveAccountCommand(message);
        return;
      default:
        this.#receiveActorMessage(message);
    }
  }

  /** What is said about the shard itself. */
  #hearAsShard(message: ShardCommand): void {
    switch (message.kind) {
      case "form-shard":
        this.#form(message);
        return;
      case "claim-emitter":
        this.#claim(message);
        return;
      case "activate-logic":
        this.#activate(message);
        return;
      case "set-nodes":
        this.#setNodes(message);
        return;
      case "tick":
        return;
      case "checkpoint":
        this.#isCheckpoint = true;
        this.#context.emit({ kind: "state-hashed", label: message.label });
        return;
      default:
        unreachable(message);
    }
  }

  #publishMarkPrice(command: PublishMarkPrice): void {
    const { symbol, price } = command;
    const book = this.#books.get(symbol);
    const { origin } = this.#context;
    const whyNot = this.#markPriceApprovals.whyNot(command, this.#context);
    const rejectReason =
      whyNot !== RejectReason.none
        ? whyNot
        : book === undefined
          ? RejectReason["instrument-unknown"]
          : this.#contracts.isContract(symbol)
            ? RejectReason["price-source-other"]
            : price < 1 || price > ticksMax
              ? RejectReason["price-not-positive"]
              : RejectReason.none;
    if (rejectReason === RejectReason.none) {
      book?.setMarkPrice(price, this.#context);
      this.#markPriceApprovals.use(command, this.#context);
    }
    this.#context.emit({ kind: "command-replied", origin, rejectReason, detail: 0 });
  }

  #publishIndexPrice(command: PublishIndexPrice): void {
    const { origin } = this.#context;
    const whyNot = this.#markPriceApprovals.whyNot(command, this.#context);
    const isApproved = whyNot === RejectReason.none;
    const rejectReason = isApproved ? this.#contracts.whyNotPublish(command) : whyNot;
    if (rejectReason === RejectReason.none) {
      this.#contracts.publish(command, this.#context);
      this.#markPriceApprovals.use(command, this.#context);
    }
    this.#context.emit({ kind: "command-replied", origin, rejectReason, detail: 0 });
  }

  #receiveAccountCommand(
    message:
      (OrderCommand | CustodyRequest | WithdrawalCommand) | (MarginRequest | MakeGoodDeficit),
  ): void {
    const account = this.#accounts.get(message.account);
    if (account === undefined) this.#refuse(message, RejectReason["account-unknown"]);
    else account.receive(message, this.#context);
  }

  #receiveActorMessage(message: Exclude<ActorMessage, ElsewhereMessage>): void {
    switch (message.kind) {
      case "submit-order":
      case "submit-cancel":
      case "submit-replace": {
        const book = this.#books.get(message.symbol);
        assert(book !== undefined, "an order came for a book that is not here");
        const isRefused =
          message.kind === "submit-order" && this.#contracts.refuses(message, this.#context);
        if (isRefused) return;
        book.receive(message, this.#context);
        this.#pricesMoved(message.symbol);
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
          this.#contracts.follow(message.symbol, this.#context);
        }
        return;
      }
      case "deleverage-wanted":
      case "positions-ranked":
      case "deleveraged":
        this.#contracts.deleverage(message, this.#context);
        return;
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
    return new Account(id, new KnownOrders(id, this.#orderRows), this);
  }

  #restoredAccount(saved: unknown): Account {
    return this.#accountFrom(saved, undefined);
  }

  /** An account as it was saved; `asked` is the shard that it comes from, if it was another one. */
  #accountFrom(saved: unknown, asked: ShardId | undefined): Account {
    const { ledger, holders } = this;
    const memory = { rows: this.#orderRows, ledger, holders, asked };
    return Account.restore(saved, this.directory, memory);
  }

  /** Opens market and book of an instrument that is placed here. */
  #open(terms: InstrumentTerms): void {
    const { symbol, contract } = terms;
    if (contract !== undefined) this.#tellPrice(contract.indexSymbol);
    if (this.#moves.shardOfInstrument(symbol) !== this.shard) return;
    const trading = tradingTermsOf(terms);
    const market = this.#bookMaker.market(symbol, trading);
    this.#markets.set(symbol, market);
    this.#books.set(symbol, this.#bookMaker.book(symbol, trading));
    this.#contracts.open(terms, this.#context);
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
    const { cluster, shard, shards, founded = shards, logic = firstLogic } = command;
    assert(shard === this.shard, "this log was formed for another shard");
    assert(shards <= this.shards, "this log was formed for more shards than there are here");
    this.#cluster = cluster;
    this.#logic = logic;
    this.#moves.formed({ shards, founded });
    this.#meetShards();
  }

  #grow(message: AnnounceShard): void {
    const { shards, ticket } = message;
    this.#moves.grown(shards);
    this.#meetShards();
    this.#prices.tellAgain();
    this.#contracts.tellAgain(this.#context);
    if (this.shard === governorShard) {
      this.governor.tellOfShard(message, this.directory, this.#context);
    } else {
      this.#context.send({ kind: "ticket-served", ticket });
    }
  }

  /** From now on it speaks to and hears so many as there are. */
  #meetShards(): void {
    this.#context.resize(this.shards);
    this.#meetOthers();
  }

  #meetOthers(): void {
    const producers = Array.from({ length: this.shards }, (_, other) => producerOfShard(other));
    this.#otherShards = new Set(producers.filter((_, other) => other !== this.shard));
  }

  #activate({ version }: ActivateLogic): void {
    const { origin } = this.#context;
    const isNext = isNextLogic(version, this.#logic);
    const rejectReason = isNext ? RejectReason.none : RejectReason["logic-out-of-turn"];
    if (isNext) {
      this.#logic = version;
      this.#context.emit({ kind: "logic-activated", version });
    }
    this.#context.emit({ kind: "command-replied", origin, rejectReason, detail: this.#logic });
  }

  #claim({ node, emitterEpoch }: ClaimEmitter): void {
    if (this.#nodes.claim(node, emitterEpoch)) this.#tellEmitter();
  }

  #setNodes({ nodes, nodesEpoch }: SetNodes): void {
    const { origin } = this.#context;
    const { epoch } = this.emitter;
    const rejectReason = this.#nodes.set(nodes, nodesEpoch);
    if (this.emitter.epoch !== epoch) this.#tellEmitter();
    const detail = this.#nodes.epoch;
    this.#context.emit({ kind: "command-replied", origin, rejectReason, detail });
  }

  #tellEmitter(): void {
    const { node, epoch: emitterEpoch } = this.emitter;
    this.#context.emit({ kind: "emitter-changed", node, emitterEpoch });
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

  // ---- Moves -------------------------------------------------------------------------------

  takeOut(actor: ActorAddress): Uint8Array {
    const account = accountAt(actor);
    return account === undefined
      ? this.#takeOutBook(symbolAt(actor))
      : this.#takeOutAccount(account);
  }

  #takeOutAccount(id: AccountId): Uint8Array {
    const account = this.#accounts.get(id);
    assert(account !== undefined, "an account is to leave that is not here");
    const state = pack(account.snapshot());
    account.leave();
    this.#accounts.delete(id);
    return state;
  }

  #takeOutBook(symbol: InstrumentSymbol): Uint8Array {
    const [market, book] = [this.#markets.get(symbol), this.#books.get(symbol)];
    assert(market !== undefined && book !== undefined, "a book is to leave that is not here");
    this.#markets.delete(symbol);
    this.#books.delete(symbol);
    this.#prices.forget(symbol);
    this.#context.wakes.forget(symbol);
    const approvals = this.#markPriceApprovals.takeOut(symbol);
    const contract = this.#contracts.takeOut(symbol);
    const states = [market.snapshot(), book.snapshot()];
    if (contract !== undefined) return pack([...states, approvals ?? null, contract]);
    return pack(approvals === undefined ? states : [...states, approvals]);
  }

  bringIn({ actor, from, timeUs, state }: Arrival): void {
    // To an actor time never goes back, though each log has its own.
    this.#timeUs = Math.max(this.#timeUs, timeUs);
    this.#context.timeUs = this.#timeUs;
    const account = accountAt(actor);
    const saved = unpack(state);
    if (account === undefined) {
      this.#bringInBook(symbolAt(actor), saved as SavedBook);
    } else {
      assert(!this.#accounts.has(account), "an account came that is here");
      const arrived = this.#accountFrom(saved, from);
      this.#accounts.set(account, arrived);
      arrived.arrived(this.#context);
    }
  }

  #bringInBook(symbol: InstrumentSymbol, saved: SavedBook): void {
    assert(!this.#books.has(symbol), "a book came that is here");
    const terms = this.#tradingTermsOf(saved[0]);
    const market = this.#bookMaker.movedMarket(symbol, terms);
    const book = this.#bookMaker.movedBook(symbol, terms);
    market.takeUp(saved[0]);
    book.takeUp(saved[1]);
    const [, , approvals, contract] = saved;
    if (approvals) this.#markPriceApprovals.bringIn(symbol, approvals);
    this.#markets.set(symbol, market);
    this.#books.set(symbol, book);
    if (contract !== undefined)
      this.#contracts.bringIn(this.directory.instrument(symbol), contract);
    this.#follow(symbol);
    this.#deliver();
  }

  hear({ message, origin }: HeldMessage): void {
    this.#context.origin = origin;
    this.#context.witness?.resumed(message, origin);
    this.#hear(message);
    this.#deliver();
  }

  // ---- Questions ---------------------------------------------------------------------------

  /** Where actors live, as this shard knows it. */
  get placement(): Placement {
    return this.#moves.placement;
  }

  /**
   * Where an actor lives that is not here; undefined if it is, or if there is no such actor. Who
   * asks may have heard of a move that this shard has not heard of: then it is not here for them.
   */
  elsewhere(actor: ActorAddress, heardEpoch = 0): Whereabouts | undefined {
    return this.#moves.elsewhere(actor, heardEpoch);
  }

  /** The actor that moves, for as long as this shard has a part in that. */
  get moving(): ActorAddress | undefined {
    return this.#moves.moving;
  }

  account(id: AccountId): Account | undefined {
    return id === this.fees.id ? this.fees : this.#accounts.get(id);
  }

  book(symbol: InstrumentSymbol): Book | undefined {
    return this.#books.get(symbol);
  }

  market(symbol: InstrumentSymbol): Market | undefined {
    return this.#markets.get(symbol);
  }

  figuresOf(symbol: InstrumentSymbol): ContractFigures | undefined {
    return this.#contracts.figuresOf(symbol);
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
      version: this.#logic,
      shard: this.shard,
      shards: this.shards,
      ...this.#savedFounded(),
      cluster: this.#cluster,
      sequence: this.#sequence,
      timeUs: this.#timeUs,
      commandCount: this.#commandCount,
      emitter: [this.emitter.node, this.emitter.epoch],
      counters: this.#context.state(),
      producers: this.#producers.snapshot(),
      directory: this.directory.snapshot(),
      governor: this.governor.snapshot(),
      fees: this.fees.snapshot(),
      markets: [...this.#markets.values()].map((market) => market.snapshot()),
      books: [...this.#books.values()].map((book) => book.snapshot()),
      accounts: [...this.#accounts.values()].map((account) => account.snapshot()),
      ...this.#savedMoves(),
      ...this.#savedNodes(),
      ...this.#savedLedger(),
      ...this.#savedPrices(),
      ...this.#savedContracts(),
      ...this.#savedApprovals(),
    };
  }

  /** Nothing, as in snapshots from before, where no shard was added. */
  #savedFounded(): Pick<SavedShard, "founded"> {
    const { shards, founded } = this.placement;
    return founded === shards ? {} : { founded };
  }

  /** Nothing, as in snapshots from before, where nobody has approved of a mark price. */
  #savedApprovals(): Pick<SavedShard, "markPriceApprovals"> {
    const markPriceApprovals = this.#markPriceApprovals.snapshot();
    return markPriceApprovals === undefined ? {} : { markPriceApprovals };
  }

  #savedNodes(): Pick<SavedShard, "nodes"> {
    const nodes = this.#nodes.snapshot();
    return nodes === undefined ? {} : { nodes };
  }

  /** Nothing, as in snapshots from before, where nothing was given away. */
  #savedLedger(): Pick<SavedShard, "ledger"> {
    const ledger = this.ledger.snapshot();
    return ledger.length === 0 ? {} : { ledger };
  }

  /** Nothing, as in snapshots from before, where no limit asked for prices. */
  #savedPrices(): Pick<SavedShard, "prices"> {
    const prices = this.#prices.snapshot();
    return prices === undefined ? {} : { prices };
  }

  /** Nothing, as in snapshots from before, where there are no contracts. */
  #savedContracts(): Pick<SavedShard, "contracts"> {
    const contracts = this.#contracts.snapshot();
    return contracts === undefined ? {} : { contracts };
  }

  /** Nothing, as in snapshots from before, where nothing has ever moved. */
  #savedMoves(): Pick<SavedShard, "moves"> {
    const moves = this.#moves.snapshot();
    return moves === undefined ? {} : { moves };
  }

  static restore(saved: SavedShard): Shard {
    logicOf(saved.version);
    return new Shard(saved.shard, saved.shards, saved);
  }

  #restore(saved: SavedShard): void {
    if (saved.moves !== undefined) this.#moves.restore(saved.moves);
    if (saved.markPriceApprovals !== undefined) {
      this.#markPriceApprovals.restore(saved.markPriceApprovals);
    }
    this.#cluster = saved.cluster;
    this.#sequence = saved.sequence;
    this.#timeUs = saved.timeUs;
    this.#commandCount = saved.commandCount;
    this.#logic = saved.version;
    this.#nodes.restore({ node: saved.emitter[0], epoch: saved.emitter[1] }, saved.nodes);
    for (const data of saved.markets) {
      const market = Market.restore(data, this.#tradingTermsOf(data));
      this.#markets.set(market.symbol, market);
    }
    for (const data of saved.books) {
      const book = Book.restore(data, this.#tradingTermsOf(data));
      this.#books.set(book.symbol, book);
    }
    for (const data of saved.contracts ?? []) {
      this.#contracts.bringIn(this.directory.instrument(data[0]), data);
    }
    for (const data of saved.accounts) {
      const account = this.#restoredAccount(data);
      this.#accounts.set(account.id, account);
    }
    this.governor.restoreIssued(this.ledger);
    this.ledger.restore(saved.ledger ?? []);
    this.#prices.restore(saved.prices ?? []);
  }
}

/** What is neither about the shard itself, nor for its directory. */
type ActorsMessage = Exclude<
  Message,
  ShardCommand | ShardsMessage | MoveMessage | DirectoryMessage | RankPositions
>;

type GovernanceMessage = Extract<
  ActorMessage,
  {
    kind:
      | `announce-${string}`
      | ("breaker-moved" | "ticket-served" | "withdrawal-settled")
      | ("clear-trade" | "settlement-confirmed");
  }
>;
/** What is handed to others than accounts, books and markets. */
type ElsewhereMessage = GovernanceMessage | MoveMessage | ShardsMessage | RankPositions;

/** A shard's state as plain data; all order in it follows from the log alone. */
export interface SavedShard {
  /** Of the logic that it goes on by: whoever lacks it cannot go on from here. */
  readonly version: LogicVersion;
  readonly shard: ShardId;
  readonly shards: number;
  /** How many of them the venue was founded with, if it was not all of them. */
  readonly founded?: number;
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
  readonly moves?: SavedMoves;
  readonly nodes?: SavedNodes;
  readonly ledger?: SavedLedger;
  readonly prices?: SavedToldPrices;
  readonly contracts?: readonly SavedContract[];
  readonly markPriceApprovals?: SavedMarkPriceApprovals;
}

/** What goes over when a book moves; approvals where any were used, a contract where it is one's. */
type SavedBook = readonly [
  market: unknown,
  book: unknown,
  approvals?: SavedUsedApprovals | null,
  contract?: SavedContract,
];

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
